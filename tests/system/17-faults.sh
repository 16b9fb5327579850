#!/bin/bash
# Trace events, and faults on request.
# no udev: checked
# on: checked newest
cd "$(dirname "$0")" && . ./lib.sh

tracing=/sys/kernel/tracing
faults=/sys/kernel/debug/vcd/faults/vcd0
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
mountpoint -q $tracing || mount -t tracefs tracefs $tracing
# Names of processes are not needed. To have them the kernel changes the code of its scheduler as it runs, which an
# emulated processor does not always survive.
echo 0 >$tracing/options/record-cmd

# No fault outlives its test
without_faults() {
	trap 'echo clear >$faults' EXIT
	"$@"
}

# traced COMMAND...: what it leaves in the trace of events of vcd, in $trace
traced() {
	: >$tracing/trace
	echo 1 >$tracing/events/vcd/enable
	"$@" >$tmp/output 2>&1 || :
	echo 0 >$tracing/events/vcd/enable
	trace=$(grep -v '^#' $tracing/trace || :)
}

command_events() {
	attach "$(image xorriso.iso)"
	settle
	traced sg_raw -r 36 $vcd0 12 00 00 00 24 00
	like "$trace" 'vcd_command: vcd0 process cdb=12 00 00 00 24 00 status=00 sense=0/00/00 bytes=36 ns=[1-9][0-9]* error=0'
	traced sg_raw -r 8 $vcd0 d7 00 00 00 00 00 00 00 00 00 00 00
	like "$trace" 'vcd0 process cdb=d7 00 .* status=02 sense=5/20/00 bytes=0 .* error=0'
	traced sg_dd if=$vcd0 of=/dev/null bs=2048 count=4 bpt=4 blk_sgio=1
	like "$trace" 'cdb=28 00 00 00 00 00 00 00 04 00 status=00 .* bytes=8192 '
	# What the CD-ROM layer asks is told apart
	traced eject -x 8 $vcd0
	like "$trace" 'vcd0 kernel cdb=bb '
	# That counts on discs that limit the speed: those who come after want none
	eject -x 0 $vcd0
	traced true
	is "$trace" ''
}

disc_events() {
	local generation
	[ -n "${udev_is_stopped-}" ] || udevadm control --stop-exec-queue
	traced vcdctl attach --raw -d 0 "$(image xorriso.iso)"
	[ -n "${udev_is_stopped-}" ] || udevadm control --start-exec-queue
	settle
	generation=$(cat /sys/block/vcd0/vcd/generation)
	like "$trace" "vcd_disc_change: vcd0 loaded generation=$generation profile=0008 sectors=$(cat /sys/block/vcd0/vcd/sectors) tray_open=0"
	traced vcdctl eject --force 0
	like "$trace" "vcd0 unloaded generation=$generation "
	unlike "$trace" taken-out
	traced vcdctl detach --force 0
	like "$trace" "vcd0 taken-out generation=$generation "
}

# reads COUNT LBA: how many sectors from there on can be read past the page cache
readable() {
	dd if=$vcd0 of=$tmp/read bs=2048 iflag=direct skip="$2" count="$1" status=none 2>$tmp/said || :
	echo $(($(size $tmp/read) / 2048))
}

# This sector fails, and no other
bad_sector() {
	local image
	image=$(image xorriso.iso)
	attach "$image"
	settle
	echo 'lba 100' >$faults
	is "$(cat $faults)" 'lba 100'
	is "$(readable 20 90)" 10
	like "$(cat $tmp/said)" 'Input/output error'
	is "$(readable 20 101)" 20
	cmp <(dd if="$image" bs=2048 skip=101 count=20 status=none) $tmp/read
	# By command: what lies before it, and where it failed
	fails sg_raw -v -r 8192 -o $tmp/answer $vcd0 28 00 00 00 00 62 00 00 04 00
	like "$output" 'Medium Error'
	like "$output" '11 ?,? ?0|[Uu]nrecovered read error'
	like "$output" '[Ii]nfo.*0x64|Info fld=0x64|in hex: 64'
	fails sg_raw $vcd0 2f 00 00 00 00 62 00 00 04 00
	like "$output" 'Medium Error'
	sg_raw $vcd0 2f 00 00 00 00 65 00 00 04 00
	is "$("$node" status $vcd0)" disc
	# Not through the page cache either, and the rest of the disc is there
	echo 3 >/proc/sys/vm/drop_caches
	fails dd if=$vcd0 of=/dev/null bs=64K status=none
	mount -t iso9660 -r $vcd0 $mnt
	cat $mnt/SHA256SUMS
	umount $mnt
	settle
	echo clear >$faults
	is "$(cat $faults)" ''
	is "$(sha256 $vcd0)" "$(sha256 "$image")"
}

