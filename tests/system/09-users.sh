#!/bin/bash
# Who may do what: bob is nobody, alice and carol are in the group cdrom.
# on: newest
cd "$(dirname "$0")" && . ./lib.sh && . ./served.sh

image_of() {
	local user=$1 mode=$2
	cp "$(image xorriso.iso)" $tmp/$user.iso
	chown "$user:$user" $tmp/$user.iso
	chmod "$mode" $tmp/$user.iso
	chmod 755 $tmp
}

control_node() {
	is "$(stat -c %U:%G:%a /dev/vcd-control)" root:cdrom:660
}

bob_may_nothing() {
	image_of bob 644
	fails as bob cat /dev/vcd-control
	like "$output" 'Permission denied'
	fails as bob dd if=$vcd0 of=/dev/null count=1
	like "$output" 'Permission denied'
	fails as bob "$node" open nonblock $vcd0
	is "$output" EACCES
	status_is 77 as bob vcdctl attach -d 0 $tmp/bob.iso
	like "$output" 'ermission'
	attach "$(image xorriso.iso)"
	status_is 77 as bob vcdctl detach 0
	status_is 77 as bob vcdctl swap --force 0 $tmp/bob.iso
	status_is 77 as bob vcdctl eject 0
	status_is 77 as bob vcdctl create
	status_is 77 as bob vcdctl remove --force 0
	fails as bob sg_raw $vcd0 00 00 00 00 00 00
	fails as bob eject $vcd0
	fails as bob mount $vcd0 $mnt
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
}

alice_attaches() {
	image_of alice 600
	as alice vcdctl attach -d 0 $tmp/alice.iso
	is "$(column USER)" alice
	is "$(as alice sha256sum <$vcd0)" "$(sha256sum <$tmp/alice.iso)"
	as alice vcdctl swap 0 $tmp/alice.iso
	as alice vcdctl eject 0
	as alice vcdctl close 0
	as alice eject $vcd0
	as alice eject -t $vcd0
	settle
	as alice vcdctl detach 0
	is "$(column STATE)" empty
	# And a drive of her own
	is "$(as alice vcdctl create)" /dev/vcd1
	is "$(column OWNER vcd1)" alice
	as alice vcdctl remove 1
}

# What she can't read she can't attach
alice_cannot_read() {
	image_of root 600
	status_is 66 as alice vcdctl attach -d 0 $tmp/root.iso
	like "$output" 'ermission'
	is "$(column STATE)" empty
	# Nor by a descriptor for writing
	chmod 622 $tmp/root.iso
	status_is 66 as alice vcdctl attach -d 0 $tmp/root.iso
	is "$(column STATE)" empty
}

# A disc stays what its owner could read when it was attached
carol_and_the_disc_of_alice() {
	image_of alice 600
	image_of carol 600
	as alice vcdctl attach -d 0 $tmp/alice.iso
	status_is 77 as carol vcdctl detach 0
	like "$output" 'attached by user alice'
	status_is 77 as carol vcdctl detach --force 0
	status_is 77 as carol vcdctl swap 0 $tmp/carol.iso
	like "$output" 'attached by user alice'
	status_is 77 as carol vcdctl swap --force 0 $tmp/carol.iso
	status_is 77 as carol vcdctl remove --force 0
	status_is 77 as carol vcdctl eject --force 0
	status_is 0 as carol vcdctl detach --all
	is "$(column STATE)" loaded
	is "$(as carol vcdctl list -nr -o USER 0)" alice
	# Her image is still what is read
	is "$(sha256 $vcd0)" "$(sha256 $tmp/alice.iso)"
	vcdctl swap 0 "$(image other.iso)"
	is "$(column USER)" root
	vcdctl detach 0
	# Of a drive of alice's too
	as alice vcdctl create 3
	status_is 77 as carol vcdctl remove 3
	like "$output" 'made by user alice'
	status_is 77 as carol vcdctl remove --force 3
	vcdctl remove 3
}

