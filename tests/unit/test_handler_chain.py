"""Handlers, and a kernel that reports a call without a handler."""

from __future__ import annotations

import os

import pytest

from unishim.channel.host import Hooks, Host
from unishim.channel.layout import EVENT_CALL, SIZE
from unishim.channel.memory import ChannelMemory
from unishim.errors import PlatformError
from unishim.handlers import Guest, syscall_r_define
from unishim.handlers.chain import Chain


@syscall_r_define
def getppid(k: Guest) -> int:
    return 7


@pytest.mark.parametrize("number", [0, 111, -1, 2**62])
def test_a_forged_call(number: int) -> None:
    """A program that writes to the channel itself ends its run, with one line."""
    memory = os.memfd_create("channel")
    os.ftruncate(memory, SIZE)
    view = ChannelMemory(memory, 0)
    view["number"] = number
    view["event"] = EVENT_CALL
    view.close()
    bell, target = os.pipe()
    os.write(target, bytes(8) + b"M")
    host = Host(Hooks(), answer=Chain([getppid]).answer)
    with pytest.raises(PlatformError, match="has no handler"), host.serving(memory, bell):
        os.close(target)
    os.close(memory)
