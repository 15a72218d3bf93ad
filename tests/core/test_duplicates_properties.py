"""What holds for warnings about names whatever the names are: no false alarm about oneself, and fixes that mend."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.duplicates import MappingWarning, mapping_warnings
from tui_app.core.errors import Place
from tui_app.core.fields import REFUSED_NAMES, STANDARD_FIELDS, problem_of_name
from tui_app.core.mapping import AttributeMapping, Template
from tui_app.core.project import Destination, KeyReference
from tui_app.core.synonyms import near_form

PLACE = Place("stoker.toml", 7)
BRAZE = Destination("braze", "https://rest.iad-03.braze.com", KeyReference("env", "KEY"), PLACE)
ABOUT_VALUES = {"changes_daily"}

WORDS = st.lists(
    st.sampled_from(["loyalty", "tier", "points", "a", "store", "büro", "名前", "42"]), min_size=1, max_size=3
)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """The same few words, joined and capitalised in every way, so that names meet."""
    words = [draw(st.sampled_from([str.lower, str.upper, str.capitalize]))(word) for word in draw(WORDS)]
    return draw(st.sampled_from([" ", "_", "-", "", "  "])).join(words)


NAMES = st.one_of(
    spellings(),
    st.sampled_from([*STANDARD_FIELDS, *REFUSED_NAMES]),
    st.sampled_from(["Birthdate", "E-mail", "firstName", "$x", " tier ", "", "id", "phone number"]),
    st.text(max_size=12),
)


def template_of(names: list[str]) -> Template:
    mappings = tuple(AttributeMapping(name, f"column {i}", PLACE) for i, name in enumerate(names))
    return Template("profile", "braze", mappings, PLACE, identifier_column="id")


def warnings_for(
    names: list[str], *, workspace: list[str] | None = None, ledger: list[str] | None = None
) -> tuple[MappingWarning, ...]:
    return mapping_warnings(
        template_of(names), BRAZE, ledger_attributes=ledger or (), workspace_attributes=workspace or ()
    )


def is_custom(name: str) -> bool:
    return problem_of_name(name) is None and not warnings_for([name])


CUSTOM = spellings().filter(is_custom)


@given(st.lists(CUSTOM, unique=True, max_size=6))
def test_what_is_there_under_its_own_name_is_no_duplicate(names):
    """However many others are spelled nearly like it: this one is known."""
    for name in names:
        assert not warnings_for([name], workspace=names)
        assert not warnings_for([name], ledger=names)


@given(CUSTOM, CUSTOM)
def test_to_be_a_near_duplicate_is_mutual(one, other):
    here = [warning.code for warning in warnings_for([one], workspace=[other])]
    there = [warning.code for warning in warnings_for([other], workspace=[one])]

    assert here == there
    assert here == (["near_duplicate"] if one != other and near_form(one) == near_form(other) else [])


@given(CUSTOM, CUSTOM)
def test_of_two_mapped_names_that_are_near_one_is_told(one, other):
    told = [each.code for each in warnings_for([one, other])]

    if one == other:
        assert told == ["two_columns"]
    else:
        assert told == (["near_duplicate"] if near_form(one) == near_form(other) else [])


def fixed(names: list[str], warning: MappingWarning) -> list[str]:
    """The names after the change that a warning offers."""
    position = names.index(warning.subject)
    if warning.fix.kind == "rename" and warning.fix.to is not None:
        return [*names[:position], warning.fix.to, *names[position + 1 :]]
    return [*names[:position], *names[position + 1 :]]


@given(
    st.lists(NAMES, unique=True, max_size=7),
    st.lists(spellings(), max_size=4),
    st.lists(spellings(), max_size=4),
    st.data(),
)
def test_applying_fixes_in_any_order_comes_to_an_end_without_warnings(names, workspace, ledger, data):
    """A fix that earns another warning for ever, or brings a warned name back, would send people in circles."""
    for _ in range(3 * len(names) + 1):
        warnings = [
            each
            for each in warnings_for(names, workspace=workspace, ledger=ledger)
            if each.code not in ABOUT_VALUES and each.fix.kind != "opt_in"
        ]
        if not warnings:
            break
        before = names
        names = fixed(names, data.draw(st.sampled_from(warnings)))
        assert len(names) <= len(before)
        # A file has each name once: renaming to a name that is taken is refused, and the first is removed.
        names = list(dict.fromkeys(names))
    else:
        raise AssertionError(f"there is always another warning: {names}")


@given(st.lists(NAMES, unique=True, max_size=6), st.lists(NAMES, max_size=4))
def test_the_words_name_the_subject_and_the_same_is_said_again(names, workspace):
    first = warnings_for(names, workspace=workspace)

    assert first == warnings_for(names, workspace=list(reversed(workspace)))
    assert all(f'"{each.subject}"' in each.message for each in first)
    assert all(each.subject in names for each in first)


@given(st.lists(NAMES, unique=True, max_size=6))
def test_consent_is_warned_of_until_the_destination_opts_in(names):
    opted_in = replace(BRAZE, send_consent=True)
    template = template_of(names)

    left = mapping_warnings(template, opted_in, ledger_attributes=(), workspace_attributes=())

    assert not [each for each in left if each.code == "consent_field"]
    assert [each for each in warnings_for(names) if each.code != "consent_field"] == list(left)
