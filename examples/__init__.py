"""The example handbook of an invented company, and the script that renders its binary files."""
