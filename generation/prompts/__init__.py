"""Prompts as files: templates in versions, which of them is current, and which is tried."""
