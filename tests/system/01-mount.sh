#!/bin/bash
# Discs as file systems and byte for byte.
# no udev
cd "$(dirname "$0")" && . ./lib.sh

# The node has the bytes of the image, and the files on it those that went in.
compare() {
	local image
	image=$(image "$1")
	attach "$image"
	is "$(blockdev --getsize64 $vcd0)" "$(size "$image")"
	is "$(sha256 $vcd0)" "$(sha256 "$image")"
	mount -o ro,"${3-}" ${2:+-t "$2"} $vcd0 $mnt
	(cd $mnt && sha256sum -c --quiet SHA256SUMS)
	is "$(find $mnt -type f ! -path '*isolinux*' | wc -l)" 6
	umount $mnt
	vcdctl detach vcd0
}

write_protected() {
	attach "$(image xorriso.iso)"
	like "$(mount $vcd0 $mnt 2>&1)" 'write-protected, mounted read-only'
	fails touch $mnt/file
}

hybrid() {
	local image
	image=$(image hybrid.iso)
	# It has both tables, with something in them
	unlike "$(od -An -tx1 -j446 -N16 "$image")" '^( 00)+$'
	is "$(dd if="$image" bs=1 skip=510 count=2 status=none | od -An -tx1)" " 55 aa"
	is "$(dd if="$image" bs=1 skip=512 count=8 status=none)" "EFI PART"
	compare hybrid.iso iso9660
	attach "$image"
	node_rereads
	if [ -e /sys/block/vcd0/vcd0p1 ] || [ -e /dev/vcd0p1 ]; then die "there are partitions"; fi
	unlike "$(cat /proc/partitions)" 'vcd0p'
	is "$(lsblk -nro NAME $vcd0)" vcd0
}

# Ask for partitions in every way there is
node_rereads() {
	fails blockdev --rereadpt $vcd0
	fails partx --add $vcd0
	settle
}

beyond_4_gib() {
	local image
	image=$(image beyond4g.iso)
	attach "$image"
	is "$(blockdev --getsize64 $vcd0)" $((4700 * 1048576))
	is "$(tail -c 26 $vcd0)" 'the last bytes of the disc'
	is "$(dd if=$vcd0 bs=2048 skip=$((0x100000000 / 2048 - 2)) count=4 status=none | sha256sum)" \
		"$(dd if="$image" bs=2048 skip=$((0x100000000 / 2048 - 2)) count=4 status=none | sha256sum)"
	# The same by command, with a block address
	sg_raw -r 8192 -o $tmp/read $vcd0 28 00 00 1f ff fe 00 00 04 00 2>/dev/null
	is "$(sha256sum <$tmp/read)" \
		"$(dd if="$image" bs=2048 skip=$((0x100000000 / 2048 - 2)) count=4 status=none | sha256sum)"
	mount -r $vcd0 $mnt
	(cd $mnt && sha256sum -c --quiet SHA256SUMS)
}

# Holes before, between and after what is there
sparse() {
	local image=$tmp/sparse
	truncate -s 64M $image
	for at in 0 3000000 33554430; do
		head -c 5000 /dev/urandom | dd of=$image bs=1 seek=$at conv=notrunc status=none
	done
	attach --raw $image
	is "$(sha256 $vcd0)" "$(sha256 $image)"
}

odd_length() {
	local image whole
	image=$(image odd.iso)
	whole=$((($(size "$image") + 2047) / 2048 * 2048))
	cp "$image" $tmp/padded
	truncate -s $whole $tmp/padded
	status_is 0 vcdctl attach -d vcd0 "$image"
	like "$output" 'not a multiple of 2048|last sector.*(filled|padded|zero)|filled up'
	is "$(vcdctl swap vcd0 "$image" 2>/dev/null)" $vcd0
	is "$(blockdev --getsize64 $vcd0)" $whole
	is "$(sha256 $vcd0)" "$(sha256 $tmp/padded)"
	is "$(dd if=$vcd0 iflag=direct bs=2048 skip=$((whole / 2048 - 1)) status=none | sha256sum)" \
		"$(tail -c 2048 $tmp/padded | sha256sum)"
}

tiny() {
	local bytes
	for bytes in 1 2047 2048 2049; do
		head -c $bytes /dev/urandom >$tmp/tiny
		cp $tmp/tiny $tmp/padded
		truncate -s %2048 $tmp/padded
		attach --raw $tmp/tiny
		is "$(sha256 $vcd0)" "$(sha256 $tmp/padded)"
		vcdctl detach vcd0
	done
}

real_iso() {
	[ -e "$1" ] || die "$1 is missing"
	attach "$1"
	is "$(sha256 $vcd0)" "$(sha256 "$1")"
	mount -r $vcd0 $mnt
	mkdir $tmp/other
	cp "$1" $tmp/copy.iso
	mount -r -o loop $tmp/copy.iso $tmp/other
	is "$(find $mnt -type f | wc -l)" "$(find $tmp/other -type f | wc -l)"
	(cd $mnt && find . -type f -exec sha256sum {} +) | sort >$tmp/sums
	test -s $tmp/sums
	(cd $tmp/other && sha256sum -c --quiet $tmp/sums)
	is "$(vcdctl list -nr -o LABEL vcd0)" "$(blkid -p -s LABEL -o value "$1")"
}

check "image by xorriso: bytes and files" compare xorriso.iso
check "image by xorriso, Joliet names" compare xorriso.iso iso9660 norock
check "image by genisoimage: bytes and files" compare genisoimage.iso
check "image by genisoimage with Joliet: bytes and files" compare joliet.iso
check "UDF bridge: bytes and files as iso9660" compare bridge.iso iso9660
check "UDF bridge: bytes and files as udf" compare bridge.iso udf
check "image by mkudffs (UDF alone): bytes and files" compare udf.iso
check "mount says that the disc is write-protected, and it is" write_protected
check "hybrid image with MBR and GPT: no partitions" hybrid
check "image beyond 4 GiB" beyond_4_gib
check "sparse image" sparse
check "odd length: zeroes at the end, and vcdctl says so" odd_length
check "images of 1 byte and around one sector" tiny
check "a real ISO: ipxe" real_iso /usr/lib/ipxe/ipxe.iso
check "a real ISO: grub-rescue-cdrom" real_iso /usr/lib/grub-rescue/grub-rescue-cdrom.iso
finish
