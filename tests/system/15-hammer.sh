#!/bin/bash
# Calls that no program would make: an answer or an errno, and nothing else. The
# kernel's log is for the driver of the tests to judge.
# time: 3000
# on: checked newest
# no udev: checked
cd "$(dirname "$0")" && . ./lib.sh

hammer=$here/hammer
drives=3
if [ "${VCD_TEST_FULL-}" = all ]; then
	calls=1000000 seconds=120
else
	calls=20000 seconds=10
fi
# VCD_CALLS: as many as somebody wants
calls=${VCD_CALLS-$calls}
# VCD_SEED: to see again what was found
seed=${VCD_SEED-1}

images() {
	truncate -s 5000K $tmp/small.img
	truncate -s 20M $tmp/large.img
	cp "$(image xorriso.iso)" $tmp/data.img
	chmod 755 $tmp
	chmod 644 $tmp/*.img
	ls $tmp/*.img
}

# pound USER PROGRAM CALLS [COMMAND PREFIX]...: while drives and discs come and go
pound() {
	local user=$1 program=$2 images status=0 kcov=/sys/kernel/debug/kcov
	# Where its calls go, for each thread: only root may open that
	if [ -e $kcov ]; then
		exec 21<>$kcov 22<>$kcov 23<>$kcov 24<>$kcov
		export HAMMER_KCOV='21 22 23 24'
	fi
	images=$(images)
	vcdctl create --count $((drives - 1)) 1 >/dev/null
	# shellcheck disable=SC2086 # file names
	in_background "$hammer" keep $drives $images
	set +x
	# shellcheck disable=SC2086
	as "$user" "${@:4}" "$program" run "$seed" "$3" 4 $drives $images >$tmp/results || status=$?
	! gone "$job" || status=3
	# Before udev comes back, which would never get to the end of what the keeper does
	let_go
	cat $tmp/results
	[ $status = 0 ]
}

pound_contained() {
	as alice unshare --user true || skip "users can't have name spaces here"
	pound alice "$hammer" "$1" unshare --user --map-root-user --mount --pid --fork --net --ipc --uts --mount-proc
}

pound_32() {
	local status=0
	[ -x "${hammer}32" ] || skip "the compiler makes no 32-bit programs"
	"${hammer}32" >/dev/null 2>&1 || status=$?
	[ $status != 126 ] || skip "this kernel runs no 32-bit programs"
	without_udev pound root "${hammer}32" "$1"
}

# Arguments that change while they are read
changed_in_flight() {
	truncate -s $((500 * 2048 + 500 * 2352)) $tmp/data.img
	cat >$tmp/mixed.cue <<-END
		FILE "data.img" BINARY
		  TRACK 01 MODE1/2048
		    INDEX 01 00:00:00
		  TRACK 02 AUDIO
		    INDEX 01 00:06:50
	END
	attach $tmp/mixed.cue
	vcdctl create 1 >/dev/null
	vcdctl attach -d 1 "$(image other.iso)" >/dev/null
	run_program "$here/inflight" "$seed" "$1" 0 $tmp/data.img >&3
}

# It opens and asks in all ways that it knows
stress_device() {
	[ -n "$(command -v stress-ng)" ] || skip "there is no stress-ng here"
	attach "$(image xorriso.iso)"
	stress-ng --dev 2 --dev-file $vcd0 --timeout "$1" --temp-path $tmp 2>&1
}

# Nothing is left over but options of the drives, which last as long as these: new ones are made, and a disc can be read
works_again() {
	vcdctl detach --all --force
	vcdctl list -nr -o INDEX | while read -r n; do
		vcdctl remove --force "$n"
	done
	is "$(vcdctl list -n)" ''
	vcdctl create 0
	settle
	attach "$(image xorriso.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
	# udev may still look at the disc
	within 30 test_unopened
}

test_unopened() { [ "$(column OPENERS)" = 0 ]; }

without_udev changed_in_flight $((calls / 4)) 3>&1 >>$test_log 2>&1
check "the drive still works" works_again
# as root, and as a user who may use the drives, but not all commands
if wants checked; then
	for user in root alice; do
		check "$calls calls of $user" without_udev pound $user "$hammer" $calls
		check "the drive still works" works_again
	done
	check "$((calls / 4)) calls out of a container" without_udev pound_contained $((calls / 4))
	check "the drive still works" works_again
	check "stress-ng's device class for $seconds s" stress_device $seconds
	check "the drive still works" works_again
fi
# User-Mode Linux has no such programs
if wants newest; then
	check "10000 calls of a 32-bit program" pound_32 10000
	check "the drive still works" works_again
fi
finish
