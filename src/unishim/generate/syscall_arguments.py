"""Generates headers that describe arguments: what memory a trace copies, and how the console shows them."""

from __future__ import annotations

from collections.abc import Sequence

from unishim.channel import layout
from unishim.generate.output import HEADER
from unishim.syscalls.constants import constant_set
from unishim.syscalls.kinds import Argument, Capture, CaptureForm
from unishim.syscalls.table import Syscall, all_calls, by_number
from unishim.trace.extra_captures import COMMAND_CALLS, extra_captures

_FORMS = {form: form.name for form in (CaptureForm.STRING, CaptureForm.BYTES, CaptureForm.ITEMS, CaptureForm.VECTOR)}


def texts_with_offsets(texts: Sequence[str], text_name: str, offset_name: str) -> str:
    """One string of all texts, each ending with a NUL, and the offset of each; empty texts have offset 0."""
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
        if call is not None:
            rows += _capture_rows(call)
    starts.append(len(rows))
    return (
        f"{HEADER}#include <uk/trace.h>\n\n"
        "static const struct uk_capture syscall_captures[] = {\n" + "\n".join(rows) + "\n};\n\n"
        "/* By number, with one more entry after the last. */\n" + _numbers(starts, "syscall_capture_starts")
    )


def _capture_rows(call: Syscall) -> list[str]:
    """The captures in the table; for calls whose arguments depend on a command, those for one command."""
    rows = [
        _capture_row(call, index, argument.kind.capture)
        for index, argument in enumerate(call.arguments)
        if argument.kind.capture and argument.kind.capture.form in _FORMS
    ]
    if call.name in COMMAND_CALLS:
        selector, set_name = COMMAND_CALLS[call.name]
        for value in sorted(set(constant_set(set_name).values.values())):
            registers = tuple(value if index == selector else 0 for index in range(6))
            for index, capture in extra_captures(call, registers).items():
                rows.append(_capture_row(call, index, capture, selector=selector + 1, value=value))
    elif call.name == "rt_sigreturn":
        rows.append("\t{0, UK_CAPTURE_FORM_SIGNAL_MASK, 1, UK_CAPTURE_COUNT_CONSTANT, 1, 8, 0, 0},")
    elif call.name == "mincore":
        rows.append("\t{2, UK_CAPTURE_FORM_BYTES, 2, UK_CAPTURE_COUNT_PAGES, 1, 1, 0, 0},")
    else:
        rows += [_capture_row(call, index, capture) for index, capture in extra_captures(call, (0,) * 6).items()]
    return rows


def _capture_row(call: Syscall, index: int, capture: Capture, *, selector: int = 0, value: int = 0) -> str:
    flags = capture.reads_in * layout.CAPTURE_IN | capture.reads_out * layout.CAPTURE_OUT
    flags |= layout.CAPTURE_PATH if call.arguments[index].kind.is_path else 0
    count_kind, count = "CONSTANT", capture.count
    if isinstance(count, str):
        name = count.removeprefix("*")
        count_kind = "RESULT" if name == "result" else "POINTEE" if name != count else "ARGUMENT"
        count = 0 if name == "result" else [argument.name for argument in call.arguments].index(name)
    return (
        f"\t{{{index}, UK_CAPTURE_FORM_{_FORMS[capture.form]}, {flags}, UK_CAPTURE_COUNT_{count_kind}, {count}, "
        f"{capture.item_size}, {selector}, {value:#x}}},"
    )


def formats() -> str:
    """One letter per argument, which kernel/lib/syscall_shim/strace.c reads."""
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
    if kind.name in ("mode", "hex", "hex32"):
        return "o" if kind.name == "mode" else "x"
    return {(32, True): "d", (32, False): "u", (64, True): "l", (64, False): "z"}[kind.width, kind.signed]
