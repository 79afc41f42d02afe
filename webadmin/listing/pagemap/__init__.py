"""Page maps: the key of every 1,000th row of a list, kept, so that any page is found at the price of the first."""
