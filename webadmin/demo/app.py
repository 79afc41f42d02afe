"""The demo as an ASGI app: the shop's admin at ``/admin/``, and pages of the host's own that include lists of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from webadmin import templating
from webadmin.auth.identity import Identity
from webadmin.demo.recipes import RECIPES, SCROLLS, Scroll
from webadmin.demo.views import register
from webadmin.headers import SECURITY_HEADERS
from webadmin.site import Admin

_HOST = Path(__file__).parent / "host"


def build(engine: Engine, *, login: Identity | None = None, replica: Engine | None = None) -> Starlette:
    """The demo over a database that holds the shop.

    :param login: tells who makes a request; by default everybody at this very machine may do everything.
    :param replica: a streaming replica of the database, from which pages are read.
    """
    admin = Admin(engine, replica=replica, title="Fernhill Shop", identify=login, make_indexes=True)
    register(admin)
    admin.check()
    files = Environment(loader=FileSystemLoader(_HOST), autoescape=True, undefined=StrictUndefined)
    templating.install(files)
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}

    def answer(template: str, request: Request, **more: Any) -> Response:
        root = request.scope.get("root_path", "").rstrip("/")
        title = admin.runtime.responder.settings.title
        return HTMLResponse(
            files.get_template(template).render(root=root, title=title, **more), headers=headers
        )

    async def page(request: Request) -> Response:
        return answer("page.html", request, scroll=SCROLLS["orders"])

    async def scroll(request: Request) -> Response:
        found: Scroll | None = SCROLLS.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such page.", 404, headers=headers)
        return answer("page.html", request, scroll=found)

    async def recipes(request: Request) -> Response:
        return answer("recipes.html", request, recipes=RECIPES)

    async def style(request: Request) -> Response:
        css = (_HOST / "page.css").read_text(encoding="utf-8")
        return Response(css, media_type="text/css", headers=SECURITY_HEADERS)

    routes = [
        Route("/", page),
        Route("/scroll/{name}", scroll),
        Route("/recipes", recipes),
        Route("/page.css", style),
        Mount("/admin", admin),
    ]
    return Starlette(routes=routes)
