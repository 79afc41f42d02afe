"""A client that costs little itself: requests over one kept-alive connection."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)\r\n", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: ([^=;\r]+)=([^;\r]*)", re.IGNORECASE)


class Ask(NamedTuple):
    """One request."""

    path: str
    htmx: bool = False
    """As htmx sends it: answered with the part of the page that changes."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    location: str
    """Where a redirect leads to; else empty."""
    body: bytes


class Connection:
    """One connection; keeps ``cookies`` as a browser does.

    :param seconds: that it waits for a part of an answer; TimeoutError after that.
    """

    def __init__(self, port: int, seconds: float | None = None) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def get(self, ask: Ask) -> bytes:
        """The body of the answer. Raises RuntimeError for any answer but 200."""
        extra = "HX-Request: true\r\nHX-Request-Type: partial\r\n" if ask.htmx else ""
        answer = self._request("GET", ask.path, extra)
        if answer.status != 200:
            raise RuntimeError(f"{ask.path} answered with {answer.status}")
        return answer.body

    def answer(self, path: str, fields: Mapping[str, list[str]] | None = None) -> Answer:
        """Whatever is answered; with ``fields`` to a form that is sent by POST."""
        if fields is None:
            return self._request("GET", path)
        body = urlencode(fields, doseq=True)
        head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self._request("POST", path, head, body)

    def send_file(self, path: str, fields: Mapping[str, str], name: str, content: bytes) -> Answer:
        """Whatever is answered to a form with a file in its field ``file``."""
        mark = "webadmin-benchmark-boundary"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{text}\r\n'
            for field, text in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head, content.decode(), f"\r\n--{mark}--\r\n"])
        length = len(body.encode())
        kind = f"Content-Type: multipart/form-data; boundary={mark}\r\nContent-Length: {length}\r\n"
        return self._request("POST", path, kind, body)

    def _request(self, method: str, path: str, headers: str = "", body: str = "") -> Answer:
        if self.cookies:
            headers += (
                "Cookie: " + "; ".join(f"{name}={text}" for name, text in self.cookies.items()) + "\r\n"
            )
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n{body}".encode())
        answer = self._socket.recv(65536)
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        head = answer[: end + 2]
        length = _LENGTH.search(head)
        if length is None:
            raise RuntimeError(f"{path} answered without saying how long the answer is")
        for name, text in _COOKIE.findall(head):
            self.cookies[name.decode()] = text.decode()
        missing = end + 4 + int(length.group(1)) - len(answer)
        pieces = [answer[end + 4 :]]
        while missing > 0:
            pieces.append(self._more())
            missing -= len(pieces[-1])
        location = _LOCATION.search(head)
        status = int(head.split(b" ", 2)[1])
        return Answer(status, location.group(1).decode() if location else "", b"".join(pieces))

    def timed(self, ask: Ask) -> float:
        """Seconds from sending the request to the last byte of its answer."""
        begun = time.perf_counter()
        self.get(ask)
        return time.perf_counter() - begun

    def _more(self) -> bytes:
        found = self._socket.recv(1 << 18)
        if not found:
            raise RuntimeError("the server closed the connection")
        return found
