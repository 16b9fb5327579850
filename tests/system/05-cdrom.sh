#!/bin/bash
# The uniform CD-ROM layer and the ioctls of the SCSI layer, by programs of 64 and
# of 32 bits, on discs of all sizes and without one.
# no udev
cd "$(dirname "$0")" && . ./lib.sh

ioctls() {
	local kind=$1 image=${2-} sectors=0 program
	vcdctl create 1 >/dev/null
	if [ -n "$image" ]; then
		image=$(image "$image" 2>>$test_log)
		attach "$image"
		sectors=$(($(size "$image") / 2048))
	fi
	for program in ./cdrom-ioctls ./cdrom-ioctls32; do
		settle
		run_program $program "$kind" $sectors $vcd0 /dev/vcd1
	done
	clean_up
}

listed() {
	vcdctl create 1
	like "$(cat /proc/sys/dev/cdrom/info)" '^drive name:.*vcd0'
	like "$(cat /proc/sys/dev/cdrom/info)" '^drive name:.*vcd1'
	like "$(cat /proc/sys/dev/cdrom/info)" '^Can read DVD:	*1	*1$'
	like "$(cat /proc/sys/dev/cdrom/info)" '^Can write CD-R:	*0	*0$'
	vcdctl remove 1
	unlike "$(cat /proc/sys/dev/cdrom/info)" 'vcd1'
}

ioctls empty
ioctls cd xorriso.iso
ioctls dvd dvd.iso
ioctls bd bd.iso
check "/proc/sys/dev/cdrom/info lists the drives" listed
finish
