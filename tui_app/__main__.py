"""Where the process begins: chooses the face, and sees to it that nobody ever meets a traceback."""

from __future__ import annotations

import os
import sys

from tui_app.config.process import keep_private
from tui_app.core.disk import explain_disk
from tui_app.core.errors import ExitCode, FixInput, StokerError


def main() -> None:
    """Run `stoker`."""
    keep_private()
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    import click

    from tui_app.cli.main import stoker
    from tui_app.cli.output import narrate

    try:
        result = stoker.main(args=arguments, prog_name="stoker", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.Abort:
        narrate("Stopped. Nothing more was done.")
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except StokerError as error:
        return _explain(error, as_json="--json" in arguments)
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        result = ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - the top: what nobody foresaw becomes one sentence and a log
        if isinstance(error.__cause__, KeyboardInterrupt):
            # DuckDB wraps a Ctrl-C that meets it in the middle of a statement.
            narrate("Stopped. Nothing more was done.")
            return ExitCode.USAGE
        result = _explain_other(error, as_json="--json" in arguments)
    return result if isinstance(result, int) else ExitCode.DONE


def _explain_other(error: Exception, *, as_json: bool) -> int:
    """What is no error of the project's: a disk that refuses, or something that nobody foresaw."""
    if isinstance(error, OSError) and (explained := explain_disk(error)):
        return _explain(explained, as_json=as_json)
    from tui_app.cli.output import narrate
    from tui_app.config.error_log import explain_unforeseen

    narrate(explain_unforeseen(error))
    return 1


def _explain(error: StokerError, *, as_json: bool) -> int:
    from tui_app.cli.output import narrate, write_json

    narrate(error.message)
    if as_json:
        write_json(_error_document(error))
    return error.exit_code


def _error_document(error: StokerError) -> dict[str, object]:
    document: dict[str, object] = {"error": error.message, "exit_code": int(error.exit_code)}
    if isinstance(error, FixInput):
        document["problems"] = [
            {
                "code": problem.code,
                "message": problem.message,
                "file": problem.place.file if problem.place else None,
                "line": problem.place.line if problem.place else None,
            }
            for problem in error.problems
        ]
    return document


if __name__ == "__main__":
    main()
