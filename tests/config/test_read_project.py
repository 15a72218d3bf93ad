"""What the documented project file means, value by value."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tui_app.config.read import read_project
from tui_app.core.activation import Campaign, Orchestration
from tui_app.core.errors import Place
from tui_app.core.groups import CampaignGroup, FactValue, FixedValue, SubAudience
from tui_app.core.guards import GUARD_NAMES, NO_LIMITS, Guards
from tui_app.core.mapping import AttributeMapping, Bucket, Template
from tui_app.core.project import Destination, KeyReference, Query, RateLimit, Source, SourceTable
from tui_app.core.schedule import Schedule
from tui_app.core.segment import Comparison, Group, InCampaign, InFile, InSegment

PROJECT = (Path(__file__).parent / "every_key.toml").read_text()
"""Every key of the contract, each away from its default."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stoker.toml").write_text(PROJECT)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/x.sql").write_text("SELECT 1 AS one")
    return tmp_path


def line_of(start: str) -> int:
    return next(number for number, line in enumerate(PROJECT.splitlines(), 1) if line.startswith(start))


def test_sources_and_queries(folder):
    project = read_project(folder)
    file = str(folder / "stoker.toml")

    assert project.file == str(folder.resolve() / "stoker.toml")
    assert project.state == ".state"
    assert project.source == Source(
        tables={
            "customers": SourceTable("customers", "data/customers.parquet", Place(file, 7)),
            "orders": SourceTable("orders", "data/orders/*.csv", Place(file, 8)),
        },
        engine="postgres://reader@host/db",
        memory_limit="512MiB",
        threads=3,
        place=Place(file, 2),
    )
    assert project.queries == {
        "customer_attributes": Query(
            "customer_attributes", "SELECT *\nFROM customers", Place(file, 10), Place(file, 11)
        ),
        "from_file": Query("from_file", "SELECT 1 AS one", Place(file, 13), Place("queries/x.sql", 1)),
    }


def test_destinations(folder):
    project = read_project(folder)
    file = str(folder / "stoker.toml")

    assert project.destinations == {
        "braze": Destination(
            name="braze",
            endpoint="https://rest.iad-03.braze.com",
            api_key=KeyReference("keyring", "production"),
            place=Place(file, line_of("[destinations.braze]")),
            instance="US-03",
            identifier="email",
            update_existing_only=True,
            rate=RateLimit(500.0, 250_000),
            objects_per_request=50,
            quiet_period_seconds=1.5,
            send_consent=True,
            custom_attributes="off",
            cost_per_1000_data_points=0.25,
        ),
        "local": Destination(
            name="local",
            endpoint="http://127.0.0.1:8099",
            api_key=KeyReference("file", "keys/local"),
            place=Place(file, line_of("[destinations.local]")),
            identifier="user_alias",
            rate=RateLimit(10_000.0),
        ),
    }


def test_templates_keep_the_order_of_the_file_and_sort_buckets(folder):
    project = read_project(folder)

    def place(start: str) -> Place:
        return Place(str(folder / "stoker.toml"), line_of(start))

    assert project.templates["profile"] == Template(
        name="profile",
        destination="braze",
        attributes=(
            AttributeMapping("first_name", "given_name", place("first_name")),
            AttributeMapping(
                "Loyalty Tier",
                "tier",
                place('"Loyalty'),
                type="varchar",
                on_null="keep",
                keep_empty=True,
                trim=True,
                upper=True,
            ),
            AttributeMapping(
                "clv_band",
                "clv",
                place("clv_band"),
                round=-1,
                buckets=(Bucket("low", 0), Bucket("mid", 100.5), Bucket("high", 500)),
            ),
            AttributeMapping("current_location", "lon", place("current_location"), latitude_column="lat"),
            AttributeMapping("seen_on", "seen_at", place("seen_on"), date_only=True),
            AttributeMapping("nickname", "nick", place("nickname"), lower=True),
        ),
        place=place("[templates.profile]"),
        identifier_column="mail",
    )
    assert project.templates["aliases"] == Template(
        "aliases",
        "local",
        (),
        place("[templates.aliases]"),
        alias_name_column="name",
        alias_label_column="label",
        update_existing_only=True,
        send_consent=True,
        objects_per_request=10,
    )
    said = project.destination_of(project.templates["aliases"])
    assert (said.update_existing_only, said.send_consent, said.objects_per_request) == (True, True, 10)
    assert said.endpoint == "http://127.0.0.1:8099"
    assert project.destination_of(project.templates["profile"]) == project.destinations["braze"]


