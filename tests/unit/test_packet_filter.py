"""The filter of gdb's requests: what passes, what is refused, and what ends the connection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unishim.debug.remote.packet_filter import PACKET_MAX, PacketFilter, ProtocolError, may_begin


def packet(content: bytes) -> bytes:
    return b"$" + content + b"#%02x" % (sum(content) % 256)


DANGEROUS = [
    b"qRcmd,696e666f",
    b"vFile:open:2f6574632f706173737764,0,0",
    b"vFile:setfs:0",
    b"vFile:unlink:41",
    b"vRun;2f62696e2f7368",
    b"vAttach;1",
    b"R00",
    b"r",
    b"!",
    b"A8,0,41",
    b"F-1,2",
    b"b9600",
    b"qXfer:osdata:read:processes:0,fff",
    b"qXfer:uib:read::0,fff",
    b"QEnvironmentHexEncoded:41",
    b"QEnvironmentReset",
    b"QSetWorkingDir:2f",
    b"QStartupWithShell:1",
    b"QTSave:41",
    b"QTDP:1:0:E:0:0",
    b"QAgent:1",
    b"Qbtrace:bts",
    b"Qqemu.PhyMemMode:1",
    b"qqemu.PhyMemMode",
    b"qSupportedRcmd,41",
    b"vCont!",
    b"",
    b'qR*"md,',
    b"}\x51Rcmd,",
]
NEEDED = [
    b"qSupported:multiprocess+;swbreak+",
    b"?",
    b"g",
    b"m400000,40",
    b"X400000,2:}\x03}\x04",
    b"vCont?",
    b"vCont;s:p1.1;c",
    b"qXfer:features:read:target.xml:0,ffb",
    b"qXfer:auxv:read::0,1000",
    b"Z0,401000,1",
    b"qfThreadInfo",
    b"QPassSignals:e;10",
    b"vMustReplyEmpty",
    b"D;1",
    b"k",
]


@pytest.mark.parametrize("content", DANGEROUS)
@pytest.mark.parametrize("size", [1, 1000])
def test_refused(content: bytes, size: int) -> None:
    """The stub sees nothing; gdb sees what a stub answers that does not know the request."""
    requests = PacketFilter()
    data = packet(content) + b"+" + packet(b"g")
    answers = [requests.feed(data[place : place + size]) for place in range(0, len(data), size)]
    assert b"".join(stub for stub, _ in answers) == packet(b"g")
    assert b"".join(client for _, client in answers) == b"+$#00"


@pytest.mark.parametrize("content", NEEDED)
def test_passed(content: bytes) -> None:
    requests = PacketFilter()
    assert requests.feed(b"+" + packet(content) + b"+\x03") == (b"+" + packet(content) + b"+\x03", b"")


def test_without_acknowledgements() -> None:
    requests = PacketFilter()
    start = packet(b"QStartNoAckMode")
    assert requests.feed(start + b"+") == (start + b"+", b"")
    assert requests.feed(packet(b"qRcmd,41") + packet(b"g")) == (packet(b"g"), b"$#00")


@pytest.mark.parametrize(
    "data",
    [
        b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n" + packet(b"qRcmd,41"),
        b"+\r\n",
        b"$g#00",
        b"$g#zz",
        b"$a$g#67",
        packet(b"vRun") + b"-",
        b"$" + b"m" * PACKET_MAX,
        b"\x16\x03\x01",
        b"%Stop:41#00",
    ],
)
def test_other_protocols(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        PacketFilter().feed(data)


@pytest.mark.parametrize("method", [b"GET", b"POST", b"PUT", b"OPTIONS", b"CONNECT", b"\x16\x03", b"PRI", b"\x80", b""])
def test_beginnings(method: bytes) -> None:
    assert not may_begin(method)
    assert may_begin(b"+" + method)
    assert may_begin(b"$" + method)


def contents_that_a_stub_reads(data: bytes) -> list[bytes]:
    """The packets that a lenient stub finds: it skips what is between packets, and expands escapes and run lengths."""
    found, place = [], 0
    while (start := data.find(b"$", place)) >= 0 and (end := data.find(b"#", start)) >= 0:
        content, escaped = bytearray(), False
        for byte in data[start + 1 : end]:
            if escaped:
                content.append(byte ^ 0x20)
                escaped = False
            elif byte == ord("}"):
                escaped = True
            elif byte == ord("*"):
                content += content[-1:]
            else:
                content.append(byte)
        found.append(bytes(content))
        place = end + 1
    return found


PIECES = [packet(content) for content in DANGEROUS + NEEDED] + [b"+", b"-", b"\x03", b"$", b"#", b"}", b"*", b"qRcmd,"]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3), st.binary(max_size=8).map(packet))))
def test_no_sequence_reaches_the_stub(pieces: list[bytes]) -> None:
    requests, passed = PacketFilter(), b""
    for piece in pieces:
        try:
            passed += requests.feed(piece)[0]
        except ProtocolError:
            break
    for content in contents_that_a_stub_reads(passed):
        assert not content.startswith(
            (b"qRcmd", b"vFile", b"vRun", b"vAttach", b"R", b"!", b"qXfer:osdata", b"QEnv", b"F")
        )
