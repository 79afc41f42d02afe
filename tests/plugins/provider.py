"""A real OpenID provider, run on this machine: oidc-provider, as ``tests/data/oidc/package-lock.json`` pins it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest

from tests.pages import parse
from tests.plugins.databases import only_one

SOURCE = Path(__file__).resolve().parents[1] / "data" / "oidc"
CLIENT, SECRET = "webadmin", "a secret of the two"
HERE = "http://testserver"
_PATIENCE = 120.0


@dataclass
class RealProvider:
    """A provider at which whoever is named in a file may log in, without a password."""

    issuer: str
    people: Path

    def knows(self, **people: dict[str, Any]) -> None:
        """Let these people in from now on, each with their claims."""
        self.people.write_text(json.dumps(people), encoding="utf-8")

    def log_in(self, url: str, name: str = "ada", *, agree: bool = True) -> str:
        """Do what a person does at the provider, sent there by ``url``; the address that they are sent back to.

        ``agree`` False: they click "Cancel" in place of logging in.
        """
        with httpx2.Client(timeout=_PATIENCE) as client:
            answer = client.get(url)
            for _each in range(20):
                while answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["location"])
                    if target.startswith(f"{HERE}/"):
                        return target
                    answer = client.get(target)
                page = parse(answer.text)
                if not agree:
                    cancel = page.css("a[href$='/abort']")[0].get("href")
                    agree, answer = True, client.get(urljoin(str(answer.url), cancel))
                    continue
                form = page.css("form")[0]
                fields = {one.get("name"): one.get("value") or "" for one in form.cssselect("input[name]")}
                typed = {"login": name, "password": "any"} if "login" in fields else {}
                answer = client.post(urljoin(str(answer.url), form.get("action")), data=fields | typed)
        raise AssertionError("the provider sends nobody back")


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    """A provider for all tests of a worker, which knows this admin at ``http://testserver/``."""
    folder, node = _installed(), shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine to run an OpenID provider on")
    people = tmp_path_factory.mktemp("provider") / "people.json"
    people.write_text("{}", encoding="utf-8")
    command = [node, SOURCE / "provider.mjs", people, f"{HERE}/login/oidc/callback/", f"{HERE}/login/"]
    running = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        issuer = running.stdout.readline().strip()
        assert issuer, "the provider did not start"
        yield RealProvider(issuer, people)
    finally:
        running.stdin.close()
        running.wait(_PATIENCE)
        running.stdout.close()


def _installed() -> Path:
    """The folder where the provider is installed; once for a machine, since it comes over the network."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    folder = Path("~/.cache/webadmin-tests").expanduser() / f"oidc-{hashlib.sha256(lock).hexdigest()[:12]}"
    with only_one("oidc-provider"):
        if not (folder / "node_modules").is_dir():
            npm = shutil.which("npm")
            if npm is None:
                pytest.skip("there is no npm on this machine to install an OpenID provider with")
            making = folder.with_suffix(".new")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCE / name, making)
            arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(
                [npm, *arguments], cwd=making, capture_output=True, text=True, check=False, timeout=_PATIENCE
            )
            if done.returncode:
                pytest.skip(f"no OpenID provider can be installed: {done.stderr.strip()[-200:]}")
            making.rename(folder)
    return folder
