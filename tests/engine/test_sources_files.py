"""Which files a table may be made of. Whatever is wrong is named at once, and never taken for a smaller table."""

from __future__ import annotations

import gzip
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tui_app.core.errors import FixInput, Place
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]

CSV = "id,tier\nc1,gold\nc2,\n"


def rows(sources: Sources, name: str = "customers") -> list[dict[str, object]]:
    found: list[dict[str, object]] = sources.relation(name).to_pyarrow().to_pylist()
    return found


def mistake(open_sources: OpenSources, location: str) -> str:
    sources = open_sources({"customers": location})
    with pytest.raises(FixInput) as caught:
        sources.relation("customers")
    (problem,) = caught.value.problems
    assert problem.place == Place("stoker.toml", 10)
    assert problem.message.startswith("Table customers: ")
    return problem.message


def make_folder(path: Path) -> None:
    path.mkdir()


def make_socket(path: Path) -> None:
    # The file of a socket stays when the socket is closed.
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_folder, "is a folder"),
        (os.mkfifo, "is a named pipe"),
        (make_socket, "is a socket"),
        (lambda path: path.symlink_to("/dev/zero"), "is a device"),
        (make_loop, "is a loop of symbolic links"),
        (lambda path: path.symlink_to("gone.csv"), "a file that does not exist"),
        (lambda path: path.touch(), "is empty"),
    ],
    ids=["folder", "pipe", "socket", "device", "loop of links", "broken link", "0 bytes"],
)
def test_only_regular_files_with_something_in_them_are_read(
    open_sources: OpenSources, tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    """An engine waits for ever on a pipe and reads a device without end; an empty file would let everybody leave."""
    make(tmp_path / "odd.csv")
    start = time.monotonic()

    message = mistake(open_sources, "odd.csv")

    assert "odd.csv" in message
    assert words in message
    assert time.monotonic() - start < 1


def test_a_missing_file_is_named_with_the_nearest_that_exists(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CSV)

    message = mistake(open_sources, "custommers.csv")

    assert message == ('Table customers: custommers.csv does not exist. Nothing was read. Nearest: "customers.csv".')


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(open_sources: OpenSources, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(CSV)
    path.chmod(0)

    assert "may not be read by this user" in mistake(open_sources, "customers.csv")


@pytest.mark.parametrize("location", ["s3://bucket/customers.parquet", "https://example.com/c.csv", "gs://b/c.csv"])
def test_a_remote_location_says_what_this_build_reads(open_sources: OpenSources, location: str) -> None:
    message = mistake(open_sources, location)

    assert f"{location} is not a file of this machine" in message
    assert "embedded engine" in message


def test_a_kind_is_known_by_its_ending(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "customers.xlsx").write_text("PK")

    message = mistake(open_sources, "customers.xlsx")

    assert "customers.xlsx has no ending that names its kind" in message
    assert ".parquet" in message


def test_parquet_has_its_own_compression_and_takes_no_other(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "customers.parquet.gz").write_bytes(gzip.compress(b"PAR1"))

    assert "has no ending that names its kind" in mistake(open_sources, "customers.parquet.gz")


def test_a_pattern_reads_all_files_in_the_order_of_their_paths(open_sources: OpenSources, tmp_path: Path) -> None:
    for day, customer in [("02", "c2"), ("01", "c1"), ("03", "c3")]:
        (tmp_path / "days" / day).mkdir(parents=True)
        (tmp_path / "days" / day / "customers.csv").write_text(f"id\n{customer}\n")
    (tmp_path / "days" / ".hidden.csv").write_text("id\nc9\n")

    sources = open_sources(
        {"deep": "days/**/*.csv", "one": "days/*/customers.csv", "some": "days/0[13]/*.csv", "single": "days/0?/c*.csv"}
    )

    assert [row["id"] for row in rows(sources, "deep")] == ["c1", "c2", "c3"]
    assert [row["id"] for row in rows(sources, "one")] == ["c1", "c2", "c3"]
    assert [row["id"] for row in rows(sources, "some")] == ["c1", "c3"]
    assert [row["id"] for row in rows(sources, "single")] == ["c1", "c2", "c3"]


def test_a_file_that_two_names_lead_to_is_read_once(open_sources: OpenSources, tmp_path: Path) -> None:
    """`latest.csv` beside the file that it points to would send every customer of it twice."""
    (tmp_path / "2024-06.csv").write_text(CSV)
    (tmp_path / "latest.csv").symlink_to("2024-06.csv")

    assert open_sources({"customers": "*.csv"}).row_count("customers") == 2


def test_a_path_that_looks_like_a_pattern_is_taken_as_a_path_if_it_exists(
    open_sources: OpenSources, tmp_path: Path
) -> None:
    (tmp_path / "customers[1].csv").write_text(CSV)

    assert open_sources({"customers": "customers[1].csv"}).row_count("customers") == 2


def test_a_pattern_that_matches_nothing_is_an_error_and_not_an_empty_table(
    open_sources: OpenSources, tmp_path: Path
) -> None:
    assert (
        f"no file matches days/*.csv. Nothing was read. Correct the pattern; it is relative to {tmp_path}"
        in mistake(open_sources, "days/*.csv")
    )


def test_a_loop_of_folders_does_not_trap_a_pattern(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "days").mkdir()
    (tmp_path / "days" / "one.csv").write_text(CSV)
    (tmp_path / "days" / "a").symlink_to(".")
    (tmp_path / "days" / "b").symlink_to(".")

    assert open_sources({"customers": "days/**/*.csv"}).row_count("customers") == 2


def test_the_files_of_a_pattern_are_of_one_kind(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.jsonl").write_text('{"id": "c3"}\n')

    assert "b.jsonl is json and a.csv is csv" in mistake(open_sources, "[ab].*")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"id,name\nc1,Zo\xeb\n", "line 2: byte 0xEB at offset 13 is not UTF-8; the file may be Latin-1"),
        (b"id,name\nc1,a\nc2,\xed\xa0\xbd\n", "line 3: byte 0xED at offset 16 is not UTF-8"),
        (b"id,name\nc1,\xe2\x82", "line 2: byte 0xE2 at offset 11 is not UTF-8"),
        (CSV.encode("utf-16"), "is UTF-16"),
        (CSV.encode("utf-16-le"), "is UTF-16"),
        (CSV.encode("utf-16-be"), "is UTF-16"),
    ],
    ids=[
        "Latin-1",
        "surrogate",
        "cut inside a character",
        "UTF-16",
        "UTF-16 LE without mark",
        "UTF-16 BE without mark",
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_text_that_is_not_utf8_is_refused_with_its_place(
    open_sources: OpenSources, tmp_path: Path, text: bytes, words: str, *, packed: bool
) -> None:
    """A name with a replaced letter would be sent to the customer's profile without a word."""
    (tmp_path / "c.csv").write_bytes(text)
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(text))

    assert words in mistake(open_sources, "c.csv.gz" if packed else "c.csv")


def test_the_place_of_a_bad_byte_is_right_far_into_a_file(open_sources: OpenSources, tmp_path: Path) -> None:
    """Files are read in pieces, and a character may lie across two of them."""
    good = "id,name\n" + "c1,é\n" * 700_001
    (tmp_path / "c.csv").write_bytes(good.encode() + b"c2,\xff\n")

    message = mistake(open_sources, "c.csv")

    assert f"c.csv, line 700003: byte 0xFF at offset {len(good.encode()) + 3:,} is not UTF-8" in message


def test_a_byte_order_mark_is_not_part_of_the_first_name(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"\xef\xbb\xbf" + CSV.encode())
    (tmp_path / "j.jsonl").write_bytes(b"\xef\xbb\xbf" + b'{"id": "c1"}\n')

    sources = open_sources({"csv": "c.csv", "json": "j.jsonl"})

    assert sources.schema("csv").names == ("id", "tier")
    assert rows(sources, "json") == [{"id": "c1"}]


def packed_with_zstd(text: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packer:
        packer.write(text)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("zst", packed_with_zstd)], ids=["gzip", "zstd"])
