#!/bin/bash
# Programs that use optical drives: the table clients.tsv, with a CD, and with the DVD that replaces
# it; or, on all kernels but the newest, with the DVD alone. See 18-more-clients.sh too.
# on: debian
cd "$(dirname "$0")" && . ./lib.sh && . ./clients.sh

if wants newest || at_length; then
	insert xorriso.iso XORRISO_DISC
	rows cd once cd clients.tsv
fi
insert dvd.iso XORRISO_DISC
rows dvd once dvd clients.tsv
keep_drives=''
finish
