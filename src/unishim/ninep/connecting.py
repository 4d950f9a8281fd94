"""Operations on the connection and on fids: version, attach, walk, clunk, flush."""

from __future__ import annotations

import errno
import os

from unishim.ninep.fids import Fid
from unishim.ninep.messages import (
    BODY,
    COUNT,
    LENGTH,
    MESSAGE_SIZE_MAX,
    MESSAGE_SIZE_MIN,
    QID,
    UNKNOWN_VERSION,
    VERSION,
)
from unishim.ninep.session import Session


def version(session: Session, message_size: int, client_version: bytes) -> int:
    """Tversion: resets the connection. Raises EMSGSIZE if the client's messages are too small."""
    session.clunk_all()
    if message_size < MESSAGE_SIZE_MIN:
        raise OSError(errno.EMSGSIZE, "messages too small")
    session.has_version = client_version == VERSION
    answer = VERSION if session.has_version else UNKNOWN_VERSION
    session.message_size = min(message_size, MESSAGE_SIZE_MAX)
    COUNT.pack_into(session.reply, BODY, session.message_size)
    return reply_string(session, BODY + COUNT.size, answer)


def reply_string(session: Session, at: int, text: bytes) -> int:
    """Writes a string into the reply and returns where it ends."""
    LENGTH.pack_into(session.reply, at, len(text))
    at += LENGTH.size
    session.reply[at : at + len(text)] = text
    return at + len(text)


def attach(session: Session, number: int, _auth: int, _user: bytes, _share: bytes, _user_number: int) -> int:
    """Tattach: the root. There is one share and one user: names are ignored, as in QEMU."""
    session.fids.check_new(number)
    session.fids[number] = Fid(os.dup(session.tree.root))
    return session.reply_qid(session.tree.root)


def walk(session: Session, number: int, new_number: int, names: list[bytes]) -> int:
    """Walks as far as the names exist; returns an error only if the first one does not exist (walk(5))."""
    fid = session.fids[number]
    if number != new_number:
        session.fids.check_new(new_number)
    elif fid.is_open:
        raise OSError(errno.EINVAL, "cannot walk from an open fid")
    tree = session.tree
    # A copy would share position and mode of an open file's descriptor.
    at = tree.open_again(fid.descriptor, os.O_PATH) if fid.is_open else os.dup(fid.descriptor)
    end = BODY + LENGTH.size
    count = 0
    try:
        for name in names:
            step = tree.walk(at, name)
            os.close(at)
            at = step
            QID.pack_into(session.reply, end, *tree.qid(at, os.fstat(at)))
            end += QID.size
            count += 1
    except OSError:
        os.close(at)
        if count == 0:
            raise
    else:
        if number == new_number:
            fid.replace(at)
        else:
            session.fids[new_number] = Fid(at)
    LENGTH.pack_into(session.reply, BODY, count)
    return end


def clunk(session: Session, number: int) -> int:
    """Tclunk."""
    session.clunk(number)
    return BODY


def flush(_session: Session, _tag: int) -> int:
    """Does nothing: messages are answered in order, so the flushed one has been answered."""
    return BODY
