"""The parts of evals/eval_injection.py."""
