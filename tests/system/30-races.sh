#!/bin/bash
# Discs, drives and the module come and go while all who use them are at work.
# time: 600
# no udev
# on: checked newest
cd "$(dirname "$0")" && . ./lib.sh && . ./racing.sh

# VCD_ROUNDS: as many as somebody wants
if [ -n "${VCD_ROUNDS-}" ]; then
	rounds=$VCD_ROUNDS loads=$VCD_ROUNDS crowds=$((VCD_ROUNDS / 100 + 1))
elif [ "${VCD_TEST_FULL-}" = all ]; then
	rounds=1000 loads=200 crowds=20
else
	rounds=15 loads=3 crowds=1
fi

remade() {
	vcdctl remove --force 5 || :
	race drive "$1" 5
	[ ! -e /sys/block/vcd5 ] || vcdctl remove --force 5
}

unloaded() {
	race unload "$1" "$(modinfo -n vcd)"
	within 60 rmmod vcd
	modprobe vcd
}

check "$rounds discs put in and taken out" race insert $rounds 0
check "$rounds discs swapped" race swap $rounds 0
check "the tray opened and closed $rounds times" race tray $rounds 0
check "$rounds drives made and removed" remade $rounds
check "256 readers lose their disc, $crowds times" race crowd $crowds 0
check "the module unloaded $loads times" unloaded $loads
finish
