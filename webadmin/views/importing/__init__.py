"""The pages of an import: the file, its columns, what it would do, what it has done."""
