#!/bin/bash
# Commands by SG_IO on discs of three sizes: some bytes of each answer.
# no udev
# on: newest
cd "$(dirname "$0")" && . ./lib.sh

# raw LENGTH BYTE...: the answer in hexadecimal
raw() {
	local length=$1
	shift
	sg_raw -r "$length" -o $tmp/answer $vcd0 "$@" >$tmp/said 2>&1 || {
		cat $tmp/said
		return 1
	}
	od -An -v -tx1 $tmp/answer | tr -d '\n' | sed 's/^ //'
}

# sense BYTE...: key/asc/ascq of the sense data that a refused command brings
sense() {
	sg_raw -vv -r 64 $vcd0 "$@" >$tmp/said 2>&1 || :
	# The bytes are printed in two lines behind the word
	grep -A2 'Raw sense data' $tmp/said | tail -n 2 | tr -d '\n' | awk '{ print $3 "/" $13 "/" $14 }'
}

# be4 NUMBER: four bytes, as the answers have them
be4() { printf '%02x %02x %02x %02x' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)); }

# put_in IMAGE: sets $sectors and $profile
put_in() {
	local image
	image=$(image "$1")
	attach "$image"
	sectors=$(($(size "$image") / 2048))
	case $1 in
	dvd.iso) profile="00 10" ;;
	bd.iso) profile="00 40" ;;
	*) profile="00 08" ;;
	esac
}

identify() {
	# CD drive, removable, SPC-3, the vendor
	like "$(raw 36 12 00 00 00 24 00)" "^05 80 05 02 .. 00 00 00 56 43 44 20 20 20 20 20"
	# Serial number
	like "$(raw 64 12 01 80 00 40 00)" "^05 80 00 09 56 43 44 30 30 30 30 30 30"
	is "$(sense 12 01 b0 00 40 00)" 05/24/00
}

capacity() {
	is "$(raw 8 25 00 00 00 00 00 00 00 00 00)" "$(be4 $((sectors - 1))) 00 00 08 00"
	like "$(raw 32 9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00)" "^00 00 00 00 $(be4 $((sectors - 1))) 00 00 08 00"
	is "$(sense 9e 1f 00 00 00 00 00 00 00 00 00 00 00 20 00 00)" 05/24/00
}

contents() {
	local leadout
	leadout=$(be4 $sectors)
	is "$(raw 20 43 00 00 00 00 00 00 00 14 00)" "00 12 01 01 00 14 01 00 00 00 00 00 00 14 aa 00 $leadout"
	is "$(raw 12 43 00 00 00 00 00 aa 00 0c 00)" "00 0a 01 01 00 14 aa 00 $leadout"
	is "$(raw 4 43 00 00 00 00 00 00 00 04 00)" "00 12 01 01"
	is "$(raw 12 43 00 01 00 00 00 00 00 0c 00)" "00 0a 01 01 00 14 01 00 00 00 00 00"
	# MSF: the first track at 00:02:00
	like "$(raw 12 43 02 00 00 00 00 01 00 0c 00)" "^00 .. 01 01 00 14 01 00 00 00 02 00"
	is "$(sense 43 00 04 00 00 00 00 00 14 00)" 05/24/00
}

configuration() {
	like "$(raw 8 46 00 00 00 00 00 00 00 08 00)" "^00 00 .. .. 00 00 $profile\$"
	# Of the profile list, the current one is marked
	like "$(raw 64 46 02 00 00 00 00 00 00 40 00)" "^00 00 00 .. 00 00 $profile 00 00 03 .. .*$profile 01 00"
	like "$(raw 64 46 02 00 00 00 00 00 00 40 00)" " 00 08 0[01] 00"
	like "$(raw 64 46 02 00 00 00 00 00 00 40 00)" " 00 10 0[01] 00"
	like "$(raw 64 46 02 00 00 00 00 00 00 40 00)" " 00 40 0[01] 00"
}

information() {
	# Complete, the last session complete, not erasable; one session and track
	like "$(raw 34 51 00 00 00 00 00 00 00 22 00)" "^00 20 [01]e 01 01 01 01"
	like "$(raw 36 52 01 00 00 00 01 00 00 24 00)" "^00 .. 01 01 00 .4 .1 .. 00 00 00 00 .* $(be4 $sectors)"
	is "$(raw 2 51 00 00 00 00 00 00 00 02 00)" "00 20"
	is "$(sense 52 01 00 00 00 07 00 00 24 00)" 05/24/00
}

