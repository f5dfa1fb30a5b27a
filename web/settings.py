"""Settings: read once from the environment, all optional. With none, Linli runs on SQLite with the batch in process.

Only `web` knows settings; the rooms below are told what they need.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from models.sealing import Keyring
from registry.hands import cores

HERE = Path(__file__).resolve().parent.parent
KEY_BYTES = 32
PARTS_FROM = 500_000
PART_SIZE = 20_000


class SettingRefused(ValueError):
    """A setting cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What this installation is told.

    Attributes
    ----------
    database_url
        SQLAlchemy's; ``sqlite:///…/instance/linli.sqlite`` by default.
    broker_url
        Celery's; ``memory://`` means the worker lives in the serving process.
    instance
        Folder of the embedded database, the keys and uploads.
    parts_from, part_size
        Volunteers from which a week is planned as parts, and volunteers of a part.
    hands
        Processes over which importing and consolidating much is spread.
    """

    database_url: str
    broker_url: str
    instance: Path
    secret_key: str
    keyring: Keyring
    time_zone: ZoneInfo
    public_url: str
    languages: tuple[str, ...]
    sms_url: str | None
    smtp_url: str | None
    mail_from: str
    trust_proxy: bool
    demo: bool
    parts_from: int
    part_size: int
    webhooks_private: bool = False
    hands: int = 1

    @property
    def is_embedded(self) -> bool:
        """Whether jobs run in the serving process."""
        return self.broker_url.startswith("memory:")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environment` (the process's by default); makes the instance folder and its keys.

    Raises
    ------
    SettingRefused
        For a value that cannot be used, naming it.
    """
    env = os.environ if environment is None else environment
    instance = Path(env.get("LINLI_INSTANCE") or HERE / "instance").expanduser().resolve()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(
        database_url=env.get("DATABASE_URL") or f"sqlite:///{instance / 'linli.sqlite'}",
        broker_url=env.get("CELERY_BROKER_URL") or "memory://",
        instance=instance,
        secret_key=env.get("LINLI_SECRET_KEY") or _kept(instance / "secret.key").hex(),
        keyring=_keyring(env, instance),
        time_zone=ZoneInfo(env.get("LINLI_TIME_ZONE") or "Asia/Shanghai"),
        public_url=(env.get("LINLI_PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/"),
        languages=("zh_Hans_CN", "en"),
        sms_url=env.get("LINLI_SMS_URL") or None,
        smtp_url=env.get("LINLI_SMTP_URL") or None,
        mail_from=env.get("LINLI_MAIL_FROM") or "linli@localhost",
        trust_proxy=_flag(env, "LINLI_TRUST_PROXY"),
        demo=_flag(env, "LINLI_DEMO"),
        parts_from=_count(env, "LINLI_PARTS_FROM", PARTS_FROM),
        part_size=_count(env, "LINLI_PART_SIZE", PART_SIZE),
        webhooks_private=_flag(env, "LINLI_WEBHOOKS_PRIVATE"),
        hands=_count(env, "LINLI_HANDS", cores()),
    )


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").strip().lower()
    if value in {"", "0", "no", "false"}:
        return False
    if value in {"1", "yes", "true"}:
        return True
    raise SettingRefused(f"{name} is {value!r}: say 1 or 0")


def _count(env: Mapping[str, str], name: str, usual: int) -> int:
    value = env.get(name, "").strip()
    if not value:
        return usual
    if not value.isdecimal() or int(value) == 0:
        raise SettingRefused(f"{name} is {value!r}: say a whole number from 1")
    return int(value)


def _kept(path: Path) -> bytes:
    """Give the key in `path`, made at the first call and readable by its owner only."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_bytes(KEY_BYTES)
        file.write(key)
    return key


def _keyring(env: Mapping[str, str], instance: Path) -> Keyring:
    """Read ``LINLI_KEYS`` (``1:BASE64,2:BASE64``, the last seals) and ``LINLI_DIGEST_KEY``; else the instance's own."""
    listed = env.get("LINLI_KEYS")
    sealing = _listed_keys(listed) if listed else _instance_keys(instance)
    digest = env.get("LINLI_DIGEST_KEY")
    digesting = _decoded("LINLI_DIGEST_KEY", digest) if digest else _kept(instance / "digest.key")
    return Keyring(sealing=sealing, current=max(sealing), digesting=digesting)


def _listed_keys(listed: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for part in listed.split(","):
        number, _, text = part.strip().partition(":")
        if not number.isdecimal():
            raise SettingRefused("LINLI_KEYS: write NUMBER:BASE64, separated by commas")
        keys[int(number)] = _decoded("LINLI_KEYS", text)
    return keys


def _instance_keys(instance: Path) -> dict[int, bytes]:
    """Give the keys kept as ``seal-NUMBER.key``; the first is made when there is none."""
    kept = {int(path.stem.removeprefix("seal-")): path.read_bytes() for path in instance.glob("seal-*.key")}
    return kept or {1: _kept(instance / "seal-1.key")}


def _decoded(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SettingRefused(f"{name}: not base64") from error
    if len(key) != KEY_BYTES:
        raise SettingRefused(f"{name}: {len(key)} bytes, where {KEY_BYTES} are needed (openssl rand -base64 32)")
    return key
