#!/bin/bash
# Loading and unloading, and several controllers at the same time.
# on: checked newest
# no udev: checked
cd "$(dirname "$0")" && . ./lib.sh

unload_refused() {
	hold nonblock $vcd0
	fails rmmod vcd
	like "$output" 'in use'
	let_go
	settle
	attach "$(image xorriso.iso)"
	mount -r $vcd0 $mnt
	fails rmmod vcd
	like "$output" 'in use'
	umount $mnt
	settle
	exec 5<>/dev/vcd-control
	fails rmmod vcd
	exec 5>&-
	settle
	within 10 rmmod vcd
	[ ! -e /sys/block/vcd0 ]
	[ ! -e /sys/class/misc/vcd-control ]
	[ ! -e /sys/devices/vcd ]
	unlike "$(cat /proc/devices)" ' vcd$'
	unlike "$(cat /proc/sys/dev/cdrom/info 2>/dev/null)" vcd
	settle
	[ ! -e /dev/vcd0 ]
	modprobe vcd
	settle
	# vcdctl loads it by itself
	within 10 rmmod vcd
	vcdctl list
	grep -q '^vcd ' /proc/modules
}

parameters() {
	within 10 rmmod vcd
	modprobe vcd drives=3
	settle
	is "$(vcdctl list -n | wc -l)" 3
	within 10 rmmod vcd
	modprobe vcd drives=0
	settle
	is "$(vcdctl list -n | wc -l)" 0
	is "$(vcdctl attach "$(image xorriso.iso)")" /dev/vcd0
	# A busy machine's udev may look at the new drive and its disc for longer than vcdctl waits
	settle
	vcdctl detach 0
	settle
	vcdctl remove 0
	within 10 rmmod vcd
	fails modprobe vcd drives=100000
	modprobe vcd
	settle
	is "$(vcdctl list -n -o NAME)" vcd0
}

# Two put discs into one drive and take them out: each call works or says why not
two_controllers() {
	local worker image jobs=''
	image=$(image xorriso.iso)
	for worker in 1 2 3; do
		(
			set +e
			for ((i = 0; i < 4; i++)); do
				vcdctl attach -d 0 "$image" >/dev/null 2>&1
				echo "attach $?"
				vcdctl swap --force 0 "$image" >/dev/null 2>&1
				echo "swap $?"
				vcdctl detach --force 0 >/dev/null 2>&1
				echo "detach $?"
			done >$tmp/worker.$worker
		) &
		jobs+=" $!"
	done
	# shellcheck disable=SC2086 # numbers
	wait $jobs
	# Worked, or: there is a disc, there is none, busy
	like "$(sort $tmp/worker.* | uniq -c)" 'attach 0'
	unlike "$(cat $tmp/worker.*)" ' ([2-9]|[1-6][0-9]|7[0-46-9]|[89][0-9]|[0-9]{3})$'
	settle
	vcdctl detach --force 0 2>/dev/null || :
	attach "$image"
	is "$(sha256 $vcd0)" "$(sha256 "$image")"
}

# Whoever takes any drive takes one of his own
any_drive() {
	local i
	: >$tmp/nodes
	for i in 1 2 3 4 5 6 7 8; do
		"$node" pattern 1025 $i $tmp/image.$i
	done
	for i in 1 2 3 4 5 6 7 8; do
		vcdctl attach --raw $tmp/image.$i >$tmp/node.$i &
	done
	wait
	is "$(cat $tmp/node.* | sort -u | wc -l)" 8
	for i in 1 2 3 4 5 6 7 8; do
		is "$(sha256 "$(cat $tmp/node.$i)")" "$(sha256 $tmp/image.$i)"
	done
	settle
	vcdctl detach --all
}

# Removed while others open, ask and read
removal_under_fire() {
	local i
	image=$(image other.iso)
	in_background bash -c "while :; do '$node' status /dev/vcd2; blkid -p /dev/vcd2; lsblk; vcdctl list; done >/dev/null 2>&1"
	in_background bash -c "while :; do cat /sys/block/vcd2/vcd/* /proc/sys/dev/cdrom/info; done >/dev/null 2>&1"
	in_background bash -c "while :; do cat /dev/vcd2; done >/dev/null 2>&1"
	for ((i = 0; i < 8; i++)); do
		vcdctl create 2
		vcdctl attach -d 2 "$image"
		vcdctl remove --force 2
	done
}

# Whoever mounted a disc of a drive that is gone can still unmount
removed_while_mounted() {
	vcdctl create 1
	vcdctl attach -d 1 "$(image xorriso.iso)"
	mount -r /dev/vcd1 $mnt
	status_is 75 vcdctl remove 1
	vcdctl remove --force 1
	echo 3 >/proc/sys/vm/drop_caches
	fails cat $mnt/deep/er/random.bin
	umount $mnt
	# Its number can be had again
	within 10 vcdctl create 1
	vcdctl attach -d 1 "$(image xorriso.iso)"
	is "$(sha256 /dev/vcd1)" "$(sha256 "$(image xorriso.iso)")"
}

check "rmmod is refused while anything is open, and leaves nothing behind" unload_refused
check "the parameter drives" parameters
check "three controllers on one drive" two_controllers
check "eight at once take any drive: each has its own" any_drive
check "a drive is removed while others look at it" removal_under_fire
check "a drive is removed while it is mounted" removed_while_mounted
finish
