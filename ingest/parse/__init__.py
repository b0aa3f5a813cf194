"""A file becomes Markdown text with page breaks."""
