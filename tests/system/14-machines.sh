#!/bin/bash
# long
# time: 1500
# Virtual machines that are given the drive, by QEMU in the guest, as README.md tells: as a CD-ROM drive
# of QEMU's own that reads from ours (host_cdrom), and as a whole, command by command (scsi-block).
cd "$(dirname "$0")" && . ./lib.sh && . ./clients.sh

ipxe=/usr/lib/ipxe/ipxe.iso
# An emulated processor in an emulated processor takes its time
boot_patience=600

as_cdrom=(-blockdev "driver=host_cdrom,node-name=disc,filename=$vcd0,read-only=on")
as_lun=(-blockdev "driver=host_device,node-name=disc,filename=$vcd0,read-only=on")

# machine OPTION...: start one in the background, with its serial line in the file $tmp/serial
machine() {
	in_background qemu-system-x86_64 -machine pc -accel tcg -m 64 -nographic -no-user-config -nic none \
		-serial "file:$tmp/serial" -monitor none -qmp unix:$tmp/monitor,server=on,wait=off "$@" >>$tmp/printed 2>&1
	within 60 test -S $tmp/monitor
}

# adapter OPTION...: start one whose processor stands still, as it is we who drive its SCSI adapter
adapter() {
	machine -S -qtest unix:$tmp/adapter,server=on,wait=off -qtest-log /dev/null -device am53c974,addr=5 "$@"
}

monitor() { timeout 120 ./inner-machine monitor $tmp/monitor "$@"; }

# guest CDB...: what commands of a driver in the machine come to: a line for each, "good" and data, or sense
guest() { timeout 120 ./inner-machine scsi $tmp/adapter "$@"; }

unit_ready='00 00 00 00 00 00'
capacity='25 00 00 00 00 00 00 00 00 00'
events='4a 01 00 00 10 00 00 00 08 00'
lock='1e 00 00 00 01 00'
unlock='1e 00 00 00 00 00'
open='1b 00 00 00 02 00'
close='1b 00 00 00 03 00'

# The answer to READ CAPACITY that fits an image
capacity_of() { printf 'good %s00 00 08 00' "$(printf %08x $(($(size "$1") / 2048 - 1)) | sed 's/../& /g')"; }

# The answer to TEST UNIT READY, which may be preceded by one unit attention
unit_state() {
	local answer
	answer=$(guest "$unit_ready")
	[ "$answer" != 6/28/00 ] || answer=$(guest "$unit_ready")
	echo "${answer% }"
}

# The next media event, 00 if there is none
event() { guest "$events" | cut -d' ' -f6; }

# The machine has taken notice of all that there was
guest_is_quiet() { [ "$(guest "$unit_ready")" = 'good ' ] && [ "$(event)" = 00 ]; }

# booted OPTION...: a machine boots from the disc
banner_is_there() { tr -d '\0' <$tmp/serial | grep -aq 'iPXE initialising'; }
booted() {
	attach $ipxe
	machine "$@"
	within $boot_patience banner_is_there
}

# disc NAME COMMAND: what `qemu-io`, which prints to the output of the machine, says of the disc
disc() {
	local before
	before=$(size $tmp/printed)
	monitor qemu-io "$1" "\"$2\""
	tail -c "+$((before + 1))" $tmp/printed
}

# QEMU prints a dot for the underscore in the label
label() { disc "$1" 'read -v 32808 32'; }

size_of_info() {
	qemu-img info --output=json "host_cdrom:$vcd0" | sed -n 's/^    "virtual-size": \([0-9]*\),*$/\1/p'
}

image_info() {
	is "$(size_of_info)" 0
	attach $ipxe
	is "$(size_of_info)" "$(size $ipxe)"
	vcdctl swap vcd0 "$(image xorriso.iso)"
	is "$(size_of_info)" "$(size "$(image xorriso.iso)")"
}

cdrom_boots() {
	booted -cdrom $vcd0 -boot d
	like "$(monitor info block | grep -A3 '/dev/vcd0')" 'Removable device: .*tray closed'
	fails vcdctl swap vcd0 "$(image second.iso)"
	like "$output" 'open in qemu-system-x86'
	vcdctl swap --force vcd0 "$(image second.iso)"
	like "$(label ide1-cd0)" 'SECOND.DISC'
	vcdctl eject --force vcd0
	like "$(disc ide1-cd0 length; disc ide1-cd0 'read 0 2048')" 'No medium found'
	vcdctl close vcd0
	like "$(label ide1-cd0)" 'SECOND.DISC'
	# The machine's own tray: it lets go of the drive, whose tray stays closed
	is "$(monitor eject -f ide1-cd0)" ''
	like "$(monitor info block | grep -A2 '^ide1-cd0: \[not inserted\]')" 'tray open'
	is "$(column STATE,OPENERS)" 'loaded 0'
}

lun_boots() {
	booted "${as_lun[@]}" -device virtio-scsi-pci -device scsi-block,drive=disc,bootindex=0
	vcdctl swap --force vcd0 "$(image second.iso)"
	like "$(label disc)" 'SECOND.DISC'
	# Of a block device that ends early QEMU reads zeroes
	vcdctl eject --force vcd0
	unlike "$(label disc)" 'SECOND.DISC'
	vcdctl close vcd0
	like "$(label disc)" 'SECOND.DISC'
}

