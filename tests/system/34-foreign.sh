#!/bin/bash
# Images that nothing of ours reads, and libMirage does: BlindWrite, WinOnCD, Easy CD Creator, X-CD-Roast, MDX, and
# discs in DMG, MacBinary, DAA and GBI. Each is the same in the drive as a CUE sheet of it; broken ones are refused.
# no udev
# on: newest
# time: 1200
cd "$(dirname "$0")" && . ./lib.sh
cdimage=$here/cdimage
work=$tmp/images/foreign
iso=$work/small.iso
mkdir -p $work
# VCD_ROUNDS: as many wrong images of each kind as somebody wants
rounds=${VCD_ROUNDS:-$(at_length && echo 4 || echo 2)}
# The libMirage that is here
has=$(compgen -G '/usr/lib/*/libmirage.so.12' >/dev/null && echo 3.3 || echo 3.2)
# Where libMirage crashes over an image, that is no news for the kernel's log.
traced=/proc/sys/debug/exception-trace
[ ! -e $traced ] || echo 0 >$traced

# discs: no larger than they have to be; some of it zeroes, which not all formats store
discs() {
	[ ! -e $work/list ] || return 0
	mkdir $tmp/small
	head -c 500000 /dev/urandom >$tmp/small/random
	head -c 200000 /dev/zero >$tmp/small/zeroes
	xorrisofs -quiet -R -J -V SMALL -o $iso $tmp/small
	./foreign-discs $iso $work >$work/list.new
	mv $work/list.new $work/list
}

# sectors: of the disc in vcd0, with sub-channels; no command reads data and audio
sectors() {
	local data=$(($(size $iso) / 2048)) count
	count=$(cat /sys/block/vcd0/vcd/sectors)
	$cdimage read $vcd0 0 $data f8 1
	[ $data = "$count" ] || $cdimage read $vcd0 $data $((count - data)) f8 1
}

# told: what the drive tells of the disc: its tracks, their numbers and indices, the MCN, and the full TOC
told() {
	vcdctl info vcd0 | grep -E '^(Sectors|Profile|Tracks|Sessions|Track|Session|MCN):'
	sg_raw -r 512 -o $tmp/toc $vcd0 43 02 02 00 00 00 01 02 00 00 >/dev/null 2>&1
	od -An -v -tx1 $tmp/toc
}

# same_cd FILE SHEET: as that sheet says, but for sub-channels if they are stored
same_cd() {
	local source options=()
	cd $work
	case $1 in locked.*) options=(--password-file password) ;; esac
	attach "$2"
	source=$(told)
	sectors >$tmp/sectors
	if [ -e "${2%.cue}.sub" ]; then
		$cdimage parts $tmp/sectors 2448 0 2352 0 "$(cat /sys/block/vcd0/vcd/sectors)" >$tmp/main
		$cdimage weave $tmp/main "${2%.cue}.sub" >$tmp/sectors
	fi
	vcdctl detach vcd0
	attach "${options[@]}" "$1"
	is "$(told)" "$source"
	sectors | cmp - $tmp/sectors
	# Not through the page cache, whose folios may have audio in them as well
	dd if=$vcd0 iflag=direct,count_bytes bs=64K count="$(size $iso)" status=none | cmp - $iso
	like "$(vcdctl info "${options[@]}" "$1" 2>$tmp/warnings)" 'libMirage'
	is "$(cat $tmp/warnings)" ''
}

# same_dvd FILE ISO
same_dvd() {
	cd $work
	attach "$1"
	like "$(vcdctl info vcd0)" '^Profile: +DVD-ROM'
	is "$(sha256 $vcd0)" "$(sha256 "$2")"
	like "$(vcdctl info "$1")" 'libMirage'
}

# refused FILE: as what is no image, by name; nothing is attached
refused() {
	status_is 65 limited 100 vcdctl attach -d vcd0 "$1"
	like "$output" "^vcdctl: $1: "
	is "$(column STATE)" empty
}

# shortened FILE BYTES: to so many
shortened() {
	head -c "$2" "$work/$1" >"$work/cut-$1"
	refused "cut-$1"
	rm "$work/cut-$1"
}

# spoilt FILE FROM BYTES: with garbage there
spoilt() {
	cp "$work/$1" "$work/spoilt-$1"
	yes garbage | head -c "$3" | dd of="$work/spoilt-$1" bs=1 seek="$2" conv=notrunc status=none
	refused "spoilt-$1"
	rm "$work/spoilt-$1"
}

# takes_newer FILE VERSION: the libMirage that is here does not read it
takes_newer() {
	cd $work
	refused "$1"
	like "$output" "it takes .* libMirage ${2/./\\.}"
}

