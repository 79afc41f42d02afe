"""webadmin's own tables."""
