"""The project of the demo is what people copy from, so it must be a good one."""

from __future__ import annotations

import os

import pytest

from tui_app.config.read import read_project
from tui_app.demo.sample_project import ACTIVATION, DUPLICATE_ATTRIBUTE, write_sample_project


@pytest.fixture
def project(tmp_path):
    write_sample_project(tmp_path, "http://127.0.0.1:40123", "an-invented-key")
    return read_project(tmp_path)


def test_it_is_valid_and_goes_to_the_sandbox(project):
    assert project.destinations["braze"].endpoint == "http://127.0.0.1:40123"
    assert project.campaigns[ACTIVATION].table == "customer_attributes"


def test_it_holds_the_mistake_that_is_to_be_found(project):
    names = [each.attribute for each in project.templates["profile"].attributes]

    assert {"dob", DUPLICATE_ATTRIBUTE} <= set(names)


def test_the_key_stands_in_a_file_for_its_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        write_sample_project(tmp_path, "http://127.0.0.1:40123", "an-invented-key")
    finally:
        os.umask(before)

    assert (tmp_path / "braze.key").stat().st_mode & 0o777 == 0o600
    assert "an-invented-key" not in (tmp_path / "stoker.toml").read_text(encoding="utf-8")
