"""A place in a list as text for an address: the values of the order's keys in one row, signed and sealed.

A cursor belongs to one list as it is sorted, searched and filtered. Whatever else comes is refused: what is broken, from
another list, or made by somebody else. It cannot be read either, since a list may be in the order of what it does not
show. The signature is the nonce of the seal (as in SIV, RFC 5297), so that equal places have equal texts and nothing else
is told of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from webadmin.auth.keys import Keys
from webadmin.errors import BadRequest
from webadmin.listing.keyset import Place
from webadmin.listing.params import ListParams
from webadmin.text import gettext as _

_MAC = 16
"""Bytes of the signature: 128 bits."""


def encode(keys: Keys, params: ListParams, place: Place) -> str:
    """``place`` as text that only this list in this order takes back.

    :param keys: the admin's.
    """
    packed = json.dumps([_plain(value) for value in place], separators=(",", ":")).encode()
    signing, sealing = keys.derived("cursor")[0], keys.derived("sealed")[0]
    mac = _mac(signing, params, packed)
    return base64.urlsafe_b64encode(mac + _sealed(sealing, mac, packed)).decode().rstrip("=")


def decode(keys: Keys, params: ListParams, text: str, count: int) -> Place:
    """The place that ``text`` stands for. Raises BadRequest for one that is broken, forged, or of another list or order.

    :param count: how many values it has.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = tuple(_value(part) for part in json.loads(_opened(keys, params, raw)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise broken() from None
    if len(found) != count:
        raise broken()
    return found


def broken() -> BadRequest:
    """The answer to a cursor that cannot be used."""
    return BadRequest(
        _("The place in the list that the address names does not exist in it. Start at its beginning.")
    )


def _opened(keys: Keys, params: ListParams, raw: bytes) -> bytes:
    mac, content = raw[:_MAC], raw[_MAC:]
    for signing, sealing in zip(keys.derived("cursor"), keys.derived("sealed"), strict=True):
        packed = _sealed(sealing, mac, content)
        if hmac.compare_digest(mac, _mac(signing, params, packed)):
            return packed
    raise broken()


def _mac(key: bytes, params: ListParams, packed: bytes) -> bytes:
    view = params.view
    # Which rows there are and in which order; how many of them and which of their columns are shown is no matter.
    rows = params.changed(per_page=view.page_size, columns=(), sort=())
    bound = json.dumps([view.key, params.order, rows.pairs()]).encode()
    return hashlib.blake2b(bound + b"\0" + packed, key=key, digest_size=_MAC).digest()


def _sealed(key: bytes, mac: bytes, content: bytes) -> bytes:
    """``content`` under a stream of bytes that belongs to ``mac``; the same again gives it back."""
    blocks = range(-(-len(content) // hashlib.blake2b.MAX_DIGEST_SIZE))
    stream = b"".join([hashlib.blake2b(mac + block.to_bytes(4), key=key).digest() for block in blocks])
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def _plain(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _value(part: Any) -> Any:
    return bytes.fromhex(part["hex"]) if isinstance(part, dict) else part