# As many drives, discs and files as a user may have, and not one more; each user has that many
limits() {
	local i
	image_of alice 644
	is "$(as alice vcdctl create --count 64 1 | wc -l)" 64
	status_is 73 as alice vcdctl create
	like "$output" 'as many drives as a user may have'
	as carol vcdctl create 90
	vcdctl create 91
	as alice vcdctl remove 64
	as alice vcdctl create 64
	# The drives of others can be used, too, but the discs count
	for i in $(seq 63); do
		as alice vcdctl attach -d $i $tmp/alice.iso >/dev/null
	done
	as alice vcdctl attach -d 91 $tmp/alice.iso >/dev/null
	status_is 73 as alice vcdctl attach -d 64 $tmp/alice.iso
	like "$output" 'as many as a user may have'
	as alice vcdctl swap 5 $tmp/alice.iso
	is "$(vcdctl list -nr -o STATE | grep -c loaded)" 64
	vcdctl attach -d 64 $tmp/alice.iso
	vcdctl detach --all
	# shellcheck disable=SC2046 # numbers
	vcdctl remove $(vcdctl list -nr -o INDEX | grep -vx 0)
}

# In a user namespace alice can be many users, and yet has no more
limits_in_a_namespace() {
	local pid
	in_background as alice unshare --user sleep 1000 || skip "users can't have name spaces here"
	within 20 pgrep -u alice -x sleep
	pid=$(pgrep -u alice -x sleep)
	# Each by one call of write()
	printf '0 %s 1\n1 100000 10\n' "$(id -u alice)" >$tmp/uids
	printf '0 %s 1\n1 %s 1\n' "$(id -g alice)" "$(getent group cdrom | cut -d: -f3)" >$tmp/gids
	cat $tmp/uids >/proc/$pid/uid_map
	cat $tmp/gids >/proc/$pid/gid_map
	is "$(nsenter --user --target $pid --setuid 2 --setgid 1 vcdctl create 1)" /dev/vcd1
	is "$(as alice vcdctl create --count 63 2 | wc -l)" 63
	for uid in 0 1 2; do
		status_is 73 nsenter --user --target $pid --setuid $uid --setgid 1 vcdctl create
		like "$output" 'as many drives as a user may have'
	done
	kill "$pid"
	# shellcheck disable=SC2046 # numbers
	vcdctl remove $(seq 64)
}

