#!/bin/bash
# Programs that use optical drives: the table clients.tsv, with a CD, and with the DVD that replaces
# it. See 18-more-clients.sh too.
# on: newest
cd "$(dirname "$0")" && . ./lib.sh && . ./clients.sh

insert xorriso.iso XORRISO_DISC
rows cd once cd clients.tsv
insert dvd.iso XORRISO_DISC
rows dvd once dvd clients.tsv
keep_drives=''
finish
