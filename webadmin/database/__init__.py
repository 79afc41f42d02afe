"""The session of a request, what the mappers say, and how a row's identity stands in an address."""
