"""Short-lived values that can be computed again: in memory or in Redis."""
