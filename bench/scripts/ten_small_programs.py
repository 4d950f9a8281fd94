"""Ten small programs like those of benchmark suites: calls, floats, strings, objects, generators, big integers."""

import collections
import hashlib
import heapq
import itertools
import re
import zlib


def _fib(n: int) -> int:
    return n if n < 2 else _fib(n - 1) + _fib(n - 2)


def _sieve() -> int:
    flags = bytearray([1]) * 2_000_000
    for n in range(2, 1415):
        if flags[n]:
            flags[n * n :: n] = bytes(len(range(n * n, len(flags), n)))
    return sum(flags)


def _nbody() -> float:
    x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
    for _ in range(400_000):
        r = (x * x + y * y) ** 1.5
        vx, vy = vx - x / r * 0.001, vy - y / r * 0.001
        x, y = x + vx * 0.001, y + vy * 0.001
    return x + y


def _words() -> int:
    text = " ".join(f"word{n % 5000} of the text" for n in range(100_000))
    return len(collections.Counter(re.findall(r"\w+", text)))


def _heap() -> int:
    queue: list[int] = []
    for n in range(200_000):
        heapq.heappush(queue, n * 7919 % 1_000_003)
    return sum(heapq.heappop(queue) for _ in range(200_000))


def _queens(n: int = 8) -> int:
    return sum(
        len({a + i for i, a in enumerate(p)}) == n == len({a - i for i, a in enumerate(p)})
        for p in itertools.permutations(range(n))
    )


class _Node:
    def __init__(self, depth: int) -> None:
        self.children = [_Node(depth - 1), _Node(depth - 1)] if depth else []

    def count(self) -> int:
        """The number of nodes."""
        return 1 + sum(child.count() for child in self.children)


def _matrix() -> float:
    a = [[(i * j) % 7 + 0.5 for j in range(120)] for i in range(120)]
    b = list(zip(*a, strict=True))
    return sum(sum(x * y for x, y in zip(row, column, strict=True)) for row in a for column in b)


print(
    *(_fib(25), _sieve(), _nbody(), _words(), _heap(), _queens(), _Node(15).count(), _matrix()),
    len(zlib.compress(b"some data " * 500_000, 6)),
    hashlib.sha256(hex(3**60_000).encode()).hexdigest(),
)
