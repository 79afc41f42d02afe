"""webadmin's own tables: one module for each subject; ``migrate`` brings a database up to date with them."""
