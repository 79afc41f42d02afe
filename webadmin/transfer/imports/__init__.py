"""Rows that come in: files read, checked against what is there, and written in one transaction."""
