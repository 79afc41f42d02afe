"""People, roles, and what who may do."""