# A read that has to be split fails if its first part does, whatever becomes of the others
bad_first_part() {
	"$node" pattern 16384 3 $tmp/large
	attach --raw "$@" $tmp/large
	settle
	echo 'lba 5' >$faults
	fails read_large $tmp/copy
	like "$output" 'Input/output error'
	echo clear >$faults
	read_large $tmp/copy
	cmp $tmp/copy $tmp/large
}

counted() {
	attach "$(image xorriso.iso)"
	settle
	printf 'lba 50 2\nlba 60 1\n' >$faults
	is "$(cat $faults)" "$(printf 'lba 50 2\nlba 60 1')"
	is "$(readable 1 50)" 0
	is "$(cat $faults)" "$(printf 'lba 50 1\nlba 60 1')"
	is "$(readable 1 50)" 0
	is "$(readable 1 50)" 1
	is "$(readable 1 60)" 0
	is "$(readable 1 60)" 1
	is "$(cat $faults)" ''
}

bad_command() {
	attach "$(image xorriso.iso)"
	settle
	echo 'command 25 4/44/00 1' >$faults
	fails sg_raw -r 8 $vcd0 25 00 00 00 00 00 00 00 00 00
	like "$output" 'Hardware Error'
	sg_raw -r 8 $vcd0 25 00 00 00 00 00 00 00 00 00
	# A plan to read that does not come about leaves nothing behind
	echo 'command 28 2/04/01 1' >$faults
	fails sg_raw -r 2048 $vcd0 28 00 00 00 00 10 00 00 01 00
	like "$output" 'Not Ready'
	sg_raw -r 2048 $vcd0 28 00 00 00 00 10 00 00 01 00
	# So does a tray that stays shut
	"$node" ioctl CDROM_LOCKDOOR 0 nonblock $vcd0
	echo 'command 1b 5/53/02 1' >$faults
	fails sg_raw $vcd0 1b 00 00 00 02 00
	is "$("$node" status $vcd0)" disc
	vcdctl detach --force 0
}

refused() {
	local text
	for text in 'lba' 'lba x' 'lba 5 5 5' 'command 28' 'command 28 11/00/00' 'sector 5' 'clear all'; do
		fails bash -c "echo '$text' >$faults"
		like "$output" 'Invalid argument'
	done
	for text in 1 2 3 4 5 6 7 8; do
		echo "lba $text" >$faults
	done
	fails bash -c "echo 'lba 9' >$faults"
	like "$output" 'No space left'
	echo clear >$faults
	fails as alice bash -c "cat $faults"
	# With the drive goes the file
	vcdctl create 5
	[ -e /sys/kernel/debug/vcd/faults/vcd5 ]
	exec 7</sys/kernel/debug/vcd/faults/vcd5
	vcdctl remove 5
	[ ! -e /sys/kernel/debug/vcd/faults/vcd5 ]
	exec 7<&-
}

check "vcd_command: an event for each command" command_events
check "vcd_disc_change: an event for each change" disc_events
check "a sector that can't be read: EIO, 3/11/00 with its address, and the drive goes on" without_faults bad_sector
check "a large read fails if its first part does" without_faults bad_first_part
check "a large read fails if its first part does, not from memory" without_faults bad_first_part --speed 1000x
check "faults that come a number of times" without_faults counted
check "a command that fails" without_faults bad_command
check "what is no fault is refused" without_faults refused
finish
