"""Trials of prompts on live traffic: what both arms were like, and what follows."""
