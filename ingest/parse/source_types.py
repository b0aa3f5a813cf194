"""MIME types of source code by the suffix of the file."""

SOURCE_TYPES = {
    ".bash": "application/x-sh",
    ".c": "text/x-c",
    ".cc": "text/x-c++",
    ".cpp": "text/x-c++",
    ".cs": "text/x-csharp",
    ".css": "text/css",
    ".cxx": "text/x-c++",
    ".go": "text/x-go",
    ".h": "text/x-c",
    ".hpp": "text/x-c++",
    ".java": "text/x-java",
    ".js": "text/javascript",
    ".jsx": "text/javascript",
    ".kt": "text/x-kotlin",
    ".lua": "text/x-lua",
    ".mjs": "text/javascript",
    ".php": "text/x-php",
    ".pl": "text/x-perl",
    ".py": "text/x-python",
    ".pyi": "text/x-python",
    ".r": "text/x-r",
    ".rb": "text/x-ruby",
    ".rs": "text/x-rust",
    ".scala": "text/x-scala",
    ".sh": "application/x-sh",
    ".sql": "text/x-sql",
    ".swift": "text/x-swift",
    ".ts": "text/x-typescript",
    ".tsx": "text/x-tsx",
}


def is_source_code(mime_type: str) -> bool:
    """Whether files of the type are source code: read as they are."""
    return mime_type in SOURCE_TYPES.values()
