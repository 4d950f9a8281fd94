"""Benchmarks both platforms and writes docs/benchmarks.md: `python -m bench.run`."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from bench import linux, linux_start, machine
from bench.channel import compile_round_trip, measure_channel
from bench.clocks import measure_clocks
from bench.files import measure_files, measure_initrd
from bench.memory import measure_memory_use
from bench.page import write_page
from bench.processes import measure_processes
from bench.shares import measure_shares
from bench.waiting import measure_waiting
from bench.wheel import install_wheel
from tests.framework import GUESTS, ROOT, compile_guest
from unishim.build.image import ensure_image


def main() -> None:
    """Measures everything and writes the page."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        glibc = compile_guest(GUESTS / "hello.c", folder / "glibc", "gcc")
        musl = compile_guest(GUESTS / "hello.c", folder / "musl", "musl")
        programs = {"glibc": glibc, "musl": musl}
        compute = compile_guest(ROOT / "bench" / "guest" / "compute.c", folder / "compute", "gcc")
        trip = compile_round_trip(folder)
        # A copy, so that the same image is measured even if a source changes meanwhile.
        runtimes = linux.find_runtimes(Path(shutil.copy(ensure_image("linux"), folder / "image")), glibc)
        sections = [
            linux.measure_calls(runtimes, folder),
            linux.measure_work(runtimes, compute),
            linux_start.measure_start(runtimes, programs, compute, install_wheel(folder)),
            linux_start.measure_memory(runtimes, folder, programs),
            measure_memory_use(runtimes, folder),
            measure_waiting(runtimes, folder),
            measure_processes(runtimes, folder),
            measure_channel(runtimes, folder, trip),
            measure_files(runtimes, folder),
            measure_shares(folder),
            measure_clocks(folder),
            machine.measure_start(glibc, musl, folder),
            measure_initrd(glibc, folder),
            machine.measure_calls(folder, trip),
        ]
    print(write_page(ROOT / "docs" / "benchmarks.md", sections, (load, os.getloadavg()[0])))


if __name__ == "__main__":
    main()
