#!/bin/bash
# Images that lie in a compressed file system, which vcdctl mounts where nobody sees it.
# no udev
# on: checked
cd "$(dirname "$0")" && . ./lib.sh
cdimage=$here/cdimage
work=$tmp/images/fs
mkdir -p $work

# make_fs KIND FILE FOLDER: a file system with what is in the folder
make_fs() {
	case $1 in
	squashfs) mksquashfs "$3" "$2" -quiet -no-progress -noappend ;;
	erofs) mkfs.erofs -zlz4 "$2" "$3" >/dev/null ;;
	esac
}

# holder KIND: a file system with nothing but the usual disc
holder() {
	if [ ! -e "$work/one.$1" ]; then
		mkdir -p $work/one
		ln -f "$(image xorriso.iso)" $work/one/disc.iso
		make_fs "$1" "$work/one.$1" $work/one
	fi
	echo "$work/one.$1"
}

loops() { cat /sys/block/loop*/loop/backing_file 2>/dev/null || true; }

# What is left when nobody reads it any more; the kernel clears up behind the last one
none_left() { [ -z "$(loops)" ]; }
nothing_left() {
	within 10 none_left
	unlike "$(cat /proc/mounts)" "squashfs|loop[0-9].* erofs"
}

one_image() {
	local file iso bytes
	file=$(holder "$1")
	iso=$(image xorriso.iso)
	bytes=$(size "$iso")
	attach "$file"
	is "$(column image)" "$file"
	is "$(loops)" "$file"
	is "$(cat /sys/block/loop*/loop/autoclear | sort -u | tail -1)" 1
	unlike "$(cat /proc/mounts)" "squashfs|loop[0-9].* erofs"
	is "$(cmp -n "$bytes" "$iso" $vcd0 && echo same)" same
	is "$(dd if=$vcd0 iflag=direct bs=2K skip=17 count=9 status=none | sha256sum)" "$(dd if="$iso" bs=2K skip=17 count=9 status=none | sha256sum)"
	echo 3 >/proc/sys/vm/drop_caches
	is "$(cmp -n "$bytes" "$iso" $vcd0 && echo same)" same
	mount -o ro $vcd0 $mnt
	is "$(diff -r $tmp/images/tree $mnt && echo same)" same
	umount $mnt
	vcdctl detach vcd0
	nothing_left
}

# The disc is all that holds it: its file may go
only_the_disc() {
	local iso
	iso=$(image xorriso.iso)
	cp "$(holder squashfs)" $work/goes.squashfs
	attach $work/goes.squashfs
	rm $work/goes.squashfs
	echo 3 >/proc/sys/vm/drop_caches
	is "$(cmp -n "$(size "$iso")" "$iso" $vcd0 && echo same)" same
	vcdctl swap vcd0 "$(holder erofs)"
	within 10 eval '! loops | grep goes'
	is "$(cmp -n "$(size "$iso")" "$iso" $vcd0 && echo same)" same
	vcdctl detach vcd0
	nothing_left
}

several() {
	mkdir -p $work/several/more
	ln -f "$(image xorriso.iso)" $work/several/b.iso
	head -c 20480 /dev/zero >$work/several/a.img
	ln -f "$(image xorriso.iso)" $work/several/more/c.iso
	ln -f "$(image xorriso.iso)" "$work/several/more/Vol #2.iso"
	make_fs "$1" "$work/several.$1" $work/several
	status_is 65 vcdctl attach -d vcd0 "$work/several.$1"
	like "$output" "with 2 files \(a.img, b.iso\); say which .*several.$1#a.img"
	attach "$work/several.$1#b.iso"
	is "$(column image)" "$work/several.$1#b.iso"
	is "$(cmp -n "$(size "$(image xorriso.iso)")" "$(image xorriso.iso)" $vcd0 && echo same)" same
	vcdctl swap vcd0 "$work/several.$1#more/c.iso"
	is "$(column image)" "$work/several.$1#more/c.iso"
	vcdctl swap vcd0 "$work/several.$1#more/Vol #2.iso"
	like "$(column image)" "several.$1#more/Vol.*#2.iso\$"
	# What is named is what is attached, as plain sectors, too
	vcdctl swap --raw vcd0 "$work/several.$1#a.img"
	is "$(cmp -n 20480 $work/several/a.img $vcd0 && echo same)" same
	vcdctl detach vcd0
	status_is 66 vcdctl attach --raw -d vcd0 "$work/none#a.img"
	status_is 66 vcdctl attach -d vcd0 "$work/several.$1#none.iso"
	like "$output" '"none.iso" cannot be opened: No such file'
	status_is 65 vcdctl attach -d vcd0 "$work/several.$1#more"
	status_is 65 vcdctl attach -d vcd0 "$work/several/b.iso#c.iso"
	like "$output" "no file system"
	# A file may be called so
	cp "$(image xorriso.iso)" "$work/number#1"
	attach "$work/number#1"
	vcdctl detach vcd0
	nothing_left
}

