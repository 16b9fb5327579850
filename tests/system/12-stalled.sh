#!/bin/bash
# Images whose storage stops answering, and answers again.
# no udev
# on: checked
cd "$(dirname "$0")" && . ./lib.sh

# dm COMMAND...: the device mapper; where udev makes no nodes, it does
dm() {
	dmsetup "$@"
	dmsetup mknodes
}

# stalled_image: $image is a block device that `stall` and `flow` stop and start
stalled_image() {
	local loop
	"$node" pattern 4096 7 $tmp/below
	loop=$(losetup -f --show -r $tmp/below)
	dm create --readonly vcd-stall --table "0 $((4096 * 4)) linear $loop 0"
	image=/dev/mapper/vcd-stall
	within 10 test -e $image
	settle
}

stall() { dmsetup suspend --noflush --nolockfs vcd-stall; }
flow() { dmsetup resume vcd-stall; }

# The device mapper goes in any case: clean_up ends what loops it lies on
without_stall() {
	trap 'flow; vcdctl detach --force 0 || :; within 60 dm remove vcd-stall' EXIT
	modprobe dm-mod
	stalled_image
	attach --raw $image
	"$@"
}

# in_pages COMMAND...: with an image that is read through its page cache, not directly
in_pages() {
	vcdctl swap --raw --cache page 0 $image >/dev/null
	"$@"
}

# stalled_reader KIND: one that waits in the middle of a read
stalled_reader() {
	echo 3 >/proc/sys/vm/drop_caches
	stall
	in_background dd if=$vcd0 of=$tmp/read bs=64K iflag="$1" status=none
	reader=$job
	within 60 waits "$reader"
}

# It is out for everybody but the reads that were on their way. The next disc waits.
detach_behind() {
	stalled_reader "$1"
	limited 60 vcdctl detach --force 0
	like "$(column STATE)" '^empty,(stale,)?draining$'
	is "$(cat /sys/block/vcd0/size)" 0
	# What there is to say about it can be said
	limited 60 vcdctl list >/dev/null
	fails limited 60 vcdctl attach -d 0 "$(image xorriso.iso)"
	like "$output" 'reads .* have not returned'
	is "$(column DISC)" 0
	flow
	within 60 test_not_draining
	within 60 gone "$reader"
	settle
	attach "$(image xorriso.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
}

# The old disc is out, the new one can't go in: that is said
swap_behind() {
	stalled_reader fullblock
	status_is 75 limited 60 vcdctl swap --force 0 "$(image xorriso.iso)"
	like "$output" 'the old disc is out, but reads of it have not returned'
	like "$(column STATE)" '^empty,(stale,)?draining$'
	flow
	within 60 test_not_draining
	within 60 gone "$reader"
}

# The last close of the node waits for reads: whoever takes the disc out does not
close_behind() {
	stalled_reader fullblock
	kill -KILL "$reader"
	sleep 0.5
	limited 60 vcdctl detach --force 0
	like "$(column STATE)" '^empty,(stale,)?draining$'
	flow
	within 60 test_not_draining
	within 60 gone "$reader"
}

# Whoever asks politely waits for that close, and keeps nobody else waiting: not who wants the disc out by force, nor,
# if what it is about to put in lies on another disc, who puts such a disc into another drive
polite_waits() {
	local polite
	vcdctl create 1
	vcdctl create 2
	vcdctl attach -d 1 "$(image xorriso.iso)"
	settle
	stalled_reader fullblock
	kill -KILL "$reader"
	sleep 0.5
	in_background "$@"
	polite=$job
	within 30 waits "$polite"
	limited 60 vcdctl attach -d 2 /dev/vcd1
	limited 60 vcdctl detach --force 0
	like "$(column STATE vcd0)" '^empty,(stale,)?draining$'
	waits "$polite"
	flow
	within 60 test_not_draining
	within 60 gone "$polite"
	within 60 gone "$reader"
	settle
	vcdctl remove --force 2
	vcdctl remove --force 1
}

