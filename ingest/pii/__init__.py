"""Personal data is taken out of documents here, before anything is stored."""
