"""Golden sets from what a knowledge base holds: questions by rules, hard negatives, unanswerable ones, and people's verdicts."""
