"""How well quotes are located, sentences checked and contradictions found."""
