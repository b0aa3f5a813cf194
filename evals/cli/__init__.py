"""`folio eval`: golden sets, evaluations, comparisons, trials, drift."""
