"""What an answer goes through before anybody sees it, as a whole or as a stream."""
