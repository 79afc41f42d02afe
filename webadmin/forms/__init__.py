"""One row as a form: fields by what columns hold, read and shown without losing anything."""
