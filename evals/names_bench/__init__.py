"""Documents in which names matter, and ways to index them."""
