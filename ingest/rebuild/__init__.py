"""Building another model's collection beside the live one, and letting it take over."""
