"""A function for other processes that imports nothing, so that they begin at once."""

import os
import signal


class Halving:
    """Divides, says where it ran, fails on odd numbers, and dies on demand."""

    def __call__(self):
        def halve(number):
            if number < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if number % 2:
                raise ValueError(f"{number} is odd")
            return number // 2, os.getpid()

        return halve