def test_packed_text_is_unpacked(
    open_sources: OpenSources, tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / f"c.csv.{suffix}").write_bytes(pack(CSV.encode()))
    (tmp_path / f"j.ndjson.{suffix}").write_bytes(pack(b'{"id": "c1"}\n'))

    sources = open_sources({"csv": f"c.csv.{suffix}", "json": f"j.ndjson.{suffix}"})

    assert rows(sources, "csv") == [{"id": "c1", "tier": "gold"}, {"id": "c2", "tier": None}]
    assert rows(sources, "json") == [{"id": "c1"}]


def wrong_checksum(packed: bytes) -> bytes:
    return packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.csv.gz", wrong_checksum(gzip.compress(CSV.encode()))),
        ("c.csv.gz", gzip.compress(CSV.encode() * 100)[:-20]),
        ("c.csv.gz", gzip.compress(CSV.encode()) + b"more"),
        ("c.csv.gz", b"not packed at all"),
        ("c.csv.zst", packed_with_zstd(CSV.encode() * 100)[:-10]),
        ("c.csv.zst", b"not packed at all"),
    ],
    ids=["wrong checksum", "gzip cut", "text after gzip", "not gzip", "zstd cut", "not zstd"],
)
def test_damaged_packing_is_noticed(open_sources: OpenSources, tmp_path: Path, name: str, content: bytes) -> None:
    """DuckDB itself takes a gzip file with a wrong checksum."""
    (tmp_path / name).write_bytes(content)

    assert f"{name} is damaged or cut off" in mistake(open_sources, name)


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("zst", packed_with_zstd)], ids=["gzip", "zstd"])
def test_a_file_that_unpacks_without_measure_is_stopped(
    open_sources: OpenSources, tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    name = f"c.csv.{suffix}"
    (tmp_path / name).write_bytes(pack(b"id\n" + b"0" * (100 << 20)))

    message = mistake(open_sources, name)

    assert "unpacks to more than" in message
    assert "200 to 1" in message
    assert not list((tmp_path / "scratch" / "sources").glob("*.txt"))


def test_packing_around_nothing_is_an_empty_file(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(b""))

    assert "c.csv.gz holds no text" in mistake(open_sources, "c.csv.gz")
