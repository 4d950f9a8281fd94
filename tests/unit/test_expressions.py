"""Sets of system calls in strace's language."""

from __future__ import annotations

import pytest

from unishim.errors import UsageError
from unishim.syscalls.expressions import parse_calls
from unishim.syscalls.table import all_calls


def names(expression: str) -> set[str]:
    return {call.name for call in parse_calls(expression)}


def test_words() -> None:
    assert names("read,write") == {"read", "write"}
    assert names("trace=read") == {"read"}
    assert names("none") == set()
    assert len(names("all")) == len(all_calls())
    assert names("!read,write") == names("all") - {"read", "write"}
    assert names("/^p(read|write)v2$") == {"preadv2", "pwritev2"}


def test_classes() -> None:
    assert {"open", "openat", "execve", "readlink", "rename"} <= names("%file")
    assert "read" not in names("%file")
    assert {"read", "close", "dup2", "fstat"} <= names("%desc")
    assert {"mmap", "brk", "madvise"} <= names("%memory")
    assert {"rt_sigaction", "kill", "sigaltstack"} <= names("%signal")
    assert {"socket", "accept4", "setsockopt"} <= names("%network")
    assert {"stat", "newfstatat", "statx"} <= names("%stat")
    assert "getsockname" not in names("%stat")


@pytest.mark.parametrize(
    ("expression", "message"),
    [("raed", "did you mean read"), ("%x", "unknown class %x"), ("/[", "not a regular expression")],
)
def test_refused(expression: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_calls(expression)