mode_pages() {
	# The capabilities: reads DVD-ROM, locks, ejects, has a tray
	like "$(raw 64 5a 08 2a 00 00 00 00 00 40 00)" "^00 .. .. 00 00 00 00 00 2a .. .[8-f] 00 .. .. 2."
	like "$(raw 32 5a 08 01 00 00 00 00 00 20 00)" "^00 12 .. 00 00 00 00 00 01 0a"
	is "$(sense 5a 08 05 00 00 00 00 00 40 00)" 05/24/00
	like "$(raw 32 1a 08 01 00 20 00)" "^.. .. 00 00 01 0a"
}

reading() {
	local image opcode want
	image=$(image "$1")
	want=$(dd if="$image" bs=2048 skip=16 count=2 status=none | sha256sum)
	raw 4096 28 00 00 00 00 10 00 00 02 00 >/dev/null
	is "$(sha256sum <$tmp/answer)" "$want"
	raw 4096 a8 00 00 00 00 10 00 00 00 02 00 00 >/dev/null
	is "$(sha256sum <$tmp/answer)" "$want"
	raw 4096 88 00 00 00 00 00 00 00 00 10 00 00 00 02 00 00 >/dev/null
	is "$(sha256sum <$tmp/answer)" "$want"
	# The last sector, the one behind it, and far beyond
	# shellcheck disable=SC2046 # bytes
	raw 2048 28 00 $(be4 $((sectors - 1))) 00 00 01 00 >/dev/null
	is "$(sha256sum <$tmp/answer)" "$(tail -c 2048 "$image" | sha256sum)"
	for opcode in "28 00 $(be4 $sectors) 00 00 01 00" "28 00 $(be4 $((sectors - 1))) 00 00 02 00" \
		"a8 00 $(be4 $sectors) 00 00 00 01 00 00" "88 00 00 00 00 01 $(be4 0 | cut -c4-) 00 00 00 00 01 00 00" \
		"28 00 ff ff ff ff 00 00 01 00"; do
		# shellcheck disable=SC2086 # bytes
		is "$(sense $opcode)" 05/21/00
	done
	# Nothing to read is no error
	sg_raw $vcd0 28 00 00 00 00 10 00 00 00 00
}

# sense_out FILE LENGTH BYTE...: the same for a command that FILE goes with
sense_out() {
	local file=$1 length=$2
	shift 2
	sg_raw -vv -s $length -i "$file" $vcd0 "$@" >$tmp/said 2>&1 || :
	grep -A2 'Raw sense data' $tmp/said | tail -n 2 | tr -d '\n' | awk '{ print $3 "/" $13 "/" $14 }'
}

# VERIFY with BytChk: more at once than a parameter list may have, and more than is read at a time
comparing() {
	local image at count=40 length
	image=$(image "$1")
	length=$((count * 2048))
	dd if="$image" of=$tmp/data bs=2048 skip=16 count=$count status=none
	sg_raw -s $length -i $tmp/data $vcd0 2f 02 00 00 00 10 00 00 28 00
	# Without the bit what is sent does not matter
	sg_raw -s $length -i /dev/urandom $vcd0 2f 00 00 00 00 10 00 00 28 00
	for at in 0 4095 4096 32767 32768 $((length - 1)); do
		cp $tmp/data $tmp/other
		printf '\x%02x' $((0x$(od -An -tx1 -j $at -N 1 $tmp/data | tr -d ' ') ^ 0x10)) |
			dd of=$tmp/other bs=1 seek=$at conv=notrunc status=none
		is "$(sense_out $tmp/other $length 2f 02 00 00 00 10 00 00 28 00)" 0e/1d/00
	done
	# Of one sector less what differs lies behind it
	sg_raw -s $length -i $tmp/other $vcd0 2f 02 00 00 00 10 00 00 27 00
	is "$(sense_out $tmp/data $((length - 1)) 2f 02 00 00 00 10 00 00 28 00)" 05/1a/00
	is "$(sense 2f 02 00 00 00 10 00 00 01 00)" 05/1a/00
}

structures() {
	case $1 in
	dvd.iso)
		# One layer, from 30000h to the last sector
		like "$(raw 24 ad 00 00 00 00 00 00 00 00 18 00 00)" \
			"^08 02 00 00 0. .. .. .. 00 03 00 00 $(be4 $((0x30000 + sectors - 1)))"
		like "$(raw 8 ad 00 00 00 00 00 00 01 00 08 00 00)" "^00 06 00 00 00"
		;;
	bd.iso) like "$(sense ad 00 00 00 00 00 00 00 00 18 00 00)" '^05/(24|30)' ;;
	*) like "$(sense ad 00 00 00 00 00 00 00 00 18 00 00)" '^05/30/0[02]' ;;
	esac
	# Door closed, not a changer
	like "$(raw 8 bd 00 00 00 00 00 00 00 00 08 00 00)" "^.. 00|^00 0."
}

