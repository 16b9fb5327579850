#!/bin/bash
# vcdctl is killed at every system call of a command: the drive is as before or as after. See killsweep.c.
# no udev
# long
# checkers
# time: 2800
cd "$(dirname "$0")" && . ./lib.sh

sweep() {
	local ko disc mode=-q
	! at_length || mode=''
	ko=$(modinfo -n vcd)
	mkdir $tmp/unpacked
	mount -t tmpfs unpacked $tmp/unpacked
	for disc in A B; do
		head -c 100000 /dev/urandom >$tmp/data
		xorrisofs -quiet -o $tmp/$disc $tmp/data
		mkdir $tmp/in.$disc
		cp $tmp/$disc $tmp/in.$disc/image.iso
		mksquashfs $tmp/in.$disc $tmp/$disc.squashfs -quiet -no-progress
		mkfs.erofs $tmp/$disc.erofs $tmp/in.$disc >/dev/null
		split -b 204800 -d -a 3 --numeric-suffixes=1 $tmp/$disc $tmp/$disc.
	done
	gzip -k $tmp/A $tmp/B
	# shellcheck disable=SC2086 # an option or none
	run_program "$here/killsweep" $mode /usr/bin/vcdctl "$ko" $tmp/A $tmp/B $tmp/unpacked >&3
}

check "the machine for it" sweep 3>&1
finish
