"""Whether an evaluation may pass: statistics, comparisons, causes and reports."""
