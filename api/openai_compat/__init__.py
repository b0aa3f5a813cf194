"""What speaks the language of OpenAI's API."""
