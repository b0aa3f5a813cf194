"""Parts of the measurements of personal data detection."""
