"""Headers that stand on every answer, whoever made it, and what no header may hold."""

from __future__ import annotations

from typing import Any

from starlette.types import Message, Send

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
}
"""What a browser is told of every answer, where the answer says nothing else of the same."""
_PRESENT = tuple(
    (name.lower().encode(), value.encode())
    for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-store"}.items()
)
_CONTROLS = bytes(range(32)) + b"\x7f"


def guarded(send: Send) -> Send:
    """``send`` for an ASGI app, with what is missing of the headers above, and ``Cache-Control: no-store`` where an answer
    says nothing of keeping it. A line break in a value, which would begin a header of its own, is left out of it: not every
    server refuses one."""

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _complete(message.get("headers", ()))}
        await send(message)

    return send_guarded


def _complete(given: Any) -> list[tuple[bytes, bytes]]:
    headers = [(name.lower(), value.translate(None, _CONTROLS)) for name, value in given]
    names = {name for name, _ in headers}
    return headers + [(name, value) for name, value in _PRESENT if name not in names]
