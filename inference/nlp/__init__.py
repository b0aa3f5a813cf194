"""spaCy behind two ports: names in a text, and the syntax of a sentence."""
