# shellcheck shell=bash
# shellcheck disable=SC2154 # vcd0 and node come from lib.sh
# compared.sh: a disc in vcd0 beside a copy of its image, $tmp/copy; the image itself is open as 7. To be sourced after
# lib.sh.

# How many seconds it may take to compare all of it
compare_limit=60

# forget: of the image and of the disc nothing is in memory any more
forget() {
	blockdev --flushbufs $vcd0
	# Not by dd, which asks where the file ends first: a file system that is shut down does not tell
	"$node" forget <&7 >/dev/null
}

# compared [FLAG]...: forget everything, then compare all of the disc with the copy: "N right, M errors". A wrong byte is
# the end of the test.
compared() {
	forget
	limited $compare_limit "$node" compare $tmp/copy "$@" $vcd0
}

all_right() { like "$(compared)$(compared direct)" '^[0-9]+ right, 0 errors[0-9]+ right, 0 errors$'; }
all_errors() { like "$(compared)$(compared direct)" '^0 right, [0-9]+ errors0 right, [0-9]+ errors$'; }
