"""Taking recorded changes back."""
