"""What rules look for, a module for each kind. All but `meaning` are pure, and take well under 50 ms for 2 kB."""
