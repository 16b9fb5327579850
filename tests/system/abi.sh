#!/bin/bash
# The control interface, by programs of 64 and of 32 bits.
# no udev
cd "$(dirname "$0")" && . ./lib.sh

mkdir $tmp/abi
run_program ../abi/abi $tmp/abi
rm -rf $tmp/abi
mkdir $tmp/abi
run_program ../abi/abi32 $tmp/abi
finish
