# shellcheck shell=bash
# udev.sh: udev, which a guest can do without for a while. To be sourced by what runs as root in a guest.

settle() { [ -n "${udev_is_stopped-}" ] || udevadm settle --timeout=$((100 * ${VCD_TEST_SLOWNESS:-1})); }

udev_runs() { grep -q ' /run/udev/control$' /proc/net/unix; }

start_udev() {
	unset udev_is_stopped
	/usr/lib/systemd/systemd-udevd --daemon
	udevadm trigger --action=add --subsystem-match=block --sysname-match='vcd*'
	# The control device of a module that was loaded in the meantime, too
	udevadm trigger --action=add --subsystem-match=misc --sysname-match=vcd-control
	settle
}

# Its socket stays, and makes others wait for who is not there
stop_udev() {
	local try
	settle
	for try in 1 2 3; do
		# It may be busy and not end at once; nothing here depends on how it ends
		udevadm control --exit || :
		for _ in $(seq 100); do
			udev_runs || break 2
			sleep 0.1
		done
		pkill -KILL -x systemd-udevd || :
	done
	if udev_runs; then
		echo "udev does not end, after $try tries"
		return 1
	fi
	rm -f /run/udev/control
	export udev_is_stopped=1
}

# without_udev COMMAND...: what happens in masses is no business of udev's, which
# would be busy with it for minutes
without_udev() {
	if [ -n "${udev_is_stopped-}" ]; then
		"$@"
		return
	fi
	stop_udev
	trap start_udev EXIT # of the shell of this test, which may end early
	"$@"
	trap - EXIT
	start_udev
}
