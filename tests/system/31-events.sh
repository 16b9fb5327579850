#!/bin/bash
# What happens to a whole machine: it sleeps, loses processors, runs out of memory, has its input and output limited,
# and the file system of an image is frozen. Discs are read meanwhile, and every byte is right.
# no udev
# time: 900
# on: newest
cd "$(dirname "$0")" && . ./lib.sh

sectors=16384

# pattern_disc [OPTION OF ATTACH]...: a disc whose sectors tell where they belong; $pattern is its image
pattern_disc() {
	pattern=${1-$tmp/pattern}
	"$node" pattern $sectors 5 "$pattern"
	attach --raw "$pattern"
}

# readers: of all kinds, which must have read something by the time of readers_right
readers() {
	local kind
	: >$tmp/readers
	for kind in read direct sg open; do
		in_background "$node" verify 600 $kind nonblock $vcd0 >$tmp/reader.$kind
		echo "$kind $job" >>$tmp/readers
	done
}

readers_right() {
	local kind n
	while read -r kind n; do
		kill -TERM "$n" || die "the reader has ended by itself: $(cat $tmp/reader.$kind)"
		within 60 gone "$n"
		like "$(cat $tmp/reader.$kind)" '[1-9][0-9]* reads right, 0 errors'
	done <$tmp/readers
}

all_right() { is "$(dd if=$vcd0 iflag=direct bs=1M status=none | sha256sum)" "$(sha256sum <"$pattern")"; }

# The kernel goes through all of it but for switching off: tasks are frozen, devices suspended and resumed. Without
# pm_test, which Debian's kernels lack, it would have to be woken up, and its clock does not do that under QEMU.
suspended() {
	local level
	grep -qw freeze /sys/power/state 2>/dev/null || skip "this kernel does not suspend"
	[ -e /sys/power/pm_test ] || skip "this kernel can't test that"
	pattern_disc
	readers
	sleep 1
	for level in freezer devices; do
		echo $level >/sys/power/pm_test
		echo freeze >/sys/power/state
	done
	echo none >/sys/power/pm_test
	readers_right
	all_right
	is "$(column STATE)" loaded
}

processors_go() {
	local cpu=/sys/devices/system/cpu/cpu1/online _
	[ -e $cpu ] || skip "there is one processor"
	pattern_disc
	readers
	sleep 1
	for _ in 1 2 3 4 5; do
		echo 0 >$cpu
		vcdctl swap --force --raw 0 "$pattern" >/dev/null
		echo 1 >$cpu
		vcdctl swap --force --raw 0 "$pattern" >/dev/null
	done
	readers_end
	all_right
}

# To read goes on: nothing is written
frozen_below() {
	mount_disk $tmp/fs
	pattern_disc $tmp/fs/image
	sync
	fsfreeze -f $tmp/fs
	trap 'fsfreeze -u $tmp/fs || :' EXIT
	echo 3 >/proc/sys/vm/drop_caches
	readers
	sleep 1
	all_right
	vcdctl eject --force 0
	vcdctl close 0
	all_right
	readers_end
	vcdctl detach 0
	attach --raw $tmp/fs/image
	all_right
	vcdctl detach 0
	fsfreeze -u $tmp/fs
	trap - EXIT
}

# readers_end: they have met with errors, which is no wonder
readers_end() {
	local kind n
	while read -r kind n; do
		kill -TERM "$n"
		within 60 gone "$n"
		like "$(cat $tmp/reader.$kind)" '[1-9][0-9]* reads right'
	done <$tmp/readers
}

# group NAME CONTROLLER: make a control group with it
group() {
	grep -qw "$2" /sys/fs/cgroup/cgroup.controllers || skip "this kernel has no controller $2"
	echo "+$2" >/sys/fs/cgroup/cgroup.subtree_control
	group=/sys/fs/cgroup/$1
	[ -d $group ] || mkdir $group
}

# in_group COMMAND...
in_group() { sh -c "echo 0 >$group/cgroup.procs && exec \"\$@\"" sh "$@"; }

