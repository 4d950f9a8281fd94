"""Records behave as frozen dataclasses do."""

from __future__ import annotations

import pytest

from unishim.record import Record


class Point(Record):
    x: int
    y: int = 2


class Named(Record, kw_only=True):
    name: str = "a"


def test_fields_and_defaults() -> None:
    assert Point.fields == ("x", "y")
    assert (Point(1).x, Point(1).y, Point(y=3, x=1).y) == (1, 2, 3)
    assert repr(Point(1)) == "Point(x=1, y=2)"
    assert Named().name == "a"


def test_equality_and_copies() -> None:
    assert Point(1, 2) == Point(1)
    assert hash(Point(1, 2)) == hash(Point(1))
    assert Point(1) != Point(2)
    assert Point(1) != (1, 2)
    first = Point(1)
    assert (first.replace(y=5), first) == (Point(1, 5), Point(1, 2))


def test_a_record_is_immutable() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match="immutable"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="immutable"):
        del point.x
    with pytest.raises(AttributeError, match="immutable"):
        point.z = 2
    assert point == Point(1)


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError, match="lacks the argument 'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="2 positional arguments, not 3"):
        Point(1, 2, 3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="0 positional arguments, not 1"):
        Named("b")  # type: ignore[misc]
    with pytest.raises(TypeError, match="'x' twice"):
        Point(1, x=2)  # type: ignore[misc]
    with pytest.raises(TypeError, match="unexpected argument 'z'"):
        Point(1, z=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected argument 'z'"):
        Point(1).replace(z=2)
