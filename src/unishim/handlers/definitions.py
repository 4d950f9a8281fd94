"""The decorators that turn a function into a handler, named like the macros of <uk/syscall.h>."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import Any, overload

from unishim.handlers.errors import HandlerError
from unishim.handlers.views import view_type
from unishim.syscalls.table import Syscall, by_name

Function = Callable[..., Any]


class Form(Enum):
    """What a handler returns, and whether it can make the kernel's own call."""

    DEFINE = auto()  # -1 and k.errno, or raises SyscallError
    R_DEFINE = auto()  # the negative errno, or raises SyscallError
    WRAP = auto()  # like R_DEFINE; its second argument continues the call


# Parameters that precede the call's own arguments.
_LEADING = {Form.DEFINE: ("k",), Form.R_DEFINE: ("k",), Form.WRAP: ("k", "call")}


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that handles a system call. Calling it calls the function, for example in a unit test."""

    call: Syscall
    function: Function
    form: Form

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The function itself."""
        return self.function(*arguments, **named)

    @property
    def place(self) -> str:
        """FILE:LINE of the function."""
        return _place(self.function)


Decorator = Callable[[Function], Handler]


@overload
def syscall_define(function: Function, /) -> Handler: ...
@overload
def syscall_define(*, name: str) -> Decorator: ...
def syscall_define(function: Function | None = None, /, *, name: str | None = None) -> Handler | Decorator:
    """Like UK_SYSCALL_DEFINE: the function handles the call; it fails with -1 and `k.errno` set, or with SyscallError.

    The call has the function's name, unless `name` is given.
    """
    return _decorate(function, name, Form.DEFINE)


@overload
def syscall_r_define(function: Function, /) -> Handler: ...
@overload
def syscall_r_define(*, name: str) -> Decorator: ...
def syscall_r_define(function: Function | None = None, /, *, name: str | None = None) -> Handler | Decorator:
    """Like UK_SYSCALL_R_DEFINE: the function handles the call; it fails with a negative errno, or with SyscallError."""
    return _decorate(function, name, Form.R_DEFINE)


@overload
def syscall_wrap(function: Function, /) -> Handler: ...
@overload
def syscall_wrap(*, name: str) -> Decorator: ...
def syscall_wrap(function: Function | None = None, /, *, name: str | None = None) -> Handler | Decorator:
    """The function wraps the call: `call()` continues and returns the result; `call(count=1)` changes an argument."""
    return _decorate(function, name, Form.WRAP)


def make_handler(function: Function, name: str, form: Form) -> Handler:
    """A checked handler: the call exists, the function takes its arguments, annotations match. Else HandlerError."""
    call = by_name().get(name)
    if call is None:
        similar = get_close_matches(name, by_name(), n=1)
        hint = f"did you mean {similar[0]}?" if similar else "`unishim syscalls` lists the names"
        raise HandlerError(f"{_place(function)}: Linux has no system call '{name}'; {hint}")
    _check_arity(function, call, form)
    _check_annotations(function, call, form)
    return Handler(call, function, form)


def _decorate(function: Function | None, name: str | None, form: Form) -> Handler | Decorator:
    def decorate(function: Function) -> Handler:
        return make_handler(function, name or function.__name__, form)

    return decorate if function is None else decorate(function)


def _place(function: Function) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _check_arity(function: Function, call: Syscall, form: Form) -> None:
    names = [*_LEADING[form], *(argument.name for argument in call.arguments)]
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        raise HandlerError(
            f"{_place(function)}: {call.name} is handled by a function of {len(names)} arguments: ({', '.join(names)})"
        ) from None


def _check_annotations(function: Function, call: Syscall, form: Form) -> None:
    try:
        hints = typing.get_type_hints(function)
    except NameError as error:
        raise HandlerError(f"{_place(function)}: {error}; import it") from None
    parameters: Sequence[str] = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ][len(_LEADING[form]) :]
    for parameter, argument in zip(parameters, call.arguments, strict=False):
        hint, type_ = hints.get(parameter), view_type(argument.kind)
        if isinstance(hint, type) and not issubclass(type_, hint):
            raise HandlerError(
                f"{_place(function)}: {call.name}: argument {argument.name} is a {type_.__name__}, "
                f"not {hint.__name__}; change the annotation"
            )
