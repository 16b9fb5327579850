# shellcheck shell=bash
# shellcheck disable=SC2154 # here, node and tmp come from lib.sh
# racing.sh: what moves discs, against all who use them; see race.c. To be sourced after lib.sh.
set -o pipefail

# What a test prints goes into its log; figures are for who asked for them
exec 8>&1

# The architecture looks at address spaces in a way that lockdep does not like when pages of a mapping are taken away.
! user_mode_linux || export RACE_WITHOUT=map

racing_images() {
	[ ! -e $tmp/discs ] || return 0
	mkdir $tmp/discs $tmp/discs/tree
	head -c 64K /dev/urandom >$tmp/discs/tree/data
	xorrisofs -quiet -R -V RACE -o $tmp/discs/iso $tmp/discs/tree
	truncate -s %4M $tmp/discs/iso
	"$node" pattern 1500 7 $tmp/discs/pattern
	"$node" pattern 5000 8 $tmp/discs/large
}

# race SCENARIO ROUNDS WHERE
race() {
	racing_images
	modprobe -q isofs || :
	set +x
	# How often each of the users did what it does, and how often it worked, is for who wants a long run to see
	"$here/race" "$@" $tmp/discs/tree/data $tmp/discs/iso $tmp/discs/pattern $tmp/discs/large |
		if [ -n "${VCD_ROUNDS-}" ]; then tee -a /dev/fd/8; else cat; fi
}
