"""The page as one file: template, style and script, with the trace as JSON in it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

from unishim.errors import UsageError
from unishim.trace.html.data import TraceData

_SCRIPTS = ("format", "model", "table", "axis", "timeline", "overview", "totals", "memory", "main")


def render(data: dict[str, Any]) -> str:
    """The page that shows this trace.

    Some of the texts come from the program. They are in JSON in which every `<` is escaped, so that none ends the
    element, and the script only inserts them as text. In addition, the page's policy (Content Security Policy, level 3)
    permits only the scripts and styles that match the hashes, and no loading.
    """
    folder = files("unishim.trace.html")
    style = folder.joinpath("style.css").read_text(encoding="utf-8")
    parts = [folder.joinpath("script", f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    script = '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:"
    page = folder.joinpath("page.html").read_text(encoding="utf-8")
    # In one pass: inserted text is not searched again.
    values = {"POLICY": policy, "STYLE": style, "SCRIPT": script, "DATA": _json(data)}
    words = page.split("%%")
    return "".join(word if number % 2 == 0 else values[word] for number, word in enumerate(words))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


@contextmanager
def html_writer(path: str, argv: Sequence[str], *, calls: str, text_limit: int) -> Iterator[TraceData]:
    """Collects a trace, and writes the page at the end of the block, unless it raises. Raises UsageError.

    A file is complete or absent; other targets (/dev/stdout) are written directly.
    """
    target = Path(path)
    if not target.exists() or target.is_file():
        target = target.resolve()  # keep a symbolic link
    data = TraceData(argv, calls=calls, text_limit=text_limit)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_file_at(target))
        except OSError as error:
            raise _refused(path, error) from None
        yield data
        try:
            file.write(render(data.to_json()))
            stack.close()
        except OSError as error:
            raise _refused(path, error) from None


def _refused(path: str, error: OSError) -> UsageError:
    return UsageError(f"--html {path}: {error.strerror}")


@contextmanager
def _file_at(target: Path) -> Iterator[TextIO]:
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as file:
            yield file
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # the usual mode; temporary files are private
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
