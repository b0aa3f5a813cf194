"""Golden sets that come with Folio: questions of our own, over documents of our own."""
