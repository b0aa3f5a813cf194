"""Folio's own recognisers, one kind of personal data per module."""
