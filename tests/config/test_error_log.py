"""What nobody foresaw is one sentence for the person and lines of code for the log; a value is in neither."""

from __future__ import annotations

import pytest

from tui_app.config.error_log import explain_unforeseen

SECRET = "ada@example.com"


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "stoker" / "log"


def an_error() -> KeyError:
    try:
        {}[SECRET]
    except KeyError as error:
        return error
    raise AssertionError


def test_the_log_says_where_and_not_with_which_value(logs):
    sentence = explain_unforeseen(an_error())

    log = logs / "errors.log"
    assert sentence == f"Stoker met an error of its own (KeyError). Details are in {log}."
    assert "in an_error" in log.read_text()
    assert SECRET not in log.read_text()
    assert logs.stat().st_mode & 0o777 == 0o700


def test_each_error_is_written_once_to_a_file_of_its_owner(logs):
    """The command line, the process beside the screen and the worker write to the same file."""
    for _ in range(3):
        explain_unforeseen(an_error())

    assert (logs / "errors.log").read_text().count("KeyError") == 3
    assert (logs / "errors.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_does_not_hide_the_error(logs):
    logs.parent.mkdir(parents=True)
    logs.write_text("somebody's file")

    sentence = explain_unforeseen(an_error())

    assert sentence.startswith("Stoker met an error of its own (KeyError). Its details could not be written to")


def test_nothing_is_written_through_a_link(logs, tmp_path):
    """Whoever could put one there would choose what the log is added to."""
    logs.mkdir(parents=True, mode=0o700)
    (logs / "errors.log").symlink_to(tmp_path / "elsewhere")

    assert "could not be written" in explain_unforeseen(an_error())
    assert not (tmp_path / "elsewhere").exists()
