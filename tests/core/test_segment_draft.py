"""Work on a segment that is not saved is never lost, and what the file says is never taken for work."""

from __future__ import annotations

from tui_app.core.errors import Place
from tui_app.core.segment import Comparison, Group, Segment
from tui_app.core.segment_draft import SegmentDraft, draft_of, drafts_beside


def a_segment(*columns: str, name: str = "s", table: str = "t", line: int = 1) -> Segment:
    place = Place("stoker.toml", line)
    return Segment(
        name, table, Group("all", tuple(Comparison(each, "is true", None, place) for each in columns)), place
    )


def conditions(*columns: str) -> Group:
    return a_segment(*columns).condition


def test_steps_are_taken_back_and_made_again_one_by_one():
    draft = draft_of(a_segment("a")).changed(conditions("a", "b")).changed(conditions("b"))

    first = draft.undone()
    assert first is not None
    assert first.segment.condition == conditions("a", "b")
    second = first.undone()
    assert second is not None
    assert second.segment.condition == conditions("a")
    assert second.undone() is None
    again = second.redone()
    assert again is not None
    assert again.segment.condition == conditions("a", "b")
    assert draft.redone() is None


def test_a_new_step_forgets_what_was_taken_back():
    draft = draft_of(a_segment("a")).changed(conditions("b"))
    undone = draft.undone()
    assert undone is not None

    assert undone.changed(conditions("c")).redone() is None


def test_a_step_that_changes_nothing_is_none():
    draft = draft_of(a_segment("a"))

    assert draft.changed(conditions("a")) is draft


def test_a_draft_is_saved_while_the_file_says_the_same():
    draft = draft_of(a_segment("a"))

    assert draft.is_saved
    assert not draft.changed(conditions("b")).is_saved
    assert draft.changed(conditions("b")).changed(conditions("a")).is_saved
    assert not SegmentDraft(a_segment("a"), None).is_saved


def test_a_file_that_only_moved_its_lines_takes_no_step_away():
    """Every edit of the project moves lines; undo must survive that."""
    draft = draft_of(a_segment("a")).changed(conditions("b"))

    beside = draft.beside(a_segment("a", line=40))

    assert beside is not None
    assert beside.past == draft.past


def test_a_draft_follows_a_file_that_somebody_else_changed_unless_there_is_work_in_it():
    untouched, touched = draft_of(a_segment("a")), draft_of(a_segment("a")).changed(conditions("b"))

    followed, kept = untouched.beside(a_segment("x")), touched.beside(a_segment("x"))

    assert followed is not None
    assert followed.segment.condition == conditions("x")
    assert kept is not None
    assert (kept.segment.condition, kept.saved, kept.is_saved) == (conditions("b"), a_segment("x"), False)


def test_saving_hands_the_steps_over_to_the_file():
    """After saving, undo takes the file back: one step, which stays together."""
    draft = draft_of(a_segment("a")).changed(conditions("b"))

    beside = draft.beside(a_segment("b"))

    assert beside == draft_of(a_segment("b"))


def test_a_segment_that_left_the_file_goes_unless_there_is_work_in_it():
    assert draft_of(a_segment("a")).beside(None) is None
    kept = draft_of(a_segment("a")).changed(conditions("b")).beside(None)
    assert kept is not None
    assert kept.saved is None


def test_segments_stand_in_the_order_of_the_file_and_new_ones_behind_them():
    drafts = {"new": SegmentDraft(a_segment("n", name="new"), None), "two": draft_of(a_segment("a", name="two"))}
    segments = {"one": a_segment("a", name="one"), "two": a_segment("a", name="two")}

    assert list(drafts_beside(drafts, segments)) == ["one", "two", "new"]
