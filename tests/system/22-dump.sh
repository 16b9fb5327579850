#!/bin/bash
# vcdctl dump: images of the disc in a drive, by the commands that every optical drive has.
# on: newest
cd "$(dirname "$0")" && . ./lib.sh

faults=/sys/kernel/debug/vcd/faults/vcd0
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
dump=$tmp/dump

# dumping COMMAND...: in an empty folder, and no fault outlives the test
dumping() {
	trap 'echo clear >$faults' EXIT
	rm -rf $dump
	mkdir $dump
	"$@"
}

# A dump is the image, and another dump of it is the same
same_as_image() {
	local image
	image=$(image "$1")
	attach "${@:2}" "$image"
	settle
	is "$(vcdctl dump $vcd0 $dump/first)" $dump/first.iso
	cmp "$image" $dump/first.iso
	[ ! -e $dump/first.map ]
	vcdctl swap "${@:2}" 0 $dump/first.iso
	settle
	vcdctl dump vcd0 $dump/second.iso
	cmp $dump/first.iso $dump/second.iso
}

# What an image lacks of its last sector is zeroes on the disc
odd_size() {
	local image
	image=$(image odd.iso)
	attach "$image"
	settle
	vcdctl dump 0 $dump/odd
	is "$(size $dump/odd.iso)" "$((($(size "$image") + 2047) / 2048 * 2048))"
	cmp -n "$(size "$image")" "$image" $dump/odd.iso
}

# CD discs have raw sectors: those of a data track have the user data in them
raw_sectors() {
	local image sectors lba
	image=$(image xorriso.iso)
	attach -p cd "$image"
	settle
	is "$(vcdctl dump --subchannel 0 $dump/raw)" $dump/raw.cue
	like "$(cat $dump/raw.cue)" '^FILE "raw.bin" BINARY$'
	like "$(cat $dump/raw.cue)" '^  TRACK 01 MODE1/2352$'
	like "$(cat $dump/raw.cue)" '^    INDEX 01 00:00:00$'
	sectors=$(($(size "$image") / 2048))
	is "$(size $dump/raw.bin)" $((sectors * 2352))
	is "$(size $dump/raw.sub)" $((sectors * 96))
	for lba in 0 16 $((sectors - 1)); do
		cmp <(dd if=$dump/raw.bin bs=1 skip=$((lba * 2352 + 16)) count=2048 status=none) \
			<(dd if="$image" bs=2048 skip="$lba" count=1 status=none)
	done
	vcdctl dump 0 $dump/clone.ccd
	cmp $dump/raw.bin $dump/clone.img
	cmp $dump/raw.sub $dump/clone.sub
	like "$(cat $dump/clone.ccd)" "^PLBA=$sectors$"
	status_is 73 vcdctl dump 0 $dump/raw.cue/none
}

