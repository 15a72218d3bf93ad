"""The invented shop: the same every time, and messy in the ways that it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tui_app.demo.sample_data import FEWEST_CUSTOMERS, SampleData, write_sample_data

TODAY = date(2026, 3, 1)
CUSTOMERS = 1_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop") / "data"


@pytest.fixture(scope="module")
def data(folder: Path) -> SampleData:
    return write_sample_data(folder, CUSTOMERS, TODAY)


def cells_of(file: Path) -> str:
    """SQL of a CSV file, every cell as the text that it is."""
    return f"read_csv('{file}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"


def test_the_same_size_and_day_give_the_same_bytes(data, tmp_path):
    """Whoever reports what the demo did for him must be understood by others."""
    again = write_sample_data(tmp_path / "again", CUSTOMERS, TODAY)

    assert [file.read_bytes() for file in again.files] == [file.read_bytes() for file in data.files]


def test_every_customer_is_written_once_but_for_the_ones_that_were_imported_twice(data, folder):
    rows = duckdb.sql(f"SELECT customer_id FROM {cells_of(folder / 'customers.csv')}").fetchall()
    usable = [name for (name,) in rows if name is not None and name.strip().isdigit()]

    assert (len(rows), data.customers) == (data.customer_rows, CUSTOMERS)
    assert data.customer_rows - CUSTOMERS == len(usable) - len(set(usable)) == 4
    assert usable[0] == "00000001"


def test_orders_are_in_a_file_per_year(data, folder):
    files = sorted(each.name for each in (folder / "orders").iterdir())

    assert files[-1] == "2026.csv"
    assert len(files) >= 2


def test_nothing_happened_so_close_to_a_limit_of_the_project_that_midnight_would_change_the_plan(data, folder):
    """A demo that runs over midnight still ends with an empty second plan."""
    ages = duckdb.sql(
        f"""SELECT DATE '{TODAY}' - ordered_on::DATE FROM {cells_of(folder / "orders" / "*.csv")}
            UNION SELECT DATE '{TODAY}' - signed_up_on::DATE FROM {cells_of(folder / "customers.csv")}"""
    ).fetchall()

    assert {age for (age,) in ages} & {29, 30, 31, 89, 90, 91, 364, 365, 366} == set()


def test_every_kind_of_trouble_is_in_the_smallest_shop(tmp_path):
    write_sample_data(tmp_path / "small", FEWEST_CUSTOMERS, TODAY)
    text = (tmp_path / "small" / "customers.csv").read_text(encoding="utf-8")

    for trouble in ("\x1b[31m", "=1+1", "[bold]", "🦊", "Robert')", '\n"",', "\nundefined,", "\n00000203,"):
        assert trouble in text
