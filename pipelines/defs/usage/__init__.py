"""What language models were asked and what it cost, as an asset, and whether that is as usual."""
