"""The measurement of written answers: a model that writes true and false things, and what of them is shown."""
