"""Saved views of a list and what a person keeps of it: what the list is asked for, and the pages that change it."""
