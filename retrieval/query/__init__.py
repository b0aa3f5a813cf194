"""What a query asks for, before anything is searched."""
