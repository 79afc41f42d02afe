"""From plain data to HTML."""
