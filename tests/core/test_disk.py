"""A disk that refuses is nobody's error: it is said with what to do."""

from __future__ import annotations

import errno
import os

import pytest

from tui_app.core.disk import explain_disk


def trouble(number: int, *path: str) -> OSError:
    return OSError(number, os.strerror(number), *path)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Make room on it"),
        (errno.EDQUOT, "Make room within the quota"),
        (errno.EROFS, "Make it writable"),
        (errno.EACCES, "Allow it to whoever runs Stoker"),
        (errno.EIO, "Mend or replace it"),
    ],
)
def test_a_disk_that_refuses_is_said_with_what_to_do(number, remedy):
    explained = explain_disk(trouble(number, "/state/holder.json"))

    assert explained is not None
    assert explained.message.startswith("/state/holder.json: the disk refused to write or read (")
    assert os.strerror(number) in explained.message
    assert "what was recorded before is kept" in explained.message
    assert remedy in explained.message


def test_a_refusal_without_a_name_is_said_too():
    explained = explain_disk(trouble(errno.ENOSPC))

    assert explained is not None
    assert explained.message.startswith("The disk refused")


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ECHILD, errno.ECONNRESET])
def test_other_errors_of_the_system_are_not_the_disks(number):
    assert explain_disk(trouble(number)) is None
