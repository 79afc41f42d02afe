"""Groups of rows: the first rows of each, and what all of its rows come to."""
