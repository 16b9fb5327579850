#!/bin/bash
# The block node: what it says of itself, opening, reading, not writing.
# no udev
# on: checked debian
cd "$(dirname "$0")" && . ./lib.sh
sys=/sys/block/vcd0

attributes() {
	is "$(cat $sys/ro)" 1
	is "$(cat $sys/removable)" 1
	is "$(cat $sys/queue/logical_block_size)" 2048
	is "$(cat $sys/queue/physical_block_size)" 2048
	is "$(cat $sys/events)" "media_change eject_request"
	is "$(cat $sys/events_async)" ""
	is "$(cat $sys/ext_range)" 1
	# Flags: removable, without partitions. From 6.3 on it says 0 for every disk.
	like "$(cat $sys/capability)" '^(0|5)$'
	is "$(cat $sys/device/type)" 5
	like "$(cat $sys/device/vendor)" '^VCD *$'
	like "$(cat $sys/device/model)" '^Virtual BD-ROM *$'
	like "$(cat $sys/device/rev)" '^[0-9.]+ *$'
	is "$(cat $sys/size)" 0
	is "$(stat -c %U:%G:%a $vcd0)" root:cdrom:660
	is "$(blockdev --getro $vcd0 2>/dev/null || echo 1)" 1
}

size_in_the_last_sector() {
	local image sectors
	image=$(image xorriso.iso)
	attach "$image"
	sectors=$(($(size "$image") / 2048))
	is "$(cat $sys/size)" $((sectors * 4))
	is "$(blockdev --getsize64 --getss --getpbsz --getro $vcd0 | tr '\n' ' ')" "$((sectors * 2048)) 2048 2048 1 "
	is "$("$node" read $(((sectors - 1) * 2048)) 4096 $vcd0 | wc -c)" 2048
	is "$("$node" read $((sectors * 2048)) 2048 $vcd0 | wc -c)" 0
	is "$("$node" read $((sectors * 2048)) 2048 direct $vcd0 | wc -c)" 0
	is "$("$node" read $(((sectors - 1) * 2048)) 2048 direct $vcd0 | sha256sum)" "$(tail -c 2048 "$image" | sha256sum)"
	# Below the sector there is nothing
	is "$(dd if=$vcd0 iflag=direct bs=512 count=1 2>&1 | grep -c 'Invalid argument')" 1
	is "$(cat $sys/vcd/sectors)" "$sectors"
	is "$(cat $sys/vcd/image)" "$image"
	is "$(cat $sys/vcd/profile)" 0x0008
	is "$(cat $sys/vcd/tray)" closed
	is "$(cat $sys/vcd/generation)" "$(column GENERATION)"
}

# The last page of the node holds one sector and nothing behind it
odd_number_of_sectors() {
	local bytes=$((33 * 2048))
	"$node" pattern 33 1 $tmp/odd
	attach --raw $tmp/odd
	is "$(blockdev --getsize64 $vcd0)" $bytes
	is "$(sha256 $vcd0)" "$(sha256 $tmp/odd)"
	is "$("$node" hash $((32 * 2048)) 2048 $vcd0)" "$("$node" hash $((32 * 2048)) 2048 $tmp/odd)"
	is "$("$node" read $((32 * 2048)) 4096 direct $vcd0 | sha256sum)" "$(tail -c 2048 $tmp/odd | sha256sum)"
}

empty() {
	is "$("$node" open nonblock $vcd0)" ok
	fails "$node" open $vcd0
	is "$output" ENOMEDIUM
	is "$("$node" open nonblock excl $vcd0)" ok
	is "$("$node" status $vcd0)" empty
	is "$("$node" read 0 2048 nonblock $vcd0 | wc -c)" 0
	is "$(blockdev --getsize64 $vcd0 2>/dev/null || cat $sys/size)" 0
	fails mount -r $vcd0 $mnt
	# The newer way of mounting hides the reason
	like "$output" "no medium|Can't open blockdev"
}

read_at_once() {
	"$node" pattern 16384 3 $tmp/large
	attach --raw $tmp/large
	read_large $tmp/copy
	cmp $tmp/copy $tmp/large
}

writing_is_refused() {
	local image
	image=$(image xorriso.iso)
	cp "$image" $tmp/image.iso
	attach $tmp/image.iso
	fails "$node" open rw $vcd0
	is "$output" EROFS
	is "$("$node" open rw nonblock $vcd0)" ok
	fails "$node" ioctl BLKROSET 0 rw nonblock $vcd0
	like "$output" 'EROFS|EACCES|EPERM'
	is "$(cat $sys/ro)" 1
	fails blockdev --setrw $vcd0
	fails "$node" write rw nonblock $vcd0
	like "$output" 'EPERM|EROFS|EIO'
	fails "$node" write rw nonblock direct $vcd0
	like "$output" 'EPERM|EROFS|EIO'
	fails blkdiscard -f $vcd0
	fails blkdiscard -z -f $vcd0
	vcdctl detach vcd0
	is "$(sha256 $tmp/image.iso)" "$(sha256 "$image")"
}

