# shellcheck shell=bash
# lib.sh: what the tests in this folder share. To be sourced by a test file that
# runs as root in a guest with the module loaded.
#
# A test is a function, run by `check NAME FUNCTION [ARGUMENT]...` in a shell of
# its own under `set -e`: the first command that fails is the end of it, and its
# trace is shown. `skip REASON` ends a test that can't be done here.
#
# Between two tests everything is put back: one drive, vcd0, empty and closed;
# unless keep_drives is set.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
node=$here/node
# shellcheck disable=SC2034 # for the test files
vcd0=/dev/vcd0
tmp=/tmp/vcd-test
mnt=$tmp/mnt
test_log=$tmp.log
PS4='+ '
shopt -s inherit_errexit
# shellcheck source=SCRIPTDIR/udev.sh
. "$here/udev.sh"
modprobe -q loop

mkdir -p $tmp $mnt
mountpoint -q $tmp || mount -t tmpfs -o size=80% tests $tmp
mkdir -p $mnt $tmp/images

# --- results ------------------------------------------------------------------

trap clean_up EXIT
# finish: the last line of a test file; without it the driver takes it for one that
# ended early
finish() {
	echo finished >/run/vcd-test-done
	exit 0
}

ok() { echo "ok - $*"; }
not_ok() { echo "not ok - $*"; }

# skip REASON: end this test, it can't be done here
skip() {
	{ set +x; } 2>/dev/null
	echo "$*" >$tmp/skipped
	exit 42
}

# check NAME FUNCTION [ARGUMENT]...
check() {
	local name=$1 status start=$SECONDS
	shift
	echo "vcd-test: $name" >/dev/kmsg
	[ ! -e $tmp/skipped ] || rm $tmp/skipped
	(
		set -e
		: >$test_log
		exec 9>>$test_log >>$test_log 2>&1
		BASH_XTRACEFD=9 # not into what the test itself captures
		set -x
		"$@"
	)
	status=$?
	[ $((SECONDS - start)) -lt 5 ] || echo "# the next one took $((SECONDS - start)) s"
	if [ $status = 0 ]; then
		ok "$name"
	elif [ $status = 42 ] && [ -e $tmp/skipped ]; then
		ok "$name # SKIP $(cat $tmp/skipped)"
	else
		not_ok "$name"
		tail -n 25 $test_log | cut -c1-300 | sed 's/^/# /'
	fi
	clean_up
}

# at_length: is this file run with all that is in it, because it was asked for by its name, or with -f?
at_length() { [ -n "${VCD_TEST_NAMED-}" ] || [ "${VCD_TEST_FULL-}" = all ]; }

# wants WORD: is it for a kernel that is `checked`, `debian` or `newest` what this one has to run? See guest
wants() { [ -z "${VCD_TEST_KERNEL-}" ] || [[ " $VCD_TEST_KERNEL " == *" $1 "* ]]; }

# check_long NAME FUNCTION [ARGUMENT]...: what takes long, and is much like something else that is tested anyhow
check_long() {
	if at_length; then
		check "$@"
	else
		echo "# $1: left out"
	fi
}

# check_on WORD NAME FUNCTION [ARGUMENT]...: what one kind of kernel is enough for, in a file that several run
check_on() {
	if wants "$1" || at_length; then
		check "${@:2}"
	else
		echo "# $2: not on this kernel"
	fi
}

# run_program PROGRAM ARGUMENT...: one that prints results itself. It may be a 32-bit
# twin, which is not always there.
run_program() {
	local status
	if [ ! -x "$1" ]; then
		ok "${1##*/} # SKIP the compiler makes no 32-bit programs"
		return
	fi
	echo "vcd-test: $*" >/dev/kmsg
	"$@" 2>>$test_log
	status=$?
	case $status in
	0 | 1) ;;
	126) ok "${1##*/} # SKIP this kernel runs no 32-bit programs" ;;
	*) not_ok "${1##*/} ended with status $status" ;;
	esac
}

# --- statements, for use under set -e -------------------------------------------

die() {
	{ set +x; } 2>/dev/null
	echo "$*"
	exit 1
}

