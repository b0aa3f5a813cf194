"""What may be asked of the graph at once. Loads nothing: the command line and the API name these bounds before they need the graph."""

MAX_NAME_CHARS = 500
"""Of a key or a name."""
MAX_LIMIT = 1000
"""Entities, relations or sentences of one answer."""
MAX_HOPS = 3
"""Of a neighbourhood."""
MAX_PATH_HOPS = 6
