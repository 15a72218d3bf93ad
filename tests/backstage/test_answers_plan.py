"""Plans as a screen meets them: made, found, looked into page by page, exported and saved."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tui_app.__main__ import _run
from tui_app.backstage.answers.plan import answer
from tui_app.backstage.cancellation import Cancellation, Cancelled
from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.plan_views import PlanViews
from tui_app.backstage.questions.plan import (
    ChangeFilter,
    ChangeView,
    ExportPlan,
    FindPlan,
    LatestPlan,
    MakePlan,
    OpenChanges,
    ReadChanges,
    SavePlan,
)
from tui_app.core.errors import Damaged, FixInput, Usage
from tui_app.store.plan_reading import Filter, PlanReader
from tui_app.store.plans import load_plan

HOSTILE = "[bold]=1+1\x1b[2J\u202e[/]\n" + "long" * 50


@pytest.fixture
def club(shop, sandbox, customer):
    """A synced club. Its next plan: three updates, a leave, two joins; two values and a customer are withheld."""
    shop.attributes = {**shop.attributes, "dob": '"name"'}
    shop.write()
    shop.customers([customer(i, name="2001-02-03") for i in range(30)])
    shop.sync("club")
    rows = [customer(i, name="2001-02-03", tier="silver" if i < 3 else "gold") for i in range(29)]
    newcomers = [customer(50, name="=1+1"), customer(51, name=HOSTILE, tier=HOSTILE), customer(52, id="")]
    shop.customers([*rows, *newcomers])
    sandbox.reset()
    return shop


@pytest.fixture
def ask(club):
    """`ask(question)`: the answer, in this process."""
    office = Office(club.folder)
    yield lambda question: answer(question, Desk(office))
    office.close()


async def test_a_real_backstage_makes_a_plan_and_shows_it(club, sandbox, backstage, tmp_path):
    made = await backstage.ask(MakePlan("club"))
    view = await backstage.ask(OpenChanges(made.id, ChangeFilter()))
    rows = await backstage.ask(ReadChanges(view.key, 1, 3))
    exported = await backstage.ask(ExportPlan(made.id, str(tmp_path / "plan.json"), "json"))

    assert (view.rows, exported.rows, made.plan.counts.changes) == (6, 6, 6)
    assert [row.payload for row in rows] == [
        each.payload for each in PlanReader(load_plan(Path(made.folder))).changes(Filter())
    ][1:4]
    assert sandbox.received() == []


def rows_of(ask, plan, **wanted):
    """Everything that a filter picks, asked for in pages of two."""
    view = ask(OpenChanges(plan, ChangeFilter(**wanted)))
    pages = [ask(ReadChanges(view.key, first, 2)) for first in range(0, view.rows, 2)]
    rows = [row for page in pages for row in page]
    assert len(rows) == view.rows
    return rows


def test_a_plan_is_made_and_nothing_is_sent(club, sandbox, ask):
    made = ask(MakePlan("club"))

    stored = load_plan(Path(made.folder))
    assert (made.id, made.plan, made.run) == (stored.id, stored.plan, None)
    assert made.seconds is not None
    assert made.seconds > 0
    assert (made.plan.counts.update, made.plan.counts.leave, made.plan.counts.join) == (3, 1, 2)
    assert sandbox.received() == []


def test_without_a_key_the_plan_says_so(club, ask):
    (club.folder / "braze.key").unlink()

    made = ask(MakePlan("club"))

    assert [each.code for each in made.plan.warnings] == ["no_key"]


def test_what_cannot_be_planned_is_explained(club, ask):
    with pytest.raises(Usage, match="no activation of that name"):
        ask(MakePlan("nothing"))
    (club.folder / "customers.parquet").unlink()
    with pytest.raises(FixInput, match=r"customers\.parquet"):
        ask(MakePlan("club"))


def test_the_latest_plan_is_the_newest_of_its_activation_and_knows_its_run(club, customer, ask):
    (run,) = club.workplace.runs.all()

    applied = ask(LatestPlan("club"))
    assert (applied.run, applied.plan.counts.join, applied.seconds) == (run.id, 30, None)
    assert ask(LatestPlan("profiles")) is None

    made = ask(MakePlan("club"))
    ask(MakePlan("profiles"))
    latest = ask(LatestPlan("club"))
    assert (latest.id, latest.run) == (made.id, None)


def test_the_latest_plan_is_one_that_can_be_read(club, ask):
    """A damaged plan must not hide the others."""
    before = ask(LatestPlan("club"))
    made = ask(MakePlan("club"))

    (Path(made.folder) / "manifest.json").write_text("{}")

    assert ask(LatestPlan("club")).id == before.id


def test_a_plan_is_found_while_the_project_cannot_be_read(club, ask):
    """Who looks at a plan may be in the middle of editing the project file."""
    made = ask(MakePlan("club"))
    (club.folder / "stoker.toml").write_text("[", encoding="utf-8")

    found = ask(FindPlan(made.id))

    assert (found.folder, found.plan, found.seconds) == (made.folder, made.plan, None)
    assert len(rows_of(ask, made.id)) == 6


def test_a_plan_that_was_changed_is_damage_even_after_it_was_looked_into(club, ask):
    made = ask(MakePlan("club"))
    rows_of(ask, made.id)
    changes = Path(made.folder) / "changes.parquet"
    changes.write_bytes(changes.read_bytes()[:-1] + b"x")

    for question in (FindPlan(made.id), OpenChanges(made.id, ChangeFilter())):
        with pytest.raises(Damaged, match="it is not what Stoker wrote"):
            ask(question)
    with pytest.raises(Usage, match="there is none"):
        ask(FindPlan("nothing"))


def test_a_view_shows_what_the_plan_sends(club, ask):
    stored = club.plan("club")
    reader = PlanReader(stored)
    kinds_and_attributes = (None, None), ("update", None), ("leave", None), (None, "club"), ("join", "tier")

    for kind, attribute in kinds_and_attributes:
        rows = rows_of(ask, stored.id, kind=kind, attribute=attribute)

        same = Filter(kind=kind, attribute=attribute)
        assert len(rows) == reader.count_changes(same) > 0
        shown = [(row.id, row.kind, row.before, row.after, row.payload, row.reasons) for row in rows]
        assert shown == [
            (each.id, each.kind, each.before, each.after, each.payload, ()) for each in reader.changes(same)
        ]


def test_withheld_customers_stand_once_with_their_reasons(club, ask):
    stored = club.plan("club")

    rows = rows_of(ask, stored.id, kind="withheld")

    assert [(row.id, row.kind, row.before, row.after, row.payload) for row in rows] == [
        (name, "withheld", "", "", "") for name in ("", "c00050", "c00051")
    ]
    assert [attribute for row in rows for attribute, _, _ in row.reasons] == [None, "dob", "dob"]
    assert (rows[1].reasons[0][2], rows[2].reasons[0][2]) == ("=1+1", HOSTILE)
    assert len(rows) == stored.plan.with_withheld


def test_one_customer_is_shown_with_what_is_withheld_of_them(club, ask):
    sent, withheld = rows_of(ask, club.plan("club").id, user="c00051")

    assert (sent.id, sent.kind, withheld.kind) == ("c00051", "join", "withheld")
    assert json.loads(sent.payload)["first_name"] == HOSTILE
    assert rows_of(ask, club.plan("club").id, user="' OR 1=1 --") == []


def test_an_attribute_that_the_plan_does_not_send_is_explained(club, ask):
    """The name of the identifier is in every payload, and no attribute."""
    with pytest.raises(Usage, match=r"the plan does not send it\. It sends: first_name, "):
        ask(OpenChanges(club.plan("club").id, ChangeFilter(attribute="external_id")))


def test_sixteen_views_are_kept(club, ask):
    plan = club.plan("club").id
    views = [ask(OpenChanges(plan, ChangeFilter())) for _ in range(17)]

    with pytest.raises(Usage, match="is not open any more"):
        ask(ReadChanges(views[0].key, 0, 5))
    assert len(ask(ReadChanges(views[1].key, 0, 5))) == 5
    assert len({view.key for view in views}) == 17


def test_a_view_stays_with_its_plan(club, customer, ask):
    plan = club.plan("club")
    view = ask(OpenChanges(plan.id, ChangeFilter()))
    before = ask(ReadChanges(view.key, 0, 10))
    club.customers([customer(99)])
    ask(MakePlan("club"))

    assert ask(ReadChanges(view.key, 0, 10)) == before
    assert view == ChangeView(view.key, plan.plan.counts.changes)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_export_is_what_the_command_prints(club, ask, tmp_path, capfd, form):
    plan = club.plan("club").id
    options = (
        [],
        ["--kind", "withheld"],
        ["--user", "c00051"],
        ["--kind", "join", "--attribute", "tier"],
    )

    for number, chosen in enumerate(options):
        wanted = {name.removeprefix("--"): value for name, value in zip(chosen[::2], chosen[1::2], strict=True)}
        path = tmp_path / f"export-{number}"
        exported = ask(ExportPlan(plan, str(path), form, ChangeFilter(**wanted)))

        capfd.readouterr()
        assert _run(["show", plan, *chosen, "--format", form, "--project", str(club.folder)]) == 0
        printed = capfd.readouterr().out
        assert path.read_bytes() == printed.encode()
        assert exported.path == str(path)
        assert exported.rows == (len(json.loads(printed)) if form == "json" else printed.count("\n") - 1)
        assert path.stat().st_mode & 0o777 == 0o600


def test_an_export_replaces_nothing(club, ask, tmp_path):
    plan, path = club.plan("club").id, tmp_path / "mine"
    path.write_text("years")

    with pytest.raises(FixInput, match="it is there already, and was left as it is"):
        ask(ExportPlan(plan, str(path), "csv"))
    with pytest.raises(FixInput, match="it cannot be written"):
        ask(ExportPlan(plan, str(tmp_path / "no" / "folder.csv"), "csv"))

    assert path.read_text() == "years"


def test_a_saved_plan_is_shown_from_its_folder(club, ask, tmp_path):
    plan, folder = club.plan("club"), tmp_path / "saved"

    saved = ask(SavePlan(plan.id, str(folder)))

    assert saved == str(folder)
    assert ask(FindPlan(saved)).plan == plan.plan
    assert club.stoker("show", saved, "--format", "json").document != []
    with pytest.raises(FixInput, match="Nothing was saved"):
        ask(SavePlan(plan.id, str(folder)))


@pytest.fixture
def large_plan(club):
    """A plan of 600,000 customers, in which a search for an attribute takes a while."""
    stored = club.plan("club")
    with closing(duckdb.connect()) as work:
        work.execute(
            f"""COPY (SELECT 'c' || i AS id, 'update' AS kind, '{{"tier":"' || repeat(md5(i::VARCHAR), 9) || '"}}'
                      AS payload, '{{}}' AS before FROM range(600000) rows (i))
                TO '{stored.changes}' (FORMAT parquet)"""
        )
    return stored


def test_a_cancelled_search_is_interrupted(large_plan):
    """Who changes a filter again would else wait for the search before."""
    cancellation = Cancellation()
    cancellation.cancel()

    with pytest.raises(duckdb.InterruptException):
        PlanViews().open(large_plan, Filter(attribute="dob"), cancellation)

    cancellation.finish()


def test_a_view_that_nobody_waits_for_is_not_kept(club):
    cancellation = Cancellation()
    cancellation.cancel()

    with pytest.raises(Cancelled):
        PlanViews().open(club.plan("club"), Filter(), cancellation)

    cancellation.finish()