# mixed_cd STEM: STEM.cue and STEM.bin: data, audio with and without a pregap, and data in a second session
mixed_cd() {
	python3 - "$1" <<-'END'
		import random, sys
		def data(lba):
		    def bcd(n): return n // 10 * 16 + n % 10
		    at = lba + 150
		    head = bytes([0] + [255] * 10 + [0, bcd(at // 4500), bcd(at // 75 % 60), bcd(at % 75), 1])
		    return head + rng.randbytes(2336)
		rng = random.Random(22)
		stem = sys.argv[1]
		with open(stem + ".bin", "wb") as out:
		    for lba in range(600):
		        out.write(data(lba))
		    out.write(rng.randbytes(2352 * 750))
		    for lba in range(1350 + 11400, 1350 + 11400 + 400):
		        out.write(data(lba))
		with open(stem + ".cue", "w") as out:
		    out.write("""CATALOG 4006381333931
		TITLE "My Disc"
		PERFORMER "Me"
		FILE "%s.bin" BINARY
		REM SESSION 01
		  TRACK 01 MODE1/2352
		    TITLE "One"
		    PERFORMER "Me"
		    INDEX 01 00:00:00
		  TRACK 02 AUDIO
		    TITLE "Two"
		    PERFORMER "Somebody else"
		    FLAGS DCP
		    ISRC DEABC2600001
		    INDEX 00 00:08:00
		    INDEX 01 00:10:00
		  TRACK 03 AUDIO
		    TITLE "Three"
		    PERFORMER "Me"
		    INDEX 01 00:14:00
		REM SESSION 02
		  TRACK 04 MODE1/2352
		    TITLE "Four"
		    PERFORMER "Me"
		    INDEX 01 00:18:00
		""".replace("\t", "") % stem.split("/")[-1])
	END
}

# All of a CD comes back: sectors, tracks, indices, sessions, codes, CD-Text
mixed_cd_comes_back() {
	mkdir $dump/again
	mixed_cd $dump/mixed
	attach $dump/mixed.cue
	settle
	is "$(vcdctl dump 0 $dump/again/mixed)" $dump/again/mixed.cue
	cmp $dump/mixed.bin $dump/again/mixed.bin
	diff $dump/mixed.cue $dump/again/mixed.cue
	status_is 1 vcdctl dump 0 $dump/again/mixed.iso
	like "$output" 'which an .iso cannot hold; use .cue'
	vcdctl dump 0 $dump/clone.ccd
	cmp $dump/mixed.bin $dump/clone.img
	is "$(size $dump/clone.sub)" $((1750 * 96))
	# The control file says as much
	vcdctl swap 0 $dump/clone.ccd
	settle
	vcdctl dump 0 $dump/again/clone.ccd
	diff $dump/clone.ccd $dump/again/clone.ccd
	cmp $dump/clone.img $dump/again/clone.img
	cmp $dump/clone.sub $dump/again/clone.sub
	vcdctl dump --force 0 $dump/again/mixed
	diff $dump/mixed.cue $dump/again/mixed.cue
	# Bad sectors in data and audio
	printf 'lba 10\nlba 1000\nlba 12760\n' >$faults
	status_is 74 vcdctl dump --retries 0 0 $dump/again/bad.cue
	like "$output" 'bad.cue: 3 sectors'
	like "$(cat $dump/again/bad.map)" "^$(printf '0x%08X  0x%08X  -' $((1360 * 2352)) 2352)$"
	echo clear >$faults
	vcdctl dump --resume 0 $dump/again/bad.cue
	cmp $dump/mixed.bin $dump/again/bad.bin
}

# Sectors that fail are zeroes and in the map, and come later
bad_sectors() {
	local image
	image=$(image xorriso.iso)
	attach "$image"
	settle
	printf 'lba 100\nlba 101\n' >$faults
	status_is 74 vcdctl dump --retries 1 $vcd0 $dump/bad.iso
	like "$output" 'bad.iso: 2 sectors could not be read and are zeroes'
	like "$(cat $dump/bad.map)" '^0x00032000  0x00001000  -$'
	is "$(size $dump/bad.iso)" "$(size "$image")"
	cmp -n $((100 * 2048)) "$image" $dump/bad.iso
	cmp -i $((102 * 2048)) "$image" $dump/bad.iso
	cmp -n 4096 <(dd if=$dump/bad.iso bs=2048 skip=100 count=2 status=none) /dev/zero
	# One is there, the other after some tries
	printf 'clear\n' >$faults
	printf 'lba 101 2\n' >$faults
	vcdctl dump --resume $vcd0 $dump/bad.iso
	cmp "$image" $dump/bad.iso
	[ ! -e $dump/bad.map ]
}

# GNU ddrescue goes on where vcdctl ended, and the other way round
with_ddrescue() {
	local image
	command -v ddrescue >/dev/null || skip "there is no ddrescue here"
	image=$(image xorriso.iso)
	attach "$image"
	settle
	echo 'lba 100' >$faults
	status_is 74 vcdctl dump --retries 0 $vcd0 $dump/d.iso
	echo clear >$faults
	ddrescue -b2048 -d -r1 $vcd0 $dump/d.iso $dump/d.map
	cmp "$image" $dump/d.iso
	echo 'lba 200' >$faults
	rm $dump/d.*
	ddrescue -b2048 -d $vcd0 $dump/d.iso $dump/d.map
	truncate -s "$(size "$image")" $dump/d.iso
	echo clear >$faults
	vcdctl dump --resume $vcd0 $dump/d.iso
	cmp "$image" $dump/d.iso
}

# A signal leaves a map, which another start goes on from
interrupted() {
	local image pid got=0
	image=$(image xorriso.iso)
	# As slow as to take some seconds
	attach --speed 0.5x "$image"
	settle
	# A shell without job control has what it starts in the background ignore SIGINT
	env --default-signal=INT vcdctl dump $vcd0 $dump/slow.iso 2>$dump/said &
	pid=$!
	within 10 test -s $dump/slow.map
	sleep 1
	kill -INT $pid || :
	wait $pid || got=$?
	is $got 130
	like "$(cat $dump/said)" 'slow.iso: interrupted; --resume goes on'
	like "$(cat $dump/slow.map)" ' [?]$'
	vcdctl swap 0 "$image"
	settle
	vcdctl dump --resume $vcd0 $dump/slow.iso
	cmp "$image" $dump/slow.iso
}

refused() {
	local image
	image=$(image xorriso.iso)
	status_is 1 vcdctl dump $vcd0 $dump/none
	like "$output" '/dev/vcd0: there is no disc in it'
	attach "$image"
	settle
	vcdctl eject 0
	status_is 1 vcdctl dump $vcd0 $dump/none
	like "$output" '/dev/vcd0: the tray is open'
	vcdctl close 0
	settle
	status_is 72 vcdctl dump /dev/null $dump/none
	status_is 72 vcdctl dump /dev/vcd77 $dump/none
	status_is 72 vcdctl dump "$image" $dump/none
	is "$(ls $dump)" ''
	status_is 77 as bob vcdctl dump $vcd0 $dump/none
	chmod 777 $dump
	as alice vcdctl dump $vcd0 $dump/alice
	cmp "$image" $dump/alice.iso
	status_is 73 vcdctl dump $vcd0 $dump/alice
	# The disc consists of what is overwritten, and stays whole
	vcdctl swap 0 $dump/alice.iso
	settle
	vcdctl dump --force $vcd0 $dump/alice
	cmp "$image" $dump/alice.iso
	cmp "$image" $vcd0
}

check "a dump is the image, and a dump of the dump is the same" dumping same_as_image xorriso.iso
check "a dump of a disc with UDF" dumping same_as_image bridge.iso
check "a dump of a DVD" dumping same_as_image xorriso.iso --profile dvd
check "a dump of a BD" dumping same_as_image xorriso.iso --profile bd
check "a dump of an image of odd size" dumping odd_size
check "raw sectors and sub-channels" dumping raw_sectors
check "a CD of data, audio and two sessions comes back as it is" dumping mixed_cd_comes_back
check "bad sectors are in the map, and fetched later" dumping bad_sectors
check "GNU ddrescue and vcdctl dump take each other's maps" dumping with_ddrescue
check "what is interrupted goes on" dumping interrupted
check "what is no drive, no disc, or there already" dumping refused
finish
