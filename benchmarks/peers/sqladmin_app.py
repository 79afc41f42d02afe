"""sqladmin over the shop's orders, as its documentation would have it."""

from __future__ import annotations

import sys
from typing import ClassVar

from serve import serve
from shop import Channel, Customer, Order, Status
from sqladmin import Admin, ModelView
from sqladmin.filters import StaticValuesFilter
from sqlalchemy import create_engine
from starlette.applications import Starlette


class OrderAdmin(ModelView, model=Order):
    name_plural = "Orders"
    column_list: ClassVar = [
        Order.number,
        Order.customer,
        Order.status,
        Order.total,
        Order.placed_at,
        Order.note,
    ]
    column_sortable_list: ClassVar = [Order.number, Order.total, Order.placed_at]
    column_searchable_list: ClassVar = [Order.number, Order.note]
    column_filters: ClassVar = [
        StaticValuesFilter(Order.status, [(one.name, one.name) for one in Status]),
        StaticValuesFilter(Order.channel, [(one.name, one.name) for one in Channel]),
    ]
    column_default_sort: ClassVar = (Order.placed_at, True)
    form_columns: ClassVar = [Order.number, Order.status, Order.total, Order.note]
    page_size = 25


class CustomerAdmin(ModelView, model=Customer):
    column_list: ClassVar = [Customer.name]


app = Starlette()
admin = Admin(app, create_engine(sys.argv[1], pool_size=5, max_overflow=10))
admin.add_view(OrderAdmin)
admin.add_view(CustomerAdmin)
serve(app)
