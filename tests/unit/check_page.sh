#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Is docs/mmc-coverage.md what `make coverage-page` would write?

here=$(dirname "$0")
new=$(mktemp)
trap 'rm -f "$new"' EXIT
"${O:-$here/build}"/asan/coverage_page "$here"/vectors/*.vec >"$new" || exit 1
if cmp -s "$new" "$here/../../docs/mmc-coverage.md"; then
	echo "ok - docs/mmc-coverage.md is up to date"
else
	echo "not ok - docs/mmc-coverage.md is out of date: run make coverage-page"
	exit 1
fi
