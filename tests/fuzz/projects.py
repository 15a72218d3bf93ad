"""Project files that nobody would write: each is a project, or a list of problems with their lines."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.fuzz.bytes_of_trouble import damaged
from tui_app.config.read import project_of
from tui_app.config.starter import STARTER
from tui_app.core.errors import FixInput
from tui_app.core.visible import visible

LONGEST_SECONDS = 10.0
"""For one file, on a busy machine."""
SECRET = "00000000-1111-2222-3333-444444444444"

SOUND = '''
state = "state"
[source]
memory_limit = "2GB"
[source.tables]
customers = "data/customers.parquet"
orders = "data/orders/*.csv"
[queries.all]
sql = """SELECT * FROM customers -- {x}"""
[destinations.braze]
instance = "US-03"
identifier = "external_id"
api_key = "env:BRAZE_API_KEY"
requests_per_second = 100
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
first_name = "name"
dob = { column = "born" }
"Loyalty Tier" = { column = "tier", type = "string", on_null = "clear" }
clv = { column = "clv", buckets = { low = 0, mid = 100 } }
[segments.active]
table = "all"
all = [ { column = "days", op = "is less than", value = 90 },
        { any = [ { column = "tier", op = "is in list", value = ["gold"] },
                  { column = "mail", op = "is not NULL" } ] } ]
[segments.out]
table = "all"
any = [ { segment = "active" } ]
[campaigns.winback]
table = "all"
include = ["active"]
exclude = ["out"]
template = "profile"
control_share = 0.1
schedule = "0 6 * * *"
[campaigns.winback.guards]
max_leave_share = 0.3
[orchestrations.nightly]
query = "all"
template = "profile"
'''
_VALUES = (
    "1",
    "0",
    "-1",
    "1e400",
    "nan",
    "-inf",
    "0x" + "f" * 60,
    "9" * 30,
    "true",
    '""',
    '"\\u0000"',
    '"\\u001b[2J"',
    '"\u202e"',
    "[]",
    "{}",
    "[[]]",
    "2024-02-30",
    "1979-05-27T07:32:00Z",
    '"env:"',
    '"file:../../etc/passwd"',
    f'"{SECRET}"',
    '"https://user:pw@evil.example.com:8443/x"',
    '"http://rest.iad-03.braze.com"',
    '"postgres://u:secretpw@h/db"',
    '"../../../../etc/passwd"',
    '"${BRAZE_API_KEY}"',
    '"$(id)"',
    '"/dev/zero"',
    '"' + "x" * 5_000 + '"',
    "'''\n'''",
    "[1, 'a', {}]",
    "{ a = { b = { c = 1 } } }",
    '"SELECT 1; DROP TABLE x"',
    "[" * 90 + "]" * 90,
)


_BASES = (SOUND, SOUND, STARTER)


def a_text(random: Random) -> str:
    """A project file with other values, lines elsewhere, and damages."""
    lines = random.choice(_BASES).split("\n")
    for _ in range(random.randint(0, 5)):
        position = random.randrange(len(lines))
        name, equals, _ = lines[position].partition("=")
        match random.randrange(5):
            case 0 | 1 if equals:
                lines[position] = f"{name}= {random.choice(_VALUES)}"
            case 2:
                lines.insert(random.randrange(len(lines)), lines[position])
            case 3:
                del lines[position]
            case _:
                lines[position : position + 4] = reversed(lines[position : position + 4])
    text = "\n".join(lines)
    if random.random() < 0.5:
        text = damaged(text.encode(), random).decode("utf-8", "ignore")
    return text


def trial(random: Random, outcomes: Counter[str]) -> str | None:
    """Read one project file; what is wrong with what came out, or None."""
    text = a_text(random)
    started = time.perf_counter()
    try:
        project_of(text, Path("stoker.toml"))
    except FixInput as error:
        outcomes["refused"] += 1
        wrong = _wrong(error, text)
    else:
        outcomes["read"] += 1
        wrong = None
    seconds = time.perf_counter() - started
    if wrong is None and seconds > LONGEST_SECONDS:
        wrong = f"it took {seconds:.1f} seconds"
    return None if wrong is None else f"{wrong}: {text!r}"


def _wrong(error: FixInput, text: str) -> str | None:
    for problem in error.problems:
        if problem.place is None or not 1 <= problem.place.line <= text.count("\n") + 1:
            return f"a problem has no line of the file ({problem})"
        if visible(problem.message) != problem.message:
            return f"its words would steer a terminal ({problem.message!r})"
        if SECRET in problem.message or "secretpw" in problem.message:
            return f"its words hold a secret ({problem.message!r})"
    return None
