"""Stoker, broken on purpose: each mutant breaks the real code at one seam, and the simulation must notice.

This is the one place where our own code is patched, because that is what a mutant is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from tui_app.core.delivery import Accepted, Queued, ServerTrouble, Unclear
from tui_app.core.run import Dispatched
from tui_app.engine import planning, undo
from tui_app.store import answers, fold, journal, runs
from tui_app.sync import apply_plan, audit, carry_out, deliver, send


@contextmanager
def _instead(room: Any, name: str, other: Any) -> Iterator[None]:
    original = getattr(room, name)
    setattr(room, name, other)
    try:
        yield
    finally:
        setattr(room, name, original)


Mutant = Callable[[], AbstractContextManager[None]]


def _believing(*kinds: type) -> AbstractContextManager[None]:
    """Take some verdicts for an acknowledgement."""
    read = deliver.read_answer

    def read_carelessly(*arguments: Any) -> Any:
        verdict = read(*arguments)
        return Accepted() if isinstance(verdict, kinds) else verdict

    return _instead(deliver, "read_answer", read_carelessly)


def ledger_before_ack() -> AbstractContextManager[None]:
    """What was dispatched counts as acknowledged."""
    read = runs.answers_of

    def read_hopefully(*arguments: Any) -> answers.Answers:
        found = read(*arguments)
        codes = found.codes.copy()
        codes[codes == answers.IN_DOUBT] = answers.ACKNOWLEDGED
        return replace(found, codes=codes)

    return _instead(runs, "answers_of", read_hopefully)


def row_errors_are_ignored() -> AbstractContextManager[None]:
    """A 201 acknowledges everybody, whomever it names."""
    return _believing(Accepted)


def no_quiet_period() -> AbstractContextManager[None]:
    """A changed value leaves at once."""
    return _instead(send, "_quiet_seconds", lambda *_: 0.0)


def unreadable_answers_are_believed() -> AbstractContextManager[None]:
    """A success in an odd shape acknowledges everybody."""
    return _believing(Unclear)


def server_errors_are_acknowledgements() -> AbstractContextManager[None]:
    """5xx acknowledges everybody."""
    return _believing(ServerTrouble)


def no_guards() -> AbstractContextManager[None]:
    """Nothing refuses a plan."""
    return _instead(apply_plan, "_refuse_guarded", lambda *_: None)


def queued_is_an_acknowledgement() -> AbstractContextManager[None]:
    """202 acknowledges everybody."""
    return _believing(Queued)


def nothing_is_announced() -> AbstractContextManager[None]:
    """The journal does not say what may have left."""
    append = journal.Journal.append

    def append_answers(self: journal.Journal, records: Sequence[Any]) -> None:
        append(self, [record for record in records if not isinstance(record, Dispatched)])

    return _instead(journal.Journal, "append", append_answers)


def doubt_is_forgotten() -> AbstractContextManager[None]:
    """The ledger keeps nothing in doubt."""
    return _after_doubt("DELETE FROM next_doubt")


def a_rejection_settles_doubt() -> AbstractContextManager[None]:
    """Whoever is rejected is no longer in doubt, whatever an earlier attempt did."""
    return _after_doubt("DELETE FROM next_doubt WHERE id IN (SELECT id FROM rejected)")


def _after_doubt(sql: str) -> AbstractContextManager[None]:
    compute = fold._doubt

    def compute_and_spoil(connection: Any, *arguments: Any) -> None:
        compute(connection, *arguments)
        connection.execute(sql)

    return _instead(fold, "_doubt", compute_and_spoil)


def a_customer_of_two_rows_is_sent() -> AbstractContextManager[None]:
    """Identifiers of several rows are usable."""
    count = planning.count_of
    return _instead(planning, "count_of", lambda work, table: 0 if table == "doubles" else count(work, table))


def doubt_is_forgotten_when_a_customer_leaves() -> AbstractContextManager[None]:
    """Whoever is not in the source any more is not settled."""
    find = planning.outsider_changes_sql
    return _instead(planning, "outsider_changes_sql", lambda known, _doubt, *arguments: find(known, None, *arguments))


def giving_up_is_an_acknowledgement() -> AbstractContextManager[None]:
    """What nobody answered in the end counts as acknowledged."""
    leave = deliver._leave

    async def leave_happily(line: Any, customers: Any, attempts: Any, reason: str) -> None:
        if attempts.may_be_applied and reason:
            await deliver._settle(line, customers, Accepted(), attempts)
        else:
            await leave(line, customers, attempts, reason)

    return _instead(deliver, "_leave", leave_happily)


def a_repeat_may_wait_for_nothing() -> AbstractContextManager[None]:
    """What was in doubt is sent as if nobody knew; so it is marked as not sent when it is given up."""
    leave = deliver._leave

    async def leave_as_unsent(line: Any, customers: Any, attempts: Any, reason: str) -> None:
        attempts.may_be_applied = False
        await leave(line, customers, attempts, reason)

    return _instead(deliver, "_leave", leave_as_unsent)


def a_repeat_keeps_no_distance() -> AbstractContextManager[None]:
    """What is in doubt is sent again at once, although it may never have left before."""
    read = planning.doubt_rows_sql
    return _instead(
        planning, "doubt_rows_sql", lambda path: f"SELECT * REPLACE (NULL::BIGINT AS not_before) FROM ({read(path)})"
    )


def a_plan_is_never_stale() -> AbstractContextManager[None]:
    """A plan is applied again, and against whatever the ledger has become; neither the verb nor the worker looks."""
    return _all(
        _instead(apply_plan, "_refuse_stale", lambda *_: None),
        _instead(apply_plan, "_refuse_applied", lambda *_: None),
        _instead(carry_out, "continues", lambda *_: True),
    )


def a_resumed_run_begins_anew() -> AbstractContextManager[None]:
    """Whoever resumes sends everything again."""

    def everything(self: runs.RunFolder) -> Any:
        return runs.unsettled_requests(
            self.plan(), runs.answers_of([], runs.request_starts(self.plan()), runs.data_points_of(self.plan())), None
        )

    return _instead(runs.RunFolder, "unsettled", everything)


def earlier_runs_are_not_settled() -> AbstractContextManager[None]:
    """What a run that crashed got acknowledged is not folded before the next plan."""
    from tui_app.sync import make_plan

    return _all(_instead(make_plan, "settle_runs", lambda *_: []), _instead(apply_plan, "settle_runs", lambda *_: []))


def the_quiet_period_begins_with_the_run() -> AbstractContextManager[None]:
    """The time of the last send is remembered as when the run began, not when it ended."""
    read = runs.answers_of

    def read_early(records: Sequence[Any], *arguments: Any) -> answers.Answers:
        found = read(records, *arguments)
        times = [record.time for record in records]
        return replace(found, newest_times=dict.fromkeys(found.newest_times, min(times, default=0.0)))

    return _instead(runs, "answers_of", read_early)


def the_clock_is_always_right() -> AbstractContextManager[None]:
    """Nobody notices that the clock was set between two runs."""
    return _all(
        _instead(send, "translated", lambda time, *_: time), _instead(answers, "translated", lambda time, *_: time)
    )


def a_value_in_doubt_equals_the_ledger() -> AbstractContextManager[None]:
    """What is in doubt is compared with the ledger like anything else."""
    find = planning.member_changes_sql
    return _instead(planning, "member_changes_sql", lambda rows, known, _doubt, names: find(rows, known, None, names))


def the_ledger_may_have_moved_on() -> AbstractContextManager[None]:
    """A run goes on against whatever the ledger has become."""
    return _all(_instead(apply_plan, "continues", lambda *_: True), _instead(carry_out, "continues", lambda *_: True))


def groups_are_drawn_with_another_key() -> AbstractContextManager[None]:
    """A customer is in another group than he was drawn into."""
    find = planning.grouping_of

    def find_others(campaign: Any, *arguments: Any) -> Any:
        return find(replace(campaign, assignment_key=f"{campaign.assignment_key}!"), *arguments)

    return _instead(planning, "grouping_of", find_others)


def nobody_is_logged() -> AbstractContextManager[None]:
    """The log of recipients stays as it is."""
    return _instead(fold, "log_recipients", lambda _writer, manifest, *_: manifest)


def an_undo_forgets_what_was_before() -> AbstractContextManager[None]:
    """Whatever a run set is cleared, although something was known before."""
    stage = undo._stage_undone

    def stage_and_forget(work: Any, job: Any, names: Sequence[str]) -> None:
        stage(work, job, names)
        work.raw_sql(f"UPDATE undone SET {', '.join(f'b{i} = NULL' for i in range(len(names)))}")

    return _instead(undo, "_stage_undone", stage_and_forget)


def what_is_missing_counts_as_equal() -> AbstractContextManager[None]:
    """An audit does not see what somebody else has cleared."""
    judge = audit.audit_values

    def judge_kindly(*arguments: Any, **options: Any) -> Any:
        found = judge(*arguments, **options)
        return [replace(each, verdict="equal") if each.verdict == "missing" else each for each in found]

    return _instead(audit, "audit_values", judge_kindly)


def two_runs_may_be_open() -> AbstractContextManager[None]:
    """A run goes on although another has sent since and is not in the ledger yet."""
    return _all(
        _instead(apply_plan, "refuse_overtaken", lambda *_: None),
        _instead(carry_out, "refuse_overtaken", lambda *_: None),
    )


@contextmanager
def _all(*broken: AbstractContextManager[None]) -> Iterator[None]:
    with ExitStack() as stack:
        for each in broken:
            stack.enter_context(each)
        yield


MUTANTS: tuple[Mutant, ...] = (
    ledger_before_ack,
    row_errors_are_ignored,
    no_quiet_period,
    unreadable_answers_are_believed,
    server_errors_are_acknowledgements,
    no_guards,
    queued_is_an_acknowledgement,
    nothing_is_announced,
    doubt_is_forgotten,
    a_customer_of_two_rows_is_sent,
    doubt_is_forgotten_when_a_customer_leaves,
    a_rejection_settles_doubt,
    giving_up_is_an_acknowledgement,
    a_repeat_may_wait_for_nothing,
    a_resumed_run_begins_anew,
    earlier_runs_are_not_settled,
    the_quiet_period_begins_with_the_run,
    the_clock_is_always_right,
    a_value_in_doubt_equals_the_ledger,
    a_repeat_keeps_no_distance,
    a_plan_is_never_stale,
    the_ledger_may_have_moved_on,
    groups_are_drawn_with_another_key,
    nobody_is_logged,
    an_undo_forgets_what_was_before,
    what_is_missing_counts_as_equal,
    two_runs_may_be_open,
)
"""The first thirteen are the classic ones of a ledger; each must be found within a few hundred worlds."""
