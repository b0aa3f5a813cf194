"""Questions that a corpus answers and questions that it does not: what is answered, refused and quoted."""
