# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2054 # the variables are those of `run`
# machine.sh: the machines that a kernel boots in. To be sourced by `run`.
#
# uml_machine, qemu_machine and foreign_machine set `machine`, the command that is the guest. It
# has the kernel log as standard error and the guest's channels as descriptors 4
# (status), 5 (out) and 6 (err).

# The guest's memory is a file in /dev/shm unless one of the usual variables names
# another folder, which may be slow.
#
# Each line's input is a pipe that nothing is written to: the kernel can wait on
# that, as it cannot on /dev/null.
#
# The C library in the kernel must not register a restartable-sequences area: the
# processes of the guest inherit it, lose the page that it lies on, and are killed
# by the host when it wants to write there.
uml_machine() {
	local n pipe idle=()
	for n in 0 1 2 3; do
		mkfifo "$tmp/idle$n"
		exec {pipe}<>"$tmp/idle$n"
		idle+=("$pipe")
	done
	machine=(env -u TMPDIR -u TMP -u TEMP GLIBC_TUNABLES=glibc.pthread.rseq=0
		"$boot/image" "mem=${memory:-768}M" "initrd=$tmp/initrd" "uml_dir=$tmp" umid=guest
		con=null "con0=fd:${idle[0]},fd:2" ssl=null "ssl0=fd:${idle[1]},fd:4"
		"ssl1=fd:${idle[2]},fd:5" "ssl2=fd:${idle[3]},fd:6")
	# Faster than by ptrace, and the guest's programs are ours
	[ "$kernel" != preempt ] || machine+=(seccomp=on)
	[ "$interactive" = 0 ] || machine+=(con1=fd:0,fd:1)
	for n in "${!disks[@]}"; do
		machine+=("ubd${n}r=${disks[n]}")
	done
	[ -z "$disk" ] || machine+=("ubd${#disks[@]}=$tmp/disk")
	machine+=("${append[@]}")
}

# q35, for on the older machine ACPI costs the debug kernel half a minute; no
# timer check, for it fails on a busy host; no rep-string shortcuts, for TCG
# runs those byte by byte.
qemu_machine() {
	local accelerator=(-accel tcg,thread=multi -cpu max,-erms,-fsrm)
	! kvm_works || accelerator=(-accel kvm -cpu host)
	if [ "$instructions" = 1 ]; then
		# Nanoseconds of the guest are instructions of its processor, and time that it sleeps is skipped
		accelerator=(-accel tcg,thread=single -icount "shift=0,sleep=off" -cpu max,-erms,-fsrm)
		cpus=1
		append+=(nokaslr)
	fi
	machine=(qemu-system-x86_64 -machine q35 "${accelerator[@]}" -smp "${cpus:-2}" -m "${memory:-1024}"
		-nodefaults -no-user-config -no-reboot -display none
		-kernel "$boot/image" -initrd "$tmp/initrd"
		-append "console=ttyS0 no_timer_check mitigations=off ${append[*]}"
		-chardev file,id=log,path=/dev/fd/2,append=on -serial chardev:log)
	virtio_devices pci
	[ ${#oracles[@]} = 0 ] || qemu_drives
}

# Machines of other processors, which are always emulated
foreign_machine() {
	local bus console serial=(-serial chardev:log)
	case $kernel in
	arm64)
		machine=(qemu-system-aarch64 -machine virt,gic-version=3 -cpu max,pauth-impdef=on)
		bus=pci console=ttyAMA0
		;;
	s390x)
		machine=(qemu-system-s390x -machine s390-ccw-virtio -cpu max)
		bus=ccw console=ttysclp0 serial=(-device sclpconsole,chardev=log)
		;;
	esac
	machine+=(-accel "tcg,thread=multi" -smp "${cpus:-2}" -m "${memory:-1024}"
		-nodefaults -no-user-config -no-reboot -display none
		-kernel "$boot/image" -initrd "$tmp/initrd" -append "console=$console ${append[*]}"
		-chardev file,id=log,path=/dev/fd/2,append=on "${serial[@]}")
	virtio_devices $bus
}

# virtio_devices BUS: the channels, the shell, the disks
virtio_devices() {
	local n
	machine+=(-device "virtio-serial-$1")
	for n in status:4 out:5 err:6; do
		machine+=(-chardev "file,id=${n%:*},path=/dev/fd/${n#*:},append=on"
			-device "virtserialport,chardev=${n%:*},name=${n%:*}")
	done
	[ "$interactive" = 0 ] || machine+=(-chardev stdio,id=shell,signal=off -device virtconsole,chardev=shell)
	for n in "${!disks[@]}"; do
		machine+=(-drive "file=${disks[n]},if=none,id=disk$n,format=raw,readonly=on,file.locking=off"
			-device "virtio-blk-$1,drive=disk$n")
	done
	[ -z "$disk" ] || machine+=(-drive "file=$tmp/disk,if=none,id=disk,format=raw,cache=unsafe"
		-device "virtio-blk-$1,drive=disk")
}

# The drives that QEMU itself has, for comparison: each image in one on the AHCI
# controller of q35 and in one on a virtio-scsi adapter
qemu_drives() {
	local n kind read_only=readonly=on,file.locking=off
	machine+=(-device virtio-scsi-pci,id=scsi)
	for n in "${!oracles[@]}"; do
		for kind in ide scsi; do
			machine+=(-drive "file=${oracles[n]},if=none,id=$kind$n,media=cdrom,format=raw,$read_only")
		done
		machine+=(-device "ide-cd,drive=ide$n,bus=ide.$n" -device "scsi-cd,drive=scsi$n,bus=scsi.0")
	done
}

# kvm_works: does a kernel really boot under KVM here? A /dev/kvm says little: it
# may be there and unable to run a guest. Asked once per boot of the host.
kvm_works() {
	local verdict answer
	[ -w /dev/kvm ] || return
	verdict=$cache/kvm-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -e "$verdict" ]; then
		answer=no
		if timeout -s KILL 20 qemu-system-x86_64 -machine q35 -accel kvm -cpu host -smp 2 -m 512 \
			-nodefaults -no-user-config -no-reboot -display none -serial stdio \
			-kernel "$boot/image" -initrd "$boot/initrd" \
			-append "console=ttyS0 panic=-1 rdinit=/bin/busybox -- poweroff -f" \
			</dev/null 2>&1 | grep -q 'reboot: Power down'; then
			answer=yes
		fi
		rm -f "$cache"/kvm-*
		echo $answer >"$verdict"
	fi
	grep -qx yes "$verdict"
}
