"""The one way rows are written."""
