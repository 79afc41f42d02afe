"""Debian's packages, for tests that need programs which no wheel brings. Only the standard library is imported: programs that run
by themselves use it too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def install(*packages: str) -> None:
    """Install Debian's ``packages`` where this account may; its output goes to standard error, and what came of it shows in what is
    there afterwards."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    # A package may start a server of its own, which nobody has asked for; in runlevel 1 it does not.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", *packages)):
        subprocess.run(
            ["apt-get", "-o", "DPkg::Options::=--force-confold", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
