#!/bin/bash
# Memory that runs short while programs run from a disc whose image lies on the disk that is swapped to. User-Mode Linux has
# no swap: it maps each page that comes back by itself, and no host has so many mappings.
# no udev
# time: 1800
# on: newest
cd "$(dirname "$0")" && . ./lib.sh

# programs FOLDER: a small root file system, and something to read
programs() {
	local program library
	mkdir -p "$1/bin" "$1/lib64" "$1/data"
	for program in bash sha256sum cat ls sort; do
		cp "$(command -v $program)" "$1/bin"
		for library in $(ldd "$(command -v $program)" | grep -o '/[^ ]*'); do
			mkdir -p "$1${library%/*}"
			cp "$library" "$1$library"
		done
	done
	for n in 1 2 3 4 5 6 7 8; do
		head -c 3M /dev/urandom >"$1/data/$n"
	done
	(cd "$1" && sha256sum data/* bin/*) >"$1/SHA256SUMS"
}

# disk_with_swap: $tmp/fs is a file system on the disk, and has a file to swap to
disk_with_swap() {
	local node
	node=$(disk)
	[ -e /proc/swaps ] || skip "this kernel does not swap"
	command -v stress-ng >/dev/null || skip "there is no stress-ng here"
	mkfs.ext4 -q -F "$node"
	mkdir $tmp/fs
	mount "$node" $tmp/fs
	dd if=/dev/zero of=$tmp/fs/swap bs=1M count=500 status=none
	chmod 600 $tmp/fs/swap
	mkswap -q $tmp/fs/swap
	swapon $tmp/fs/swap
}

# patience SECONDS: after which the kernel calls a task hung, if it does
patience() { [ ! -w /proc/sys/kernel/hung_task_timeout_secs ] || echo "$1" >/proc/sys/kernel/hung_task_timeout_secs; }

available() { awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo; }

enough() { [ "$(available)" -le "$1" ]; }

# leave MIB: of memory; the rest goes to pages that are never swapped, so that it is soon full
leave() {
	stress-ng --vm 1 --vm-bytes $(($(available) - $1))M --vm-keep --vm-locked --vm-hang 0 --vm-method zero-one \
		--temp-path /run >/dev/null 2>&1 &
	keeper=$!
	within 300 enough $(($1 + 20))
}

# ended PROCESS: it and its children, if there are such
ended() { [ -z "$1" ] || kill -KILL -- $(pgrep -P "$1") "$1" || :; }

swap_off() {
	patience 120
	ended "${job-}"
	ended "${keeper-}"
	swapoff $tmp/fs/swap
	! mountpoint -q $mnt || umount $mnt
	vcdctl detach --force vcd0
	umount $tmp/fs
}

swapped_in() { awk '/^pswpin/ { print $2 }' /proc/vmstat; }

# Everything that runs in the meantime runs as ever, however slowly: how long a round takes depends on how fast the
# machine below swaps. What never ends is ended with this file.
works_short_of_memory() {
	local rounds=0 swapped
	disk_with_swap
	trap swap_off EXIT
	# A page that the kernel moves about while it has none left may take longer than it thinks itself
	patience 600
	programs $tmp/root
	xorrisofs -quiet -R -o $tmp/fs/image $tmp/root
	rm -r $tmp/root
	attach "$@" $tmp/fs/image
	mount -r -t iso9660 $vcd0 $mnt
	sync
	echo 3 >/proc/sys/vm/drop_caches
	leave 200
	swapped=$(swapped_in)
	# Until two rounds have been gone through since pages began to come back from the swap file. Two seconds of rest: on a
	# slow machine nobody else would get a page that lasts.
	stress-ng --vm 2 --vm-bytes $(($(available) + 100))M --vm-keep --vm-hang 2 --vm-method write64 --oomable \
		--timeout $((900 * slowness)) --temp-path /run >$tmp/stress 2>&1 &
	job=$!
	while ! gone $job && [ $rounds -lt 2 ]; do
		chroot $mnt /bin/bash -c 'sha256sum -c --quiet SHA256SUMS && ls /data | sort | cat' >$tmp/listed
		is "$(wc -l <$tmp/listed)" 8
		[ "$(swapped_in)" = "$swapped" ] || rounds=$((rounds + 1))
	done
	kill -INT $job || :
	wait $job || :
	job=''
	cat $tmp/stress
	is $rounds 2
}

check "programs from a disc, short of memory" works_short_of_memory
check "programs from a disc, short of memory, --cache page" works_short_of_memory --cache page
finish
