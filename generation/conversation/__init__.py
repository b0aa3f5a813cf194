"""Conversations: which question goes on from the ones before, and what is remembered of them."""
