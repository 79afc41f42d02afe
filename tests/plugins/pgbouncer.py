"""Find PgBouncer, or install it. Runs by itself too: ``python tests/plugins/pgbouncer.py`` prints where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


def find() -> str | None:
    """The path of PgBouncer, or None."""
    return shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES]))


def find_or_install() -> str | None:
    """As :func:`find`, after installing it from Debian's packages where there is none and this account may."""
    if found := find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # The package starts a server of its own, which nobody has asked for; in runlevel 1 it does not.
        apt = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "pgbouncer"],
        ):
            subprocess.run(
                ["apt-get", *command], env=apt, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
            )
    return find()


if __name__ == "__main__":
    print(find_or_install() or "there is no PgBouncer, and it cannot be installed: its tests will be skipped")
