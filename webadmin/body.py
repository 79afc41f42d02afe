"""The body of a POST, with limits on its size, fields and files."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from webadmin.errors import BadRequest, TooLarge, Unprocessable
from webadmin.options.settings import Limits
from webadmin.text import gettext as _

_AROUND = 64 * 1024
"""Bytes of a form around its file."""


async def read_form(request: Request, limits: Limits, *, files: bool = False) -> FormData:
    """The fields sent. Raises TooLarge over a limit, BadRequest for a body that is no form.

    :param files: it may have a file as large as an import's; files lie on disk, whatever their size, and texts are as small as ever.
    """
    plain_limit = limits.body
    if files and limits.imported > limits.body:
        limits = replace(limits, body=limits.imported + _AROUND)
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limits.body:
        raise _too_large(limits)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    plain = kind == "application/x-www-form-urlencoded"
    stream = _limited(request, limits, fields=limits.fields if plain else None)
    try:
        if kind == "multipart/form-data":
            _check_encoding(request)
            form = await MultiPartParser(
                request.headers,
                stream,
                max_files=limits.files,
                max_fields=limits.fields,
                max_part_size=plain_limit,
            ).parse()
        elif plain:
            form = await FormParser(
                request.headers, stream, max_fields=limits.fields, max_part_size=limits.body
            ).parse()
        else:
            body = b"".join([chunk async for chunk in stream])
            if body:
                raise Unprocessable(_("Only forms can be sent here."))
            form = FormData()
    except _Ended as error:
        raise error.answer from None
    except (MultiPartException, UnicodeDecodeError) as error:
        if str(getattr(error, "message", "")).startswith("Too many fields"):
            raise _too_many(limits) from error
        raise BadRequest(_("What was sent is not a readable form.")) from error
    return form


def _check_encoding(request: Request) -> None:
    """Raise BadRequest for another encoding of texts than that of our pages: among those that Python knows are some that take
    minutes for a megabyte, during which nobody is answered."""
    _kind, options = parse_options_header(request.headers["content-type"])
    if options.get(b"charset", b"utf-8").lower() not in {b"utf-8", b"utf8"}:
        raise BadRequest(_("What was sent is not a readable form."))


class _Ended(MultiPartException):
    """Nothing more of a body is read. Of this kind the parser knows that the files so far are to be closed."""

    def __init__(self, answer: Exception) -> None:
        super().__init__("ended")
        self.answer = answer


async def _limited(
    request: Request, limits: Limits, *, fields: int | None = None
) -> AsyncGenerator[bytes, None]:
    size = marks = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limits.body:
                raise _Ended(_too_large(limits))
            if fields is not None:
                # The parser counts fields, but not the empty ones, on which it can spend seconds.
                marks += chunk.count(b"&")
                if marks > fields:
                    raise _Ended(_too_many(limits))
            yield chunk
    except ClientDisconnect as error:
        raise _Ended(error) from None


def _too_large(limits: Limits) -> TooLarge:
    kilobytes = max(1, limits.body // 1024)
    size = f"{kilobytes // 1024} MB" if kilobytes >= 1024 else f"{kilobytes} kB"
    return TooLarge(_("At most {size} can be sent at once.").format(size=size))


def _too_many(limits: Limits) -> TooLarge:
    return TooLarge(_("The form has more than {count} fields.").format(count=limits.fields))
