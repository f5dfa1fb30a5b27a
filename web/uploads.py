"""Files on their way in: an upload is a folder of its own with the file and a note of what is known about it.

What lies here is for a day at most, readable by the service only; the key in the address is random and works for the
account that sent the file.
"""

import secrets
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import orjson
from werkzeug.datastructures import FileStorage

_NOTE: Final = "upload.json"
_DAY: Final = 24 * 3600
_LONGEST: Final = 100
_KEY: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in.

    Attributes
    ----------
    stage
        found (its columns are to be looked at), looking (the preview is made), looked, taking, taken, failed.
    step, count
        What is being done, and how many rows or pairs are through.
    mapping
        Of :class:`registry.mappings.FeedMapping`, as data; empty until a steward confirmed it.
    impact, result
        What the preview and the import counted.
    """

    key: str
    file_name: str
    account_id: int | None
    source: str = ""
    version: int = 0
    stage: str = "found"
    step: str = ""
    count: int = 0
    mapping: dict[str, Any] = field(default_factory=dict)
    impact: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    failure: str = ""


class Uploads:
    """The uploads of an installation.

    Parameters
    ----------
    folder
        Where they lie; made when absent.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)

    def keep(self, file: FileStorage, account_id: int | None) -> Upload:
        """Keep a file that was sent; those of yesterday go."""
        self._clear()
        upload = Upload(
            key=secrets.token_hex(_KEY // 2), file_name=plain_name(file.filename or ""), account_id=account_id
        )
        place = self.folder / upload.key
        place.mkdir(mode=0o700)
        file.save(self.path(upload))
        self.path(upload).chmod(0o600)
        self.write(upload)
        return upload

    def path(self, upload: Upload) -> Path:
        """Give where the file itself lies, under its own name."""
        return self.folder / upload.key / upload.file_name

    def find(self, key: str, account_id: int | None) -> Upload | None:
        """Give an upload of an account; None when there is none, or it is somebody else's."""
        if len(key) != _KEY or not key.isalnum():
            return None
        try:
            upload = Upload(**orjson.loads((self.folder / key / _NOTE).read_bytes()))
        except (OSError, orjson.JSONDecodeError, TypeError):
            return None
        return upload if upload.account_id == account_id else None

    def write(self, upload: Upload, **changes: Any) -> Upload:
        """Note what changed; a reader sees the note before or after, never a half."""
        upload = replace(upload, **changes)
        place = self.folder / upload.key
        half = place / f"{_NOTE}.{secrets.token_hex(4)}"
        half.write_bytes(orjson.dumps(asdict(upload)))
        half.replace(place / _NOTE)
        return upload

    def drop(self, upload: Upload) -> None:
        """Take the file away; the note stays until tomorrow, for who looks at the page again."""
        self.path(upload).unlink(missing_ok=True)

    def _clear(self) -> None:
        for old in self.folder.iterdir():
            if old.stat().st_mtime < time.time() - _DAY:
                shutil.rmtree(old, ignore_errors=True)


def plain_name(name: str) -> str:
    """Give a file's own name without folders and without characters that a folder or a header would trip over."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in bare if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, ending = plain.rpartition(".")
    whole = f"{stem[: _LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) < 6 else plain[:_LONGEST]  # noqa: PLR2004
    return whole if whole and whole != _NOTE else "export.csv"
