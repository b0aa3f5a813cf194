"""The group `evals`: is the knowledge base as good as it was, and do people ask what they did?"""
