# shellcheck shell=bash
# image.sh: the image that is measured, and a machine in which nothing else happens. To be sourced in the guest.
work=/tmp/bench
image=$work/image

# make_image: $image, a disc of 64 MiB on a tmpfs, without a hole
make_image() {
	mkdir -p $work/tree
	mount -t tmpfs -o size=90% bench $work || return
	# What vcdctl and mount(8) do besides is no business of udev's here
	# shellcheck source=/dev/null
	. ../tests/system/udev.sh
	stop_udev || return
	modprobe loop
	mkdir $work/tree
	head -c $((63 << 20)) /dev/urandom >$work/tree/data
	xorrisofs -quiet -R -V BENCH -o $image $work/tree || return
	# A whole number of the longest reads
	head -c $(((64 << 20) - $(stat -c %s $image))) /dev/urandom >>$image
	rm -r $work/tree
	cat $image >/dev/null
}
