#!/bin/bash
# What becomes of a disc whose image, file system or disk goes bad, goes away, or comes back. Whatever happens: a read
# gives the bytes of the image or an error, nothing hangs, the disc can be taken out, and the module unloaded.
# no udev
# long
# checkers
# time: 900
cd "$(dirname "$0")" && . ./lib.sh && . ./compared.sh
compare_limit=120

request_faults=/sys/kernel/debug/fail_make_request
# Length of an image; `node verify` wants that much
sectors=1024

# on TYPE NODE: $image is an image on a file system of this type on this node; $tmp/copy has the same bytes
on() {
	modprobe -q "$1" || :
	"$node" pattern $sectors 1 $tmp/copy
	case $1 in
	ext4) mkfs.ext4 -q -F -E nodiscard "$2" 48M ;;
	xfs) mkfs.xfs -q -f -K -d size=320m "$2" ;;
	esac
	mkdir -p $tmp/fs
	mount "$2" $tmp/fs
	image=$tmp/fs/image
	cp $tmp/copy $image
	sync
	exec 7<$image
}

# mapped TABLE...: make a disk vcd-below of these lines
mapped() {
	modprobe dm-mod
	printf '%s\n' "$@" | dmsetup create vcd-below
	dmsetup mknodes
	within 10 test -e /dev/mapper/vcd-below
}

# becomes TABLE...: from here on it is made of these
becomes() {
	printf '%s\n' "$@" | dmsetup load vcd-below
	dmsetup suspend --nolockfs --noflush vcd-below
	dmsetup resume vcd-below
}

# is_mapped, unmapped: where udev makes and removes no nodes, dmsetup does
is_mapped() { dmsetup info vcd-below >/dev/null 2>&1; }
unmapped() {
	dmsetup remove vcd-below
	dmsetup mknodes
}

# The disc goes, what it lay on goes, the module goes, and all can be had again
all_gone() {
	[ "$(column DISC)" = 0 ] || limited 60 vcdctl detach --force 0
	exec 7<&-
	! mountpoint -q $tmp/fs || umount $tmp/fs
	! is_mapped || within 60 unmapped
	within 30 rmmod vcd
	modprobe vcd
	attach "$(image other.iso)"
	is "$(sha256 $vcd0)" "$(sha256 "$(image other.iso)")"
	vcdctl detach 0
}

# reads COMMAND...: while somebody reads, and gets no wrong byte
reads() {
	local reader
	in_background "$node" verify 300 direct nonblock $vcd0 >$tmp/reader
	reader=$job
	within 60 grep -q reading $tmp/reader
	"$@"
	kill -TERM "$reader"
	within 60 gone "$reader"
	like "$(cat $tmp/reader)" 'reads right'
}

# with_disk COMMAND...: $disk is the machine's own disk, of which nothing is left over afterwards
with_disk() {
	disk=$(disk)
	trap 'on_exit' EXIT
	"$@"
	all_gone
}

on_exit() {
	[ ! -e $request_faults ] || echo 0 >$request_faults/probability
	[ ! -e "/sys/block/${disk##*/}/make-it-fail" ] || echo 0 >"/sys/block/${disk##*/}/make-it-fail"
	vcdctl detach --force 0 || :
	exec 7<&-
	! mountpoint -q $tmp/fs || umount $tmp/fs || umount -l $tmp/fs
	! is_mapped || within 60 unmapped
}

sectors_of() { blockdev --getsz "$1"; }

# Of the requests to the disk below some fail
failing_requests() {
	local mode result='' sectors=256
	[ -e $request_faults ] || skip "this kernel has no fault injection"
	on ext4 "$disk"
	for mode in auto none page; do
		attach --raw --cache $mode $image
		echo 0 >$request_faults/verbose
		echo -1 >$request_faults/times
		echo 1 >"/sys/block/${disk##*/}/make-it-fail"
		echo 30 >$request_faults/probability
		result+=$(compared; compared direct)$'\n'
		echo 0 >$request_faults/probability
		all_right
		vcdctl detach 0
	done
	like "$result" '[1-9][0-9]* right'
	like "$result" '[1-9][0-9]* errors'
}

# gone_and_back FILE: all that is below fails, then works again, under an image that is a file or the disk itself
gone_and_back() {
	local size mode sectors=256
	size=$(($(sectors_of "$disk") / 2))
	mapped "0 $size linear $disk 0"
	if [ "$1" = file ]; then
		on ext4 /dev/mapper/vcd-below
	else
		"$node" pattern $sectors 1 $tmp/copy
		dd if=$tmp/copy of=/dev/mapper/vcd-below bs=1M conv=fsync status=none
		becomes "0 $((sectors * 4)) linear $disk 0"
		image=/dev/mapper/vcd-below
		size=$((sectors * 4))
		exec 7<$image
	fi
	for mode in auto none page; do
		attach --raw --cache $mode $image
		all_right
		becomes "0 $size error"
		all_errors
		is "$("$node" status $vcd0)" disc
		limited 60 vcdctl list >/dev/null
		becomes "0 $size linear $disk 0"
		all_right
		becomes "0 $size error"
		compared >/dev/null
		limited 60 vcdctl detach 0
		becomes "0 $size linear $disk 0"
	done
}

# on_mapped: a disc past the page cache, from a file system on vcd-below, which is the whole disk
on_mapped() {
	on ext4 "$disk"
	exec 7<&-
	umount $tmp/fs
	mapped "0 $(sectors_of "$disk") linear $disk 0"
	mount /dev/mapper/vcd-below $tmp/fs
	exec 7<$image
	attach --raw --cache none $image
}

