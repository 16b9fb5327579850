#!/bin/bash
# Everything at the same time, for as long as somebody wants, and what the kernel holds in memory meanwhile.
# long
# time: 900
# no udev
cd "$(dirname "$0")" && . ./lib.sh && . ./racing.sh

# VCD_SECONDS: how long, in periods after each of which all is taken out and the memory looked at
seconds=${VCD_SECONDS:-180}
periods=12
period=$((seconds / periods > 10 ? seconds / periods : 10))
# Memory that is not given back grows with the work; what moves by itself does not
allowed=1024 # kB

work=$tmp/soak

prepare() {
	mkdir -p $work/disc
	racing_images
	for i in 1 2 3; do
		"$node" pattern $((1500 * i)) $i $work/pattern.$i
	done
	"$here/cdimage" raw "$(image xorriso.iso)" 0 >$work/disc/data.bin
	"$here/cdimage" audio 750 7 >$work/disc/audio.bin
	cat >$work/disc/disc.cue <<-END
		FILE "data.bin" BINARY
		  TRACK 01 MODE1/2352
		    INDEX 01 00:00:00
		FILE "audio.bin" BINARY
		  TRACK 02 AUDIO
		    PREGAP 00:02:00
		    INDEX 01 00:00:00
	END
	vcdctl create --count 8 1 >/dev/null
}

# --- kinds of work: each once, on drive $1 -------------------------------------------

# Every byte that a reader gets is right while discs change under it
verified() {
	local kind readers=''
	vcdctl attach --raw -d $1 $work/pattern.1
	for kind in read direct sg; do
		"$node" verify 3000 $kind nonblock /dev/vcd$1 >$work/reader.$kind &
		readers+=" $!"
	done
	# shellcheck disable=SC2064 # those that there are now
	trap "kill $readers" EXIT
	for kind in read direct sg; do
		within 60 grep -q reading $work/reader.$kind
	done
	vcdctl detach --force $1
	"$node" churn 30 $1 $work/pattern.1 $work/pattern.2 $work/pattern.3
	trap - EXIT
	# shellcheck disable=SC2086 # numbers
	kill -TERM $readers
	for kind in $readers; do wait $kind; done
}

# What an administrator does all day
mounted() {
	local at=$tmp/soak-mount
	mkdir -p $at
	vcdctl attach -d $1 "$(image xorriso.iso)"
	mount -r /dev/vcd$1 $at
	(cd $at && sha256sum --quiet -c SHA256SUMS)
	cmp /dev/vcd$1 "$(image xorriso.iso)"
	vcdctl info /dev/vcd$1
	umount $at
	vcdctl eject $1
	vcdctl close $1
	vcdctl detach $1
}

# A disc of many kinds, copied, looked through, and compared
archived() {
	rm -f $work/copy.*
	vcdctl attach -d $1 $work/disc/disc.cue
	vcdctl dump /dev/vcd$1 $work/copy.cue
	vcdctl verify $work/copy.cue
	vcdctl convert -t 1 $work/copy.cue $work/copy.iso
	cmp -n "$(size "$(image xorriso.iso)")" $work/copy.iso "$(image xorriso.iso)"
	vcdctl detach $1
}

# A disc on a disc
stacked() {
	local at=$tmp/soak-outer
	mkdir -p $at $work/outer
	[ -e $work/outer.iso ] || {
		cp $work/pattern.1 $work/outer/inner
		xorrisofs -quiet -R -V OUTER -iso-level 3 -o $work/outer.iso $work/outer
	}
	vcdctl attach -d $1 $work/outer.iso
	mount -r /dev/vcd$1 $at
	vcdctl attach --raw -d $(($1 + 1)) $at/inner
	cmp /dev/vcd$(($1 + 1)) $work/pattern.1
	vcdctl detach $(($1 + 1))
	umount $at
	vcdctl detach $1
}

# --- all of them ------------------------------------------------------------------------

# repeat NAME COMMAND...: until the period is over; the first failure is the last time
repeat() {
	local name=$1 times=0
	shift
	while [ ! -e $work/over ]; do
		(
			BASH_XTRACEFD=2
			set -ex
			"$@"
		) >$work/log.$name 2>&1 &
		wait $! || {
			mv $work/log.$name $work/failed.$name
			return 1
		}
		times=$((times + 1))
	done
	echo $(($(cat $work/times.$name 2>/dev/null) + times)) >$work/times.$name
}

one_period() {
	local jobs='' job failed=0
	rm -f $work/over
	set +x
	repeat insert race insert 20 1 &
	jobs+=" $!"
	repeat swap race swap 20 2 &
	jobs+=" $!"
	repeat tray race tray 20 3 &
	jobs+=" $!"
	repeat drive race drive 20 20 &
	jobs+=" $!"
	repeat verify verified 4 &
	jobs+=" $!"
	repeat mount mounted 5 &
	jobs+=" $!"
	repeat archive archived 6 &
	jobs+=" $!"
	repeat stack stacked 7 &
	jobs+=" $!"
	sleep $period
	: >$work/over
	for job in $jobs; do
		wait $job || failed=1
	done
	[ $failed = 0 ] || die "$(tail -n 8 $work/failed.*)"
	vcdctl detach --all --force || :
	[ ! -e /sys/block/vcd20 ] || vcdctl remove --force 20
}

soak() {
	local i
	prepare
	: >$tmp/samples
	for ((i = 0; i < periods; i++)); do
		one_period
		memory >>$tmp/samples
	done
	for i in $work/times.*; do
		echo "# ${i##*.}: $(cat $i) times" >&8
	done
	echo "# kB after each period: $(paste -sd ' ' $tmp/samples)" >&8
	# The first period fills caches. Of the others the least of the last third beside the least of the first.
	flat $tmp/samples
}

# flat FILE: numbers, a line each
flat() {
	local first last
	first=$(sed -n "2,$((periods / 3 + 1))p" "$1" | sort -n | head -n 1)
	last=$(tail -n $((periods / 3)) "$1" | sort -n | head -n 1)
	[ $((last - first)) -le $allowed ] || die "the memory grew from $first to $last kB"
}

check "$((period * periods)) s of all kinds of work at once, no memory lost" soak
finish
