#!/bin/bash
# Images on a file system that is served by a program, which stalls, fails, lies and dies; see fuseserver.c.
# no udev
# long
# checkers
# time: 600
cd "$(dirname "$0")" && . ./lib.sh && . ./compared.sh && . ./served.sh

# with_server COMMAND...: with a disc of served bytes in vcd0; $tmp/copy has the same
with_server() {
	modprobe -q fuse || skip "this kernel has no FUSE"
	trap 'on_exit' EXIT
	"$node" pattern 1024 1 $tmp/copy
	serve $tmp/copy
	exec 7<$image
	attach --raw $image
	"$@"
	limited 60 vcdctl detach --force 0 || like "$(column STATE)" '^empty'
	within 60 test_not_draining
	exec 7<&-
	umount $tmp/served
	within 30 rmmod vcd
	modprobe vcd
}

on_exit() {
	kill -KILL "$server" || :
	vcdctl detach --force 0 || :
	exec 7<&-
	umount -l $tmp/served || :
}

# stalled_reader FLAG: one that waits in the middle of a read
stalled_reader() {
	forget
	order stall
	in_background dd if=$vcd0 of=$tmp/read bs=64K iflag="$1" status=none
	reader=$job
	within 60 waits "$reader"
}

right_then_stalled() {
	all_right
	stalled_reader "$1"
	limited 60 vcdctl detach --force 0
	like "$(column STATE)" '^empty,(stale,)?draining$'
	status_is 75 limited 60 vcdctl attach -d 0 "$(image xorriso.iso)"
	like "$output" 'reads .* have not returned'
	order flow
	within 60 test_not_draining
	within 60 gone "$reader"
	attach "$(image xorriso.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
}

# Who waits gets an error, and so does everybody after
dies_with_readers() {
	local status=0
	stalled_reader "$1"
	kill -KILL "$server"
	wait "$reader" || status=$?
	is $status 1
	all_errors
	is "$("$node" status $vcd0)" disc
	limited 60 vcdctl list >/dev/null
	limited 60 vcdctl detach 0
}

# Taken out while reads wait, which return when the server has died
dies_when_taken_out() {
	stalled_reader fullblock
	limited 60 vcdctl detach --force 0
	kill -KILL "$server"
	within 60 test_not_draining
	within 60 gone "$reader"
}

# Another server in its place, with other bytes, is nothing to the disc
comes_back() {
	local old=$server
	all_right
	kill -KILL "$old"
	within 10 gone "$old"
	"$node" pattern 1024 2 $tmp/other
	umount -l $tmp/served
	serve $tmp/other
	cmp $image $tmp/other
	all_errors
	exec 7<$image
	limited 60 vcdctl swap --force --raw 0 $image
	cp $tmp/other $tmp/copy
	all_right
}

fails_and_lies() {
	order fail
	all_errors
	order flow
	all_right
	# What comes is right, what does not is an error
	order short
	compared
	compared direct
	order flow
	limited 60 vcdctl swap --raw 0 $image
}

# Who attaches waits in the server, and can be killed there: nothing has happened
attach_is_killed() {
	local status=0
	limited 60 vcdctl swap 0 "$(image xorriso.iso)"
	order 'stall all'
	in_background vcdctl swap --raw 0 $image
	sleep 1
	[ "$(column IMAGE)" = "$(image xorriso.iso)" ]
	kill -KILL "$job"
	wait "$job" || status=$?
	is $status 137
	is "$(column STATE,IMAGE)" "loaded $(image xorriso.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
	order flow
}

check "a server that stalls: the disc can be taken out; the next one waits" with_server right_then_stalled fullblock
check_long "a server that stalls, direct reads" with_server right_then_stalled direct
check_long "a server that dies under readers" with_server dies_with_readers fullblock
check "a server that dies under direct readers" with_server dies_with_readers direct
check_long "a server that dies when the disc is out" with_server dies_when_taken_out
check_long "a server that dies and comes back with other bytes" with_server comes_back
check_long "a server that fails, or brings less than it is asked for" with_server fails_and_lies
check_long "who attaches an image of a server that stalls can be killed" with_server attach_is_killed
finish
