"""One module per page: from a request to the page's plain data."""
