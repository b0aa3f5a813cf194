"""Asset definitions, one package per group."""
