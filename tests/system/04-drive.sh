#!/bin/bash
# The drive as hardware: tray, lock, eject button, discs going in and out.
# on: debian
cd "$(dirname "$0")" && . ./lib.sh

tray() { "$node" status $vcd0; }

by_eject() {
	attach "$(image xorriso.iso)"
	is "$(tray)" disc
	like "$(eject -v $vcd0 2>&1)" 'eject command succeeded'
	is "$(tray)" open
	is "$(column STATE)" open
	is "$(column DISC)" 1
	settle
	like "$(eject -v -t $vcd0 2>&1)" 'clos'
	within 5 test "$(tray)" = disc
	is "$(sha256 $vcd0)" "$(sha256 "$(image xorriso.iso)")"
	settle
	# By toggling, there and back
	eject -T $vcd0
	is "$(tray)" open
	settle
	eject -T $vcd0
	is "$(tray)" disc
	settle
	like "$(eject -X $vcd0 2>&1)" '48|[0-9]+'
	eject -x 8 $vcd0
	# By command
	eject -s $vcd0
	is "$(tray)" open
	vcdctl close 0
}

manual_lock() {
	attach "$(image xorriso.iso)"
	like "$(eject -i on $vcd0 2>&1)" 'NOT be ejected|cannot|prevent|lock' || :
	is "$(column LOCKED)" 1
	eject -i off $vcd0
	is "$(column LOCKED)" 0
}

states() {
	is "$(tray)" empty
	is "$(column STATE)" empty
	vcdctl eject 0
	is "$(tray)" open
	fails "$node" open excl rw $vcd0
	vcdctl close 0
	is "$(tray)" empty
	attach "$(image xorriso.iso)"
	is "$(tray)" disc
	is "$(column STATE)" loaded
	vcdctl eject 0
	is "$(tray)" open
	# Nothing can be read in the open tray
	is "$("$node" read 0 2048 nonblock $vcd0 | wc -c)" 0
	is "$(cat /sys/block/vcd0/size)" 0
	is "$(cat /sys/block/vcd0/vcd/tray)" open
	vcdctl close 0
	is "$(tray)" disc
}

# A blocking open closes the tray, as that of a real drive does
autoclose() {
	attach "$(image xorriso.iso)"
	vcdctl eject 0
	is "$(tray)" open
	is "$("$node" open $vcd0)" ok
	is "$(tray)" disc
	settle
	vcdctl eject 0
	mount -t iso9660 -r $vcd0 $mnt
	(cd $mnt && sha256sum -c --quiet SHA256SUMS)
	umount $mnt
	settle
	# mount(8) can't look into the open tray: it tries what the kernel has, and the first try closes it
	vcdctl eject 0
	mount -r $vcd0 $mnt
	umount $mnt
	settle
	vcdctl detach 0
	# Without a disc it closes too, and says that there is none
	vcdctl eject 0
	fails "$node" open $vcd0
	is "$output" ENOMEDIUM
	# Without blocking it stays open
	vcdctl eject 0
	is "$("$node" open nonblock $vcd0)" ok
	is "$(tray)" open
}

locked_while_open() {
	attach "$(image xorriso.iso)"
	hold $vcd0
	is "$(column LOCKED)" 1
	fails "$node" ioctl CDROMEJECT 0 nonblock $vcd0
	is "$output" EBUSY
	fails sg_start --eject $vcd0
	like "$(sg_raw $vcd0 1b 00 00 00 02 00 2>&1)" 'Illegal Request' 
	is "$(tray)" disc
	# An open that fails does not unlock it for the others
	fails "$node" open rw $vcd0
	is "$(column LOCKED)" 1
	let_go
}

# The button of a drive that nobody has locked moves the tray
button_unlocked() {
	attach "$(image xorriso.iso)"
	eject -i off $vcd0
	settle
	is "$(column LOCKED)" 0
	vcdctl eject --button 0
	is "$(tray)" open
	vcdctl eject --button 0
	is "$(tray)" disc
}

# The button of one that is locked asks; udev opens the tray then
button_locked() {
	attach "$(image xorriso.iso)"
	is "$(column LOCKED)" 1
	listen
	vcdctl eject --button 0
	within 60 grep -q DISK_EJECT_REQUEST=1 $tmp/uevents
	settle
	within 60 test_tray open
	like "$(uevents)" 'DISK_EJECT_REQUEST=1'
	is "$(uevents | grep -c DISK_EJECT_REQUEST=1)" 1
}

