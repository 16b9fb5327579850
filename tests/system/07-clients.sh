#!/bin/bash
# Programs that use optical drives: the table clients.tsv, with a CD, and with the DVD that replaces
# it; or with the DVD alone: User-Mode Linux sees the CD. See 18-more-clients.sh too.
cd "$(dirname "$0")" && . ./lib.sh && . ./clients.sh

if user_mode_linux || [ "${VCD_TEST_FULL-}" = all ]; then
	insert xorriso.iso XORRISO_DISC
	rows cd once cd clients.tsv
fi
insert dvd.iso XORRISO_DISC
rows dvd once dvd clients.tsv
keep_drives=''
finish
