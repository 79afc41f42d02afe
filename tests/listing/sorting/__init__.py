"""What lists are sorted by, and what serves it."""
