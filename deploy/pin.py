"""Pins the dependencies of ``pyproject.toml`` into ``requirements/``: hashes, every platform, no host name."""

import subprocess
import sys
from pathlib import Path

SETS: dict[str, tuple[str, ...]] = {"run": (), "test": ("test",), "bench": ("test", "bench")}
HERE = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write one file a set; the exit status of the first that fails."""
    uv = Path(sys.executable).with_name("uv")
    for name, extras in SETS.items():
        flags = [flag for extra in extras for flag in ("--extra", extra)]
        quiet = ("--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate")
        hostless = ("--no-emit-index-url", "--no-emit-find-links")
        command = [uv, "pip", "compile", *quiet, *hostless, "pyproject.toml", *flags, "-o", f"requirements/{name}.txt"]
        status = subprocess.run(command, cwd=HERE, check=False).returncode  # noqa: S603  the command is built here
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
