"""The command line: ``linli``. Exit status 0 is done, 1 the work failed (one clear line), 2 wrong usage.

Commands are loaded when they are called, so that ``linli check`` does not wait for the web, and ``linli --help`` for
nothing.
"""

import importlib
import os
import sys
from typing import Any

import click

from web.cli.failures import explain

#: Command → where it is, and what it does.
COMMANDS = {
    "accounts": ("web.cli.accounts:accounts", "Accounts that sign in, and their roles."),
    "check": ("web.cli.solving:check_command", "Check a solution independently."),
    "compare": ("web.cli.asking:compare_command", "Put two plans of a problem side by side."),
    "db": ("web.cli.database:db", "Make or upgrade the database of DATABASE_URL."),
    "demo": ("web.cli.demo:demo", "Make the sample city, plan its week, and serve it."),
    "keys": ("web.cli.keys:keys", "The keys that seal personal values."),
    "needs": ("web.cli.needs:needs", "Needs that communities ask for."),
    "recruit": ("web.cli.asking:recruit_command", "Say whom to look for, each tried by planning."),
    "registry": ("web.cli.registry:registry", "Agencies' exports become persons."),
    "repair": ("web.cli.asking:repair_command", "Mend a plan with the fewest changes."),
    "roster": ("web.cli.roster:roster", "The weekly batch: plan, publish, repair."),
    "serve": ("web.cli.serving:serve", "Serve the site; --all with worker and schedule."),
    "solve": ("web.cli.solving:solve_command", "Solve a problem file."),
    "units": ("web.cli.units:units", "Cities, districts, streets, neighbourhoods."),
    "why": ("web.cli.asking:why_command", "Say why a volunteer has a seat, or none."),
    "worker": ("web.cli.serving:worker", "Run a worker, or the scheduler, on the broker."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in sorted(COMMANDS.items())])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option("0.1.0", prog_name="linli")
def linli() -> None:
    """Linli 邻里: one registry of a city's volunteers, and one good plan for every week."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give the exit status."""
    try:
        outcome: Any = linli.main(arguments, prog_name="linli", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except click.Abort:
        sys.stderr.write("stopped\n")
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as failure:
        line = explain(failure)
        if line is None:
            raise
        sys.stderr.write(f"linli: {line}\n")
        return 1
    return outcome if isinstance(outcome, int) else 0
