#!/bin/bash
# Images that somebody has made to do harm: attached, looked at by udev and by ourselves, and read.
# on: newest
# time: 1200
cd "$(dirname "$0")" && . ./lib.sh

# VCD_ROUNDS: as many of each kind as somebody wants; VCD_SEED: to see again what was found
rounds=${VCD_ROUNDS:-$(at_length && echo 50 || echo 3)}
seed=${VCD_SEED:-1}

# asked COMMAND...: whatever it says of such an image, it ends by itself: not by timeout, which
# says 124, nor by a signal, 128 and its number. isoinfo's exit(-1) is an end of its own.
asked() {
	local status=0
	timeout $((120 * slowness)) "$@" >/dev/null 2>$tmp/said || status=$?
	[ $status -lt 124 ] || [ $status = 255 ] || die "'$*' ended with status $status: $(cat $tmp/said)"
}

# looked_at IMAGE: by all that look at a disc
looked_at() {
	local bytes
	asked vcdctl info "$1"
	asked vcdctl attach -d vcd0 "$1"
	vcdctl detach --force vcd0 || : # it may not be taken for an image
	vcdctl attach --raw -d vcd0 "$1" >/dev/null 2>&1
	settle
	asked blkid -p $vcd0
	asked /usr/lib/udev/cdrom_id $vcd0
	asked vcdctl list
	asked vcdctl info $vcd0
	asked isoinfo -d -i $vcd0
	# The bytes are what is delivered, whatever they say
	bytes=$(size "$1")
	is "$(head -c "$bytes" $vcd0 | sha256sum)" "$(sha256sum <"$1")"
	vcdctl detach --force vcd0
}

healthy() {
	attach "$(image xorriso.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
	mount -r $vcd0 $mnt
	umount $mnt
	vcdctl detach vcd0
}

random_bytes() {
	local i
	for ((i = 0; i < rounds; i++)); do
		head -c $((RANDOM * 40 + 1)) /dev/urandom >$tmp/hostile
		looked_at $tmp/hostile
	done
	# One that ends where the descriptors of a file system begin
	head -c 32K /dev/urandom >$tmp/hostile
	looked_at $tmp/hostile
	healthy
}

spoilt() {
	local i image
	image=$(image "$1")
	for ((i = 0; i < rounds; i++)); do
		# Sixteen MiB hold all that points to anything
		head -c 16M "$image" >$tmp/hostile
		echo "seed $((seed + i))"
		"$node" spoil $((seed + i)) $tmp/hostile
		looked_at $tmp/hostile
	done
	healthy
}

check "$rounds images of random bytes" random_bytes
for name in xorriso.iso joliet.iso bridge.iso udf.iso; do
	check "$rounds times $name with other numbers in its descriptors" spoilt $name
done
finish
