"""A bounded run of the fuzzer on plans of patches, seeded with the code around real system calls."""

from __future__ import annotations

import struct
from pathlib import Path

from elftools.elf.elffile import ELFFile

from tests.conftest import Build
from tests.hosted.hosted import compile_hosted, run_hosted
from tests.hosted.patching import LIBRARY
from unishim.elf.syscall_sites import find_syscall_sites

RUNS = 25_000
AROUND = 200  # bytes on each side


def seeds(path: Path) -> list[bytes]:
    """struct input of fuzz_patch.c and a window, for each site."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        found = find_syscall_sites(elf)
        text = elf.get_section_by_name(".text")
        assert text
        data, base = text.data(), text["sh_addr"]
    offsets = sorted(
        {site - base for call in found.calls for site in call.sites} | {s - base for s in found.unknown_sites}
    )
    return [
        struct.pack("<IIiiBBxx", min(offset, AROUND), 39, 1 << 20, 2 << 20, 64, number & 1)
        + data[max(0, offset - AROUND) : offset + AROUND]
        for number, offset in enumerate(offsets)
        if 0 <= offset < len(data)
    ]


def test_fuzz(build_guest: Build, tmp_path: Path) -> None:
    fuzzer = compile_hosted(
        [LIBRARY / "tests" / "fuzz_patch.c", *sorted(LIBRARY.glob("*.c"))],
        tmp_path / "fuzz",
        ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"],
    )
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("gcc", "musl"):
        for number, seed in enumerate(seeds(build_guest("hello.c", name))):
            (corpus / f"{name}-{number}").write_bytes(seed)
    run_hosted(
        fuzzer,
        f"-runs={RUNS}",
        "-seed=1",
        "-max_len=600",
        "-max_total_time=20",
        f"-artifact_prefix={tmp_path}/",
        f"{corpus}",
        timeout=60,
    )
