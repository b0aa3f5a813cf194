"""Entities and relations by a language model: asked chunk by chunk, and believed only as far as the chunk bears it out."""
