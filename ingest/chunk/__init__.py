"""A document becomes chunks along its structure."""