eject_behind() {
	stalled_reader fullblock
	limited 60 vcdctl eject --force 0
	like "$(column STATE)" '^open,(stale,)?draining$'
	flow
	within 60 test_not_draining
	vcdctl close 0
	settle
	within 60 gone "$reader"
	is "$("$node" hash 0 65536 nonblock $vcd0)" "$("$node" hash 0 65536 $tmp/below)"
}

# A drive may go while reads of its disc are on their way; its number is free at once
remove_behind() {
	stalled_reader fullblock
	in_background limited 60 vcdctl remove --force 0
	sleep 1
	flow
	within 60 gone "$job"
	within 60 gone "$reader"
	[ ! -e /sys/block/vcd0 ]
	settle
	vcdctl create 0
	attach "$(image xorriso.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
}

# Commands wait in the file system, not under a lock that others need
commands_behind() {
	echo 3 >/proc/sys/vm/drop_caches
	stall
	in_background sg_dd if=$vcd0 of=$tmp/read bs=2048 count=64 blk_sgio=1
	reader=$job
	within 60 waits "$reader"
	is "$("$node" status $vcd0)" disc
	limited 10 sg_inq $vcd0 >/dev/null
	# Where udev has not read the label, list would
	if udev_runs; then
		limited 10 vcdctl list >/dev/null
	else
		limited 10 vcdctl list -o NAME,STATE,SIZE,IMAGE >/dev/null
	fi
	flow
	within 60 gone "$reader"
	cmp $tmp/read <(head -c $((64 * 2048)) $tmp/below)
}

taken_out() { [ "$(cat /sys/block/vcd0/size)" = 0 ]; }

# Whoever waits for the drive can be killed
waiter_is_killed() {
	local waiter status=0
	stalled_reader fullblock
	in_background vcdctl detach --force 0
	waiter=$job
	within 30 taken_out
	kill -KILL "$waiter"
	wait "$waiter" || status=$?
	is $status 137
	like "$(column STATE)" '^empty,(stale,)?draining$'
	flow
	within 60 test_not_draining
}

# A swap is never half done: who is killed while the last reads of the old disc return has put the new one in
swap_is_killed() {
	local new status=0
	new=$(image xorriso.iso)
	stalled_reader fullblock
	in_background vcdctl swap --force 0 "$new"
	within 30 taken_out
	kill -KILL "$job"
	flow
	wait "$job" || status=$?
	is $status 137
	within 60 gone "$reader"
	is "$(column STATE,IMAGE)" "loaded $new"
	is "$("$node" hash 0 65536 nonblock $vcd0)" "$("$node" hash 0 65536 "$new")"
}

# Of two that wait for the same bytes one is killed: the other gets them
reader_is_killed() {
	local other status=0
	stalled_reader "$1"
	in_background dd if=$vcd0 of=$tmp/other bs=64K iflag="$1" status=none
	other=$job
	within 60 waits "$other"
	kill -KILL "$reader"
	sleep 0.5
	flow
	wait "$other" || status=$?
	is $status 0
	cmp $tmp/other $tmp/below
}

check "detach --force behind a stalled image; the next disc waits" without_stall detach_behind fullblock
check "detach --force behind a stalled image, direct reads" without_stall detach_behind direct
check "detach --force behind a stalled image, through its page cache" without_stall in_pages detach_behind fullblock
check "swap --force behind a stalled image: 75, and the drive is empty" without_stall swap_behind
check "detach --force behind a close that waits for a stalled image" without_stall close_behind
check "detach --force behind a polite one that waits for a close" without_stall polite_waits vcdctl detach 0
check "detach --force behind a polite swap that waits for a close" without_stall polite_waits vcdctl swap 0 /dev/vcd1
check "eject --force behind a stalled image" without_stall eject_behind
check "remove --force behind a stalled image" without_stall remove_behind
check "commands wait alone" without_stall commands_behind
check "who waits for a stalled image can be killed" without_stall waiter_is_killed
check "who is killed while swapping has put the new disc in" without_stall swap_is_killed
check "who is killed takes nothing from others that wait" without_stall reader_is_killed fullblock
check "who is killed takes nothing from others that wait, through the page cache" \
	without_stall in_pages reader_is_killed fullblock
finish
