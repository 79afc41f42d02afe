"""Find PgBouncer, or install it. Runs by itself too: ``python -m tests.plugins.pgbouncer`` prints where it is."""

from __future__ import annotations

import os
import shutil

from tests.plugins.apt import install

_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


def find() -> str | None:
    """The path of PgBouncer, or None."""
    return shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES]))


def find_or_install() -> str | None:
    """As :func:`find`, after installing it from Debian's packages where there is none and this account may."""
    if found := find():
        return found
    install("pgbouncer")
    return find()


if __name__ == "__main__":
    print(find_or_install() or "there is no PgBouncer, and it cannot be installed: its tests will be skipped")
