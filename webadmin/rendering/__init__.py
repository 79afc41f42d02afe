"""Pages as HTML: templates and their blocks, addresses, navigation, and values as people read them."""
