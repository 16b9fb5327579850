#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh DIRECTORY: what the runs that left their counts in the directory reached, by file, from gcov alone.

cd "$1" || exit 1
gcov --branch-probabilities --branch-counts ./*.gcda 2>/dev/null | awk '
	/^File / { file = $2; gsub(/\047/, "", file); own = file ~ /kernel\/core\//; sub(".*/", "", file) }
	own && /^Lines executed:/ {
		split($0, part, /[:% ]+/); lines = part[3]; n = part[5]
		covered += lines * n / 100; total += n
	}
	own && /^Branches executed:/ { next }
	own && /^Taken at least once:/ {
		split($0, part, /[:% ]+/); taken = part[5]; b = part[7]
		bcovered += taken * b / 100; btotal += b
		printf "%-14s lines %6.2f%% of %4d   branches %6.2f%% of %4d\n", file, lines, n, taken, b
		own = 0
	}
	own && /^No branches/ { printf "%-14s lines %6.2f%% of %4d\n", file, lines, n; own = 0 }
	END { printf "%-14s lines %6.2f%% of %4d   branches %6.2f%% of %4d\n", "all", covered / total * 100, total,
	      bcovered / btotal * 100, btotal }'
