"""`stoker sandbox`: a local Braze that is as strict as the documented one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from tui_app.braze.sandbox import fault_spec
from tui_app.braze.sandbox.settings import ALL_PERMISSIONS, SANDBOX_KEY, ErrorStyle, SandboxSettings

_FAULTS = f"""\
Faults: --fault KIND or --fault KIND:OPTION=VALUE,… The first fault that strikes a request decides.

{fault_spec.HELP}

Examples:
  --fault 429:retry=2,p=0.05    --fault 503:applied=yes,every=7
  --fault reset:first=3         --fault 401:after=100

While it runs:
  GET  /sandbox/state, /sandbox/counters, /sandbox/log, /sandbox/faults
  POST /sandbox/faults {{"faults": ["SPEC"]}}, /sandbox/reset
  DELETE /sandbox/faults
""".replace("\n\n", "\n\n\b\n")  # \b: click leaves the lines of a paragraph as they are


@click.command("sandbox", epilog=_FAULTS)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 picks a free one.")
@click.option("--fault", "faults", metavar="SPEC", multiple=True, help="Fail on purpose; see below. Repeatable.")
@click.option("--key", default=SANDBOX_KEY, show_default=True, help="The API key that it accepts.")
@click.option(
    "--contract",
    type=click.Choice(["data-points", "mau"]),
    default="data-points",
    show_default=True,
    help="Which rate limit /users/track has, and how its headers look.",
)
@click.option(
    "--error-style",
    type=click.Choice(["prose", "enum"]),
    default="prose",
    show_default=True,
    help="Words for a refused object: as the live API or as the documentation.",
)
@click.option("--record", is_flag=True, help="Keep every request for GET /sandbox/log.")
@click.option(
    "--state",
    "state_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Load profiles from FILE if it exists, and save them at the end.",
)
@click.option("--requests-per-3-seconds", type=click.IntRange(1), default=3000, show_default=True)
@click.option("--requests-per-hour", type=click.IntRange(1), help="Only with --contract mau.  [default: no limit]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the bare URL.")
def sandbox(  # one parameter for each option
    *,
    port: int,
    faults: tuple[str, ...],
    key: str,
    contract: Literal["data-points", "mau"],
    error_style: ErrorStyle,
    record: bool,
    state_file: Path | None,
    requests_per_3_seconds: int,
    requests_per_hour: int | None,
    as_json: bool,
) -> None:
    """Run a local Braze that is as strict as the documented one, until Ctrl-C.

    It prints its URL on standard output when it is ready. Profiles live in memory unless --state names a file.
    """
    if requests_per_hour is not None and contract != "mau":
        raise click.UsageError("--requests-per-hour is a limit of --contract mau only. The sandbox was not started.")
    settings = SandboxSettings(
        port=port,
        keys={key: ALL_PERMISSIONS},
        contract="mau" if contract == "mau" else "data_points",
        requests_per_3_seconds=requests_per_3_seconds,
        requests_per_hour=requests_per_hour,
        error_style=error_style,
        faults=faults,
        record=record,
        state_file=state_file,
    )

    def announce(url: str) -> None:
        click.echo(json.dumps({"url": url, "key": key}) if as_json else url)
        click.echo(_how_to_use(url, key), err=True)

    # The server needs aiohttp, which takes a while to import and which no other command needs for its help.
    from tui_app.braze.sandbox.server import run_sandbox

    run_sandbox(settings, announce)


def _how_to_use(url: str, key: str) -> str:
    return (
        "The sandbox is ready; Ctrl-C stops it. In stoker.toml:\n"
        "  [destinations.sandbox]\n"
        f'  endpoint = "{url}"\n'
        '  api_key = "env:BRAZE_API_KEY"\n'
        "and in the shell that runs stoker:\n"
        f"  export BRAZE_API_KEY={key}"
    )
