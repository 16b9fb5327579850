#!/bin/bash
# Several processes talk to one drive: each is told of what happens, and keeps its lock of the tray.
# no udev
# on: checked
cd "$(dirname "$0")" && . ./lib.sh

# talk NAME: a process that keeps the node open and sends commands for `say`
declare -A to from pid
talk() {
	local pipe=$tmp/pipe.$1 line fd
	mkfifo $pipe.in $pipe.out
	# shellcheck disable=SC2016 # expanded by that shell
	in_background bash -c 'exec "$0" session nonblock "$1" <"$2.in" >"$2.out"' "$node" $vcd0 $pipe
	pid[$1]=$job
	exec {fd}>$pipe.in
	to[$1]=$fd
	exec {fd}<$pipe.out
	from[$1]=$fd
	read -r -t 20 line <&"${from[$1]}"
	is "$line" ready
}

# say NAME BYTE...: the answer in $answer
say() {
	local name=$1
	shift
	echo "cdb $*" >&"${to[$name]}"
	read -r -t 20 answer <&"${from[$name]}"
}

# answers NAME ANSWER-REGEX BYTE...
answers() {
	say "$1" "${@:3}"
	like "$answer" "^($2)"
}

end() {
	kill -KILL "${pid[$1]}"
	within 20 gone "${pid[$1]}"
}

ready="00 00 00 00 00 00"
media_event="4a 01 00 00 10 00 00 00 08 00"
prevent="1e 00 00 00 01 00"
allow="1e 00 00 00 00 00"
eject="1b 00 00 00 02 00"

# None takes it away from another: not udev, which opens the node after each change
attention() {
	attach "$(image xorriso.iso)"
	talk one
	talk two
	answers one good $ready
	answers two good $ready
	vcdctl swap --force 0 "$(image other.iso)"
	settle
	blkid -p $vcd0
	/usr/lib/udev/cdrom_id $vcd0
	sg_raw $vcd0 $ready
	answers one 6/28/00 $ready
	answers one good $ready
	answers two 6/28/00 $ready
	answers two good $ready
	# INQUIRY goes through, REQUEST SENSE takes it
	vcdctl swap --force 0 "$(image xorriso.iso)"
	answers one 'good 05 80' 12 00 00 00 24 00
	answers one 'good 70 00 06 .. .. .. .. .. .. .. .. .. 28 00' 03 00 00 00 12 00
	answers one good $ready
	answers two 6/28/00 $ready
	# Who comes later has missed nothing
	talk three
	answers three good $ready
	# A disc that came and went is no disc, and no attention
	vcdctl detach --force 0
	answers one 2/3a/01 $ready
}

events() {
	attach "$(image xorriso.iso)"
	talk one
	talk two
	answers one 'good 00 06 04 .. 00' $media_event
	vcdctl eject --force 0
	vcdctl close 0
	settle
	for name in one two; do
		answers $name 'good 00 06 04 .. 03' $media_event
		answers $name 'good 00 06 04 .. 02' $media_event
		answers $name 'good 00 06 04 .. 00 02' $media_event
	done
}

# Mode pages that one changes are news for the others
mode_changes() {
	attach "$(image xorriso.iso)"
	talk one
	talk two
	# A CD-ROM has one set for all: page 01, read retry count
	echo 'mode select' >/dev/null
	sg_raw -s 20 -i <(printf '\0\0\0\0\0\0\0\0\x01\x0a\x00\x07\0\0\0\0\0\0\0\0') $vcd0 55 10 00 00 00 00 00 00 14 00
	answers one 6/2a/01 $ready
	answers one good $ready
	answers two 6/2a/01 $ready
}

reset() {
	attach "$(image xorriso.iso)"
	talk one
	"$node" ioctl CDROMRESET 0 nonblock $vcd0
	answers one 6/29/00 $ready
	answers one good $ready
}

# The lock of a process goes with it, though others have the node open
lock_goes_with_its_process() {
	attach "$(image xorriso.iso)"
	talk one
	talk two
	eject -i off $vcd0
	settle
	answers one good $prevent
	answers two good $prevent
	answers one 5/53/02 $eject
	end one
	is "$(column LOCKED)" 1
	end two
	within 5 unlocked
	talk three
	answers three good $prevent
	talk four
	end three
	within 5 unlocked
	answers four good $eject
	is "$("$node" status $vcd0)" open
	answers four good 1b 00 00 00 03 00
	is "$("$node" status $vcd0)" disc
}

unlocked() { [ "$(column LOCKED)" = 0 ]; }

# As through a host adapter, allowing is for all
allow_is_for_all() {
	attach "$(image xorriso.iso)"
	talk one
	talk two
	answers one good $prevent
	answers two good $allow
	is "$(column LOCKED)" 0
	answers one good $prevent
	eject -i off $vcd0
	is "$(column LOCKED)" 0
	answers two good $eject
	is "$("$node" status $vcd0)" open
}

# Persistent prevention stays, whoever goes
persistent() {
	attach "$(image xorriso.iso)"
	talk one
	answers one good 1e 00 00 00 03 00
	end one
	is "$(column LOCKED)" 1
	talk two
	answers two good $allow
	answers two 5/53/02 $eject
	answers two good 1e 00 00 00 02 00
	answers two good $eject
}

# More than the drive can remember: those that were silent longest are as new
many() {
	local i
	attach "$(image xorriso.iso)"
	eject -i off $vcd0
	settle
	talk holder
	answers holder good $prevent
	for i in $(seq 12); do
		talk $i
		answers $i good $ready
	done
	is "$(column LOCKED)" 1
	answers 1 5/53/02 $eject
	vcdctl swap --force 0 "$(image other.iso)"
	settle
	for i in 12 11 10 9; do
		answers $i 6/28/00 $ready
		answers $i good $ready
	done
	answers 1 'good|6/28/00' $ready
	answers 1 good $ready
}

check "a unit attention for each process that has the node open" attention
check "media events for each" events
check "changed mode pages: all but who changed them" mode_changes
check "CDROMRESET: all" reset
check "the lock of a process goes with its last descriptor" lock_goes_with_its_process
check "ALLOW by one lets go of the locks of all" allow_is_for_all
check "persistent prevention is nobody's" persistent
check "more processes than the drive remembers" many
finish
