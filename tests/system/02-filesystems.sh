#!/bin/bash
# Images on file systems of all kinds, and on a block device.
# no udev
# on: newest
cd "$(dirname "$0")" && . ./lib.sh

# volume TYPE SIZE MKFS-COMMAND...: a file system in a file, mounted at $tmp/fs
volume() {
	local type=$1 size=$2
	shift 2
	modprobe -q "$type" || :
	grep -qw "$type" /proc/filesystems || skip "this kernel has no $type"
	truncate -s "$size" $tmp/volume
	mkdir $tmp/fs
	"$@" $tmp/volume >/dev/null
	mount -o loop $tmp/volume $tmp/fs
}

# The image in FILE, read in every way, is SUM
read_through() {
	local file=$1 sum=$2
	attach "$file"
	is "$(sha256 $vcd0)" "$sum"
	is "$(dd if=$vcd0 iflag=direct bs=60K status=none | sha256sum | cut -d' ' -f1)" "$sum"
	# Commands read past the cache of the node
	is "$("$node" hash 2048000 131072 $vcd0)" "$("$node" hash 2048000 131072 "$file")"
	sg_raw -r 131072 -o $tmp/sg $vcd0 28 00 00 00 01 00 00 00 40 00 2>/dev/null
	is "$("$node" hash 0 131072 $tmp/sg)" "$("$node" hash $((256 * 2048)) 131072 "$file")"
	# With neither the cache of the node nor that of the file system
	blockdev --flushbufs $vcd0
	echo 1 >/proc/sys/vm/drop_caches
	is "$(sha256 $vcd0)" "$sum"
	mount -r $vcd0 $mnt
	(cd $mnt && sha256sum -c --quiet SHA256SUMS)
	umount $mnt
	vcdctl detach vcd0
}

on_volume() {
	local image
	image=$(image xorriso.iso)
	volume "$@"
	cp "$image" $tmp/fs/image.iso
	sync -f $tmp/fs
	read_through $tmp/fs/image.iso "$(sha256 "$image")"
	# The file system was let go
	umount $tmp/fs
}

# A compressed file has no blocks that could be read past the file system
on_btrfs_compressed() {
	local image
	image=$(image xorriso.iso)
	volume btrfs 200M mkfs.btrfs -q
	mount -o remount,compress-force=zstd $tmp/fs 2>/dev/null || mount -o remount,compress-force=zlib $tmp/fs
	cp "$image" $tmp/fs/image.iso
	sync -f $tmp/fs
	read_through $tmp/fs/image.iso "$(sha256 "$image")"
}

on_tmpfs() {
	local image
	image=$(image xorriso.iso)
	mkdir $tmp/fs
	mount -t tmpfs tmpfs $tmp/fs
	cp "$image" $tmp/fs/image.iso
	read_through $tmp/fs/image.iso "$(sha256 "$image")"
	umount $tmp/fs
}

on_overlay() {
	local image
	image=$(image xorriso.iso)
	modprobe -q overlay || :
	mkdir $tmp/lower $tmp/upper $tmp/work $tmp/fs
	cp "$image" $tmp/lower/below.iso
	mount -t overlay -o "lowerdir=$tmp/lower,upperdir=$tmp/upper,workdir=$tmp/work" overlay $tmp/fs
	cp "$image" $tmp/fs/above.iso
	read_through $tmp/fs/below.iso "$(sha256 "$image")"
	read_through $tmp/fs/above.iso "$(sha256 "$image")"
	umount $tmp/fs
}

on_squashfs() {
	local image
	image=$(image xorriso.iso)
	modprobe -q squashfs || :
	grep -qw squashfs /proc/filesystems || skip "this kernel has no squashfs"
	mkdir $tmp/in $tmp/fs
	cp "$image" $tmp/in/image.iso
	mksquashfs $tmp/in $tmp/volume -quiet -no-progress >/dev/null
	mount -r -o loop $tmp/volume $tmp/fs
	read_through $tmp/fs/image.iso "$(sha256 "$image")"
	umount $tmp/fs
}

on_loop() {
	local image loop
	image=$(image xorriso.iso)
	loop=$(losetup -f --show -r "$image")
	read_through "$loop" "$(sha256 "$image")"
	losetup -d "$loop"
}

on_ram_disk() {
	local image
	image=$(image xorriso.iso)
	modprobe -q brd rd_nr=1 rd_size=16384 || skip "this kernel has no brd"
	within 5 test -b /dev/ram0
	dd if="$image" of=/dev/ram0 bs=64K conv=fsync status=none
	attach /dev/ram0
	is "$(blockdev --getsize64 $vcd0)" $((16 * 1048576))
	is "$(head -c "$(size "$image")" $vcd0 | sha256sum)" "$(sha256sum <"$image")"
	vcdctl detach vcd0
	rmmod brd
}

# What is read past the cache of the node is what the file has, by whichever way it was written
rewritten() {
	local at image=$tmp/image
	"$node" pattern 1024 1 $image
	"$node" pattern 1024 2 $tmp/new
	attach --raw $image
	is "$(dd if=$vcd0 iflag=direct bs=64K status=none | sha256sum | cut -d' ' -f1)" "$(sha256 $image)"
	for at in 0 100 1023; do
		sector_rewritten $at
	done
	is "$(dd if=$vcd0 iflag=direct bs=64K status=none | sha256sum | cut -d' ' -f1)" "$(sha256 $image)"
}

# A file that loses its end while it is a disc
shrinks() {
	local image
	image=$tmp/shrinks.iso
	cp "$(image xorriso.iso)" $image
	attach $image
	truncate -s 102400 $image
	is "$("$node" read 0 102400 direct $vcd0 | sha256sum)" "$(sha256sum <$image)"
	fails "$node" read 204800 2048 direct $vcd0
	like "$output" EIO
	fails sg_raw -r 2048 $vcd0 28 00 00 00 00 64 00 00 01 00
	like "$output" 'Medium Error|Hardware Error'
}

# Deleted and renamed files stay discs, as open files do
deleted() {
	local sum
	cp "$(image xorriso.iso)" $tmp/deleted.iso
	sum=$(sha256 $tmp/deleted.iso)
	attach $tmp/deleted.iso
	rm $tmp/deleted.iso
	is "$(sha256 $vcd0)" "$sum"
	blockdev --flushbufs $vcd0
	is "$(sha256 $vcd0)" "$sum"
}

check "image on ext4" on_volume ext4 64M mkfs.ext4 -q
check "image on xfs" on_volume xfs 320M mkfs.xfs -q
check "image on btrfs" on_volume btrfs 200M mkfs.btrfs -q
check "image on btrfs, compressed" on_btrfs_compressed
check "image on tmpfs" on_tmpfs
check "image on overlayfs, below and above" on_overlay
check "image on squashfs" on_squashfs
check "image on a loop device" on_loop
check "image on a RAM disk" on_ram_disk
check "image that becomes shorter: EIO, and MEDIUM ERROR by command" shrinks
check "image that is written to: its bytes as they are now" rewritten
check "image that is deleted while it is a disc" deleted
finish
