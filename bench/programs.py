"""Compares whole programs on the platform `linux` with Linux itself: `python -m bench.programs`."""

from __future__ import annotations

import math
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.figures import at_most, in_turns, ratios, spread, table
from bench.linux import LINUX, NATIVE
from bench.page import write_page
from tests.framework import ROOT
from unishim.build.image import ensure_image
from unishim.platforms.linux.plan import plan_linux
from unishim.platforms.linux.process import linux_command
from unishim.running.options import Options

TURNS = 3
TIMEOUT = 300  # seconds, for one run
MEMORY = "4G"
RATIO, MEAN = 1.05, 1.0
SCRIPTS = ROOT / "bench" / "scripts"
SQL = """
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i+1 from n where i<300000)
insert into t select i, 'text number '||i, i*1.5 from n;
create index x on t(b);
select count(*), sum(c) from t where b like '%9%';
"""


@dataclass(frozen=True)
class Program:
    """A program of the distribution, what it does, and what it needs besides its libraries."""

    what: str
    argv: Sequence[str]
    add: Sequence[str] = ()
    package: str = ""


def main() -> None:
    """Measures everything and writes the page."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        image = Path(shutil.copy(ensure_image("linux"), folder / "image"))
        section = _measure(image, folder)
    print(write_page(ROOT / "docs" / "benchmarks-programs.md", [section], (load, os.getloadavg()[0])))


def _programs(folder: Path) -> list[Program]:
    python = Path("/usr/lib/python3.11"), "/usr/bin/python3.11"
    libraries = [os.fspath(python[0]), os.fspath(SCRIPTS)]
    source, text = folder / "large.c", folder / "text"
    source.write_text("".join(_function(number) for number in range(6000)))
    with text.open("w") as file:
        for number in range(2_000_000):
            file.write(
                f"{number * 2654435761 % 2**32:010d} some text that makes the line as long as lines are {number}\n"
            )
    compressed = folder / "part"
    compressed.write_bytes(text.read_bytes()[: 24 << 20])
    scripts = {path.stem: os.fspath(path) for path in SCRIPTS.glob("*.py")}
    return [
        Program("sqlite3, 300 000 rows in memory", ["/usr/bin/sqlite3", ":memory:", SQL], package="sqlite3"),
        Program(
            "cc1 -O1, 1 MB of C",
            [_compiler(), "-quiet", "-O1", os.fspath(source), "-o", "/dev/null"],
            [os.fspath(source), "/usr/include/stdc-predef.h"],
            "gcc",
        ),
        *(
            Program(f"python3, {name.replace('_', ' ')}", [python[1], path], libraries, "python3")
            for name, path in sorted(scripts.items())
        ),
        Program("python3 -c 1", [python[1], "-c", "1"], libraries, "python3"),
        Program("node, garbage collection", ["/usr/bin/node", os.fspath(SCRIPTS / "garbage.js")], libraries, "nodejs"),
        Program("node, a bundle", ["/usr/bin/node", os.fspath(SCRIPTS / "bundle.js")], libraries, "nodejs"),
        Program(
            "xz -9",
            ["/usr/bin/xz", "-9", "-k", "-c", "-T1", os.fspath(compressed)],
            [os.fspath(compressed)],
            "xz-utils",
        ),
        Program(
            "sort of 150 MB in memory",
            ["/usr/bin/sort", "--parallel=1", "-S", "2G", "-o", "/dev/null", os.fspath(text)],
            [os.fspath(text)],
            "coreutils",
        ),
        Program(
            "ffmpeg, mpeg4",
            [
                *(
                    "/usr/bin/ffmpeg",
                    "-loglevel",
                    "error",
                    "-f",
                    "lavfi",
                    "-i",
                    "testsrc2=size=640x360:rate=25:duration=8",
                ),
                *("-threads", "1", "-c:v", "mpeg4", "-f", "null", "-"),
            ],
            package="ffmpeg",
        ),
        Program("ruby -e 1", ["/usr/bin/ruby", "-e", "1"], ["/usr/lib/ruby"], "ruby"),
    ]


def _function(number: int) -> str:
    return f"""int f{number}(int a, int *b)
{{
	int sum = {number};

	for (int i = 0; i < a; i++)
		sum += b[i] * {number % 97} + (b[i + 1] >> {number % 7});
	return sum ^ a;
}}
"""


def _compiler() -> str:
    done = subprocess.run(["gcc", "-print-prog-name=cc1"], check=True, capture_output=True, text=True)
    return os.path.realpath(done.stdout.strip())


def _measure(image: Path, folder: Path) -> str:
    rows, all_ratios, missing = [], [], []
    for program in _programs(folder):
        if not Path(program.argv[0]).exists():
            missing.append(f"- {program.what}: `apt-get install {program.package}`")
            continue
        with ExitStack() as stack:
            command = _linux(image, program, stack)
            results = in_turns({NATIVE: partial(_run, program.argv), LINUX: partial(_run, command)}, TURNS)
        ratio = ratios(results[LINUX], results[NATIVE])
        all_ratios.append(ratio.median)
        native, linux = (spread(results[name]).text(2) for name in (NATIVE, LINUX))
        rows.append([program.what, native, linux, ratio.text(2), at_most(ratio.median, RATIO)])
        print(rows[-1], file=sys.stderr)
    mean = math.exp(sum(map(math.log, all_ratios)) / len(all_ratios))
    rows.append(["geometric mean", "", "", f"{mean:.2f}", at_most(mean, MEAN)])
    absent = "\n\nNot measured, because the program is not installed:\n\n" + "\n".join(missing) if missing else ""
    return f"""## Whole programs

Seconds of processor time of programs of the distribution, from start to end, {TURNS} runs in turns; medians, quartiles
in brackets. Both are pinned to one processor. The unikernel has {MEMORY} of memory, and the program with
its files as its root file system.

{table(["program", "native", "linux", "ratio", "target"], rows)}{absent}
"""


def _linux(image: Path, program: Program, stack: ExitStack) -> list[str]:
    options = Options(platform="linux", kernel=image, add=program.add, memory=MEMORY)
    return linux_command(plan_linux(options, program.argv, 0, stack))


def _run(command: Sequence[str]) -> float:
    """Seconds of processor time, on one processor."""
    pinned = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *command]
    with subprocess.Popen(
        pinned, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"ended with status {process.returncode}: {shlex.join(command)[:1000]}")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
