"""The command `stoker`: finds the subcommand, and turns errors into one message and an exit code."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from tui_app import __version__
from tui_app.cli.options import project_folder, project_option

_COMMANDS = {
    "demo": "Try everything at once: a local Braze, sample data, a project.",
    "init": "Write a commented stoker.toml.",
    "check": "Check project, source, mapping, key and endpoint. Sends no customer data.",
    "query": "Run a query or show a table: its first rows, or its mistake.",
    "segment": "Count a segment, or see how several overlap.",
    "difference": "What has changed in the project file since an activation was last sent.",
    "plan": "The dry run: write a plan, send nothing.",
    "show": "Look into a plan: before and after, one customer, the exact JSON.",
    "apply": "Send a plan, or plan an activation and send it.",
    "runs": "List runs, or report one.",
    "recipients": "List who is in a campaign, in which group and since when.",
    "resume": "Go on with a run that was stopped or died.",
    "schedule": "Run what is due, once or for as long as the command runs.",
    "costs": "Count what attributes cost, and what would cost less.",
    "audit": "Compare the ledger with what Braze shows.",
    "undo": "Make a plan that brings back what was before a run.",
    "stop": "Stop a run soon and cleanly.",
    "sandbox": "A local Braze that is as strict as the documented one.",
}
_HIDDEN = ("worker",)


class _LazyCommands(click.Group):
    """Imports a command's file only when the command is used, so that `stoker --help` is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS and cmd_name not in _HIDDEN:
            return None
        module = importlib.import_module(f"tui_app.cli.{cmd_name}")
        command = getattr(module, cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyCommands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stoker")
@project_option
@click.pass_context
def stoker(ctx: click.Context, project: Path | None) -> None:
    """Feed Braze with customer data: preview the exact diff, send only what changed.

    Exit codes: 0 done · 2 usage · 3 project, source or key must be fixed · 4 refused by a guard or a stale plan ·
    5 done, with rejected customers · 6 stopped, `stoker resume` goes on · 7 another run holds the ledger.
    """
    ctx.obj = project
    if ctx.invoked_subcommand is None:
        ctx.exit(_open_app(project_folder(ctx, None)))


def _open_app(folder: Path) -> int:
    """The face without a subcommand. Imports Textual, which nothing else on the command line does."""
    from tui_app.tui.start import open_app

    code, next_step = open_app(folder)
    if next_step == "try_sandbox":
        from tui_app.cli.demo_app import open_demo
        from tui_app.cli.demo_home import DEFAULT_CUSTOMERS

        return open_demo(None, DEFAULT_CUSTOMERS)
    return code
