"""Many people at once on few rows, and a server that is killed while they work: nothing may be lost."""