test_tray() { [ "$(tray)" = "$1" ]; }

detach_mounted() {
	attach "$(image xorriso.iso)"
	mount -r $vcd0 $mnt
	status_is 75 vcdctl detach 0
	like "$output" "busy.*mounted on $mnt"
	status_is 75 vcdctl swap 0 "$(image other.iso)"
	like "$output" "busy.*mounted on $mnt"
	status_is 75 vcdctl eject 0
	like "$output" "busy.*mounted on $mnt"
	status_is 75 vcdctl remove 0
	like "$output" "busy"
	(cd $mnt && sha256sum -c --quiet SHA256SUMS)
	umount $mnt
	settle
	vcdctl detach 0
}

detach_locked() {
	attach "$(image xorriso.iso)"
	hold lock $vcd0
	status_is 75 vcdctl detach 0
	like "$output" "busy.*open in node \(pid $job\)"
	let_go
	settle
	vcdctl detach 0
}

# Open, but not locked: that holds no disc
detach_open() {
	attach "$(image xorriso.iso)"
	hold nonblock $vcd0
	eject -i off $vcd0
	"$node" ioctl CDROM_LOCKDOOR 0 nonblock $vcd0 || :
	settle
	is "$(column LOCKED)" 0
	vcdctl detach 0
}

# With CDO_CHECK_TYPE the CD-ROM layer looks for audio, and would move the tray to find it
audio_moves_nothing() {
	attach "$(image xorriso.iso)"
	"$node" ioctl CDROM_SET_OPTIONS 0x11 nonblock $vcd0
	vcdctl eject 0
	fails "$node" ioctl CDROMPLAYTRKIND 0x010001 nonblock $vcd0
	is "$output" ENOMEDIUM
	is "$("$node" status $vcd0)" open
	vcdctl close 0
	fails "$node" ioctl CDROMPLAYTRKIND 0x010001 nonblock $vcd0
	is "$output" EMEDIUMTYPE
	"$node" ioctl CDROM_CLEAR_OPTIONS 0x10 nonblock $vcd0
}

# Readers of a disc that is torn out get errors, and nothing hangs
forced() {
	local how=$1 flag='' kind n
	# Readers that wait for a disc would close the tray again
	[ $how != eject ] || flag=nonblock
	"$node" pattern 4096 1 $tmp/image
	attach --raw $tmp/image
	in_background "$node" verify 600 read $flag $vcd0 >$tmp/reader.1
	in_background "$node" verify 600 direct $flag $vcd0 >$tmp/reader.2
	kind=map
	if user_mode_linux; then kind=open; fi
	in_background "$node" verify 600 $kind $flag $vcd0 >$tmp/reader.3
	in_background "$node" verify 600 sg $flag $vcd0 >$tmp/reader.4
	coproc session { "$node" session $flag $vcd0; }
	read -r line <&"${session[0]}"
	is "$line" ready
	echo "read 0 4096" >&"${session[1]}"
	read -r line <&"${session[0]}"
	is "$line" "$("$node" hash 0 4096 $tmp/image)"
	sleep 0.5
	limited 20 vcdctl $how --force 0
	# At once, from the page cache or not
	echo "read 0 4096" >&"${session[1]}"
	read -r -t 10 line <&"${session[0]}"
	like "$line" '^(EIO|ENOMEDIUM|ENXIO|short 0)$'
	settle
	while read -r n; do
		kill -TERM "$n"
		within 10 gone "$n"
	done <$tmp/jobs
	for n in 1 2 3 4; do
		like "$(cat $tmp/reader.$n)" '[1-9][0-9]* reads right, [1-9][0-9]* errors'
	done
}

# Whoever mounted the old disc never sees a byte of the new one
forced_swap_while_mounted() {
	local old new
	old=$(image xorriso.iso)
	new=$(image other.iso)
	attach "$old"
	mount -r $vcd0 $mnt
	cat $mnt/deep/one-block >/dev/null
	vcdctl swap --force 0 "$new"
	like "$(column STATE)" stale
	# What the file system still has in memory may be read; the disc may not
	echo 3 >/proc/sys/vm/drop_caches
	fails cat $mnt/deep/er/random.bin
	ls -R $mnt >$tmp/names 2>/dev/null || :
	unlike "$(cat $tmp/names)" 'other|^data$'
	fails cat $mnt/deep/er/random.bin
	# Through the node of the same disc neither, until the mount is gone
	is "$("$node" hash 32768 2048 nonblock $vcd0 2>&1 | grep -c "$("$node" hash 32768 2048 "$new")")" 0
	umount $mnt
	settle
	is "$(column STATE)" loaded
	is "$(sha256 $vcd0)" "$(sha256 "$new")"
	mount -r $vcd0 $mnt
	is "$(cat $mnt/other)" other
}

