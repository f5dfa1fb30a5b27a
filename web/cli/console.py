"""What commands print: progress on standard error, results on standard output, JSON for programs."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from threading import Event, Thread
from typing import Any

import click
import orjson

QUIET_SECONDS = 2.0
REFRESH_SECONDS = 0.2
BEAT_SECONDS = 6.0
BAR = 24


def print_json(result: Any) -> None:
    """Print a result for a program."""
    plain = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
    sys.stdout.buffer.write(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str))
    sys.stdout.buffer.flush()


def say(text: str = "") -> None:
    click.echo(text)


class Meter:
    """Progress of one piece of work: a bar where standard error is a terminal, else a line every few seconds."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.started = self.shown = time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if now - self.shown < (REFRESH_SECONDS if self.is_terminal else QUIET_SECONDS):
            return
        self.shown = now
        self.write(self._line(done, total))

    def note(self, text: str) -> None:
        """Show a word about how far it has come."""
        now = time.monotonic()
        if now - self.shown >= (REFRESH_SECONDS if self.is_terminal else QUIET_SECONDS):
            self.shown = now
            self.write(f"{self.label}: {text}")

    def write(self, line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}" if self.is_terminal else f"  {line}\n")
        sys.stderr.flush()

    def still(self) -> None:
        """Show how long it has taken, when nothing else was shown for a while."""
        now = time.monotonic()
        if now - self.shown >= BEAT_SECONDS:
            self.shown = now
            self.write(f"{self.label}: {now - self.started:.0f} s so far")

    def finish(self) -> None:
        if self.is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _line(self, done: int, total: int | None) -> str:
        if not total:
            return f"{self.label}: {done:,}"
        filled = min(BAR, BAR * done // total)
        return f"{self.label} [{'█' * filled}{'·' * (BAR - filled)}] {done:,} of {total:,}"


@contextmanager
def metered(label: str) -> Iterator[Meter]:
    """Show progress while a piece of work goes on."""
    meter, done = Meter(label), Event()
    beat = Thread(target=_beat, args=(meter, done), daemon=True)
    beat.start()
    try:
        yield meter
    finally:
        done.set()
        beat.join()
        meter.finish()


def _beat(meter: Meter, done: Event) -> None:
    """Say now and then that work goes on, where the work itself is silent."""
    while not done.wait(BEAT_SECONDS):
        meter.still()
