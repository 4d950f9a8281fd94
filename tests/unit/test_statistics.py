"""The output of `unishim run --stats` with little data, and with data that no kernel would report."""

from __future__ import annotations

import pytest

from unishim.channel.counts import OTHER_NUMBERS, read_counts
from unishim.channel.layout import COUNT, HOOK_UNKNOWN, HOOKS_SIZE
from unishim.cli.statistics import print_statistics
from unishim.running.result import Result
from unishim.syscalls.table import by_name


def result(**fields: object) -> Result:
    known = {"status": 0, "signal": 0, "wall_s": 0.001, "boot_ns": 0, "boot_tsc": 0, "peak_kib": 7, "patches": None}
    return Result(**{**known, "platform": "qemu", "accelerator": "tcg", **fields})  # type: ignore[arg-type]


def table(**words: tuple[int, int, int, int]) -> bytes:
    """The kernel's counts by name: made, returned, failed, ticks."""
    data = bytearray(HOOKS_SIZE * COUNT.size)
    for name, numbers in words.items():
        offset = (by_name()[name].number if name in by_name() else HOOK_UNKNOWN) * COUNT.size
        data[offset : offset + COUNT.size] = b"".join(number.to_bytes(8, "little") for number in numbers)
    return bytes(data)


def test_counts_are_sorted_by_time() -> None:
    rows = read_counts(table(read=(3, 2, 1, 100), write=(1, 1, 0, 300), no_such=(2, 2, 2, 200)), 1 << 31)
    assert [(row.name, row.calls, row.unfinished, row.errors, row.time_ns) for row in rows] == [
        ("write", 1, 0, 0, 150),
        (OTHER_NUMBERS, 2, 0, 2, 100),
        ("read", 3, 1, 1, 50),
    ]


def test_no_calls(capsys: pytest.CaptureFixture[str]) -> None:
    print_statistics(result(calls=()), 0.05)
    text = capsys.readouterr().err
    assert "System calls: none, or this kernel does not count them (CONFIG_LIBTRACE)" in text
    assert "7 KiB  peak memory" in text
    assert "traps" not in text


def test_numbers_of_a_malicious_program(capsys: pytest.CaptureFixture[str]) -> None:
    most = 2**64 - 1
    rows = read_counts(table(read=(most, 5, most, most), write=(1, most, 0, 0)), most)
    names = {"setup": most, "\x1b[31m": 1}
    print_statistics(result(calls=rows, boot_ns=most, program_ns=most, phases=names, peak_kib=most), 0.0)
    assert "\x1b" not in capsys.readouterr().err
