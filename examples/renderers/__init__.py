"""One small renderer per binary format: the same blocks in, the same bytes out, every time."""
