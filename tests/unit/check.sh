#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check.sh PROGRAM ...
#
# Runs test programs that print TAP lines and shows one line a test; for golden vectors, which a program called
# run_vectors gets as arguments, one line a file as long as all of them pass. The last line counts all tests. A program
# that ends badly without saying which test failed is a failed test.

export CMOCKA_MESSAGE_OUTPUT=TAP
here=$(dirname "$0")
out=$(mktemp)
trap 'rm -f "$out"' EXIT
passed=0
failed=0

for program; do
	name=$(basename "$(dirname "$program")")/$(basename "$program")
	case $program in
	*/run_vectors) "$program" "$here"/vectors/*.vec >"$out" 2>&1 ;;
	*) "$program" >"$out" 2>&1 ;;
	esac
	rc=$?
	good=$(grep -c '^ok ' "$out")
	bad=$(grep -c '^not ok ' "$out")
	if [ "$rc" -ne 0 ] && [ "$bad" -eq 0 ]; then
		echo "not ok - $name ended with status $rc" >>"$out"
		bad=1
	fi
	if [ "$bad" -ne 0 ]; then
		grep -v '^ok .*\.vec:' "$out"
	else
		case $name in
		msan/*)
			# The same vectors once more: one test, that no byte is used before it is set.
			echo "ok - $name: $good vectors"
			good=1
			;;
		*)
			awk -v name="$name" '
				/^ok .*\.vec:/ { sub(".*/", "", $3); sub(":.*", "", $3); count[$3]++; next }
				/^ok / { sub(/^ok [0-9]* *- /, ""); print "ok - " name ": " $0 }
				END { for (file in count) print "ok - " name ": " file ": " count[file] " vectors" }' "$out"
			;;
		esac
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
