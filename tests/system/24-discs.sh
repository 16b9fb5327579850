#!/bin/bash
# Discs that are more than 2048 bytes a sector: raw sectors, audio, mixed mode, XA, sessions, sub-channels; and the
# programs that rip them.
# no udev
# on: checked newest
cd "$(dirname "$0")" && . ./lib.sh
cdimage=$here/cdimage
work=$tmp/images/discs
mkdir -p $work

sectors() { echo $(($(size "$1") / ${2:-2048})); }

# raw_image: one data track of raw sectors, from the usual disc
raw_image() {
	[ -e $work/data.bin ] || $cdimage raw "$(image xorriso.iso)" 0 >$work/data.bin
	echo $work/data.bin
}

# Reads the whole node in different ways and compares it with the usual disc
same_as_iso() {
	local iso bytes
	iso=$(image xorriso.iso)
	bytes=$(size "$iso")
	is "$(cmp -n "$bytes" "$iso" $vcd0 && echo same)" same
	is "$(dd if=$vcd0 iflag=direct bs=64K count="$bytes" iflag=direct,count_bytes status=none | cmp -n "$bytes" - "$iso" && echo same)" same
	is "$(dd if=$vcd0 iflag=direct bs=2K skip=17 count=9 status=none | sha256sum)" "$(dd if="$iso" bs=2K skip=17 count=9 status=none | sha256sum)"
	echo 3 >/proc/sys/vm/drop_caches
	is "$(cmp -n "$bytes" "$iso" $vcd0 && echo same)" same
	is "$("$node" hash 6145 5000 $vcd0)" "$("$node" hash 6145 5000 "$iso")"
}

raw_data() {
	local bin count
	bin=$(raw_image)
	count=$(sectors "$bin" 2352)
	attach "$@" "$bin"
	is "$(cat /sys/block/vcd0/vcd/sectors)" "$count"
	same_as_iso
	is "$($cdimage read $vcd0 0 "$count" f8 0 | sha256sum)" "$(sha256sum <"$bin")"
	is "$($cdimage read $vcd0 16 3 10 0 2 | sha256sum)" "$(dd if=$vcd0 bs=2K skip=16 count=3 status=none | sha256sum)"
	mount -o ro $vcd0 $mnt
	is "$(diff -r $tmp/images/tree $mnt && echo same)" same
	umount $mnt
}

# A file system whose pages must be asked for
raw_data_on() {
	local bin
	bin=$(raw_image)
	mount_disk $tmp/below
	cp "$bin" $tmp/below/data.bin
	attach --cache none $tmp/below/data.bin
	echo 3 >/proc/sys/vm/drop_caches
	same_as_iso
	vcdctl detach vcd0
	umount $tmp/below
}

xa() {
	local iso count
	iso=$(image xorriso.iso)
	$cdimage xa "$iso" 0 >$work/xa.bin
	count=$(sectors $work/xa.bin 2352)
	attach $work/xa.bin
	# The last one is of Form 2; the page that it lies in can't be read as one
	is "$(cmp -n $(((count - 2) * 2048)) "$iso" $vcd0 && echo same)" same
	fails dd if=$vcd0 iflag=direct bs=2K skip=$((count - 1)) count=1 of=/dev/null
	dd if=$vcd0 iflag=direct bs=2K skip=$((count - 2)) count=1 of=/dev/null status=none
	is "$($cdimage read $vcd0 $((count - 2)) 2 10 0 | wc -c)" $((2048 + 2324))
	is "$($cdimage read $vcd0 0 "$count" f8 0 | sha256sum)" "$(sha256sum <$work/xa.bin)"
	fails $cdimage read $vcd0 $((count - 1)) 1 10 0 4
	like "$output" "^5/64/00 $((count - 1))\$"
	fails sg_raw -r 2048 $vcd0 28 00 00 00 "$(printf '%02x %02x' $(((count - 1) >> 8)) $(((count - 1) & 255)))" 00 00 01 00
	mount -o ro $vcd0 $mnt
	is "$(diff -r $tmp/images/tree $mnt && echo same)" same
	umount $mnt
}