# begin_in_group COMMAND...: it is $job
begin_in_group() {
	(echo $BASHPID >$group/cgroup.procs && exec "$@") &
	job=$!
	echo $job >>$tmp/jobs
}

# Less memory than the disc is long: what is read is forgotten again
little_memory() {
	group vcd-memory memory
	pattern_disc
	vcdctl detach 0
	echo 3 >/proc/sys/vm/drop_caches
	echo 16M >$group/memory.max
	in_group vcdctl attach -d 0 --raw "$pattern"
	is "$(in_group sha256sum <$vcd0)" "$(sha256sum <"$pattern")"
	is "$(in_group dd if=$vcd0 iflag=direct bs=1M status=none | sha256sum)" "$(sha256sum <"$pattern")"
	like "$(cat $group/memory.events)" '^oom_kill 0$'
	rmdir $group
}

# of_kernel: bytes that the kernel holds for the group
of_kernel() { awk '$1 == "kernel" { print $2 }' $group/memory.stat; }
less_of_kernel() { [ "$(of_kernel)" -lt "$1" ]; }

# What a disc takes is part of what whoever attached it may have: here tables and open files of twelve discs in 250 parts
charged() {
	local i before
	group vcd-charged memory
	image_in_parts $tmp/parts
	vcdctl create --count 12 1 >/dev/null
	# The names of the files stay in memory
	in_group vcdctl info $tmp/parts/x.iso.001 >/dev/null
	before=$(of_kernel)
	for i in $(seq 12); do
		in_group vcdctl attach -d "$i" $tmp/parts/x.iso.001 >/dev/null
	done
	echo "$before, with discs $(of_kernel)"
	[ "$(of_kernel)" -gt $((before + 12 * 250 * 256)) ] || die "it is not charged"
	vcdctl detach --all >/dev/null
	within 60 less_of_kernel $((before + 12 * 250 * 64))
	echo "afterwards $(of_kernel)"
	vcdctl remove $(seq 12)
	rmdir $group
}

# Who dies of a lack of memory with the tray locked and a disc mapped leaves nothing behind
killed_for_memory() {
	group vcd-oom memory
	pattern_disc
	echo 24M >$group/memory.max
	[ ! -e $group/memory.swap.max ] || echo 0 >$group/memory.swap.max
	# The kernel shows who asks for memory, with a call trace that is no complaint
	echo 4 >/proc/sys/kernel/printk
	fails_by_signal in_group python3 - $vcd0 <<-'END'
		import fcntl, mmap, os, sys
		fd = os.open(sys.argv[1], os.O_RDONLY)
		CDROM_LOCKDOOR = 0x5329
		fcntl.ioctl(fd, CDROM_LOCKDOOR, 1)
		disc = mmap.mmap(fd, 1 << 20, mmap.MAP_SHARED, mmap.PROT_READ)
		memory = []
		while True:
		    disc[:]
		    memory.append(bytearray(b"x") * (1 << 20))
	END
	echo 7 >/proc/sys/kernel/printk
	like "$(cat $group/memory.events)" '^oom_kill [1-9]'
	within 20 rmdir $group
	all_right
	is "$(column OPENERS)" 0
	vcdctl detach 0
}

fails_by_signal() {
	local status=0
	"$@" || status=$?
	[ $status -gt 128 ] || die "'$*' ended with $status"
}

# limit DEVICE LIMIT: for those in the group
limit() { echo "$(lsblk -dno MAJ:MIN "$1" | tr -d ' ') $2" >$group/io.max; }

# throttling_group: one whose reads can be limited
throttling_group() {
	group vcd-io io
	[ -e $group/io.max ] || skip "this kernel does not throttle"
}