swap() {
	local old new seq
	old=$(image xorriso.iso)
	new=$(image other.iso)
	attach "$old"
	is "$(sha256 $vcd0)" "$(sha256 "$old")"
	is "$(vcdctl swap 0 "$new")" $vcd0
	is "$(sha256 $vcd0)" "$(sha256 "$new")"
	is "$(column LABEL)" OTHER_DISC
	is "$(blkid -p -s LABEL -o value $vcd0)" OTHER_DISC
	vcdctl swap 0 "$old"
	is "$(sha256 $vcd0)" "$(sha256 "$old")"
	# Out of an open tray: another disc, too
	vcdctl eject 0
	seq=$(cat /sys/block/vcd0/diskseq)
	vcdctl swap 0 "$new"
	[ "$(cat /sys/block/vcd0/diskseq)" -gt "$seq" ]
	is "$(sha256 $vcd0)" "$(sha256 "$new")"
	vcdctl detach 0
	status_is 1 vcdctl swap 0 "$old"
	like "$output" 'no disc'
}

# Who opens the node knows of the new disc, for all who have it open. udev does, where it runs.
noticed() { "$node" open nonblock $vcd0; }

# Nothing of the old disc is left in memory, though the node was open all the time
page_cache() {
	local line image
	for image in 1 2; do
		"$node" pattern 2048 $image $tmp/image.$image
	done
	attach --raw $tmp/image.1
	coproc session { "$node" session nonblock $vcd0; }
	read -r line <&"${session[0]}"
	ask() {
		echo "$*" >&"${session[1]}"
		read -r -t 20 line <&"${session[0]}"
		echo "$line"
	}
	is "$(ask read 0 1048576)" "$("$node" hash 0 1048576 $tmp/image.1)"
	is "$(ask map 8192)" "$("$node" hash 8192 4096 $tmp/image.1)"
	is "$(ask look)" "$("$node" hash 8192 4096 $tmp/image.1)"
	# The lock by which udev keeps the disc counts while it is open
	vcdctl swap --force --raw 0 $tmp/image.2
	noticed
	is "$(ask read 0 1048576)" "$("$node" hash 0 1048576 $tmp/image.2)"
	# The mapping shows the new disc, not what was in it before
	is "$(ask look)" "$("$node" hash 8192 4096 $tmp/image.2)"
	vcdctl detach --force 0
	like "$(ask read 0 4096)" '^(EIO|ENOMEDIUM|short 0)$'
	is "$(ask look)" SIGBUS
	attach --raw $tmp/image.1
	noticed
	is "$(ask look)" "$("$node" hash 8192 4096 $tmp/image.1)"
	is "$(ask read 0 1048576)" "$("$node" hash 0 1048576 $tmp/image.1)"
	vcdctl eject --force 0
	is "$(ask look)" SIGBUS
	vcdctl close 0
	noticed
	is "$(ask look)" "$("$node" hash 8192 4096 $tmp/image.1)"
}

# one_event COMMAND...: exactly one change uevent, with the DISKSEQ that the device has
one_event() {
	"$@" >/dev/null
	new_events
	is "$(wc -l <$tmp/new)" 1
	like "$(cat $tmp/new)" ' ACTION=change .*DISK_MEDIA_CHANGE=1'
	is "$(grep -o 'DISKSEQ=[0-9]*' $tmp/new)" "DISKSEQ=$(cat /sys/block/vcd0/diskseq)"
}

# Looking at it brings none
no_event() {
	"$@" >/dev/null
	sleep 0.2
	new_events
	is "$(cat $tmp/new)" ''
}

# new_events: those that came since the last time, into $tmp/new
new_events() {
	uevents >$tmp/all
	tail -n +$((seen_events + 1)) $tmp/all >$tmp/new
	seen_events=$(wc -l <$tmp/all)
}