def test_segments(folder):
    project = read_project(folder)
    file = str(folder / "stoker.toml")
    first = line_of('    { column = "days"')

    assert project.segments["active"].table == "customer_attributes"
    assert project.segments["active"].condition == Group(
        "all",
        (
            Comparison("days", "is less than or equal to", 90, Place(file, first)),
            Group(
                "any",
                (
                    Comparison("tier", "is in list", ("gold", "b"), Place(file, first + 1)),
                    Comparison("mail", "is not NULL", None, Place(file, first + 1)),
                ),
            ),
            Group(
                "none",
                (
                    InSegment("lost", Place(file, first + 2), negated=True),
                    InFile("ids.csv", "id", Place(file, first + 2)),
                ),
            ),
            Comparison("joined", "is between", ("2024-01-01", "2 days ago"), Place(file, first + 3)),
            Comparison("score", "is greater than", 1.5, Place(file, first + 4)),
            InCampaign(
                "halves",
                Place(file, first + 5),
                negated=True,
                ever=True,
                audience="everyone",
                group="b",
                held_out=False,
                min_entries=2,
                max_entries=9,
                first_entry=("90 days ago", "2026-05-01"),
                last_entry=("2026-01-01", "yesterday"),
            ),
        ),
    )
    lost = line_of("none = ")
    assert project.segments["lost"].condition == Group(
        "none",
        (
            InSegment("winners", Place(file, lost)),
            Comparison("vip", "is true", None, Place(file, lost)),
            InFile("no", "id", Place(file, lost), negated=True),
        ),
    )
    won_at = Comparison("won_at", "is after", "2024-02-03T04:05:06+00:00", Place(file, line_of("[[segments.winners")))
    assert project.segments["winners"].condition == Group("any", (won_at,))


def test_campaigns_and_orchestrations(folder):
    project = read_project(folder)
    file = str(folder / "stoker.toml")

    assert project.campaigns["winback"] == Campaign(
        name="winback",
        table="customer_attributes",
        include=("active",),
        template="profile",
        audience_attribute="In Winback",
        place=Place(file, line_of("[campaigns.winback]")),
        exclude=("lost", "winners"),
        on_leave="null",
        guards=Guards(10, 0.3, 1.0, 0.0, 0.01, 0.02, 1000, 2000, 0.5, 3000, 4.5),
        warn=replace(NO_LIMITS, min_members=5, max_leave_share=0.1, max_money=2.0),
        audiences=(
            SubAudience(
                "gold",
                Place(file, line_of("[campaigns.winback.audiences.gold]")),
                ("winners",),
                0.05,
                (
                    CampaignGroup(
                        "letter",
                        Place(file, line_of("[campaigns.winback.audiences.gold.groups.letter]")),
                        0.25,
                        (
                            FixedValue("offer", '"10 %"', Place(file, line_of("attributes = { offer"))),
                            AttributeMapping("nick", "nick", Place(file, line_of("attributes = { offer")), upper=True),
                        ),
                    ),
                    CampaignGroup("mail", Place(file, line_of("[campaigns.winback.audiences.gold.groups.mail]")), 0.75),
                ),
            ),
            SubAudience(
                "remaining",
                Place(file, line_of("[campaigns.winback.audiences.remaining]")),
                groups=(CampaignGroup("treatment", Place(file, line_of("[campaigns.winback.audiences.remaining]"))),),
            ),
        ),
        first_match_only=False,
        assignment_key="winter",
        attributes=(
            FactValue("group", "group", Place(file, line_of("attributes = { group"))),
            FixedValue("round", "2", Place(file, line_of("attributes = { group"))),
        ),
        schedule=Schedule("0 6 * * *"),
    )
    place = Place(file, line_of("[campaigns.everybody]"))
    assert project.campaigns["everybody"] == Campaign(
        "everybody", "customers", (), "aliases", "everybody", place, assignment_key="everybody"
    )
    place, halves = Place(file, line_of("[campaigns.halves]")), Place(file, line_of("groups = { a"))
    assert project.campaigns["halves"].audiences == (
        SubAudience(
            "everyone",
            place,
            groups=(
                CampaignGroup("a", halves, 0.5),
                CampaignGroup("b", halves, 0.5, (FixedValue("half", "true", halves),)),
            ),
        ),
    )
    assert project.orchestrations["nightly"] == Orchestration(
        name="nightly",
        query="from_file",
        template="profile",
        place=Place(file, line_of("[orchestrations.nightly]")),
        guards=Guards(max_changes=5),
        schedule=Schedule("0 3 * * *"),
    )


