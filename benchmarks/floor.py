"""The floor: what a page of 25 joined rows costs with nothing around it.

Bare Starlette, psycopg with its own pool, one query, one precompiled template: the rows and columns of the demo's list of
orders. It has no permission, no filter form, no total and no session: nothing that serves the same page can be faster by
much.
"""

from __future__ import annotations

from jinja2 import Environment
from psycopg.rows import namedtuple_row
from psycopg_pool import ConnectionPool
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

_QUERY = """
    SELECT o.id, o.number, o.customer_id, c.name AS customer, o.status, o.total, o.currency, o.placed_at, o.note,
           (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id) AS lines
      FROM orders o LEFT JOIN customers c ON c.id = o.customer_id
     WHERE o.deleted_at IS NULL ORDER BY o.placed_at DESC, o.id DESC LIMIT 25
"""
_ROW = "SELECT number, status, total, note FROM orders WHERE id = %s"
_FORM = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Order</title></head><body><main><h1>Order</h1>
<form method="post">{% for name in ("number", "status", "total", "note") %}<label>{{ name }} <input name="{{ name }}" value="{{ row[loop.index0] or "" }}">
</label>{% endfor %}<button>Save</button></form></main></body></html>"""
_TEMPLATE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Orders</title></head><body><main>
<h1>Orders</h1><table><thead><tr><th>Number</th><th>Customer</th><th>Status</th><th>Total</th><th>Currency</th>
<th>Lines</th><th>Placed</th><th>Note</th></tr></thead><tbody>
{% for row in rows %}<tr data-id="{{ row.id }}"><td><a href="/orders/{{ row.id }}/">{{ row.number }}</a></td>
<td><a href="/customers/{{ row.customer_id }}/">{{ row.customer }}</a></td><td>{{ row.status }}</td><td>{{ row.total }}</td>
<td>{{ row.currency }}</td><td>{{ row.lines }}</td><td><time datetime="{{ row.placed_at }}">{{ row.placed_at }}</time></td>
<td>{{ row.note or "" }}</td></tr>
{% endfor %}</tbody></table></main></body></html>"""


def build(conninfo: str) -> Starlette:
    """The floor app on the shop's database at ``conninfo`` (libpq's form)."""
    pool = ConnectionPool(
        conninfo, min_size=5, max_size=15, open=True, kwargs={"row_factory": namedtuple_row}
    )
    environment = Environment(autoescape=True)
    template, bare_form = environment.from_string(_TEMPLATE), environment.from_string(_FORM)

    def page() -> str:
        with pool.connection() as connection:
            found = connection.execute(_QUERY).fetchall()
        return template.render(rows=found)

    async def orders(request: Request) -> HTMLResponse:
        return HTMLResponse(await run_in_threadpool(page))

    def form(id: int) -> str:
        with pool.connection() as connection:
            found = connection.execute(_ROW, [id]).fetchone()
        return bare_form.render(row=found)

    def save(id: int, note: str) -> None:
        with pool.connection() as connection:
            connection.execute("UPDATE orders SET note = %s WHERE id = %s", [note, id])

    async def order(request: Request) -> Response:
        id = request.path_params["id"]
        if request.method == "GET":
            return HTMLResponse(await run_in_threadpool(form, id))
        async with request.form() as sent:
            await run_in_threadpool(save, id, str(sent["note"]))
        return RedirectResponse("/orders/", 303)

    return Starlette(
        routes=[Route("/orders/", orders), Route("/orders/{id:int}/", order, methods=["GET", "POST"])]
    )
