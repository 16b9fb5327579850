#!/bin/bash
# What becomes of the bytes that are read: which of them stay in the page cache of the image, and that they are the
# right ones whichever way they come.
# no udev
# on: checked newest
cd "$(dirname "$0")" && . ./lib.sh

# cached FILE: how many pages of it are in memory
cached() { fincore -n -o PAGES "$1" | tr -d ' '; }

forget() {
	blockdev --flushbufs $vcd0
	sync
	echo 1 >/proc/sys/vm/drop_caches
}

# forgotten FILE: nothing of it is in memory any more
forgotten() {
	forget
	is "$(cached "$1")" 0
}

# on_ext4 [LOSETUP-OPTION]...: $image is an image on ext4, on a disk with these options
on_ext4() {
	local loop
	modprobe -q ext4 || :
	truncate -s 64M $tmp/volume
	loop=$(losetup -f --show "$@" $tmp/volume)
	mkfs.ext4 -q "$loop"
	mkdir $tmp/fs
	mount "$loop" $tmp/fs
	image=$tmp/fs/image
	"$node" pattern 4096 1 $image
	pages=$((4096 / 2))
	sum=$(sha256 $image)
}

by_itself() {
	on_ext4
	attach --raw $image
	is "$(column CACHE) $(cat /sys/block/vcd0/vcd/cache)" 'auto auto'
	forgotten $image
	is "$(sha256 $vcd0)" "$sum"
	is "$(cached $image)" 0
	# In another order, and larger than what is read ahead
	forgotten $image
	is "$(dd if=$vcd0 iflag=direct bs=1M status=none | sha256sum | cut -d' ' -f1)" "$sum"
	is "$(cached $image)" 0
	# Small pieces one after another: those are worth reading ahead
	forgotten $image
	is "$(dd if=$vcd0 iflag=direct bs=16K status=none | sha256sum | cut -d' ' -f1)" "$sum"
	[ "$(cached $image)" -gt $((pages / 2)) ] || die "only $(cached $image) pages are cached"
	# What is there is used: with the disk gone, too
	cat $image >$tmp/read
	is "$(cached $image)" $pages
	blockdev --flushbufs $vcd0
	is "$(dd if=$vcd0 iflag=direct bs=1M status=none | sha256sum | cut -d' ' -f1)" "$sum"
}

in_pages() {
	on_ext4
	attach --raw --cache page $image
	is "$(column CACHE) $(cat /sys/block/vcd0/vcd/cache)" 'page page'
	forgotten $image
	is "$(sha256 $vcd0)" "$sum"
	is "$(cached $image)" $pages
	forgotten $image
	is "$(dd if=$vcd0 iflag=direct bs=1M status=none | sha256sum | cut -d' ' -f1)" "$sum"
	is "$(cached $image)" $pages
}

not_at_all() {
	on_ext4
	attach --raw --cache none $image
	is "$(column CACHE) $(cat /sys/block/vcd0/vcd/cache)" 'none none'
	forgotten $image
	is "$(sha256 $vcd0)" "$sum"
	is "$(dd if=$vcd0 iflag=direct bs=16K status=none | sha256sum | cut -d' ' -f1)" "$sum"
	is "$(cached $image)" 0
	# Commands go through it
	sg_raw -r 65536 -o $tmp/sg $vcd0 28 00 00 00 01 00 00 00 20 00 2>/dev/null
	is "$("$node" hash 0 65536 $tmp/sg)" "$("$node" hash $((256 * 2048)) 65536 $image)"
}

swap_keeps_nothing() {
	on_ext4
	attach --raw --cache none $image
	vcdctl swap --raw vcd0 $image >/dev/null
	is "$(column CACHE)" auto
	is "$(vcdctl swap --json --raw -c page vcd0 $image | grep -c '"cache": *"page"')" 1
	like "$(vcdctl info vcd0)" 'Cache: +page'
}

# Sectors of 2048 bytes on a disk of 4096: every other one can't be read directly
on_large_blocks() {
	local mode
	on_ext4 -b 4096
	for mode in auto none; do
		attach --raw --cache $mode $image
		forgotten $image
		is "$(sha256 $vcd0)" "$sum"
		forgotten $image
		is "$(dd if=$vcd0 iflag=direct bs=2K skip=1 status=none | sha256sum)" "$(tail -c +2049 $image | sha256sum)"
		vcdctl detach vcd0
	done
}

