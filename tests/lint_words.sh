#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Rejects words that the project's English avoids, in all tracked text files: prints file:line of each, and fails.
# Write: cannot; is invalid, is not one; again, rebuild; for callers that; be obtained, is available.
set -u
cd "$(dirname "$0")/.." || exit 2
# The brackets keep this file from matching itself.
if git grep -nIwE '[Cc]an[ ]not|[Ii]s[ ]none|[Aa][n]ew|[Ff]or[ ]who|[Bb]e[ ]had'; then
	echo 'lint: write the words above otherwise; tests/lint_words.sh says how' >&2
	exit 1
fi
