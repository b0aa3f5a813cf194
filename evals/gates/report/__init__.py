"""A comparison for people: Markdown, and one HTML file with plots."""
