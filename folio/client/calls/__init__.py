"""The methods of the clients: each function says which request a call is, and what its reply means. Nothing is sent here."""
