# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # here and tmp come from lib.sh, the rest is for who sources this
# served.sh: an image on a file system that is served by a program; see fuseserver.c. To be sourced after lib.sh.

# serve FILE: $tmp/served/image has its bytes, until the server is told otherwise; it is $server
serve() {
	mkdir -p $tmp/served
	rm -f $tmp/orders
	mkfifo $tmp/orders
	exec 8<>$tmp/orders
	: >$tmp/server
	# Not in_background, which gives no input
	"$here/fuseserver" "$1" $tmp/served <$tmp/orders >$tmp/server &
	server=$!
	echo $server >>$tmp/jobs
	within 10 grep -q ready $tmp/server
	image=$tmp/served/image
	ordered=0
}

# order WORDS: tell the server
order() {
	ordered=$((ordered + 1))
	echo "$1" >&8
	within 10 taken $ordered
}
taken() { [ "$(grep -c ok $tmp/server)" = "$1" ]; }