# Several at once, while what they read is forgotten again and again
many_readers() {
	local job size jobs=()
	on_ext4
	attach --raw "$@" $image
	for size in 2K 10K 64K 256K 1M 3M; do
		dd if=$vcd0 iflag=direct bs=$size status=none of=$tmp/read-$size &
		jobs+=($!)
	done
	for size in 6K 512K; do
		dd if=$vcd0 bs=$size status=none of=$tmp/read-$size &
		jobs+=($!)
	done
	for _ in $(seq 20); do
		echo 1 >/proc/sys/vm/drop_caches
		sleep 0.05
	done
	for job in "${jobs[@]}"; do
		wait "$job"
	done
	for size in "$tmp"/read-*; do
		cmp "$size" $image
	done
}

# What is written to the image is read, on the disk or not yet
written_to() {
	local mode at
	on_ext4
	"$node" pattern 4096 2 $tmp/new
	for mode in auto page none; do
		attach --raw --cache $mode $image
		for at in 0 100 4095; do
			forget
			sector_rewritten $at
		done
		is "$(dd if=$vcd0 iflag=direct bs=1M status=none | sha256sum)" "$(sha256sum <$image)"
		vcdctl detach vcd0
	done
}

# The end goes while it is a disc
loses_its_end() {
	local mode
	for mode in auto none page; do
		[ -d $tmp/fs ] || on_ext4
		cp $image $tmp/fs/short
		attach --raw --cache $mode $tmp/fs/short
		truncate -s 1002000 $tmp/fs/short
		forget
		is "$("$node" read 0 1001472 direct $vcd0 | sha256sum)" "$(head -c 1001472 $tmp/fs/short | sha256sum)"
		fails "$node" read 1048576 2048 direct $vcd0
		like "$output" EIO
		fails "$node" read 983040 65536 direct $vcd0
		like "$output" EIO
		is "$("$node" read 0 65536 direct $vcd0 | sha256sum)" "$(head -c 65536 $tmp/fs/short | sha256sum)"
		vcdctl detach vcd0
	done
}

# A sector of the disk can't be read: nor can that of the disc, and all others can
bad_sector() {
	local mode loop gap end
	modprobe dm-mod
	"$node" pattern 4096 1 $tmp/below
	loop=$(losetup -f --show -r $tmp/below)
	{
		echo "0 8000 linear $loop 0"
		echo "8000 8 error"
		echo "8008 8376 linear $loop 8008"
	} | dmsetup create --readonly vcd-bad
	dmsetup mknodes
	trap 'vcdctl detach --force 0 || :; within 60 dmsetup remove vcd-bad' EXIT
	for mode in auto none page; do
		attach --raw --cache $mode /dev/mapper/vcd-bad
		# What the page cache has for a sector may be megabytes
		gap=4096
		[ $mode != page ] || gap=$((2 << 20))
		end=$((4100096 - gap))
		is "$("$node" read 0 $end direct $vcd0 | sha256sum)" "$(head -c $end $tmp/below | sha256sum)"
		is "$("$node" read $((4096000 + gap)) 1048576 direct $vcd0 | sha256sum)" \
			"$(tail -c +$((4096001 + gap)) $tmp/below | head -c 1048576 | sha256sum)"
		fails "$node" read 4096000 2048 direct $vcd0
		like "$output" EIO
		fails "$node" read 4063232 65536 direct $vcd0
		like "$output" EIO
		vcdctl detach vcd0
	done
}

check "read past the cache of the image, but for small steps" by_itself
check "--cache page: all stays in the cache of the image" in_pages
check "--cache none: nothing does" not_at_all
check "each disc has its own way" swap_keeps_nothing
check "an image on a disk with blocks of 4096 bytes" on_large_blocks
check "many readers" many_readers
check "many readers, --cache page" many_readers --cache page
check "many readers, --cache none" many_readers --cache none
check "an image that is written to" written_to
check "an image that loses its end" loses_its_end
check "a bad sector below the image" bad_sector
finish