# Reads fail for a second, work for a second, and so on
flakey() {
	local result='' try
	modprobe -q dm-flakey || skip "this kernel has no dm-flakey"
	on_mapped
	becomes "0 $(sectors_of "$disk") flakey $disk 0 1 1"
	for ((try = 0; try < 100; try++)); do
		result+=$(compared direct)$'\n'
		if grep -q '[1-9][0-9]* right' <<<"$result" && grep -q '[1-9][0-9]* errors' <<<"$result"; then
			break
		fi
		sleep 0.3
	done
	[ $try -lt 100 ] || die "nothing failed, or everything: $result"
	becomes "0 $(sectors_of "$disk") linear $disk 0"
	all_right
}

# Every read takes its time. Whoever wants the disc out or another one in need not wait for all that have been asked for
delayed() {
	local other=$tmp/other
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	on_mapped
	becomes "0 $(sectors_of "$disk") delay $disk 0 300"
	"$node" pattern $sectors 2 $other
	forget
	reads limited 60 vcdctl swap --force --raw 0 $other
	is "$(sha256 $vcd0)" "$(sha256 $other)"
	limited 60 vcdctl swap --raw 0 $image
	is "$("$node" read 0 65536 direct $vcd0 | sha256sum)" "$(head -c 65536 $tmp/copy | sha256sum)"
	reads limited 60 vcdctl detach --force 0
}

# What is written over an image is what it holds from then on; a part that goes can't be read; what is unlinked stays
changed_files() {
	local fs=$1
	on "$fs" "$disk"
	attach --raw $image
	all_right
	"$node" pattern $sectors 2 $tmp/copy
	dd if=$tmp/copy of=$image bs=1M conv=notrunc,fsync status=none
	all_right
	truncate -s 0 $image
	all_errors
	is "$("$node" status $vcd0)" disc
	cat $tmp/copy >$image
	sync
	all_right
	mount -o remount,ro $tmp/fs
	all_right
	mount -o remount,rw $tmp/fs
	# Another file in its place is not the image; which has no name now and is held, so a file system refuses the above
	"$node" pattern $sectors 3 $tmp/fs/other
	mv $tmp/fs/other $image
	all_right
	rm $image
	all_right
}

# full TYPE: no room is left on the file system; an image with holes is read all the same
full() {
	local status=0
	on "$1" "$disk"
	truncate -s 2M $tmp/copy
	truncate -s 2M $image
	sync
	fallocate -l "$(df --output=avail -B1 $tmp/fs | tail -n 1)" $tmp/fs/filler || :
	dd if=/dev/zero of=$tmp/fs/filler oflag=append conv=notrunc bs=1M status=none || status=$?
	is $status 1
	attach --raw $image
	all_right
	gzip -c "$(image xorriso.iso)" >$tmp/packed.iso.gz
	vcdctl detach 0
	status_is 66 vcdctl attach -d 0 --cache-dir $tmp/fs $tmp/packed.iso.gz
	like "$output" 'MiB are needed|is used up'
	is "$(column STATE)" empty
}

# shut_down TYPE: the file system gives up, as after an error that it can't survive
shut_down() {
	on "$1" "$disk"
	attach --raw $image
	reads xfs_io -x -c shutdown $tmp/fs
	# What was in memory is still right
	limited 120 "$node" compare $tmp/copy $vcd0
	all_errors
	is "$("$node" status $vcd0)" disc
	limited 60 vcdctl list >/dev/null
	vcdctl detach 0
}

pull() { echo 1 >"/sys/block/${disk##*/}/device/delete"; }

# plugged: print the disk that scsi_debug has
plugged() {
	local node
	for node in /sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*; do
		[ ! -e "$node" ] || echo "/dev/${node##*/}"
	done
}
is_plugged() { [ -b "$(plugged)" ]; }

# pulled KIND: the disk is pulled out, and another is plugged in
pulled() {
	modprobe -q scsi_debug dev_size_mb=64 || skip "this kernel has no scsi_debug"
	modprobe sd_mod
	trap 'vcdctl detach --force 0 || :; exec 7<&-; ! mountpoint -q $tmp/fs || umount $tmp/fs; within 30 rmmod scsi_debug' EXIT
	within 30 is_plugged
	disk=$(plugged)
	on ext4 "$disk"
	if [ "$1" = disk ]; then
		exec 7<&-
		umount $tmp/fs
		image=$disk
		cp "$disk" $tmp/copy
		exec 7<"$image"
	fi
	attach --raw $image
	all_right
	if [ "$1" = disk ]; then
		pull
	else
		reads pull
	fi
	all_errors
	is "$("$node" status $vcd0)" disc
	limited 60 vcdctl list >/dev/null
	# Another one, with other bytes
	echo 1 >/sys/bus/pseudo/drivers/scsi_debug/add_host
	within 30 is_plugged
	"$node" pattern 8192 9 $tmp/other
	dd if=$tmp/other of="$(plugged)" bs=1M conv=fsync status=none
	all_errors
	all_gone
	within 30 rmmod scsi_debug
	trap - EXIT
}

check "some requests to the disk below fail" with_disk failing_requests
check_long "the disk below a file fails, works, fails" with_disk gone_and_back file
check_long "the disk that is the image fails, works, fails" with_disk gone_and_back disk
check_long "a disk that works now and then" with_disk flakey
check_long "a slow disk" with_disk delayed
for fs in ext4 xfs; do
	check_long "$fs: an image is overwritten, cut off, replaced, unlinked; its file system is remounted" \
		with_disk changed_files $fs
	check_long "$fs: a full file system" with_disk full $fs
	check_long "$fs: a file system is shut down" with_disk shut_down $fs
done
check "the disk below a file is pulled out" pulled file
check_long "the disk that is the image is pulled out" pulled disk
finish
