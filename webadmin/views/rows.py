"""The rows of a list alone: what an infinite list asks for next."""
