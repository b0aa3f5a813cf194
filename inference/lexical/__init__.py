"""Words of a text as terms of BM25: pieces, stems, stop words, identifiers, pairs."""
