"""The kernel's report, which a program that has taken over its kernel can forge."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unishim.errors import PlatformError
from unishim.platforms.outcome import parse_report

GOOD: dict[str, Any] = {"status": 3, "signal": 0, "boot_ns": 5, "boot_tsc": 7, "peak_kib": 9}


def report(**fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


def test_good() -> None:
    code = {"address": 1 << 46, "before": 2, "bytes": "9090c3"}
    outcome = parse_report(report(code=code, phases={"setup": 4}, patches={"traps": 1}), 1.0)
    assert (outcome.status, outcome.phases, outcome.patches) == (3, {"setup": 4}, {"traps": 1})
    assert outcome.code is not None
    assert outcome.code.code == b"\x90\x90\xc3"


@pytest.mark.parametrize(
    "fields",
    [
        {"code": {"address": 1, "before": 60000, "bytes": "90" * 60000}},
        {"code": {"address": 1, "before": 300, "bytes": "90" * 301}},
        {"code": {"address": 1, "before": -1, "bytes": "90"}},
        {"code": {"address": 1, "before": 2, "bytes": "90"}},
        {"code": {"address": 1 << 64, "before": 0, "bytes": "90"}},
        {"code": {"address": 1.5, "before": 0, "bytes": "90"}},
        {"code": {"address": 1, "before": 0, "bytes": 7}},
        {"code": []},
        {"boot_ns": -1},
        {"boot_ns": 1 << 64},
        {"boot_ns": 1e300},
        {"boot_ns": "1"},
        {"boot_ns": True},
        {"status": None},
        {"phases": {"\x1b[31m": 1}},
        {"phases": {"setup": 1 << 64}},
        {"phases": [1]},
        {"patches": {"traps": "x"}},
        {"more": "x" * 9000},
    ],
)
def test_forged(fields: dict[str, Any]) -> None:
    with pytest.raises(PlatformError, match="malformed"):
        parse_report(report(**fields), 1.0)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=8), values, max_size=3),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([*GOOD, "code", "phases", "patches", "program_ns"]), VALUES))
def test_anything(fields: dict[str, Any]) -> None:
    with contextlib.suppress(PlatformError):
        parse_report(report(**fields), 1.0)


@pytest.mark.parametrize("data", [b"", b"[" * 8000, b"1" * 5000, b"\xff", b"null", b"[]", b"{}"])
def test_no_report(data: bytes) -> None:
    with pytest.raises(PlatformError):
        parse_report(data, 1.0)