# Files stay open for a disc when no process has them open any more.
limit_of_files() {
	local i
	vcdctl create --count 6 1
	image_in_parts $tmp/parts
	chmod 755 $tmp $tmp/parts
	chmod 644 $tmp/parts/*
	for i in 1 2 3 4; do
		as alice vcdctl attach -d $i $tmp/parts/x.iso.001
	done
	status_is 73 as alice vcdctl attach -d 5 $tmp/parts/x.iso.001
	like "$output" 'their files'
	as alice vcdctl detach 2
	as alice vcdctl attach -d 5 $tmp/parts/x.iso.001
	vcdctl attach -d 6 $tmp/parts/x.iso.001
	vcdctl detach --all
	vcdctl remove $(seq 6)
}

# open for reading only: sg_raw -R
commands_of_alice() {
	attach "$(image xorriso.iso)"
	as alice sg_raw -R -r 36 $vcd0 12 00 00 00 24 00
	as alice sg_raw -R -r 20 $vcd0 43 00 00 00 00 00 00 00 14 00
	as alice sg_raw -R -r 2048 $vcd0 28 00 00 00 00 10 00 00 01 00
	as alice sg_raw -R $vcd0 1b 00 00 00 01 00
	# What writes needs a descriptor that may
	fails as alice sg_raw -R $vcd0 1e 00 00 00 01 00
	like "$output" 'not permitted'
	fails as alice sg_raw -R -s 12 -i /dev/zero $vcd0 55 10 00 00 00 00 00 00 0c 00
	like "$output" 'not permitted'
	as alice sg_raw $vcd0 1e 00 00 00 01 00
	as alice sg_raw $vcd0 1e 00 00 00 00 00
	fails as alice sg_raw -s 12 -i /dev/zero $vcd0 55 10 00 00 00 00 00 00 0c 00
	unlike "$output" 'not permitted'
	# What nobody knows is for root
	fails as alice sg_raw $vcd0 d7 00 00 00 00 00 00 00 00 00
	like "$output" 'not permitted'
	fails as alice sg_raw $vcd0 ff 00 00 00 00 00 00 00 00 00
	like "$output" 'not permitted'
	fails sg_raw $vcd0 d7 00 00 00 00 00 00 00 00 00
	like "$output" 'Illegal Request'
	sg_raw -R $vcd0 1e 00 00 00 01 00
}

# What only root may do to the drive
privileged_ioctls() {
	attach "$(image xorriso.iso)"
	fails as alice "$node" ioctl CDROMRESET 0 nonblock $vcd0
	like "$output" 'EACCES|EPERM'
	hold $vcd0
	fails as alice "$node" ioctl CDROM_LOCKDOOR 0 nonblock $vcd0
	like "$output" 'EBUSY|EPERM'
	fails as alice "$node" ioctl BLKROSET 0 nonblock $vcd0
	like "$output" 'EACCES|EPERM'
}

# Some files ask who reads them, and some file systems tell others: it is who attached them, whoever wants the bytes
reads_as_alice() {
	local n
	modprobe -q fuse || skip "this kernel has no FUSE"
	chmod 755 $tmp
	"$node" pattern 1024 1 $tmp/copy
	trap 'vcdctl detach --force 0 || :; kill "$server"; umount -l $tmp/served || :' EXIT
	serve $tmp/copy
	as alice vcdctl attach --raw -d 0 "$image"
	# The node, a command, and what is read ahead
	for n in direct nonblock; do
		echo 3 >/proc/sys/vm/drop_caches
		"$node" read 0 65536 $n $vcd0 >/dev/null
	done
	echo 3 >/proc/sys/vm/drop_caches
	sg_raw -r 2048 $vcd0 28 00 00 00 00 10 00 00 01 00 >/dev/null 2>&1
	is "$(sha256 $vcd0)" "$(sha256 $tmp/copy)"
	is "$(grep '^read by' $tmp/server)" "read by $(id -u alice)"
	vcdctl detach 0
	# By root for root
	attach --raw "$image"
	echo 3 >/proc/sys/vm/drop_caches
	dd if=$vcd0 iflag=direct of=/dev/null bs=64K count=1 status=none
	is "$(grep -c '^read by' $tmp/server)" 2
}

# More discs than there are workers for, with all their readers, on a server that does not answer. Where others' reads
# waited for the same workers, they would wait for it, too.
all_wait() { [ "$(ps -C node -o stat= | grep -c ^D)" = "$1" ]; }

none_read() { ! ps -C node -o pid= >/dev/null; }

others_read_on() {
	local i
	modprobe -q fuse || skip "this kernel has no FUSE"
	"$node" pattern 4096 1 $tmp/copy
	trap 'order flow || :; vcdctl detach --force 0 $(seq 70) || :; kill "$server"; umount -l $tmp/served || :' EXIT
	mount_disk $tmp/fs
	cp "$(image xorriso.iso)" $tmp/fs/image.iso
	attach $tmp/fs/image.iso
	serve $tmp/copy
	vcdctl create --count 70 1
	for i in $(seq 70); do
		vcdctl attach --raw -d "$i" "$image" >/dev/null
	done
	sync
	echo 3 >/proc/sys/vm/drop_caches
	order stall
	# In more bios than a disc has readers: of 256 pages each
	for i in $(seq 70); do
		in_background "$node" sink 0 1024 direct "/dev/vcd$i"
		in_background "$node" sink $((1024 * 4096)) 1024 direct "/dev/vcd$i"
	done
	within 60 all_wait 140
	in_background dd if=$vcd0 iflag=direct bs=64K of=$tmp/read status=none
	within 60 gone "$job"
	cmp $tmp/read "$(image xorriso.iso)"
	order flow
	within 60 none_read
	trap - EXIT
	vcdctl detach --all
	vcdctl remove $(seq 70)
	kill "$server"
	umount $tmp/served
}

# Without udev only the control device is for users.
if [ -z "${udev_is_stopped-}" ]; then
	check "the control node is for the group cdrom" control_node
	check "bob may nothing" bob_may_nothing
	check "alice attaches what she can read" alice_attaches
	check "alice can't attach what she can't read" alice_cannot_read
	check "carol can't touch alice's disc and drive; root can" carol_and_the_disc_of_alice
	check "commands by kind of descriptor: EPERM where it is due" commands_of_alice
	check "ioctls that are for root" privileged_ioctls
fi
check "no user has more than 64 drives and 64 discs" without_udev limits
check "no user has discs of more than 1024 files" without_udev limit_of_files
check "nor in a namespace of users" without_udev limits_in_a_namespace
check "an image is read as who attached it" without_udev reads_as_alice
check "discs on a server that does not answer keep nobody else from reading" without_udev others_read_on
finish
