"""A language model as judge: atomic criteria, repeated, kept, and calibrated against people before it may decide."""
