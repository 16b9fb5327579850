#!/bin/bash
# Many discs, many drives, many times, with readers at work; and what is left of
# the memory afterwards.
# time: 900
# on: checked newest
# no udev: checked
cd "$(dirname "$0")" && . ./lib.sh

if [ -n "${VCD_TEST_FULL-}" ]; then
	cycles=500 drives=1024 loads=20
else
	cycles=100 drives=128 loads=10
fi

# bounded KILOBYTES FUNCTION SMALL LARGE: run it with the number SMALL, which warms up caches, then with LARGE: by that the
# memory may grow by so much. What was freed and is held back by the checker of the kernel grows too, but not each time.
bounded() {
	local before
	"$2" "$3"
	settle || :
	for _ in 1 2 3; do
		before=$(memory)
		"$2" "$4"
		settle || :
		if (within 20 memory_below $((before + $1))); then
			echo "$before kB before"
			return
		fi
	done
	die "the memory grows each time"
}

memory_below() {
	local now
	now=$(memory)
	echo "$now kB now"
	[ "$now" -le "$1" ]
}

# Discs come and go under readers of all kinds. Every byte that they get is right.
discs_under_readers() {
	local i n kind kinds="read direct sg open blocking"
	user_mode_linux || kinds+=" map"
	for i in 1 2 3; do
		"$node" pattern $((1024 * i + i)) $i $tmp/image.$i
	done
	attach --raw $tmp/image.1
	for kind in $kinds; do
		if [ $kind = blocking ]; then
			in_background "$node" verify 400 read $vcd0 >$tmp/reader.$kind
		else
			in_background "$node" verify 400 $kind nonblock $vcd0 >$tmp/reader.$kind
		fi
		echo $job >$tmp/number.$kind
	done
	in_background bash -c "while :; do dd if=$vcd0 of=/dev/null bs=64K status=none 2>/dev/null || sleep 0.01; done"
	hold nonblock $vcd0
	vcdctl detach --force 0
	without_udev "$node" churn $cycles 0 $tmp/image.1 $tmp/image.2 $tmp/image.3
	# Some with all that udev and vcdctl do
	for i in 1 2 3; do
		vcdctl attach --raw -d 0 $tmp/image.$i >/dev/null
		vcdctl swap --force --raw 0 $tmp/image.2 >/dev/null
		vcdctl eject --force 0
		vcdctl close 0
		vcdctl detach --force 0
	done
	for kind in $kinds; do
		n=$(cat $tmp/number.$kind)
		kill -TERM "$n" || die "the reader has ended by itself: $(cat $tmp/reader.$kind)"
		within 20 gone "$n"
		like "$(cat $tmp/reader.$kind)" '[1-9][0-9]* reads right'
	done
	cat $tmp/reader.*
}

many_drives() {
	local drives=$1
	vcdctl create --count $drives 1 >$tmp/created
	is "$(wc -l <$tmp/created)" $drives
	is "$(vcdctl list -n -o NAME | wc -l)" $((drives + 1))
	is "$(vcdctl list -n -o PATH | xargs ls | wc -l)" $((drives + 1))
	vcdctl attach --raw -d $drives "$(image other.iso)" >/dev/null
	is "$(sha256 /dev/vcd$drives)" "$(sha256 "$(image other.iso)")"
	vcdctl detach $drives
	# A busy machine's udev may look at so many drives for longer than vcdctl waits
	settle || :
	# shellcheck disable=SC2046 # numbers
	vcdctl remove $(seq $drives | shuf)
	is "$(column NAME)" vcd0
	is "$(vcdctl list -n -o NAME | wc -l)" 1
}

# By number, at random, by two at the same time
random_drives() {
	local job jobs=''
	for job in 1 2; do
		(
			set +e
			for ((i = 0; i < 25; i++)); do
				n=$((RANDOM % 20 + 1))
				if [ $((RANDOM % 2)) = 0 ]; then
					vcdctl create $n >/dev/null 2>&1
				else
					vcdctl remove --force $n >/dev/null 2>&1
				fi
			done
			# What the last one came to is as good as any
			true
		) &
		jobs+=" $!"
	done
	# shellcheck disable=SC2086 # numbers
	wait $jobs
	settle
	# Those that are there work
	local n
	for n in $(vcdctl list -nr -o INDEX); do
		is "$("$node" status /dev/vcd$n)" empty
	done
}

# udev may still look at the drives
unload() { within 30 rmmod vcd; }

reload() {
	local i loads=$1
	for ((i = 0; i < loads; i++)); do
		unload
		[ ! -e /sys/block/vcd0 ]
		modprobe vcd
	done
	settle
	is "$("$node" status $vcd0)" empty
}

reload_with_drives() {
	local i
	for ((i = 0; i < $1; i++)); do
		unload
		modprobe vcd drives=8
		settle
		is "$(vcdctl list -n | wc -l)" 8
		attach "$(image xorriso.iso)"
		settle
	done
	unload
	modprobe vcd
	settle
}

if wants checked; then
	check "$cycles times attach, swap, eject, close, detach under readers of all kinds" discs_under_readers
	check "$drives drives made and removed, no memory lost" without_udev bounded 4096 many_drives 64 $drives
	check "the module unloaded and loaded $loads times, no memory lost" bounded 4096 reload 3 $loads
fi
if [ -z "${udev_is_stopped-}" ]; then
	check "drives with udev around, made and removed" many_drives 20
fi
check "drives made and removed at random by two" random_drives
check "the module unloaded with drives and discs, no memory lost" bounded 4096 reload_with_drives 1 3
finish
