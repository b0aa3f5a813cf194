"""The systems of `make bench-peers`, each as its own documentation sets it up. Their libraries load when one is made."""
