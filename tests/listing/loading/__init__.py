"""What is loaded, and in how many statements."""