# mixed_disc: a data track, then three of audio with a pregap each; the samples of each in a file of its own
mixed_disc() {
	local bin i
	[ ! -e $work/mixed.cue ] || return 0
	bin=$(raw_image)
	for i in 2 3 4; do
		$cdimage audio 450 $i >$work/track$i.pcm
	done
	cat "$bin" $work/track{2,3,4}.pcm >$work/mixed.bin
	cat >$work/mixed.cue <<-END
		CATALOG 1234567890123
		PERFORMER "Nobody in Particular"
		TITLE "Mixed"
		FILE "mixed.bin" BINARY
		  TRACK 01 MODE1/2352
		    INDEX 01 00:00:00
		  TRACK 02 AUDIO
		    TITLE "Second"
		    ISRC ABCDE1234567
		    PREGAP 00:02:00
		    INDEX 01 $(msf "$(sectors "$bin" 2352)")
		  TRACK 03 AUDIO
		    INDEX 00 $(msf $(($(sectors "$bin" 2352) + 450)))
		    INDEX 01 $(msf $(($(sectors "$bin" 2352) + 450 + 75)))
		  TRACK 04 AUDIO
		    FLAGS DCP PRE
		    INDEX 01 $(msf $(($(sectors "$bin" 2352) + 900)))
	END
}

# msf SECTORS: as a CUE sheet has it
msf() { printf '%02d:%02d:%02d' $(($1 / 4500)) $(($1 / 75 % 60)) $(($1 % 75)); }

mixed() {
	local data start
	mixed_disc
	data=$(sectors "$(raw_image)" 2352)
	attach $work/mixed.cue
	is "$(column TRACKS)" 4
	mount -o ro $vcd0 $mnt
	is "$(diff -r $tmp/images/tree $mnt && echo same)" same
	umount $mnt
	# The pregap of track 2 is made of silence
	start=$((data + 150))
	fails dd if=$vcd0 iflag=direct bs=2K skip=$start count=1 of=/dev/null
	fails dd if=$vcd0 bs=2K skip=$data count=1 of=/dev/null
	# To its last sector; a page of several sectors may end in audio
	is "$(dd if=$vcd0 iflag=direct bs=2K count="$data" status=none | cmp - "$(image xorriso.iso)" && echo same)" same
	is "$($cdimage read $vcd0 $start 450 f8 0 | sha256sum)" "$(sha256sum <$work/track2.pcm)"
	is "$($cdimage read $vcd0 $start 1350 10 0 1 | sha256sum)" "$(cat $work/track{2,3,4}.pcm | sha256sum)"
	is "$($cdimage read $vcd0 "$data" 150 10 0 | tr -d '\0' | wc -c)" 0
	fails $cdimage read $vcd0 $start 1 f8 0 2
	like "$output" "^5/64/00 $start\$"
	fails sg_raw -r 2048 $vcd0 28 00 00 00 "$(printf '%02x' $((start >> 8)))" "$(printf '%02x' $((start & 255)))" 00 00 01 00
	like "$output" 'Illegal mode for this track'
}

mixed_told() {
	mixed_disc
	attach $work/mixed.cue
	cd-info --no-device-info -C $vcd0 >$work/info 2>&1 || true
	like "$(cat $work/info)" '^ *2: .* audio '
	like "$(cat $work/info)" '^ *1: .* data '
	like "$(cat $work/info)" '1234567890123'
	like "$(grep -a -i isrc $work/info)" "ABCDE1234567"
	like "$(cat $work/info)" 'TITLE: Second'
	like "$(cat $work/info)" 'Nobody in Particular'
	vcdctl info vcd0 >$work/vcdctl-info
}

# ripped COMMAND...: what it makes of track 2 and 4, with @N and @F for the track and the file, bit for bit
ripped() {
	local track words
	mixed_disc
	attach $work/mixed.cue
	cd $work
	for track in 2 4; do
		words=("${@/@N/$track}")
		limited 300 "${words[@]/@F/rip$track.raw}"
		# icedax has a suffix of its own
		[ ! -e rip$track.cdr ] || mv rip$track.cdr rip$track.raw
	done
	# A track goes on to where the next one begins, whose pregap is a second
	is "$(sha256 rip2.raw)" "$({ cat track2.pcm; head -c $((75 * 2352)) track3.pcm; } | sha256sum | cut -d' ' -f1)"
	is "$(sha256 rip4.raw)" "$(sha256 track4.pcm)"
	rm -f rip*
}

# The ioctls by which programs read sectors that are no blocks
by_ioctl() {
	local data
	mixed_disc
	data=$(sectors "$(raw_image)" 2352)
	attach $work/mixed.cue
	is "$($cdimage ioctl $vcd0 audio $((data + 150)) 450 | sha256sum)" "$(sha256sum <$work/track2.pcm)"
	is "$($cdimage ioctl $vcd0 raw 16 20 | sha256sum)" "$(dd if="$(raw_image)" bs=2352 skip=16 count=20 status=none | sha256sum)"
	is "$($cdimage ioctl $vcd0 mode1 16 20 | sha256sum)" "$(dd if=$vcd0 bs=2K skip=16 count=20 status=none | sha256sum)"
	fails $cdimage ioctl $vcd0 audio 16 1
	vcdctl detach vcd0
	[ -e $work/xa.bin ] || $cdimage xa "$(image xorriso.iso)" 0 >$work/xa.bin
	attach $work/xa.bin
	is "$($cdimage ioctl $vcd0 mode2 16 20 | sha256sum)" "$($cdimage parts $work/xa.bin 2352 16 2352 16 20 | sha256sum)"
}

