"""Other systems, measured beside Folio with the same data and models."""
