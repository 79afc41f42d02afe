"""What a person keeps of a list: saved views and settings, in webadmin's own tables or in the signed cookie."""
