"""A folder for PYTHONPATH: what Python runs in it when a process starts."""
