"""A mistake in SQL is found where it is: whoever wrote ten lines wants the word, not the query's name."""

from __future__ import annotations

import pytest

from tui_app.core.errors import Place, Problem
from tui_app.core.sql_mistake import mistake_of

SQL = "SELECT id,\n       surnam, name\nFROM customers -- named\n"


def found(message: str, line: int, sql: str = SQL) -> tuple[str, str]:
    """What is marked, and the place in words."""
    mistake = mistake_of([Problem(f"Query q: {message}", Place("SQL", line))], sql, "q")
    return sql.split("\n")[mistake.line][mistake.first : mistake.end], mistake.place


@pytest.mark.parametrize(
    ("message", "line", "marked", "place"),
    [
        ('column "surnam" not found. Nearest: "surname".', 2, "surnam", "line 2, column 8"),
        ('column "NAME" is ambiguous.', 2, "name", "line 2, column 16"),
        ('there is no table "customers".', 3, "customers", "line 3, column 6"),
        ("syntax error at end of input.", 2, "surnam, name", "line 2, column 8"),
        ('syntax error at or near "(".', 1, "SELECT id,", "line 1, column 1"),
        ('column "x" not found.', 99, "", "line 4, column 1"),
    ],
)
def test_the_word_that_the_message_quotes_is_marked(message, line, marked, place):
    assert found(message, line) == (marked, place)


def test_the_query_is_not_named_again_and_a_sentence_begins_in_upper_case():
    mistake = mistake_of([Problem("Query q: there is no table.", Place("SQL", 1))], SQL, "q")

    assert mistake.message == "There is no table."


def test_a_problem_without_a_place_is_at_the_beginning():
    assert mistake_of([Problem("Too much.")], SQL, "q").line == 0
