#!/bin/bash
# Discs that are read no faster than was asked for. A machine may be slower than any speed, so only the least time
# that a read takes is looked at.
# no udev
# on: newest
cd "$(dirname "$0")" && . ./lib.sh

# at_least SECONDS COMMAND...: it takes that long; a tenth of a second is what the drive has read ahead
at_least() {
	local start=${EPOCHREALTIME/./} took want=$(($1 * 1000000 - 150000))
	shift
	"$@"
	took=$((${EPOCHREALTIME/./} - start))
	[ $took -ge $want ] || die "'$*' took $took us, which is less than $want"
}

# disc SECTORS OPTION...: $tmp/image, as a disc
disc() {
	"$node" pattern "$1" 1 $tmp/image
	attach --raw "${@:2}" $tmp/image
}

by_node() {
	disc 1200 --speed 8x
	is "$(column SPEED)" 8x
	is "$(cat /sys/block/vcd0/vcd/read_speed)" 1411
	# 75 sectors a second, 8 times
	at_least 2 dd if=$vcd0 of=$tmp/read bs=64K iflag=direct status=none
	cmp $tmp/read $tmp/image
	at_least 2 dd if=$vcd0 of=$tmp/read bs=64K status=none
	cmp $tmp/read $tmp/image
}

# Two who read at the same time share it
by_two() {
	disc 600 --speed 8x
	at_least 2 both
	cmp $tmp/one $tmp/image
	cmp $tmp/two $tmp/image
}

both() {
	in_background dd if=$vcd0 of=$tmp/one bs=64K iflag=direct status=none
	dd if=$vcd0 of=$tmp/two bs=64K iflag=direct status=none
	wait "$job"
}

by_commands() {
	disc 600 --speed 4x
	at_least 2 sg_dd if=$vcd0 of=$tmp/read bs=2048 count=600 blk_sgio=1 bpt=16 2>/dev/null
	cmp $tmp/read $tmp/image
	# READ CD of 300 whole sectors, VERIFY of as many
	at_least 1 sg_raw -r $((300 * 2352)) -o $tmp/read $vcd0 be 00 00 00 00 00 00 01 2c f8 00 00
	at_least 1 sg_raw $vcd0 2f 00 00 00 00 00 00 01 2c 00
}

of_a_dvd() {
	# 676 sectors a second
	disc 1352 --speed 1x -p dvd
	at_least 2 dd if=$vcd0 of=$tmp/read bs=64K iflag=direct status=none
	vcdctl swap --raw --speed 1.4x -p dvd 0 $tmp/image
	is "$(column SPEED)" 1.4x
	is "$(vcdctl swap --json --raw --speed 2.4x -p bd 0 $tmp/image | grep -o '"speed": *"[^"]*"')" '"speed":"2.4x"'
	like "$(vcdctl info vcd0)" '^Speed: +2.4x$'
	is "$(cat /sys/block/vcd0/vcd/read_speed)" 10789
	vcdctl swap --raw 0 $tmp/image
	is "$(column SPEED)" ''
	is "$(cat /sys/block/vcd0/vcd/read_speed)" 0
}

# The current speed as mode page 2Ah tells it
current_speed() {
	sg_raw -r 40 -o $tmp/page $vcd0 5a 00 2a 00 00 00 00 00 28 00 2>/dev/null
	echo $((0x$(od -An -tx1 -j 22 -N 2 $tmp/page | tr -d ' ')))
}

# A program that wants the drive to be quiet: twice CD
set_lower() {
	disc 600 --speed 8x
	is "$(current_speed)" 1411
	eject -x 2 $vcd0
	is "$(current_speed)" 354
	at_least 4 dd if=$vcd0 of=$tmp/read bs=64K iflag=direct status=none
	# A higher one than the disc allows
	eject -x 32 $vcd0
	is "$(current_speed)" 1411
	at_least 1 dd if=$vcd0 of=$tmp/read bs=64K iflag=direct status=none
	eject -x 0 $vcd0
	is "$(current_speed)" 1411
	# Without a limit no speed counts
	vcdctl swap --raw 0 $tmp/image
	eject -x 2 $vcd0
	is "$(current_speed)" 354
	cmp $vcd0 $tmp/image
}

# Whoever waits for the time of a sector holds up nobody, and can be killed. It would take over ten minutes.
nobody_waits_for_it() {
	local reader command
	disc 50000 --speed 1x
	in_background dd if=$vcd0 of=/dev/null bs=1M status=none
	reader=$job
	in_background sg_dd if=$vcd0 of=/dev/null bs=2048 count=30000 bpt=512 blk_sgio=1
	command=$job
	within 30 waits "$reader"
	within 30 waits "$command"
	kill -KILL "$command"
	within 10 gone "$command"
	vcdctl detach --force 0
	like "$(column STATE)" '^empty(,stale)?$'
	within 10 gone "$reader"
}

# What was only read ahead for a reader that was killed holds up nobody: 4 MiB take half a minute
read_ahead_is_short() {
	disc 50000 --speed 1x
	in_background "$node" advise 0 4194304 $vcd0
	in_background dd if=$vcd0 of=/dev/null bs=1M status=none
	within 30 waits "$job"
	kill -KILL "$job"
	within 15 gone "$job"
	limited 15 vcdctl detach 0
}

# Who is killed leaves the time of what it has not waited for to others: a turn of 27 seconds is over at once
turn_is_left() {
	disc 50000 --speed 1x
	in_background sg_dd if=$vcd0 of=/dev/null bs=2048 count=20000 bpt=2000 blk_sgio=1
	within 30 waits "$job"
	kill -KILL "$job"
	within 10 gone "$job"
	limited 20 dd if=$vcd0 of=/dev/null iflag=direct bs=2048 count=1 skip=40000 status=none
}

check "the node is read no faster than --speed" by_node
check "two readers share the speed" by_two
check "commands read and verify no faster" by_commands
check "single speed of DVD and BD" of_a_dvd
check "a lower speed that was set counts, a higher one does not" set_lower
check "who wants the disc out does not wait for its speed; who waits can be killed" nobody_waits_for_it
check "what was read ahead for a reader that was killed holds up nobody" read_ahead_is_short
check "who does not wait to the end leaves the time to others" turn_is_left
finish
