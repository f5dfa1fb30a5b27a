"""``linli keys``: rotating the keys that seal personal values."""

import click

from registry.keys import rotate
from web.cli.console import metered, say
from web.cli.opening import OPERATOR, opened
from web.database import clock

AT_ONCE = 20_000


@click.group()
def keys() -> None:
    """The keys that seal personal values."""


@keys.command("rotate")
def rotate_command() -> None:
    """Seal again under the newest key what older ones sealed; online, and it may be stopped and started again.

    First add a key: a higher number in LINLI_KEYS, or a file seal-NUMBER.key of 32 random bytes in the instance folder.
    The old key may be taken away when this says that nothing is left.
    """
    total = 0
    with opened() as (settings, work), metered("sealing again") as meter:
        done = False
        while not done:
            with work.begin() as session:
                report = rotate(session, OPERATOR, now=clock(), limit=AT_ONCE)
            total += sum(report.resealed.values())
            done = report.done
            meter(total)
    say(f"{total:,} values sealed again under key {settings.keyring.current}; none is left under an older one")
