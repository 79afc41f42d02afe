"""Rows in and out, as files: exports that are streamed, however many rows there are."""
