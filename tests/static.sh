# shellcheck shell=bash
# shellcheck disable=SC2154 # here, top, lab, cache come from who sources this
# static.sh: what looks at the sources without running them, and how tests that need no virtual machine are counted. To
# be sourced after vm/lab.sh, vm/kernels.sh and vm/product.sh, with $here and $top set.
work=$(mktemp -d)
# shellcheck disable=SC2046 # numbers
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# One may run beside the other, each with a log of its own. What they count is in $work/counts.
log() { echo "$work/log.$BASHPID"; }
count() { echo "$1 $2" >>"$work/counts"; }

# check NAME COMMAND...: a test by the status of a command, whose output is shown if it fails
check() {
	local name=$1 log
	log=$(log)
	shift
	if "$@" >"$log" 2>&1; then
		echo "ok - $name"
		count 1 0
	else
		{ echo "not ok - $name"; tail -n 60 "$log" | sed 's/^/# /'; } >"$log.shown"
		cat "$log.shown"
		count 0 1
	fi
}

# suite COMMAND...: a program with tests of its own, which counts them in one or several lines "N passed, M failed"
suite() {
	local counts status log
	log=$(log)
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	grep -E '^(ok|not ok|#)' "$log"
	counts=$(awk '/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3; n++ } END { if (n) print p, f }' "$log")
	if [ -z "$counts" ] || { [ $status != 0 ] && [ "${counts#* }" = 0 ]; }; then
		echo "not ok - $* ended with status $status"
		tail -n 30 "$log" | sed 's/^/# /'
		counts=${counts:-0 0}
		counts="${counts% *} 1"
	fi
	# shellcheck disable=SC2086 # two numbers
	count $counts
}

# sum_up: the count of all, and the status
sum_up() {
	awk '{ p += $1; f += $2 } END { print p + 0 " passed, " f + 0 " failed"; exit f > 0 || p == 0 }' "$work/counts"
}

# Everything said at W=1 and by sparse counts.
module_clean() {
	local build=$work/build.$1
	"$here/vm/build-module" -k "$1" -- "${@:2}" >"$build" 2>&1 || { cat "$build"; return 1; }
	! grep -iE 'warning|error|: note:' "$build"
}

# foreign_builds_clean: and for other processors
foreign_builds_clean() {
	local name
	for name in arm64 s390x; do
		check "module for $name: no warning at W=1" module_clean "$name" W=1
	done
}

# builds_clean: the module for each kernel
builds_clean() {
	local name
	for name in 6.1 6.12 7.2; do
		check "module for $name: no warning at W=1, nothing from sparse" module_clean "$name" W=1 C=2
	done
	# Sparse has much to say about User-Mode Linux itself.
	check "module for uml: no warning at W=1" module_clean uml W=1
}

# What clang has to say it says without optimizing, which takes half of the time.
userspace_clean() {
	local level=-O2
	[ "$1" != clang ] || level=-O0
	make -C "$top/userspace" O="$work/userspace-$1" CC="$1" CFLAGS="$level -g -Werror"
}

scripts() {
	cd "$top" && git -c safe.directory='*' ls-files --cached --others --exclude-standard | while read -r file; do
		[ -f "$file" ] && head -n 1 "$file" | grep -qE '^#!.*\b(ba|da)?sh\b' && echo "$file"
	done
}

# It does not see what one script takes from another, or sets for it.
shell_clean() {
	local files
	mapfile -t files < <(scripts)
	[ ${#files[@]} -gt 10 ] && cd "$top" && shellcheck -S warning -e SC1091,SC2034,SC2154 "${files[@]}"
}

# checkpatch comes with the kernel's source. Not checked anywhere: how a macro uses an argument that is a name and no
# value; ENOSYS and the const of char pointer arrays (the CD-ROM layer and kobject_uevent_env() want them so); a comment
# beside each lock (kernel-doc has it). Headers that stand in for the kernel define types, the rows of a table are
# laid out as a table, and trace events as trace events; members with __guarded_by() look like statements to it.
style_clean() {
	local folder source ignore=MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,ENOSYS,STATIC_CONST_CHAR_ARRAY,UNCOMMENTED_DEFINITION
	local stand_ins='kernel/compat/compat.h kernel/core/port.h' tables='kernel/core/ops.h kernel/core/table.c'
	local events=kernel/trace.h guarded=kernel/vcd.h
	folder=$(kernel uml) || return
	source=$(head -n 1 "$folder/layers")/usr/src/linux-source
	checkpatch() {
		perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --show-types --max-line-length=120 \
			--ignore "$ignore,$1" -f "${@:2}"
	}
	cd "$top" || return
	# shellcheck disable=SC2046,SC2086 # lists of names without spaces
	checkpatch '' $(printf '%s\n' kernel/*.[ch] kernel/core/*.[ch] include/uapi/linux/*.h | grep -vxF "$(printf '%s\n' $stand_ins $tables $events $guarded)") &&
		checkpatch NEW_TYPEDEFS,PREFER_KERNEL_TYPES,CAMELCASE $stand_ins &&
		checkpatch PARENTHESIS_ALIGNMENT,MACRO_ARG_UNUSED,BRACKET_SPACE $tables &&
		checkpatch PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE $events &&
		checkpatch LINE_SPACING $guarded
}

# --- what takes longer: make check -------------------------------------------------------------------------------

# It takes a parameter that is an array for one of no length.
# The kernel is written in GNU C, where one can add to a pointer to nothing.
cppcheck_clean() {
	cd "$top" && cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingInclude --suppress=ctuArrayIndex --suppress='arithOperationsOnVoidPointer:kernel/*' \
		-I kernel/core -I kernel/compat -I include/uapi kernel userspace
}

# The kernel's own rules. Those that are written in OCaml or need other files than ours say nothing.
coccinelle_clean() {
	local source rule said
	source=$(newest_source) || return
	cd "$top" || return
	while read -r rule; do
		grep -q '^virtual report' "$rule" || continue
		timeout 300 spatch -D report --no-show-diff --very-quiet --no-includes --include-headers --cocci-file "$rule" \
			--dir kernel 2>/dev/null
	done < <(find "$source/usr/src/linux-source/scripts/coccinelle" -name '*.cocci' | sort) >"$work/coccinelle"
	said=$(<"$work/coccinelle")
	[ -z "$said" ] || { echo "$said"; return 1; }
}

# It loses sight of memory of which an element of an array is the owner; that is for the leak sanitizer to find, under
# which the tests of vcdctl run.
analyzer_clean() (
	mkdir "$work/analyzer" && cd "$work/analyzer" || exit
	copy_sources userspace_sources "$(sources_digest userspace_sources)" &&
		in_build_tree -b "$PWD/build:/build" -- make -C /build userspace CC=gcc-14 \
			CFLAGS='-O2 -g -Werror -fanalyzer -Wno-analyzer-malloc-leak -fdiagnostics-plain-output'
)

# The module compiled by clang, which follows which lock is held where
locks_clean() (
	source=$(newest_source) && clang=$(clang) && headers=$(lock_headers) || exit
	mkdir "$work/locks" && cd "$work/locks" || exit
	copy_sources module_sources "$(sources_digest module_sources)" || exit
	in_build_tree -l "$source" -l "$clang" -l "$headers/headers" -b "$PWD/build:/build" -- \
		make -C /usr/src/linux-build M=/build CC=clang-23 W=1 CONTEXT_ANALYSIS=y vcd.o >"$work/locks.log" 2>&1 ||
		{ cat "$work/locks.log"; exit 1; }
	! grep -iE 'warning|error' "$work/locks.log"
)
