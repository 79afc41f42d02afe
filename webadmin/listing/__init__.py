"""The one way many rows are read: parameters, scope, filters, search, order, pages and counts."""
