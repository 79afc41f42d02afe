"""The demo as an ASGI app: the shop's admin at ``/admin/``, and a page of the host's own that includes a list."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from webadmin import templating
from webadmin.auth.identity import Identity
from webadmin.demo.views import register
from webadmin.responder import SECURITY_HEADERS
from webadmin.site import Admin

_HOST = Path(__file__).parent / "host"


def build(engine: Engine, *, login: Identity | None = None) -> Starlette:
    """The demo over a database that holds the shop.

    :param login: tells who makes a request; by default everybody at this very machine may do everything.
    """
    admin = Admin(engine, title="Fernhill Shop", identify=login)
    register(admin)
    admin.check()
    files = Environment(loader=FileSystemLoader(_HOST), autoescape=True, undefined=StrictUndefined)
    templating.install(files)
    template = files.get_template("page.html")

    async def page(request: Request) -> Response:
        root = request.scope.get("root_path", "").rstrip("/")
        html = template.render(
            root=root,
            title=admin.runtime.responder.settings.title,
        )
        return HTMLResponse(html, headers={**SECURITY_HEADERS, "Cache-Control": "no-store"})

    async def style(request: Request) -> Response:
        css = (_HOST / "page.css").read_text(encoding="utf-8")
        return Response(css, media_type="text/css", headers=SECURITY_HEADERS)

    routes = [Route("/", page), Route("/page.css", style), Mount("/admin", admin)]
    return Starlette(routes=routes)
