"""A file becomes redacted, chunked, embedded points."""
