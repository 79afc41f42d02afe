"""The admin behind a reverse proxy that serves the app below a prefix and says who is logged in.

    pip install webadmin
    python behind_prefix.py             then open http://127.0.0.1:8000/shop/admin/

The app listens on port 8001 and is told the prefix with ``root_path`` (``uvicorn --root-path /shop``). The proxy in front
of it, on port 8000, takes the prefix off. Here it is a few lines of Python; with nginx it would be::

    location /shop/ {
        auth_request      /auth;
        proxy_pass        http://127.0.0.1:8001/;
        proxy_set_header  Host $host;
        proxy_set_header  X-Forwarded-For $remote_addr;
        proxy_set_header  X-Forwarded-Proto $scheme;
        proxy_set_header  X-Remote-User $user;
    }
"""

from __future__ import annotations

import os
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import uvicorn
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from webadmin import Admin

PREFIX = "/shop"
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///pages.db"))


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "pages"

    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)


Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    if not session.scalar(select(Page).limit(1)):
        session.add_all(
            Page(slug=slug, title=slug.title()) for slug in ("about", "über uns", "100%", "a/b", "what?")
        )


def identify(request: Request) -> str | None:
    """The name that the proxy sends. Nobody else may reach the app's port, or they could send any name."""
    return request.headers.get("x-remote-user")


admin = Admin(engine, title="Pages", identify=identify)
admin.add_models(Base)
app = Starlette(routes=[Mount("/admin", admin)])


class Proxy(BaseHTTPRequestHandler):
    """Passes on what is below the prefix, without it, and adds who asks."""

    app_port = 8001

    def do_GET(self) -> None:
        if not self.path.startswith(f"{PREFIX}/"):
            self.send_error(404)
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "x-remote-user"}
        headers |= {"X-Remote-User": "ada", "X-Forwarded-For": self.client_address[0]}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = HTTPConnection("127.0.0.1", self.app_port)
        upstream.request(self.command, self.path.removeprefix(PREFIX), body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"server", "date", "connection", "transfer-encoding"}:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        upstream.close()

    do_POST = do_HEAD = do_GET  # noqa: N815 - the names that the server looks for

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    proxy = ThreadingHTTPServer(("127.0.0.1", 8000), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    uvicorn.run(app, port=8001, root_path=PREFIX)