throttled() {
	throttling_group
	pattern_disc
	limit $vcd0 rbps=8388608
	is "$(in_group dd if=$vcd0 iflag=direct bs=256K status=none | sha256sum)" "$(sha256sum <"$pattern")"
	like "$(cat $group/io.stat)" "rbytes=$((sectors * 2048))"
	# A read that waits for its turn is no reason to keep the disc
	limit $vcd0 rbps=1024
	in_group dd if=$vcd0 iflag=direct bs=64K of=/dev/null 2>$tmp/error &
	job=$!
	sleep 1
	vcdctl detach --force 0
	limit $vcd0 rbps=max
	wait $job && die "it read a disc that was gone"
	like "$(cat $tmp/error)" 'Input/output error|No medium'
	attach --raw "$pattern"
	all_right
	rmdir $group
}

# throttled_mount: a disc with one long file, mounted, from which the group gets next to nothing
throttled_mount() {
	throttling_group
	mkdir -p $tmp/below $tmp/fs
	"$node" pattern 4096 5 $tmp/below/file
	xorriso -as mkisofs -quiet -o $tmp/image.iso $tmp/below
	attach $tmp/image.iso
	mount -o ro $vcd0 $tmp/fs
	limit $vcd0 rbps=1024
}

# next_disc: it is read as it should be, and nothing is left of the group
next_disc() {
	attach $tmp/image.iso
	is "$(sha256 $vcd0)" "$(sha256 $tmp/image.iso)"
	rmdir $group
}

# Nor if it has locked pages of the node's page cache, or of a file's on the disc: they go when its turn has come
throttled_in_pages() {
	throttled_mount
	begin_in_group dd if=$vcd0 skip=16 bs=64K of=/dev/null status=none 2>$tmp/error.disc
	within 10 waits $job
	begin_in_group dd if=$tmp/fs/file bs=64K of=/dev/null status=none 2>$tmp/error.file
	within 10 waits $job
	limited 60 vcdctl detach --force 0
	like "$(column STATE)" '^empty,(stale,)?draining$'
	limited 20 vcdctl list >/dev/null
	fails limited 60 vcdctl attach -d 0 $tmp/image.iso
	like "$output" 'reads .* have not returned'
	limit $vcd0 rbps=max
	within 60 test_not_draining
	within 60 gone $job
	like "$(cat $tmp/error.file)" 'Input/output error|No medium'
	umount $tmp/fs
	next_disc
}

# A file of a disc that is out may have such pages when its last reader has gone: the next disc waits for them, and
# nobody waits for that
throttled_file() {
	throttled_mount
	begin_in_group dd if=$tmp/fs/file bs=64K of=/dev/null status=none 2>$tmp/error.file
	within 10 waits $job
	limited 60 vcdctl detach --force 0
	kill -KILL $job
	within 10 gone $job
	status_is 75 limited 60 vcdctl attach -d 0 $tmp/image.iso
	like "$output" 'reads .* have not returned'
	like "$(column STATE)" '^empty,(stale,)?draining$'
	limited 20 vcdctl eject --force 0
	status_is 75 limited 20 vcdctl close 0
	limit $vcd0 rbps=max
	within 60 test_not_draining
	umount $tmp/fs
	vcdctl close 0
	next_disc
}

# The disk below the image is slow for the reader: what a worker of the kernel reads is nobody's
throttled_below() {
	throttling_group
	mount_disk $tmp/fs
	pattern_disc $tmp/fs/image
	limit "$(disk)" rbps=1048576
	echo 3 >/proc/sys/vm/drop_caches
	is "$(in_group dd if=$vcd0 iflag=direct bs=1M count=4 status=none | sha256sum)" \
		"$(head -c 4M "$pattern" | sha256sum)"
	limit "$(disk)" rbps=max
	rmdir $group
}

check "the machine goes to sleep and wakes up" suspended
check "processors go and come" processors_go
check "the file system of the image is frozen" frozen_below
check "less memory than the disc is long" little_memory
check "what a disc takes is charged to who attached it" charged
check "killed for memory, with a disc" killed_for_memory
check "reads that have to wait for their turn" throttled
check "pages that wait for theirs do not keep the disc" throttled_in_pages
check "nor do those of a file without a reader" throttled_file
check "a disk below that is throttled" throttled_below
finish
