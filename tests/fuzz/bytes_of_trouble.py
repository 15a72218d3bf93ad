"""Small damages that both fuzz targets do to a text: what a disk, a proxy, an editor or an attacker does to it."""

from __future__ import annotations

from random import Random

_SPLICES = (
    b"\x00",
    b"\x1b[2J",
    b"\x9b31m",
    b"\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    "\u202e".encode(),
    b"\\ud800",
    b"\\u0000",
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"=",
    b"#",
    b"'",
    b'"""',
    b"\n",
    b"\r",
    b"\t",
    b"-",
    b"0",
    b"1e999",
    b"-0.0",
    b"NaN",
    b"Infinity",
    b"9" * 40,
    b"9" * 5_000,
    b"true",
    b"null",
    b"<html>",
    b"[" * 300,
    b'{"a":' * 300,
    b"a." * 200,
    b"=cmd|' /C calc'!A0",
    b"../../etc/passwd",
    b"x" * 3_000,
)


def damaged(text: bytes, random: Random) -> bytes:
    """`text` with one to four small damages."""
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(text))
        end = min(len(text), start + random.choice((0, 1, 1, 2, 8, 64)))
        match random.randrange(6):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + random.choice(_SPLICES) + text[end:]
            case 2:
                text = text[:start] + text[start:end] * random.randint(2, 4) + text[end:]
            case 3 if text:
                position = random.randrange(len(text))
                flipped = text[position] ^ (1 << random.randrange(8))
                text = text[:position] + bytes((flipped,)) + text[position + 1 :]
            case 4:
                text = text[:start]
            case _:
                elsewhere = random.randint(0, len(text))
                text = text[:start] + text[elsewhere : elsewhere + 32] + text[start:]
    return text
