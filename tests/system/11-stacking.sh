#!/bin/bash
# Images on file systems that are themselves on discs.
# no udev
# on: checked
cd "$(dirname "$0")" && . ./lib.sh

# nest LEVELS: $tmp/nest.N has, as the file inner.iso, $tmp/nest.N-1
nest() {
	local i
	mkdir -p $tmp/in
	cp "$(image other.iso)" $tmp/nest.0
	for ((i = 1; i <= $1; i++)); do
		mv $tmp/nest.$((i - 1)) $tmp/in/inner.iso
		xorrisofs -quiet -R -V "NEST_$i" -o $tmp/nest.$i $tmp/in
		mv $tmp/in/inner.iso $tmp/nest.$((i - 1))
	done
}

# descend LEVELS [OUTERMOST]: $tmp/nest.OUTERMOST into vcd0, what it holds into vcd1,
# and so on
descend() {
	local i from=$tmp/nest.${2-$1}
	for ((i = 0; i <= $1; i++)); do
		[ -e /dev/vcd$i ] || vcdctl create $i >/dev/null
		vcdctl attach -d $i "$from" >/dev/null
		mkdir -p $tmp/level.$i
		mount -r /dev/vcd$i $tmp/level.$i
		from=$tmp/level.$i/inner.iso
	done
}

ascend() {
	local i
	for ((i = $1; i >= 0; i--)); do
		umount $tmp/level.$i
		settle
		vcdctl detach $i
	done
}

two_deep() {
	nest 2
	descend 2
	is "$(cat $tmp/level.2/other)" other
	is "$(sha256 /dev/vcd1)" "$(sha256 $tmp/nest.1)"
	is "$(sha256 /dev/vcd2)" "$(sha256 $tmp/nest.0)"
	echo 3 >/proc/sys/vm/drop_caches
	is "$(dd if=/dev/vcd2 iflag=direct bs=64K status=none | sha256sum)" "$(sha256sum <$tmp/nest.0)"
	# Held from below
	status_is 75 vcdctl detach 0
	status_is 75 vcdctl detach 1
	ascend 2
}

# The node of a disc as an image
node_as_image() {
	vcdctl create 1
	attach "$(image xorriso.iso)"
	vcdctl attach -d 1 $vcd0
	is "$(sha256 /dev/vcd1)" "$(sha256 "$(image xorriso.iso)")"
	# Its own is none
	status_is 1 vcdctl swap --force 1 /dev/vcd1
	like "$output" 'lies on the disc in this very drive'
	# Nor one that leads back to it
	status_is 1 vcdctl swap --force 0 /dev/vcd1
	like "$output" 'lies on the disc in this very drive'
	is "$(sha256 /dev/vcd1)" "$(sha256 "$(image xorriso.iso)")"
}

# Where no drive is named, one that other discs lie on is passed over
next_drive() {
	vcdctl create 1
	vcdctl create 2
	attach "$(image xorriso.iso)"
	vcdctl attach -d 1 $vcd0
	vcdctl attach -d 2 "$(image xorriso.iso)"
	vcdctl detach --force 0
	settle
	vcdctl attach /dev/vcd2
	is "$(column STATE,IMAGE vcd3)" "loaded /dev/vcd2"
	like "$(column STATE vcd0)" "^empty"
}

cycle() {
	nest 1
	descend 1
	status_is 1 vcdctl swap --force 0 $tmp/level.0/inner.iso
	like "$output" 'lies on the disc in this very drive'
	status_is 1 vcdctl swap --force 0 /dev/vcd1
	like "$output" 'lies on the disc in this very drive'
	is "$(cat $tmp/level.1/other)" other
	ascend 1
}

too_deep() {
	nest 5
	descend 4 5
	is "$(cat $tmp/level.4/inner.iso | sha256sum)" "$(sha256sum <$tmp/nest.0)"
	vcdctl create 5
	status_is 1 vcdctl attach -d 5 $tmp/level.4/inner.iso
	like "$output" 'too many discs inside of discs'
	is "$(column STATE vcd5)" empty
	ascend 4
}

# Many readers of the innermost disc wait for those of the outer ones
under_load() {
	local i
	mkdir $tmp/in
	"$node" pattern 4096 7 $tmp/in/inner.iso
	xorrisofs -quiet -R -V INNER -o $tmp/nest.0 $tmp/in
	mv $tmp/nest.0 $tmp/in/inner.iso
	xorrisofs -quiet -R -V OUTER -o $tmp/nest.1 $tmp/in
	rm -r $tmp/in
	descend 1
	vcdctl create 2
	vcdctl attach --raw -d 2 $tmp/level.1/inner.iso
	for i in 1 2 3 4 5 6; do
		in_background "$node" verify 6 direct /dev/vcd2 >$tmp/reader.$i
	done
	for i in 1 2 3 4 5; do
		echo 3 >/proc/sys/vm/drop_caches
		sleep 1
	done
	for i in 1 2 3 4 5 6; do
		within 20 grep -q 'reads right, 0 errors' $tmp/reader.$i
	done
}

# What lies below is torn out
from_below() {
	nest 2
	descend 2
	limited 30 vcdctl detach --force 0
	echo 3 >/proc/sys/vm/drop_caches
	fails dd if=/dev/vcd2 of=/dev/null iflag=direct bs=64K
	settle
	umount $tmp/level.2
	settle
	# The discs keep what they lie on
	fails umount $tmp/level.1
	vcdctl detach 2
	umount $tmp/level.1
	settle
	vcdctl detach 1
	umount $tmp/level.0
}

check "images on discs, two deep" two_deep
check "the node of a disc as an image; its own is refused" node_as_image
check "a circle is refused" cycle
check "a drive below other discs is passed over" next_drive
check "four discs below are too many for a fifth" too_deep
check "readers of a disc on a disc on a disc" under_load
check "the outermost disc is torn out: errors, nothing hangs" from_below
finish
