"""The pages: one module for each, which returns plain data for its template."""
