"""What a developer may set, what is guessed where nothing is set, and the checks at start-up."""
