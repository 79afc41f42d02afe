"""Find a Chromium, or install one. Runs by itself too: ``python tests/plugins/chromium.py`` prints where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The browser without its windows comes first: a fresh page costs it a third of the time.
_SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_CACHES = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
_IN_CACHE = (
    "chromium_headless_shell-*/chrom*/*headless?shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def find() -> str | None:
    """The path of a Chromium that runs, or None: ``$WEBADMIN_CHROMIUM``, the system's, playwright's own."""
    candidates = [os.environ.get("WEBADMIN_CHROMIUM"), *map(shutil.which, (*_SHELLS, *_NAMES)), *_MAC]
    caches = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), *_CACHES]
    for cache in filter(None, caches):
        for pattern in _IN_CACHE:
            candidates += sorted(map(str, Path(cache).expanduser().glob(pattern)), reverse=True)
    return next((found for found in candidates if found and _runs(found)), None)


def find_or_install() -> str:
    """As :func:`find`, after installing one where there is none; raises :class:`RuntimeError` when that fails."""
    if found := find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update", "-qq"], apt)
        for name in ("chromium-headless-shell", "chromium"):
            _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", name, "fonts-inter"], apt)
            if found := find():
                return found
    _run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], dict(os.environ))
    if found := find():
        return found
    raise RuntimeError(
        "There is no Chromium for the browser tests. Install one, or set WEBADMIN_CHROMIUM to its path."
    )


def _runs(path: str) -> bool:
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run an installer; its output goes to standard error, and its failure shows in what is found after it."""
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


if __name__ == "__main__":
    try:
        print(find_or_install())
    except RuntimeError as error:
        sys.exit(str(error))
