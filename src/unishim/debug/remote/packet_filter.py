"""Lets the requests of gdb's remote serial protocol through that a debugger of one program needs, and no others.

A stub does more than debug: qRcmd executes commands of QEMU's monitor, which reads and writes files of the host; vFile
reads and writes files through gdbserver; vRun, vAttach, R and ! start and attach to other processes; qXfer:osdata lists
the host's processes. A list of what is allowed also covers what future stubs add. Syntax: "Overview" and "Packets" in
the appendix "gdb Remote Serial Protocol" of gdb's manual.
"""

from __future__ import annotations

import re

PACKET_MAX = 1 << 20  # bytes; stubs accept at most 128 KiB

_OBJECTS = "auxv|btrace|btrace-conf|exec-file|features|libraries|libraries-svr4|memory-map|siginfo|threads"
_QUERIES = (
    "qAttached|qC|qCRC|qGetTLSAddr|qL|qOffsets|qP|qSearch:memory|qSupported|qSymbol|qThreadExtraInfo|qfThreadInfo|"
    f"qsThreadInfo|qXfer:(?:{_OBJECTS}):read|qXfer:siginfo:write|"
    "QCatchSyscalls|QNonStop|QPassSignals|QProgramSignals|QStartNoAckMode|QThreadEvents|"
    "vCont|vCont\\?|vCtrlC|vKill|vMustReplyEmpty|vStopped"
)
# Stubs expand escapes and run lengths in packets; the names here contain neither, so that a stub reads the same names.
_ALLOWED = re.compile(rf"[?CDGHMPSTXZcgkmpsxz]|(?:{_QUERIES})(?:[:;,]|\Z)".encode(), re.DOTALL)
_NO_ACKS = b"QStartNoAckMode"
_INTERRUPT = 0x03


class ProtocolError(Exception):
    """The client does not speak the protocol."""


def may_begin(data: bytes) -> bool:
    """Whether a connection with this first byte may be gdb's. HTTP and TLS, which web pages can send, are not."""
    return data[:1] in (b"+", b"$")


class PacketFilter:
    """Filters one connection. It answers what it refuses as a stub does that does not know the request."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._has_acks = True
        self._own_answers = 0  # that the client has not acknowledged yet

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """The bytes for the stub and those for the client that follow from what the client sent.

        Raises ProtocolError.
        """
        self._pending += data
        to_stub, to_client = bytearray(), bytearray()
        while self._pending:
            first = self._pending[0]
            if first in b"+-":
                self._acknowledge(first, to_stub)
            elif first == _INTERRUPT:
                to_stub.append(first)
            elif first == ord("$"):
                packet = self._packet()
                if packet is None:
                    break
                self._pass(packet, to_stub, to_client)
                del self._pending[: len(packet) + 3]
            else:
                raise ProtocolError
            del self._pending[0]
        return bytes(to_stub), bytes(to_client)

    def _acknowledge(self, mark: int, to_stub: bytearray) -> None:
        if not self._own_answers:
            to_stub.append(mark)
            return
        if mark == ord("-"):  # nothing damages an answer on the way
            raise ProtocolError
        self._own_answers -= 1

    def _packet(self) -> bytes | None:
        """The content of the packet at the start of what is pending; None: it is incomplete."""
        end = self._pending.find(b"#", 1, PACKET_MAX)
        if end < 0 and len(self._pending) >= PACKET_MAX:
            raise ProtocolError
        if end < 0 or len(self._pending) < end + 3:
            return None
        packet = bytes(self._pending[1:end])
        if b"$" in packet or bytes(self._pending[end : end + 3]).lower() != _end_of(packet):
            raise ProtocolError
        return packet

    def _pass(self, packet: bytes, to_stub: bytearray, to_client: bytearray) -> None:
        if _ALLOWED.match(packet):
            to_stub += b"$" + packet + _end_of(packet)
            if packet == _NO_ACKS:
                self._has_acks = False
            return
        to_client += b"+$#00" if self._has_acks else b"$#00"
        self._own_answers += self._has_acks


def _end_of(packet: bytes) -> bytes:
    return b"#%02x" % (sum(packet) % 256)