# game_disc: a data track and ten of audio, which begin at LBA ${starts[2]} and so on
game_disc() {
	local n at
	starts=()
	[ -e $work/game.iso ] || cp "$(image xorriso.iso)" $work/game.iso
	at=$(sectors $work/game.iso)
	{
		printf 'FILE "game.iso" BINARY\n TRACK 01 MODE1/2048\n  INDEX 01 00:00:00\n'
		for n in 02 03 04 05 06 07 08 09 10 11; do
			[ -e $work/game$n.bin ] || $cdimage audio 450 $((10#$n)) >$work/game$n.bin
			printf 'FILE "game%s.bin" BINARY\n TRACK %s AUDIO\n' $n $n
			[ $n != 02 ] || printf '  PREGAP 00:02:00\n'
			printf '  INDEX 01 00:00:00\n'
		done
	} >$work/game.cue
	for n in 2 3 4 5 6 7 8 9 10 11; do
		[ $n != 2 ] || at=$((at + 150))
		starts[n]=$at
		at=$((at + 450))
	done
}

# compared_again N: has the tree been compared N times more than at the last call?
compared_again() { [ "$(wc -l <$tmp/compared)" -ge $((last + $1)) ]; }

# Its files are read while it plays music, and a track is ripped at the same time. A rip ends the music, as in any drive.
game() {
	local last=0
	game_disc
	attach $work/game.cue
	is "$(column TRACKS)" 11
	mount -o ro $vcd0 $mnt
	: >$tmp/compared
	in_background bash -c "while diff -r $tmp/images/tree $mnt; do
		echo same >>$tmp/compared
		echo 3 >/proc/sys/vm/drop_caches
	done
	echo different >>$tmp/different"
	"$here/play" start ${starts[5]} 3000 $vcd0
	within 100 compared_again 2
	like "$("$here/play" status $vcd0)" '^11 '
	last=$(wc -l <$tmp/compared)
	# cdparanoia wants the drive for itself alone
	limited 300 cd-paranoia -q -d $vcd0 -r 3 $work/game.rip
	is "$(sha256 $work/game.rip)" "$(sha256 $work/game03.bin)"
	within 100 compared_again 1
	unlike "$("$here/play" status $vcd0)" '^11 '
	"$here/play" start ${starts[10]} 800 $vcd0
	last=$(wc -l <$tmp/compared)
	within 100 compared_again 1
	[ ! -e $tmp/different ]
	kill "$job"
	wait "$job" || :
	rm $work/game.rip
	within 20 umount $mnt
}

# whole_disc DATA SECTORS: main channel and sub-channels; no command reads data and audio
whole_disc() {
	[ "$1" = 0 ] || $cdimage read $vcd0 0 "$1" f8 1
	$cdimage read $vcd0 "$1" $(($2 - $1)) f8 1
}

# clone DATA SECTORS SHEET: readom copies all channels and the full TOC, in a format that libMirage reads, and we do not
clone() {
	attach "$3"
	limited 300 readom dev=$vcd0 -clone f=clone >readom.log 2>&1 || { cat readom.log; false; }
	whole_disc "$1" "$2" >original
	cmp original clone
	sg_raw -r 512 -o original.toc $vcd0 43 02 02 00 00 00 01 02 00 00
	vcdctl detach 0
	attach clone.toc
	like "$(vcdctl info clone.toc)" 'libMirage'
	whole_disc "$1" "$2" >copied
	cmp original copied
	sg_raw -r 512 -o copied.toc $vcd0 43 02 02 00 00 00 01 02 00 00
	vcdctl detach 0
}

# entries FILE: of a full TOC, one a line
entries() { od -An -v -w11 -j4 -tx1 "$1" | sed 's/^ //'; }

# toc_msf FRAMES: as a full TOC has it, which is not BCD, with the zero before it
toc_msf() { printf '00 %02x %02x %02x' $(($1 / 4500)) $(($1 / 75 % 60)) $(($1 % 75)); }

cloned() {
	local data
	mixed_disc
	cd $work
	data=$(sectors "$(raw_image)" 2352)
	# libMirage has a track that follows one of another kind begin two seconds before the place that the TOC says
	clone "$data" $((data + 1500)) mixed.cue
	like "$(vcdctl info clone.toc)" '1234567890123'
	is "$(diff <(entries original.toc) <(entries copied.toc) | grep '^[<>]')" "< 01 10 00 02 00 00 00 $(toc_msf $((data + 300)))
> 01 10 00 02 00 00 00 $(toc_msf $((data + 150)))"
	cat track{2,3,4}.pcm >audio.bin
	cat >audio.cue <<-END
		FILE "audio.bin" BINARY
		  TRACK 01 AUDIO
		    INDEX 01 00:00:00
		  TRACK 02 AUDIO
		    FLAGS DCP PRE
		    INDEX 01 00:06:00
		  TRACK 03 AUDIO
		    INDEX 00 00:10:00
		    INDEX 01 00:12:00
	END
	clone 0 1350 audio.cue
	is "$(entries copied.toc)" "$(entries original.toc)"
	rm -f clone* copied* original*
}

# by_cdrdao OPTION...: it makes toc.toc and toc.bin
by_cdrdao() {
	rm -f toc.toc toc.bin
	limited 300 cdrdao read-cd --device $vcd0 "$@" --datafile toc.bin toc.toc >cdrdao.log 2>&1 || { cat cdrdao.log; false; }
}

ripped_by_cdrdao() {
	mixed_disc
	attach $work/mixed.cue
	cd $work
	by_cdrdao
	like "$(cat toc.toc)" 'CATALOG "1234567890123"'
	is "$(grep -c '^TRACK AUDIO' toc.toc)" 3
	# Behind the data track with 2048 bytes a sector there is audio with the high bytes first
	tail -c $((1350 * 2352)) toc.bin | dd conv=swab status=none >toc.pcm
	is "$(sha256 toc.pcm)" "$(cat track{2,3,4}.pcm | sha256sum | cut -d' ' -f1)"
	rm -f toc.*
}

# R to W of a disc of audio, all of it as it was: the samples, and what P and Q are made of
ripped_with_subchannels() {
	local sectors=1350
	mixed_disc
	cd $work
	cat track{2,3,4}.pcm >main.bin
	$cdimage subchannel $sectors >channels.bin
	$cdimage weave main.bin channels.bin >karaoke.bin
	cat >karaoke.toc <<-END
		CD_DA
		TRACK AUDIO RW_RAW
		DATAFILE "karaoke.bin" 00:10:00
		TRACK AUDIO RW_RAW
		DATAFILE "karaoke.bin" #$((750 * 2448)) 00:08:00
	END
	attach karaoke.toc
	whole_disc 0 $sectors >original
	# Zeroes would come back as well
	[ "$($cdimage parts original 2448 2352 2448 0 $sectors | od -An -v -w1 -tx1 | sort -u | wc -l)" -gt 60 ]
	by_cdrdao --read-subchan rw_raw
	is "$(grep -c '^TRACK AUDIO RW_RAW' toc.toc)" 2
	is "$(size toc.bin)" $((sectors * 2448))
	vcdctl detach 0
	attach toc.toc
	whole_disc 0 $sectors >copied
	cmp original copied
	rm -f toc.* original copied karaoke.* main.bin channels.bin
}

# Two sessions; the second holds what is to be mounted
sessions() {
	local first second
	[ -d $tmp/images/tree ] || image xorriso.iso >/dev/null
	image xorriso.iso >/dev/null
	first=$(sectors "$(image xorriso.iso)")
	mkdir -p $work/second
	echo second >$work/second/session
	xorrisofs -quiet -R -V SECOND -C 0,$((first + 11400)) -o $work/second.iso $work/second 2>/dev/null ||
		genisoimage -quiet -R -V SECOND -C 0,$((first + 11400)) -o $work/second.iso $work/second
	second=$(sectors $work/second.iso)
	cat >$work/sessions.cue <<-END
		REM SESSION 01
		FILE "$(image xorriso.iso)" BINARY
		  TRACK 01 MODE1/2048
		    INDEX 01 00:00:00
		REM SESSION 02
		FILE "second.iso" BINARY
		  TRACK 02 MODE1/2048
		    INDEX 01 00:00:00
	END
	attach $work/sessions.cue
	is "$(cat /sys/block/vcd0/vcd/sectors)" $((first + 11400 + second))
	is "$(vcdctl info -J vcd0 | sed -n 's/.*"sessions": *\([0-9]*\).*/\1/p')" 2
	mount -o ro $vcd0 $mnt
	is "$(cat $mnt/session)" second
	umount $mnt
	mount -o ro,session=0 -t iso9660 $vcd0 $mnt
	is "$(diff -r $tmp/images/tree $mnt && echo same)" same
	umount $mnt
	# Between them nothing can be read
	fails dd if=$vcd0 iflag=direct bs=2K skip=$((first + 100)) count=1 of=/dev/null
	fails $cdimage read $vcd0 $((first + 100)) 1 f8 0
	like "$output" "^5/64/00 $((first + 100))\$"
}

stored_subchannels() {
	local bin count
	bin=$(raw_image)
	count=$(sectors "$bin" 2352)
	$cdimage subchannel "$count" >$work/sub
	$cdimage weave "$bin" $work/sub >$work/woven.bin
	attach $work/woven.bin
	is "$(cat /sys/block/vcd0/vcd/sectors)" "$count"
	is "$($cdimage read $vcd0 0 "$count" 0 1 | sha256sum)" "$(sha256sum <$work/sub)"
	is "$($cdimage read $vcd0 0 "$count" f8 1 | sha256sum)" "$(sha256sum <$work/woven.bin)"
	same_as_iso
}

# same_parts FILE STRIDE: READ CD of parts of sectors, as they are stored
same_parts() {
	local fields from to
	while read -r fields from to; do
		echo 3 >/proc/sys/vm/drop_caches
		is "$($cdimage read $vcd0 7 150 "$fields" 0 | sha256sum)" "$($cdimage parts "$1" "$2" "$from" "$to" 7 150 | sha256sum)"
	done <<-END
		f8 0 2352
		10 16 2064
		a0 0 16
		30 12 2064
		08 2064 2352
	END
}

parts_of_sectors() {
	local bin mode
	bin=$(raw_image)
	[ -e $work/woven.bin ] || stored_subchannels
	vcdctl detach --force vcd0 || :
	mount_disk $tmp/below
	cp "$bin" $work/woven.bin $tmp/below
	for mode in auto page; do
		attach --cache $mode $tmp/below/data.bin
		same_parts "$bin" 2352
		vcdctl swap --cache $mode vcd0 $tmp/below/woven.bin >/dev/null
		same_parts $work/woven.bin 2448
		vcdctl detach vcd0
	done
	umount $tmp/below
}

# A bad sector of what lies below takes no other with it
bad_sector() {
	local bin
	bin=$(raw_image)
	cp "$bin" $work/bad.bin
	attach $work/bad.bin
	truncate -s $((100 * 2352 + 1000)) $work/bad.bin
	echo 3 >/proc/sys/vm/drop_caches
	dd if=$vcd0 iflag=direct bs=2K count=100 of=$work/got status=none
	is "$(cmp -n 204800 $work/got "$(image xorriso.iso)" && echo same)" same
	fails dd if=$vcd0 iflag=direct bs=2K skip=100 count=1 of=/dev/null
	fails sh -c "$cdimage read $vcd0 90 20 f8 0 >/dev/null"
	like "$output" '^3/11/00 100$'
	rm $work/bad.bin
}

# The programs run beside the kernel, whichever it is; bytes are counted where it has checkers.
check "raw sectors: the node has their user data" raw_data
check_on checked "raw sectors, through the page cache" raw_data --cache page
check_on checked "raw sectors on a file system of a disk, not from its page cache" raw_data_on
check "XA: Form 1 is read as blocks, Form 2 is not" xa
check "mixed mode: the data track mounts, audio is no block" mixed
check "mixed mode: tracks, catalogue number, ISRC, CD-Text are told" mixed_told
check_on newest "mixed mode: ripped bit for bit by cdparanoia" ripped cdparanoia -q -d $vcd0 -r @N @F
check_on newest "mixed mode: ripped bit for bit by cd-paranoia" ripped cd-paranoia -q -d $vcd0 -r @N @F
check_on newest "mixed mode: ripped bit for bit by icedax" ripped icedax -q -H -D $vcd0 -t @N -O cdr -E little @F
check "sectors by the ioctls that read raw, Mode 1, Mode 2, audio" by_ioctl
check_on newest "a data track and ten of audio: mounted, played and ripped at once" game
check_on newest "mixed mode: cloned by readom, and the clone read by libMirage" cloned
check_on newest "mixed mode: read by cdrdao" ripped_by_cdrdao
check_on newest "cdrdao: R to W of a disc with graphics" ripped_with_subchannels
check "two sessions: the last one is mounted" sessions
check_on checked "sub-channels that are stored are what is read" stored_subchannels
check_on checked "parts of sectors that are stored as they are delivered" parts_of_sectors
check "an image that became shorter: an error for that sector alone" bad_sector
finish
