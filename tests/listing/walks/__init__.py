"""Walking through lists from cursor to cursor."""
