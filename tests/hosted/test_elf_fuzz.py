"""A bounded run of the fuzzer over the kernel's ELF reader, seeded with real programs."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Build
from tests.hosted.hosted import KERNEL, compile_hosted, run_hosted

LOADER = KERNEL / "lib" / "elfloader"
RUNS = 300_000


def test_fuzz(build_guest: Build, tmp_path: Path) -> None:
    names = ("elfloader/elf_check.c", "elfloader/read.c", "elfloader/load.c", "crash/symbols.c")
    sources = [LOADER / "tests" / "fuzz_elf.c", *(KERNEL / "lib" / name for name in names)]
    fuzzer = compile_hosted(
        sources, tmp_path / "fuzz", ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
    )
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, path in {"musl": build_guest("hello.c", "musl"), "dynamic": Path("/bin/true")}.items():
        (corpus / name).write_bytes(path.read_bytes())
        (corpus / f"{name}-start").write_bytes(path.read_bytes()[:4096])
    run_hosted(fuzzer, f"-runs={RUNS}", "-seed=1", "-max_len=40000", "-max_total_time=60", f"{corpus}", timeout=90)