# A writing file system, told to write in spite of all
writing_mount() {
	truncate -s 8M $tmp/volume
	mkfs.ext4 -q -b 2048 $tmp/volume
	attach --raw $tmp/volume
	mount -t ext4 $vcd0 $mnt
	like "$(grep " $mnt " /proc/mounts)" ' ro[, ]'
	fails mount -o remount,rw $mnt
	umount $mnt
}

exclusive() {
	attach "$(image xorriso.iso)"
	hold excl $vcd0
	fails "$node" open excl $vcd0
	is "$output" EBUSY
	fails "$node" open excl nonblock rw $vcd0
	is "$output" EBUSY
	is "$("$node" open $vcd0)" ok
	fails mount -r $vcd0 $mnt
}

# fio verifies nothing on a disc that can't be written: it must read without errors,
# and count every byte
by_fio() {
	local engine=$1 direct=$2 bytes=$((8 * 1048576))
	fio --enghelp | grep -qw "$engine" || skip "fio has no $engine"
	"$node" pattern 4096 1 $tmp/image
	attach --raw $tmp/image
	fio --name=test --filename=$vcd0 --readonly --rw=randread --bsrange=2k-64k --blockalign=2k \
		--direct="$direct" --ioengine="$engine" --iodepth=16 --size=8m --output-format=terse \
		--output=$tmp/fio >$tmp/messages 2>&1 || {
		cat $tmp/messages
		grep -q 'Function not implemented\|Operation not permitted' $tmp/messages && skip "no $engine here"
		exit 1
	}
	is "$(cut -d';' -f5 $tmp/fio)" 0
	is "$(($(cut -d';' -f6 $tmp/fio) * 1024))" $bytes
	# The bytes themselves, by the same kind of reading
	"$node" verify 2 "$([ "$direct" = 1 ] && echo direct || echo read)" $vcd0
}

by_mmap() {
	"$node" pattern 1025 1 $tmp/image
	attach --raw $tmp/image
	like "$("$node" verify 2 map $vcd0)" '^map: [1-9][0-9]* reads right, 0 errors'
	# The page that the end of the disc cuts: zeroes behind it
	is "$(printf 'map %d\n' $((1024 * 2048)) | "$node" session $vcd0 | tail -n 1)" \
		"$( (tail -c 2048 $tmp/image; head -c 2048 /dev/zero) >$tmp/page; "$node" hash 0 4096 $tmp/page)"
}

# Reading one byte brings in much more, up to the end and not beyond
readahead() {
	local before after
	"$node" pattern 2047 1 $tmp/image
	attach --raw $tmp/image
	# The last close would empty the page cache
	hold nonblock $vcd0
	blockdev --flushbufs $vcd0
	before=$(awk '{ print $3 }' $sys/stat)
	dd if=$vcd0 bs=16K count=4 of=/dev/null status=none
	after=$(awk '{ print $3 }' $sys/stat)
	[ $((after - before)) -ge $((128 * 2)) ] || die "only $((after - before)) blocks were read"
	is "$(sha256 $vcd0)" "$(sha256 $tmp/image)"
	is "$(($(awk '{ print $3 }' $sys/stat) - before))" $((2047 * 4))
	let_go
}

# Long and short, aligned to anything
odd_places() {
	local offset length
	"$node" pattern 2047 1 $tmp/image
	attach --raw $tmp/image
	while read -r offset length; do
		is "$("$node" hash $offset $length $vcd0)" "$("$node" hash $offset $length $tmp/image)"
	done <<-END
		0 1
		1 2047
		2047 2
		4095 1
		12345 678901
		0 4192256
		4192255 1
		4190208 2048
		2097151 1048579
	END
}

identity() {
	vcdctl create 1
	is "$(sg_vpd -p sn /dev/vcd0 | grep -o 'VCD[0-9]*')" VCD000000
	is "$(sg_vpd -p sn /dev/vcd1 | grep -o 'VCD[0-9]*')" VCD000001
	is "$(stat -c %t /dev/vcd0)" "$(stat -c %t /dev/vcd1)"
	[ "$(readlink -f $sys/device)" != "$(readlink -f /sys/block/vcd1/device)" ] || die "they share a device"
}

check "attributes in sysfs, owner and mode" attributes
check "size is right to the last sector; nothing beyond it" size_in_the_last_sector
check "an odd number of sectors" odd_number_of_sectors
check "empty: O_NONBLOCK opens, others get ENOMEDIUM" empty
check "32 MiB at once, into huge pages" read_at_once
check "not writable: open, BLKROSET, write, discard" writing_is_refused
check "a file system can't be mounted for writing" writing_mount
check "O_EXCL keeps others with O_EXCL out" exclusive
check "O_DIRECT, synchronous" by_fio psync 1
check "O_DIRECT by AIO" by_fio libaio 1
check "O_DIRECT by io_uring" by_fio io_uring 1
check "page cache by io_uring" by_fio io_uring 0
check "mmap, and the cut page at the end" by_mmap
check "read-ahead stops at the end" readahead
check "reads at odd places and of odd lengths" odd_places
check "each drive has a serial number and a device of its own" identity
finish