cut_off() {
	local file
	cd $work
	for file in data.{dmg,macbin,daa,gbi,c2d,cif} blindwrite-mixed.b6t; do
		shortened $file 100
	done
	# The ends of these tell what they are, or where all else is.
	for file in data.{dmg,macbin,cif} blindwrite-mixed.b6t; do
		shortened $file $(($(size $file) - 100))
	done
	shortened blindwrite-mixed.b6t 250
}

garbage() {
	local file
	cd $work
	for file in data.{macbin,daa,gbi,cif}; do
		spoilt $file 0 32
	done
	# The whole header, or what it begins with would not be theirs any more
	for file in mixed.c2d blindwrite-mixed.b6t; do
		spoilt $file 32 400
	done
	spoilt data.dmg $(($(size data.dmg) - 512)) 480
	spoilt data.dmg $(($(size data.dmg) - 1500)) 400
}

# An image that is encrypted
password() {
	cd $work
	refused locked.daa
	like "$output" 'is encrypted.*--password-file'
	status_is 65 vcdctl attach -d vcd0 --password-file - locked.daa <<<'Open Sesame'
	like "$output" 'not taken by libMirage with this password'
	is "$(column STATE)" empty
	attach --password-file - locked.daa <password
	is "$(sha256 $vcd0)" "$(sha256 $iso)"
}

# What libMirage aborts over: a resource that it does not expect
aborts() {
	cd $work
	sed 's/>resource-fork</>resource-mess</' data.dmg >mess.dmg
	is "$(size mess.dmg)" "$(size data.dmg)"
	refused mess.dmg
	like "$output" 'libMirage crashed'
	rm mess.dmg
}

never_ends() {
	cd $work
	refused endless.dmg
	like "$output" 'libMirage .* came to no end'
}

# alone FILE...: without what it names. That is looked for by the beginning of its name as well.
alone() {
	rm -rf $tmp/alone
	mkdir $tmp/alone
	cp "${@/#/$work/}" $tmp/alone
	cd $tmp/alone
	refused "$1"
}

missing() {
	alone blindwrite-mixed.b6t
	alone blindwrite-dvd.b6t
	alone xcdroast-data.toc
	like "$output" 'X-CD-Roast'
	alone xcdroast-mixed.toc xcdroast-mixed-01.img
	alone lzma.daa lzma.d00
}

# wrong_bytes FILE FROM TO: some of those are; it is taken or not, and that is all
wrong_bytes() {
	local round at status
	cd $work
	RANDOM=$2
	for ((round = 0; round < rounds; round++)); do
		cp "$1" "wrong-$1"
		for _ in 1 2 3; do
			at=$(($2 + (RANDOM << 15 | RANDOM) % ($3 - $2)))
			printf %b "\\x$(printf %02x $((RANDOM % 256)))" | dd of="wrong-$1" bs=1 seek=$at conv=notrunc status=none
		done
		status=0
		limited 100 vcdctl info "wrong-$1" >$tmp/said 2>&1 || status=$?
		[ $status = 0 ] || [ $status = 65 ] || die "round $round: status $status: $(tail -n 5 $tmp/said)"
	done
	rm "wrong-$1"
}

check "images in formats of others are made" discs
while IFS=$'\t' read -r name file source takes <&3; do
	case $takes:$source in
	"$has":*.iso | 3.2:*.iso) check "$name: the ISO that is in it" same_dvd "$file" "$source" ;;
	"$has":* | 3.2:*) check "$name: sectors, tracks, numbers, sub-channels" same_cd "$file" "$source" ;;
	*) check "$name: it takes libMirage $takes" takes_newer "$file" "$takes" ;;
	esac
done 3<$work/list
check "cut off" cut_off
check "garbage in the header" garbage
check "an image that is encrypted, with its password, and without" password
check "a file that it names is not there" missing
check "libMirage aborts over an image" aborts
check "libMirage comes to no end over an image" never_ends
check "wrong bytes: DMG" wrong_bytes data.dmg $(($(size $work/data.dmg) - 3000)) "$(size $work/data.dmg)"
check "wrong bytes: DAA" wrong_bytes data.daa 16 150
check "wrong bytes: WinOnCD" wrong_bytes mixed.c2d 32 360
check "wrong bytes: BlindWrite" wrong_bytes blindwrite-mixed.b6t 16 "$(size $work/blindwrite-mixed.b6t)"
check "wrong bytes: Easy CD Creator" wrong_bytes mixed.cif $(($(size $work/mixed.cif) - 1000)) "$(size $work/mixed.cif)"
[ ! -e $traced ] || echo 1 >$traced
finish
