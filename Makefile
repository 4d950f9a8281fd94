# SPDX-License-Identifier: BSD-3-Clause
# make run    set everything up and run examples/helloworld on the unikernel
# make test   set everything up and run all tests
# make help   list the other targets

PYTHON ?= python3
VENV := .venv
PACKAGES := gcc make binutils libc6-dev python3-venv util-linux qemu-system-x86 qemu-system-data seabios
DEVELOPMENT_PACKAGES := g++ musl-tools busybox-static clang libclang-rt-14-dev clang-format gdb gdbserver git golang-go \
	strace cpio libarchive-tools zstd chromium chromium-driver file fish gawk groff jq lua5.4 mandoc perl python3 \
	sqlite3 xz-utils zsh $(if $(shell command -v rustc),,rustc)
BENCH_PACKAGES := qemu-user runsc
EXAMPLE := examples/helloworld/helloworld

.PHONY: setup development run test lint format bench bench-programs docs picture man wheel clean distclean help
.DEFAULT_GOAL := help

help:
	@printf '%s\n' 'make run          run examples/helloworld on the unikernel' \
		'make test         run all tests' \
		'make lint         check style, types and words' \
		'make format       apply the style' \
		'make bench        run the benchmarks and write docs/benchmarks.md' \
		'make bench-programs  compare programs of the distribution, and write docs/benchmarks-programs.md' \
		'make wheel        build the package to install elsewhere, in dist/' \
		'make docs         generate the reference pages, and build the site in build/site' \
		'make picture      take docs/trace.png, the picture of a trace, again' \
		'make man          write the manual pages to build/man' \
		'make setup        install what unishim needs, and build the kernel' \
		'make development  also install what the tests and the other targets need' \
		'make clean        remove build results' \
		'make distclean    also remove the virtual environment'

# Installs only what is missing, so that a second call costs nothing.
define install_packages
missing=; for package in $(1); do \
	[ "$$(dpkg-query -W -f '$${Status}' $$package 2>/dev/null)" = 'install ok installed' ] || \
	missing="$$missing $$package"; done; \
if [ -n "$$missing" ]; then \
	if [ "$$(id -u)" != 0 ]; then \
		echo "missing packages; as root: apt-get install$$missing" >&2; exit 1; fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		$$missing >$(CURDIR)/build/apt.log 2>&1 || { tail -n 20 $(CURDIR)/build/apt.log >&2; exit 1; }; \
fi
endef

setup: $(VENV)/.stamp
	@mkdir -p build
	@$(VENV)/bin/unishim build >build/setup.log

$(VENV)/.stamp: pyproject.toml Makefile
	@mkdir -p build
	@$(call install_packages,$(PACKAGES))
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --editable .
	@touch $@

development: setup $(VENV)/.development
$(VENV)/.development: $(VENV)/.stamp
	@$(call install_packages,$(DEVELOPMENT_PACKAGES))
	@$(VENV)/bin/pip install --quiet --editable '.[dev]'
	@touch $@

# make itself reports only success or failure; `unishim run` exits with the program's status.
run: setup
	@$(MAKE) --no-print-directory -s -C $(dir $(EXAMPLE))
	@$(VENV)/bin/unishim run $(EXAMPLE)

test: development
	@$(VENV)/bin/python -m pytest --numprocesses auto --dist worksteal $(PYTEST_FLAGS)

lint: development
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@find kernel tests bench examples -name '*.[ch]' | xargs clang-format --dry-run -Werror
	@bash tests/lint_words.sh

format: development
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .
	@find kernel tests bench examples -name '*.[ch]' | xargs clang-format -i

# Installs the alternatives that the benchmarks compare with; the page says which of them cannot run here.
bench: development
	@$(call install_packages,$(BENCH_PACKAGES))
	@$(VENV)/bin/python -m bench.run

bench-programs: development
	@$(VENV)/bin/python -m bench.programs

# Generates the reference pages first, then the site; a broken link is an error.
docs: development
	@$(VENV)/bin/python -m docs_tools
	@$(VENV)/bin/mkdocs build --quiet --strict
	@echo build/site/index.html

picture: development
	@WRITE_PICTURE=yes $(VENV)/bin/python -m pytest -q tests/e2e/test_trace_page.py -k picture

man: development
	@$(VENV)/bin/python -m docs_tools.manual build/man

# Without isolation: the virtual environment already contains the build system that pyproject.toml names.
wheel: development
	@$(VENV)/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf build dist
	$(MAKE) -C $(dir $(EXAMPLE)) clean

distclean: clean
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