# is GOT WANT
is() { [ "$1" = "$2" ] || die "got '$1', not '$2'"; }

# like TEXT REGEX, unlike TEXT REGEX: extended, multi-line text
like() { grep -Eq -- "$2" <<<"$1" || die "'$1' does not match '$2'"; }
unlike() { ! grep -Eq -- "$2" <<<"$1" || die "'$1' matches '$2'"; }

# status_is CODE COMMAND...: it ends with this exit status. What it printed is in
# $output.
status_is() {
	local want=$1 got=0
	shift
	output=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || die "'$*' ended with $got, not $want: $output"
}

# fails COMMAND...: with any status but that of a signal or a missing program
fails() {
	local got=0
	output=$("$@" 2>&1) || got=$?
	if [ $got = 0 ]; then die "'$*' succeeded: $output"; fi
	if [ $got -gt 125 ]; then die "'$*' ended with $got: $output"; fi
}

# How many times as long as elsewhere everything may take on this machine
slowness=${VCD_TEST_SLOWNESS:-1}

# within SECONDS COMMAND...: it becomes true in that time
within() {
	local end=$((SECONDS + $1 * slowness + 1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || die "'$*' did not come true"
		sleep 0.1
	done
}

# limited SECONDS COMMAND...: it is ended after that time
limited() { timeout $(($1 * slowness)) "${@:2}"; }

as() { setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups --inh-caps=-all "${@:2}"; }

# memory: kilobytes of what the kernel holds that nobody can free on demand
memory() {
	local _
	for _ in 1 2 3; do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		sleep 0.3
	done
	awk '/^(SUnreclaim|Percpu|VmallocUsed|KernelStack|PageTables):/ { sum += $2 } END { print sum }' /proc/meminfo
}

# --- drives -------------------------------------------------------------------------

# attached IMAGE [OPTION OF ATTACH]...: put it into vcd0
attach() { vcdctl attach -d vcd0 "$@" >/dev/null; }

# drive STATE-COLUMN: what vcdctl list says of vcd0
column() { vcdctl list -nr -o "$1" "${2:-vcd0}"; }

# User-Mode Linux walks the mappings of another process without a lock when they are
# torn down, and says so itself; the tests there do without such mappings
user_mode_linux() { grep -q 'User Mode Linux' /proc/cpuinfo; }

gone() { ! kill -0 "$1" 2>/dev/null || [ "$(ps -o stat= -p "$1")" = Z ]; }

# waits PROCESS: in the kernel, for what no signal but a fatal one ends
waits() { [ "$(ps -o stat= -p "$1" | cut -c1)" = D ]; }

# test_not_draining: has the drive let go of the disc that was taken out of it?
test_not_draining() { [ "$(column DRAINING)" = 0 ]; }

# in_background COMMAND...: start it; clean_up ends it. Its number is in $job.
in_background() {
	"$@" &
	job=$!
	echo $job >>$tmp/jobs
}

# hold WORDS... NODE: have `node hold` keep it open; see node.c
hold() {
	local said=$tmp/held.$RANDOM$RANDOM
	: >$said
	in_background "$node" hold "$@" >$said
	within 10 test -s $said
	is "$(cat $said)" held
}

# let_go: end the last job in the background
let_go() {
	kill "$job"
	wait "$job" 2>/dev/null || :
}

clean_up() {
	local job dir n mounts
	if [ -e $tmp/jobs ]; then
		while read -r job; do
			kill "$job" 2>/dev/null
		done <$tmp/jobs
		sleep 0.1
		while read -r job; do
			kill -KILL "$job" 2>/dev/null
		done <$tmp/jobs
		rm -f $tmp/jobs
	fi
	# The latest mounted first. This is done so often that starting programs for it would take longer than some tests.
	mapfile -t mounts </proc/mounts
	for ((n = ${#mounts[@]} - 1; n >= 0; n--)); do
		read -r _ dir _ <<<"${mounts[n]}"
		case $dir in
		$tmp/* | /media/* | /run/media/*) umount "$dir" || umount -l "$dir" ;;
		esac
	done
	for dir in /sys/block/loop*/loop; do
		[ ! -e "$dir" ] || losetup -d "/dev/$(basename "${dir%/loop}")"
	done
	if [ -z "${keep_drives-}" ] && [ "$(vcdctl list -nr -o NAME,STATE,OPENERS)" != "vcd0 empty 0" ]; then
		settle
		vcdctl detach --all --force
		for n in $(vcdctl list -nr -o INDEX); do
			[ "$n" = 0 ] || vcdctl remove --force "$n"
		done
		[ -e /dev/vcd0 ] || vcdctl create 0 >/dev/null
		[ "$(column OPEN)" != 1 ] || vcdctl close 0
		settle
	fi
	for dir in $tmp/* $tmp/.[!.]*; do
		case $dir in
		$tmp/images | $mnt | $tmp/keep | "$tmp/*" | "$tmp/.[!.]*") ;;
		*) rm -rf "$dir" ;;
		esac
	done
	[ -d $mnt ] || mkdir $mnt
} >>$test_log 2>&1

# --- uevents --------------------------------------------------------------------------

# listen: from now on the kernel's uevents go to $tmp/uevents
listen() {
	in_background udevadm monitor --kernel --property >$tmp/uevents
	within 20 grep -q '^KERNEL' $tmp/uevents
}

# uevents [NAME=VALUE-REGEX]: print those of vcd0 up to now, one a line
uevents() {
	local mark=$RANDOM$RANDOM
	settle
	# One of our own as a mark: what comes before it has arrived when it has
	echo "change 00000000-0000-0000-0000-$(printf %012d $mark)" >/sys/class/misc/vcd-control/uevent
	within 20 grep -q "SYNTH_UUID=.*$(printf %012d $mark)" $tmp/uevents
	awk -v RS= '/DEVNAME=(\/dev\/)?vcd0\n/ { gsub("\n", " "); print }' $tmp/uevents | grep -v SYNTH_UUID= || :
}

# --- images ----------------------------------------------------------------------------

# Made once for all files of tests, and kept.
# files FOLDER: a small tree with names and sizes of all sorts
files() {
	mkdir -p "$1/deep/er/and deeper"
	head -c 1000003 /dev/urandom >"$1/deep/er/random.bin"
	head -c 2048 /dev/urandom >"$1/deep/one-block"
	head -c 2049 /dev/urandom >"$1/deep/one-block-and-a-byte"
	: >"$1/empty"
	seq 20000 >"$1/deep/er/and deeper/numbers with blanks.txt"
	(cd "$1" && find . -type f ! -name SHA256SUMS -exec sha256sum {} +) >"$tmp/sums"
	mv "$tmp/sums" "$1/SHA256SUMS"
}

# image NAME: print the path of an image, made at first use
image() {
	local file=$tmp/images/$1
	if [ ! -e "$file" ]; then
		[ -d $tmp/images/tree ] || files $tmp/images/tree
		"make_${1%.iso}" "$file" >&2
	fi
	echo "$file"
}

make_xorriso() { xorrisofs -quiet -R -J -V XORRISO_DISC -o "$1" $tmp/images/tree; }
make_other() {
	mkdir -p $tmp/other
	echo other >$tmp/other/other
	head -c 700000 /dev/urandom >$tmp/other/data
	xorrisofs -quiet -R -J -V OTHER_DISC -o "$1" $tmp/other
}
make_genisoimage() { genisoimage -quiet -R -V GENISO -o "$1" $tmp/images/tree; }
make_joliet() { genisoimage -quiet -J -joliet-long -V JOLIET -o "$1" $tmp/images/tree; }
make_bridge() { genisoimage -quiet -udf -allow-limited-size -R -V BRIDGE -o "$1" $tmp/images/tree; }
make_udf() {
	truncate -s 16M "$1"
	mkudffs --blocksize=2048 --media-type=hd --label=UDF_DISC "$1" >/dev/null
	local at=$tmp/udf-mount
	mkdir -p $at
	mount -o loop,bs=2048 -t udf "$1" $at
	cp -r $tmp/images/tree/. $at
	umount $at
}
# As the hybrid images of distributions: MBR and GPT, so that a stick boots too
make_hybrid() {
	local isolinux=/usr/lib/ISOLINUX
	mkdir -p $tmp/hybrid/isolinux
	cp $isolinux/isolinux.bin $tmp/hybrid/isolinux
	truncate -s 1440K $tmp/efi.img
	cp -r $tmp/images/tree/. $tmp/hybrid
	cp $tmp/efi.img $tmp/hybrid/isolinux
	xorrisofs -quiet -R -V HYBRID -isohybrid-mbr $isolinux/isohdpfx.bin -b isolinux/isolinux.bin \
		-c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
		-eltorito-alt-boot -e isolinux/efi.img -no-emul-boot -isohybrid-gpt-basdat -o "$1" $tmp/hybrid
}
# Beyond 4 GiB, with something to find at the end
make_beyond4g() {
	cp "$(image xorriso.iso)" "$1"
	truncate -s 4700M "$1"
	printf 'the last bytes of the disc' | dd of="$1" bs=1 seek=$((4700 * 1048576 - 26)) conv=notrunc status=none
	head -c 8192 /dev/urandom | dd of="$1" bs=2048 seek=$((0x100000000 / 2048 - 2)) conv=notrunc status=none
}
make_odd() {
	cp "$(image xorriso.iso)" "$1"
	head -c 1021 /dev/urandom >>"$1"
}
# The profiles: a CD as it is, a DVD and a BD by their size
make_dvd() {
	cp "$(image xorriso.iso)" "$1"
	truncate -s 2G "$1"
}
make_bd() {
	cp "$(image xorriso.iso)" "$1"
	truncate -s 10G "$1"
}

# disk: print the node of the machine's own disk, which nothing is on
disk() {
	local ro
	for ro in /sys/block/vd*/ro /sys/block/ubd*/ro; do
		if [ -e "$ro" ] && [ "$(<"$ro")" = 0 ]; then
			ro=${ro%/ro}
			echo "/dev/${ro##*/}"
			return
		fi
	done
	skip "this machine has no disk to write to"
}

# mount_disk DIR: an ext4 on that disk
mount_disk() {
	mkfs.ext4 -q -F "$(disk)"
	mkdir -p "$1"
	mount "$(disk)" "$1"
}

# image_in_parts DIR: x.iso.001 to .250; the first part has to have the volume's descriptor
image_in_parts() {
	mkdir -p "$1"
	xorrisofs -quiet -o "$1/whole" "$here/lib.sh"
	truncate -s $((250 * 40960)) "$1/whole"
	split -b 40960 -d -a 3 --numeric-suffixes=1 "$1/whole" "$1/x.iso."
	rm "$1/whole"
}

# sector_rewritten AT: this sector of $tmp/new is written to the image, too, and then on the disc in vcd0
sector_rewritten() {
	dd if=$tmp/new of="$image" bs=2048 skip="$1" seek="$1" count=1 conv=notrunc status=none
	is "$(dd if=$vcd0 iflag=direct bs=2048 skip="$1" count=1 status=none | sha256sum)" \
		"$(dd if=$tmp/new bs=2048 skip="$1" count=1 status=none | sha256sum)"
}

# read_large FILE: copy the first 32 MiB of vcd0, read at once, into pages of 2 MiB: so the block layer asks for much
# more than it does otherwise
read_large() {
	[ ! -e /proc/sys/vm/nr_hugepages ] || echo 20 >/proc/sys/vm/nr_hugepages
	python3 - $vcd0 "$1" <<-END
		import mmap, os, sys
		MAP_HUGETLB = 0x40000
		fd = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT)
		flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
		try:
		    memory = mmap.mmap(-1, 32 << 20, flags | MAP_HUGETLB)
		except OSError:
		    memory = mmap.mmap(-1, 32 << 20, flags)
		got = os.preadv(fd, [memory], 0)
		with open(sys.argv[2], "wb") as copy:
		    copy.write(memory[:got])
	END
}

# sha256 FILE
sha256() { sha256sum <"$1" | cut -d' ' -f1; }
# size FILE
size() { stat -Lc %s "$1"; }