# guest_has_tray: the machine locks the tray, and moves it
guest_has_tray() {
	settle
	is "$(guest "$unlock")" 'good '
	is "$(column LOCK)" ''
	is "$(guest "$lock")" 'good '
	is "$(column LOCK)" locked
	fails vcdctl eject vcd0
	is "$(guest "$open")" 5/53/02
	is "$(guest "$unlock" "$open")" $'good \ngood '
	is "$(column STATE)" open
	is "$(guest "$close")" 'good '
	is "$(column STATE)" loaded
}

# QEMU does not notice by itself that there is another disc
cdrom_follows() {
	local first second
	first=$(image xorriso.iso) second=$(image second.iso)
	attach "$first"
	adapter "${as_cdrom[@]}" -device scsi-cd,drive=disc
	within 60 guest_is_quiet
	is "$(guest "$capacity")" "$(capacity_of "$first")"
	vcdctl swap --force vcd0 "$second"
	is "$(guest "$unit_ready" "$capacity")" $'good \n'"$(capacity_of "$second")"
	vcdctl eject --force vcd0
	is "$(guest "$unit_ready")" 2/3A/00
	vcdctl close vcd0
	is "$(unit_state)" good
	guest_has_tray
}

lun_follows() {
	local first second
	first=$(image xorriso.iso) second=$(image second.iso)
	attach "$first"
	adapter "${as_lun[@]}" -device scsi-block,drive=disc
	within 60 guest_is_quiet
	is "$(guest "$capacity")" "$(capacity_of "$first")"
	vcdctl swap --force vcd0 "$second"
	is "$(guest "$unit_ready" "$unit_ready")" $'6/28/00\ngood '
	is "$(event) $(event) $(event)" '03 02 00'
	is "$(guest "$capacity")" "$(capacity_of "$second")"
	vcdctl eject --force vcd0
	is "$(event) $(event)" '03 00'
	is "$(unit_state)" 2/3A/02
	is "$(guest "$close")" 'good '
	is "$(column STATE)" loaded
	is "$(event)" 02
	is "$(unit_state)" good
	guest_has_tray
}

# The button of a drive that the machine has locked. udev would open the tray, so it is not there.
lun_has_button() {
	attach "$(image xorriso.iso)"
	adapter "${as_lun[@]}" -device scsi-block,drive=disc
	within 60 guest_is_quiet
	is "$(guest "$lock")" 'good '
	vcdctl eject --button vcd0
	is "$(event)" 01
	is "$(column OPEN)" 0
}

# domain NAME DEVICE BUS: a libvirt machine with the drive, as in README.md
domain() {
	cat <<-END
		<domain type='qemu'>
		  <name>$1</name><memory unit='MiB'>64</memory>
		  <os><type arch='x86_64' machine='q35'>hvm</type></os>
		  <devices>
		    <emulator>/usr/bin/qemu-system-x86_64</emulator>
		    <controller type='scsi' model='virtio-scsi'/>
		    <disk type='block' device='$2'>
		      <driver name='qemu' type='raw'/>
		      <source dev='$vcd0'/>
		      <target dev='sda' bus='$3'/>
		      <readonly/>
		    </disk>
		  </devices>
		</domain>
	END
}

virsh() { timeout 200 virsh -c qemu:///system "$@"; }

# has_domain NAME DEVICE BUS WHAT...: it starts, and its QEMU is told WHAT
has_domain() {
	local what
	domain "$1" "$2" "$3" >$tmp/domain
	virsh create --paused $tmp/domain
	is "$(virsh domstate "$1")" paused
	is "$(column OPENERS)" 1
	for what in "${@:4}"; do
		grep -q "\"driver\":\"$what\"" "/var/log/libvirt/qemu/$1.log"
	done
	virsh destroy "$1"
	# libvirt has made the node its own; udev puts that right when it hears of the drive again
	udevadm trigger --action=change $vcd0
	settle
	is "$(stat -c %U:%G:%a $vcd0)" root:cdrom:660
}

libvirt() {
	local device
	attach $ipxe
	# There is no systemd in the guest that would make a control group for the machines
	echo 'cgroup_controllers = []' >>/etc/libvirt/qemu.conf
	in_background virtlogd 2>/dev/null
	in_background libvirtd 2>/dev/null
	within 100 virsh version
	device=$(virsh nodedev-list --cap storage | grep '^block_vcd0')
	virsh nodedev-dumpxml "$device" >$tmp/device
	grep -q '<drive_type>cdrom</drive_type>' $tmp/device
	grep -q '<media_available>1</media_available>' $tmp/device
	grep -q '<vendor>VCD</vendor>' $tmp/device
	has_domain cdrom cdrom sata host_cdrom ide-cd
	has_domain lun lun scsi host_device scsi-block
	virt-install --connect test:///default --name x --memory 64 --disk none --cdrom $vcd0 --osinfo generic \
		--print-xml >$tmp/domain
	tr '\n' ' ' <$tmp/domain | grep -q '<disk type="block" device="cdrom"> *<source dev="/dev/vcd0"/>'
}

check "qemu-img info: size of the disc" image_info
check "host_cdrom: boots; swap, eject" cdrom_boots
check "scsi-block: boots; swap, eject" lun_boots
check "host_cdrom: the machine's drive follows, and moves the tray" cdrom_follows
check "scsi-block: the machine's drive follows, and moves the tray" lun_follows
check "scsi-block: the machine is told of the button" without_udev lun_has_button
check "libvirt: the drive, a machine with it as cdrom, one with it as lun" libvirt
finish
