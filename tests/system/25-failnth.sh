#!/bin/bash
# Every allocation and every copy of user memory of our calls fails once; see failnth.c. VCD_STEPS="attach swap": only
# these.
# no udev
# long
# checkers
# time: 2800
cd "$(dirname "$0")" && . ./lib.sh

sweep() {
	local disk ko mode=-q
	! at_length || mode=''
	[ -e /proc/self/fail-nth ] || skip "this kernel has no fault injection"
	disk=$(disk)
	ko=$(modinfo -n vcd)
	mkfs.ext4 -q -F -E nodiscard "$disk" 48M
	mkdir $tmp/fs
	mount "$disk" $tmp/fs
	trap 'cleared' EXIT
	"$node" pattern 256 1 $tmp/fs/A
	"$node" pattern 256 2 $tmp/fs/B
	# shellcheck disable=SC2086 # an option or none; names
	run_program "$here/failnth" $mode "$ko" $tmp/fs/A $tmp/fs/B ${VCD_STEPS-} >&3
}

# Its nodes and images lie on the disk
cleared() {
	vcdctl detach --force 0 || :
	umount $tmp/fs
}

check "the machine for it" sweep 3>&1
finish