def test_defaults_are_those_of_the_contract(tmp_path):
    (tmp_path / "stoker.toml").write_text(
        '[source.tables]\nc = "c.csv"\n[destinations.d]\ninstance = "us-10"\napi_key = "env:KEY"\n'
    )

    destination = read_project(tmp_path).destinations["d"]

    assert destination.endpoint == "https://rest.us-10.braze.com"
    assert destination.identifier == "external_id"
    assert destination.update_existing_only is False
    assert destination.rate == RateLimit(1000.0, None)
    assert destination.objects_per_request == 75
    assert destination.quiet_period_seconds == 300.0
    assert destination.send_consent is False
    assert destination.custom_attributes == "warn"
    assert destination.cost_per_1000_data_points == 0.0


@pytest.mark.parametrize("name", GUARD_NAMES)
def test_every_guard_can_be_set(tmp_path, name):
    """A guard that the file cannot reach would be one that nobody can loosen or tighten."""
    (tmp_path / "stoker.toml").write_text(
        '[source.tables]\nc = "c.csv"\n[destinations.d]\ninstance = "US-01"\napi_key = "env:K"\n'
        "cost_per_1000_data_points = 1.0\n"
        '[templates.t]\ndestination = "d"\nidentifier_column = "id"\n'
        f'[orchestrations.o]\nquery = "c"\ntemplate = "t"\n[orchestrations.o.guards]\n{name} = 0\n'
    )

    assert getattr(read_project(tmp_path).orchestrations["o"].guards, name) == 0


def test_the_file_and_its_folder_mean_the_same_and_messages_name_what_was_given(folder, monkeypatch):
    monkeypatch.chdir(folder)

    by_folder, by_file, elsewhere = (read_project(Path(path)) for path in (".", "stoker.toml", folder))

    assert by_folder == by_file
    assert by_folder.file == elsewhere.file
    assert by_folder.queries["from_file"].place == Place("stoker.toml", 13)


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(folder):
    (folder / "stoker.toml").write_bytes(b"\xef\xbb\xbf" + PROJECT.replace("\n", "\r\n").encode())

    assert read_project(folder).queries["from_file"].place.line == 13


def test_paths_in_a_linked_file_are_relative_to_the_link(folder, tmp_path_factory):
    kept_elsewhere = tmp_path_factory.mktemp("dotfiles") / "project.toml"
    (folder / "stoker.toml").rename(kept_elsewhere)
    (folder / "stoker.toml").symlink_to(kept_elsewhere)

    assert read_project(folder).queries["from_file"].sql == "SELECT 1 AS one"


def test_reading_a_project_loads_no_heavy_library(folder):
    """The command line answers at once; engines, keyring and HTTP are loaded where they are used."""
    program = (
        "import sys; from pathlib import Path\n"
        "import tui_app.config.read, tui_app.config.secrets, tui_app.config.locations, tui_app.config.starter\n"
        f"tui_app.config.read.read_project(Path({str(folder)!r}))\n"
        "heavy = {'duckdb', 'ibis', 'pyarrow', 'keyring', 'httpx', 'aiohttp', 'textual', 'rapidfuzz', 'tomlkit'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ}, timeout=60
    )

    assert run.stdout == "[]\n"
