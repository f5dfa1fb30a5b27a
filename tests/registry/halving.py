"""A function for other processes that imports nothing, so that they begin at once."""

import os
import signal

#: Questions that are not halved.
DIE, HANG, INTERRUPTED, CLOSURE = -1, -2, -3, -4


class Unusual(Exception):
    """Goes into a pickle and does not come out again."""

    def __init__(self, *, number):
        super().__init__(f"number {number}")


class Halving:
    """Divides, says where it ran, fails on odd numbers, and does what it should not on demand."""

    def __init__(self, *, ready=True):
        self.ready = ready

    def __call__(self):
        if not self.ready:
            raise LookupError("not ready")

        def halve(number):
            if number == DIE:
                os.kill(os.getpid(), signal.SIGKILL)
            if number == HANG:
                signal.pause()
            if number == INTERRUPTED:
                for one in (signal.SIGINT, signal.SIGTERM):
                    os.kill(os.getpid(), one)
                number = 0
            if number == CLOSURE:
                return halve
            if number == 1:
                raise Unusual(number=1)
            if number % 2:
                raise ValueError(f"{number} is odd")
            return number // 2, os.getpid()

        return halve
