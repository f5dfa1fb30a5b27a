"""Many hands: a computation spread over processes, the answers in the order of the questions.

Who asks says how a process makes itself ready (a picklable callable that gives the function), then asks. A process is
this module run as a program: it speaks over its own pipes, so it needs no ``__main__`` of ours, may be started by a
worker of a queue, and ends by itself when whoever started it is gone. On one core, or for little work, the function is
called right here: the answers are the same.

Whoever asks decides when it is over: an interrupt or a service's end that reaches a process too is ignored there, and
one that stops asking lets the processes go at once. A process prints nothing of what it works on; what fails in it is
raised where it was asked.
"""

import gc
import os
import pickle
import signal
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


class Unsendable(RuntimeError):
    """An answer or a failure that cannot be pickled; names its type, and nothing of what it says."""


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
    OSError
        When a process cannot be started.
    Exception
        Whatever `make` or the function raised; :class:`Unsendable` for what cannot be pickled.
    """
    if hands <= 1:
        answer = make()
        yield from map(answer, jobs)
        return
    with ExitStack() as stack:
        free: SimpleQueue[_Hand] = SimpleQueue()
        started = [stack.enter_context(_Hand()) for _ in range(hands)]
        threads = ThreadPoolExecutor(hands, "linli-hands")
        stack.callback(_stop_asking, threads, started)
        for hand in started:
            hand.learn(pickle.dumps(make, pickle.HIGHEST_PROTOCOL))
            free.put(hand)
        waiting: deque[Future[bytes]] = deque()
        for job in jobs:
            waiting.append(threads.submit(_ask, free, pickle.dumps(job, pickle.HIGHEST_PROTOCOL)))
            if len(waiting) >= _AHEAD * hands:
                yield _opened(waiting.popleft().result())
        while waiting:
            yield _opened(waiting.popleft().result())


def _stop_asking(threads: ThreadPoolExecutor, hands: "list[_Hand]") -> None:
    """End what is under way at once: nobody waits for answers that nobody wants any more."""
    threads.shutdown(wait=False, cancel_futures=True)
    for hand in hands:
        hand.kill()
    threads.shutdown()


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

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", "from registry.hands import main; main()"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # a question that was still to be sent has nobody to read it
                self._pipe(pipe).close()

    def kill(self) -> None:
        """End the process, if it has not ended."""
        self._process.kill()

    def learn(self, make: bytes) -> None:
        """Tell the process how it makes itself ready. It does so beside us; a failure is raised at the first question.

        Raises
        ------
        HandLost
        """
        try:
            _write(self._pipe(self._process.stdin), make)
        except OSError as error:
            raise HandLost("a process ended as it was started") from error

    def ask(self, question: bytes) -> bytes:
        """Give the answer to a question, both pickled.

        Raises
        ------
        HandLost
        """
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
    answer_to = _made(first)
    while (question := _read(source)) is not None:
        answer: tuple[bool, Any]
        try:
            answer = True, answer_to(pickle.loads(question))  # noqa: S301
        except Exception as error:  # noqa: BLE001  it is raised where it was asked
            answer = False, error
        _write(sink, _sendable(*answer))


def _made(make: bytes) -> Callable[[Any], Any]:
    """Give the function that answers; where it cannot be made, one that fails for the same reason."""
    try:
        answer_to: Callable[[Any], Any] = pickle.loads(make)()  # noqa: S301  whoever started us wrote it
    except Exception as error:  # noqa: BLE001  it is raised where the first question is asked
        failure = error

        def fail(_: Any) -> Any:
            raise failure

        return fail
    return answer_to


def _sendable(succeeded: bool, value: Any) -> bytes:
    """Pickle an answer; what does not come out again as it went in is named in its place."""
    try:
        packed = pickle.dumps((succeeded, value), pickle.HIGHEST_PROTOCOL)
        if not succeeded:
            pickle.loads(packed)  # noqa: S301  an exception may go in and not come out
    except Exception:  # noqa: BLE001  whatever it is, whoever asked must hear of it
        packed = pickle.dumps((False, Unsendable(type(value).__name__)), pickle.HIGHEST_PROTOCOL)
    return packed


def main() -> None:
    """Answer questions until nobody asks: what a process of :func:`spread` does."""
    gc.disable()  # what is made here has no cycles, and much of it
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not stand among the answers
    try:
        _serve(sys.stdin.buffer, sink)
    except BrokenPipeError:  # whoever asked is gone
        os._exit(1)
