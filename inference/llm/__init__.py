"""Language models: providers as they are, and the gateway around them."""