events() {
	local seq seen_events=0
	listen
	one_event vcdctl attach -d 0 "$(image xorriso.iso)"
	seq=$(cat /sys/block/vcd0/diskseq)
	no_event blkid -p $vcd0
	no_event cat /sys/block/vcd0/events
	no_event dd if=$vcd0 of=/dev/null bs=64K
	is "$(cat /sys/block/vcd0/diskseq)" "$seq"
	one_event vcdctl swap 0 "$(image other.iso)"
	[ "$(cat /sys/block/vcd0/diskseq)" -gt "$seq" ]
	one_event vcdctl eject 0
	one_event vcdctl close 0
	one_event eject $vcd0
	one_event eject -t $vcd0
	one_event vcdctl detach 0
	no_event "$node" open nonblock $vcd0
	one_event vcdctl attach -d 0 "$(image other.iso)"
	one_event vcdctl eject 0
	one_event "$node" open $vcd0
	one_event vcdctl detach --force 0
}

# With nobody who reads the label of the new disc, it is read from the disc
label_without_udev() {
	attach "$(image xorriso.iso)"
	settle
	without_udev relabelled
}

relabelled() {
	vcdctl swap --force 0 "$(image other.iso)"
	is "$(column LABEL)" OTHER_DISC
}

logged() {
	attach -p dvd "$(image xorriso.iso)"
	like "$(dmesg | tail -n 20)" "vcd0: DVD-ROM, $(column SECTORS) sectors"
}

tray_of_an_empty_drive() {
	listen
	vcdctl eject 0
	vcdctl eject 0
	settle
	# Closing an open and empty tray with a new disc on it
	is "$(tray)" open
	attach "$(image xorriso.iso)"
	is "$(tray)" disc
}

automatic_eject() {
	attach "$(image xorriso.iso)"
	eject -i off $vcd0
	"$node" ioctl CDROM_SET_OPTIONS 2 nonblock $vcd0 >/dev/null
	"$node" open $vcd0
	within 5 test_tray open
	"$node" ioctl CDROM_CLEAR_OPTIONS 2 nonblock $vcd0 >/dev/null
}

# A drive introduces itself as it was told to
identity() {
	vcdctl create --vendor ACMEDISC --product 'Sixteen letters!' --revision R2.0 --serial S-12345678901234567x 4
	settle
	like "$(sg_inq /dev/vcd4)" 'Vendor identification: ACMEDISC'
	like "$(sg_inq /dev/vcd4)" 'Product identification: Sixteen letters!'
	like "$(sg_inq /dev/vcd4)" 'Product revision level: R2.0'
	like "$(sg_vpd -p sn /dev/vcd4)" 'serial number: S-12345678901234567x'
	like "$(sg_vpd -p di /dev/vcd4)" 'ACMEDISC'
	is "$(cat /sys/block/vcd4/device/vendor)" ACMEDISC
	is "$(cat /sys/block/vcd4/device/model)" 'Sixteen letters!'
	like "$(udevadm info /dev/vcd4)" 'ID_SERIAL=.*S-12345678901234567x'
	# The rest is as ever
	vcdctl create --serial mine 5
	settle
	like "$(sg_inq /dev/vcd5)" 'Vendor identification: VCD'
	like "$(sg_vpd -p sn /dev/vcd5)" 'serial number: mine$'
}

check "eject(1): -v, -t, -T, -X, -x, -s" by_eject
check "eject -i on and off: the lock" manual_lock
check "CDROM_DRIVE_STATUS in every state" states
check "a blocking open closes the tray; O_NONBLOCK does not" autoclose
check "ioctls that look for audio leave the tray alone" audio_moves_nothing
check "a drive that is open is locked" locked_while_open
check "eject button, unlocked: the tray moves" button_unlocked
check "detach, swap, eject of a mounted disc: 75, and names the mount" detach_mounted
check "detach of a disc that is open and locked: 75, and names the process" detach_locked
check "detach of a disc that is open, but not locked" detach_open
check "detach --force: readers get errors, nothing hangs" forced detach
check "eject --force: readers get errors, nothing hangs" forced eject
check "remove --force: readers get errors, nothing hangs" forced remove
check "a mounted file system sees nothing of a disc swapped in by force" forced_swap_while_mounted
check "swap" swap
check "the page cache of the old disc is gone, mappings too" page_cache
check "one change uevent each, with the DISKSEQ of the device" events
check "the kernel's log tells what was put in" logged
check "an open empty tray takes a disc" tray_of_an_empty_drive
check "CDO_AUTO_EJECT: the last close opens the tray" automatic_eject
if [ -z "${udev_is_stopped-}" ]; then
	check "eject button, locked: DISK_EJECT_REQUEST, and udev ejects" button_locked
	check "the label of a disc that udev does not see" label_without_udev
	check "vendor, product, revision, serial number as wanted" identity
fi
finish