# A descriptor and what it names
descriptor() {
	mkdir -p $work/sheet
	[ -e $work/sheet/Disc.bin ] || $cdimage raw "$(image xorriso.iso)" 0 >$work/sheet/Disc.bin
	printf 'FILE "disc.BIN" BINARY\n TRACK 01 MODE1/2352\n  INDEX 01 00:00:00\n' >$work/sheet/disc.cue
	make_fs "$1" "$work/sheet.$1" $work/sheet
	like "$(vcdctl info "$work/sheet.$1")" "CUE"
	attach "$work/sheet.$1"
	is "$(cmp -n "$(size "$(image xorriso.iso)")" "$(image xorriso.iso)" $vcd0 && echo same)" same
	vcdctl detach vcd0
	printf 'FILE "../gone.bin" BINARY\n TRACK 01 MODE1/2352\n  INDEX 01 00:00:00\n' >$work/sheet/disc.cue
	make_fs "$1" "$work/sheet.$1" $work/sheet
	status_is 65 vcdctl attach -d vcd0 "$work/sheet.$1"
	unlike "$output" /proc/self
	nothing_left
}

# Links lead nowhere, least of all out of the file system
links() {
	mkdir -p $work/links
	cp "$(image xorriso.iso)" $work/outside.iso
	ln -sf $work/outside.iso $work/links/disc.iso
	ln -sf ../../../../../..$work/outside.iso $work/links/up.iso
	ln -sf $work $work/links/folder
	printf 'FILE "disc.iso" BINARY\n TRACK 01 MODE1/2048\n  INDEX 01 00:00:00\n' >$work/links/disc.cue
	make_fs "$1" "$work/links.$1" $work/links
	status_is 66 vcdctl attach -d vcd0 "$work/links.$1#disc.iso"
	status_is 66 vcdctl attach -d vcd0 "$work/links.$1#up.iso"
	status_is 66 vcdctl attach -d vcd0 "$work/links.$1#folder/outside.iso"
	status_is 66 vcdctl attach -d vcd0 "$work/links.$1#../../../../../../../..$work/outside.iso"
	# The sheet is the only file
	status_is 66 vcdctl attach -d vcd0 "$work/links.$1"
	like "$output" "disc.iso"
	nothing_left
}

damaged() {
	head -c 5000 "$(holder "$1")" >"$work/cut.$1"
	status_is 66 vcdctl attach -d vcd0 "$work/cut.$1"
	like "$output" "file system \\($1\\) that cannot be mounted|cannot be read"
	{ head -c 1100 "$(holder "$1")"; head -c 1M /dev/zero | tr '\0' x; } >"$work/bad.$1"
	fails vcdctl attach -d vcd0 "$work/bad.$1"
	like "$output" "file system"
	nothing_left
}

not_root() {
	local file
	file=$(holder "$1")
	chmod 644 "$file"
	chmod 755 $work
	status_is 66 as nobody vcdctl info "$file"
	like "$output" "only root may mount"
	nothing_left
}

other_commands() {
	local file iso
	file=$(holder squashfs)
	iso=$(image xorriso.iso)
	like "$(vcdctl info "$file")" "ISO 9660"
	vcdctl convert "$file" $work/out.iso
	is "$(cmp "$iso" $work/out.iso && echo same)" same
	nothing_left
}

check "an image in squashfs" one_image squashfs
check "an image in erofs" one_image erofs
# What follows depends little on the kernel.
if user_mode_linux || [ "${VCD_TEST_FULL-}" = all ]; then
	check "one of several files" several squashfs
	check "a descriptor and its files" descriptor erofs
	check "links" links squashfs
	check "damaged squashfs" damaged squashfs
	check "damaged erofs" damaged erofs
	check "as an ordinary user" not_root erofs
	check "nothing but the disc holds a file system" only_the_disc
	check "other commands than attach" other_commands
fi
finish
