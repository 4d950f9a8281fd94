"""Headers that tell the kernel about arguments: what memory a trace copies, how the console shows them."""

from __future__ import annotations

from collections.abc import Sequence

from unishim.channel import layout
from unishim.generate.output import HEADER
from unishim.syscalls.kinds import Argument, Capture, CaptureForm
from unishim.syscalls.table import Syscall, all_calls, by_number

_FORMS = {form: form.name for form in (CaptureForm.STRING, CaptureForm.BYTES, CaptureForm.ITEMS, CaptureForm.VECTOR)}


def texts_with_offsets(texts: Sequence[str], text_name: str, offset_name: str) -> str:
    """One string of all texts, each ended by a NUL, and the offset of each; 0, the empty text, for what is empty."""
    pieces = [""]
    offsets = []
    position = 1
    for text in texts:
        if not text:
            offsets.append(0)
            continue
        offsets.append(position)
        pieces.append(text)
        position += len(text) + 1
    lines = "\n".join(f'\t"{text}\\0"' for text in pieces)
    return f"static const char {text_name}[] =\n{lines};\n\n" + _numbers(offsets, offset_name)


def _numbers(numbers: Sequence[int], name: str) -> str:
    rows = ",\n".join(
        "\t" + ", ".join(str(number) for number in numbers[start : start + 12]) for start in range(0, len(numbers), 12)
    )
    return f"static const u16 {name}[] = {{\n{rows}\n}};\n"


def _calls() -> list[Syscall | None]:
    """Every number up to the highest, with its call."""
    return [by_number().get(number) for number in range(all_calls()[-1].number + 1)]


def captures() -> str:
    """The captures of all calls in a row, and where those of each number start."""
    rows: list[str] = []
    starts = []
    for call in _calls():
        starts.append(len(rows))
        for index, argument in enumerate(call.arguments if call else ()):
            if argument.kind.capture and argument.kind.capture.form in _FORMS:
                rows.append(_capture_row(index, argument.kind.capture, call.arguments if call else ()))
    starts.append(len(rows))
    return (
        f"{HEADER}#include <uk/trace.h>\n\n"
        "static const struct uk_capture syscall_captures[] = {\n" + "\n".join(rows) + "\n};\n\n"
        "/* Of a number, and one more behind the last. */\n" + _numbers(starts, "syscall_capture_starts")
    )


def _capture_row(index: int, capture: Capture, arguments: Sequence[Argument]) -> str:
    kind = arguments[index].kind
    flags = capture.reads_in * layout.CAPTURE_IN | capture.reads_out * layout.CAPTURE_OUT
    flags |= layout.CAPTURE_PATH if kind.is_path else 0
    count_kind, count = "CONSTANT", capture.count
    if isinstance(count, str):
        name = count.removeprefix("*")
        count_kind = "RESULT" if name == "result" else "POINTEE" if name != count else "ARGUMENT"
        count = 0 if name == "result" else [argument.name for argument in arguments].index(name)
    return (
        f"\t{{{index}, UK_CAPTURE_FORM_{_FORMS[capture.form]}, {flags}, UK_CAPTURE_COUNT_{count_kind}, {count}, "
        f"{capture.item_size}}},"
    )


def formats() -> str:
    """A letter an argument, which kernel/lib/syscall_shim/strace.c reads."""
    arguments = [call.arguments if call else () for call in _calls()]
    texts = ["".join(_letter(argument, others) for argument in others) for others in arguments]
    return HEADER + "#include <uk/types.h>\n\n" + texts_with_offsets(texts, "syscall_formats", "syscall_format_offsets")


def _letter(argument: Argument, arguments: Sequence[Argument]) -> str:
    kind = argument.kind
    if kind.capture and kind.capture.form is CaptureForm.STRING:
        return "s"
    if kind.capture and kind.capture.form is CaptureForm.BYTES and isinstance(kind.capture.count, str):
        if kind.capture.count == "result" or kind.capture.reads_out:
            return "br"
        return f"b{[other.name for other in arguments].index(kind.capture.count)}"
    if kind.is_pointer:
        return "p"
    if kind.name in ("mode", "hex"):
        return "o" if kind.name == "mode" else "x"
    return {(32, True): "d", (32, False): "u", (64, True): "l", (64, False): "z"}[kind.width, kind.signed]
