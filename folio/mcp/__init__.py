"""The Model Context Protocol: what language models' hosts may ask of the knowledge base. No transport but stdio is known here."""