unknown_commands() {
	local opcode
	# sg_raw takes a command whose length does not fit its opcode for one of NVMe
	for opcode in 2a 3c; do
		is "$(sense $opcode 00 00 00 00 00 00 00 00 00)" 05/20/00
	done
	for opcode in a1 bf c1 d7 e5 ff; do
		is "$(sense $opcode 00 00 00 00 00 00 00 00 00 00 00)" 05/20/00
	done
}

events() {
	# Media: present, door closed
	like "$(raw 8 4a 01 00 00 10 00 00 00 08 00)" "^00 06 04 .. 0. 02 00 00"
	is "$(sense 4a 00 00 00 10 00 00 00 08 00)" 05/24/00
	vcdctl eject 0
	like "$(raw 8 4a 01 00 00 10 00 00 00 08 00)" "^00 06 04 .. 0. 01 00 00"
	vcdctl close 0
}

without_disc() {
	is "$(sense 00 00 00 00 00 00)" 02/3a/01
	is "$(sense 25 00 00 00 00 00 00 00 00 00)" 02/3a/01
	is "$(sense 28 00 00 00 00 00 00 00 01 00)" 02/3a/01
	is "$(sense 43 00 00 00 00 00 00 00 14 00)" 02/3a/01
	like "$(raw 8 46 00 00 00 00 00 00 00 08 00)" '^00 00 .. .. 00 00 00 00$'
	vcdctl eject 0
	is "$(sense 00 00 00 00 00 00)" 02/3a/02
}

locking() {
	local line
	# The lock of a process goes with it, and the last close of the node takes all
	coproc session { "$node" session nonblock $vcd0; }
	read -r -t 20 line <&"${session[0]}"
	say() {
		echo "cdb $*" >&"${session[1]}"
		read -r -t 20 line <&"${session[0]}"
		echo "$line"
	}
	"$node" ioctl CDROM_LOCKDOOR 0 nonblock $vcd0
	is "$(say 1e 00 00 00 01 00)" good
	is "$(column LOCKED)" 1
	is "$(sense 1b 00 00 00 02 00)" 05/53/02
	is "$(say 1e 00 00 00 00 00)" good
	is "$(column LOCKED)" 0
	sg_raw $vcd0 1b 00 00 00 02 00
	is "$("$node" status $vcd0)" open
	sg_raw $vcd0 1b 00 00 00 03 00
	is "$("$node" status $vcd0)" disc
}

for disc in xorriso.iso:CD dvd.iso:DVD bd.iso:BD; do
	name=${disc#*:}
	disc=${disc%:*}
	put_in $disc
	keep_drives=1
	check "$name: INQUIRY" identify $disc
	check "$name: READ CAPACITY (10) and (16)" capacity $disc
	check "$name: READ TOC" contents $disc
	check "$name: GET CONFIGURATION" configuration $disc
	check "$name: READ DISC INFORMATION, READ TRACK INFORMATION" information $disc
	check "$name: MODE SENSE (10) and (6)" mode_pages $disc
	check "$name: READ (10), (12), (16)" reading $disc
	check "$name: VERIFY (10) with and without BytChk" comparing $disc
	check "$name: READ DISC STRUCTURE, MECHANISM STATUS" structures $disc
	check "$name: GET EVENT STATUS NOTIFICATION" events $disc
	check "$name: unknown commands" unknown_commands $disc
	check "$name: PREVENT ALLOW MEDIUM REMOVAL, START STOP UNIT" locking $disc
	keep_drives=
	clean_up
done

# READ DISC STRUCTURE 00, byte 2 of what follows the header: two layers, the second one read inwards
dual_layer() {
	attach -p dvd-dl "$(image xorriso.iso)"
	is "$(raw 21 ad 00 00 00 00 00 00 00 00 15 00 00 | cut -d' ' -f7)" 31
	vcdctl detach 0
	attach -p dvd "$(image xorriso.iso)"
	is "$(raw 21 ad 00 00 00 00 00 00 00 00 15 00 00 | cut -d' ' -f7)" 01
}

check "--profile dvd-dl: two layers, though one would do" dual_layer
check "without a disc: NOT READY" without_disc
finish
