"""Host and kernel refuse the same files for the same reasons: one check is Python, the other C."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Build
from tests.elf_cases import CASES, MEMORY
from tests.hosted.hosted import KERNEL, compile_hosted
from unishim.elf.check import ElfRefusedError, check_image
from unishim.elf.reasons import ElfReason

LOADER = KERNEL / "lib" / "elfloader"
KernelCheck = Callable[[bytes], ElfReason | None]
# Boundary values of comparisons, for fields of 2, 4 and 8 bytes.
EDGES = [0, 1, 2, 3, 56, 57, 62, 0xFFF, 0x1000, 0x7FFFFFFF, 0x7FFF_FFFF_F000, 0xFFFF, 0xFFFF_FFFF, 2**63, 2**64 - 1]


@pytest.fixture(scope="module")
def kernel_check(tmp_path_factory: pytest.TempPathFactory) -> KernelCheck:
    library = ctypes.CDLL(
        str(
            compile_hosted(
                [LOADER / "elf_check.c", LOADER / "tests" / "check_image.c"],
                tmp_path_factory.mktemp("agreement") / "elf_check.so",
                ["-shared", "-fPIC"],
                compiler="gcc",
            )
        )
    )
    reasons: list[ElfReason | None] = [None, *ElfReason]

    def check(image: bytes) -> ElfReason | None:
        facts = ctypes.create_string_buffer(256)
        index: int = library.check_image(image, ctypes.c_size_t(len(image)), ctypes.c_uint64(MEMORY), facts)
        return reasons[index]

    return check


@pytest.fixture(scope="module")
def program(build_guest: Build) -> bytes:
    return build_guest("hello.c", "musl").read_bytes()


def host_check(image: bytes) -> ElfReason | None:
    try:
        check_image(image, "name", MEMORY)
    except ElfRefusedError as error:
        return error.reason
    return None


def test_good(program: bytes, kernel_check: KernelCheck) -> None:
    assert host_check(program) is kernel_check(program) is None


def test_truncated_everywhere(program: bytes, kernel_check: KernelCheck) -> None:
    lengths = [*range(700), *range(700, len(program), 61)]
    reasons = [host_check(program[:length]) for length in lengths]
    assert reasons == [kernel_check(program[:length]) for length in lengths]
    # Data after the last segment (sections, symbols) is not needed.
    assert reasons[0] is ElfReason.EMPTY
    assert None not in reasons[:700]


@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 64 + 56 * 10),
            st.sampled_from([1, 2, 4, 8]),
            st.one_of(st.sampled_from(EDGES), st.integers(0, 2**64 - 1)),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_mutated_headers(program: bytes, kernel_check: KernelCheck, changes: list[tuple[int, int, int]]) -> None:
    image = bytearray(program)
    for offset, width, value in changes:
        aligned = offset // width * width
        image[aligned : aligned + width] = (value % (1 << (8 * width))).to_bytes(width, "little")
    assert host_check(bytes(image)) is kernel_check(bytes(image))


@pytest.mark.parametrize("reason", list(ElfReason))
def test_each_reason(program: bytes, kernel_check: KernelCheck, reason: ElfReason) -> None:
    image = CASES[reason](program)
    assert host_check(image) is reason
    assert kernel_check(image) is reason
