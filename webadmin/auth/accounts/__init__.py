"""Accounts in webadmin's own tables: who may log in, as what, and from where they have."""
