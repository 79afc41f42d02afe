"""starlette-admin over the shop's orders, as its documentation would have it."""

from __future__ import annotations

import sys
from typing import ClassVar

from serve import serve
from shop import Customer, Order
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette_admin.contrib.sqla import Admin, ModelView


class OrderView(ModelView):
    fields: ClassVar = ["id", "number", "customer", "status", "channel", "total", "placed_at", "note"]
    searchable_fields: ClassVar = [
        "number",
        "note",
        "status",
        "channel",
    ]  # what can be searched can be filtered
    sortable_fields: ClassVar = ["number", "total", "placed_at"]
    fields_default_sort: ClassVar = [("placed_at", True)]
    exclude_fields_from_edit: ClassVar = ["id", "customer", "channel", "placed_at"]
    page_size = 25


class CustomerView(ModelView):
    fields: ClassVar = ["id", "name"]


app = Starlette()
admin = Admin(create_engine(sys.argv[1], pool_size=5, max_overflow=10), secret_key="of the benchmark alone")
admin.add_view(OrderView(Order, key="order"))
admin.add_view(CustomerView(Customer, key="customer"))
admin.mount_to(app)
serve(app)
