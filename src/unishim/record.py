"""Immutable records for modules that a run imports before its program starts: importing dataclasses takes longer.

    class Point(Record):
        x: int
        y: int = 0

Type checkers take a record for a frozen dataclass (PEP 681).
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing takes longer, too
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self, dataclass_transform
else:

    def dataclass_transform(**_):
        """Means nothing at run time."""
        return lambda decorated: decorated


@dataclass_transform(frozen_default=True)
class Record:
    """The base class; the annotations of a class are its fields, in order, and its attributes their defaults."""

    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        cls.fields = tuple(cls.__annotations__)
        cls._positional = 0 if kw_only else len(cls.fields)

    _positional: ClassVar[int]

    def __init__(self, *values: Any, **named: Any) -> None:
        name = type(self).__name__
        if len(values) > self._positional:
            raise TypeError(f"{name}() takes {self._positional} positional arguments, not {len(values)}")
        for field, value in zip(self.fields, values, strict=False):
            if field in named:
                raise TypeError(f"{name}() got {field!r} twice")
            named[field] = value
        for field in named:
            if field not in self.fields:
                raise TypeError(f"{name}() got an unexpected argument {field!r}")
        for field in self.fields:
            if field not in named:
                try:
                    named[field] = getattr(type(self), field)
                except AttributeError:
                    raise TypeError(f"{name}() lacks the argument {field!r}") from None
        self.__dict__.update(named)

    def replace(self, **changes: Any) -> Self:
        """The same record with other values in some fields."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set: a record is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted: a record is immutable")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__[field] for field in self.fields))

    def __repr__(self) -> str:
        values = ", ".join(f"{field}={self.__dict__[field]!r}" for field in self.fields)
        return f"{type(self).__name__}({values})"
