"""The demo: a shop, its data, and the server that it runs on."""
