"""Fields of the shop that are not for everybody who may see the rows."""

from __future__ import annotations

from webadmin.auth.user import User


class CustomerFields:
    """What somebody may owe is for those who look after the money."""

    def can_read_field(self, name: str, user: User) -> bool:
        return name != "credit_limit" or user.may("action:mark-paid", "orders")


class ProductFields:
    """How many there are is counted; only those who put goods on the shelves write it."""

    def can_write_field(self, name: str, user: User) -> bool:
        return name != "stock" or user.may("action:restock", "products")
