"""Many hands: a computation spread over processes, the answers in the order of the questions.

Who asks says how a process makes itself ready (a picklable callable that gives the function), then asks. A process is
this module run as a program: it speaks over its own pipes, so it needs no ``__main__`` of ours, may be started by a
worker of a queue, and ends by itself when whoever started it is gone. On one core, or for little work, the function is
called right here: the answers are the same.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import IO, Any, Final, Self, TypeVar

J = TypeVar("J")
R = TypeVar("R")

_LENGTH: Final = 8
#: Questions under way for each hand: one that it works on, and two that wait, so that it never does.
_AHEAD: Final = 3


class HandLost(RuntimeError):
    """A process ended before it had answered."""


def cores() -> int:
    """Give how many processes are worth having: one a core that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(make: Callable[[], Callable[[J], R]], jobs: Iterable[J], *, hands: int) -> Iterator[R]:
    """Give the answer to each job, in order.

    Parameters
    ----------
    make
        Called once in each process; gives the function that answers. It, the jobs and the answers are pickled.
    jobs
        Taken as needed: a few for each hand are under way at a time.
    hands
        Processes; with 1, all is done in this one.

    Raises
    ------
    HandLost
    Exception
        Whatever the function raised.
    """
    if hands <= 1:
        answer = make()
        yield from map(answer, jobs)
        return
    with ExitStack() as stack:
        free: SimpleQueue[_Hand] = SimpleQueue()
        for _ in range(hands):
            free.put(stack.enter_context(_Hand(make)))
        threads = stack.enter_context(ThreadPoolExecutor(hands))
        waiting: deque[Future[bytes]] = deque()
        for job in jobs:
            waiting.append(threads.submit(_ask, free, pickle.dumps(job, pickle.HIGHEST_PROTOCOL)))
            if len(waiting) >= _AHEAD * hands:
                yield _opened(waiting.popleft().result())
        while waiting:
            yield _opened(waiting.popleft().result())


def _ask(free: "SimpleQueue[_Hand]", question: bytes) -> bytes:
    hand = free.get()
    try:
        return hand.ask(question)
    finally:
        free.put(hand)


def _opened(answer: bytes) -> Any:
    succeeded, value = pickle.loads(answer)  # noqa: S301  our own process wrote it
    if not succeeded:
        raise value
    return value


class _Hand:
    """One process, from its start to its end."""

    def __init__(self, make: Callable[[], Any]) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "registry.hands"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
        self._make = make

    def __enter__(self) -> Self:
        _write(self._pipe(self._process.stdin), pickle.dumps(self._make, pickle.HIGHEST_PROTOCOL))
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # a question that was still to be sent has nobody to read it
                self._pipe(pipe).close()

    def ask(self, question: bytes) -> bytes:
        try:
            _write(self._pipe(self._process.stdin), question)
            answer = _read(self._pipe(self._process.stdout))
        except OSError as error:
            raise HandLost("a process ended while it was asked") from error
        if answer is None:
            raise HandLost("a process ended before it had answered")
        return answer

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(_LENGTH, "little"))
    pipe.write(message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """Read one message; None at the end."""
    head = pipe.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "little")
    message = pipe.read(length)
    return message if len(message) == length else None


def _serve(source: IO[bytes], sink: IO[bytes]) -> None:
    first = _read(source)
    if first is None:
        return
    answer_to = pickle.loads(first)()  # noqa: S301  whoever started us wrote it
    while (question := _read(source)) is not None:
        answer: tuple[bool, Any]
        try:
            answer = True, answer_to(pickle.loads(question))  # noqa: S301
        except Exception as error:  # noqa: BLE001  it is raised where it was asked
            answer = False, error
        _write(sink, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))


def _main() -> None:
    import gc  # noqa: PLC0415

    gc.disable()  # what is made here has no cycles, and much of it
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not stand among the answers
    try:
        _serve(sys.stdin.buffer, sink)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)


if __name__ == "__main__":
    _main()
