#!/bin/bash
# The golden vectors of the engine, replayed by SG_IO on a drive, by a program of 64 bits and, where the kernel runs
# such, by one of 32; see replay.c.
# no udev
# on: checked newest
cd "$(dirname "$0")" && . ./lib.sh

# To the engine a command of a 32-bit program is like any other: these have data both ways, and none, and much of it
by_32=(../unit/vectors/{read,readcd,mode,unit}.vec)
! at_length || by_32=(../unit/vectors/*.vec)

# Who opens the node takes unit attentions away
replay_all() {
	! wants checked || run_program "$here/replay" $tmp not-replayed ../unit/vectors/*.vec >&3
	wants newest || return 0
	# What is listed of these files alone: all that is has to be met
	grep -E "^($(basename -a "${by_32[@]}" | paste -sd'|')):" not-replayed >$tmp/not-replayed
	run_program "$here/replay32" $tmp $tmp/not-replayed "${by_32[@]}" >&3
}

without_udev replay_all 3>&1 >>$test_log 2>&1
finish
