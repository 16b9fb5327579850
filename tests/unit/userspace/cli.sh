#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The command line of vcdctl against a module that exists only in the test (fake.c): exit codes, messages, what is sent.
#
#   cli.sh VCDCTL

vcdctl=$(realpath "$1")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

export VCD_FAKE VCD_FAKE_LOG="$dir/log" LC_ALL=C ASAN_OPTIONS=detect_leaks=1
passed=0
failed=0
: > empty.iso
mkdir folder proc sys

# An ISO 9660 volume as small as it gets: a primary descriptor and the end of the set.
make_iso()
{
	truncate -s 0 "$1"
	truncate -s 32768 "$1"
	printf '\001CD001\001\000%-32s%-32s' LINUX "$2" >> "$1"
	truncate -s $((17 * 2048)) "$1"
	printf '\377CD001\001' >> "$1"
	truncate -s "${3:-40960}" "$1"
}
make_iso disc.iso LABEL
make_iso odd.iso ODD 41000
printf 'plain text, nothing else\n' > text.iso

ok()
{
	passed=$((passed + 1))
	echo "ok - $1"
}

not_ok()
{
	failed=$((failed + 1))
	echo "not ok - $1"
	shift
	printf '#   %s\n' "$@"
	sed 's/^/#   out: /' out
	sed 's/^/#   err: /' err
}

# t NAME FAKE CODE PATTERN ARGUMENTS...: the exit code is CODE and PATTERN (an extended regular expression) is found in
# what was printed: with a leading ">" on standard output, with a leading "@" in the log of ioctls, else on standard error.
# With a leading "!" it is not found in the log. An empty pattern: nothing was printed on standard error.
t()
{
	name=$1 VCD_FAKE="proc=proc sys=sys $2" code=$3 pattern=$4
	shift 4
	rm -f log
	: > log
	"$vcdctl" "$@" > out 2> err < /dev/null
	got=$?
	case $pattern in
	'>'*) grep -Eq -e "${pattern#>}" out ;;
	@*) grep -Eq -e "${pattern#@}" log ;;
	!*) ! grep -Eq -e "${pattern#!}" log ;;
	'') [ ! -s err ] ;;
	*) grep -Eq -e "$pattern" err ;;
	esac
	found=$?
	if [ $got -ne "$code" ]; then
		not_ok "$name" "exit code $got instead of $code"
	elif [ $found -ne 0 ]; then
		not_ok "$name" "not found: $pattern"
	else
		ok "$name"
	fi
}

disc='drive=0:d:1000:20:disc.iso'
empty='drive=0:-:1000:0:'
held="$disc dev=7:7 uid=1000"

# Usage
t 'no command'			'' 64 'Try .vcdctl --help'
t 'unknown command'		'' 64 "unknown command 'spin'"			spin
t 'unknown option'		'' 64 "unknown option '--frob'"			--frob
t 'help'			'' 0 '>Exit codes:'				--help
t 'help of a command'		'' 0 '>Usage: vcdctl attach .OPTIONS. IMAGE'	attach --help
t 'help of a command, other way' '' 0 '>Usage: vcdctl swap'			help swap
t 'version'			'' 0 '>^vcdctl [0-9]'				--version
t 'unknown long option'		'' 64 "vcdctl list: unknown option '--frob'"	list --frob
t 'unknown short option'	'' 64 "vcdctl list: unknown option '-x'"	list -x
t 'unknown short option in a bundle' '' 64 "unknown option '-x'"		list -nx
t 'value missing'		'' 64 "option '--drive' needs a value"		attach disc.iso --drive
t 'value too many'		'' 64 "option '--json=1' takes no value"	list --json=1
t 'attach without image'	'' 64 'no image given'				attach
t 'attach two images'		'' 64 'one image at a time'			attach disc.iso disc.iso
t 'attach with a bad profile'	'' 64 "unknown profile 'floppy'"		attach --profile floppy disc.iso
t 'swap without image'		'' 64 'a drive and an image are needed'		swap 0
t 'detach without drive'	'' 64 'no drive given'				detach
t 'detach all and one'		'' 64 'exclude each other'			detach --all 0
t 'eject with force and button'	'' 64 'exclude each other'			eject --force --button 0
t 'create with a word'		'' 64 "'x' is not the number of a drive"	create x
t 'create a negative number'	'' 64 "'-3' is not the number of a drive"	create -- -3
t 'create none'			'' 64 "'0' is not a number of drives"		create --count 0
t 'list with a bad column'	'' 64 'NAME  *name of the drive'		list -o FROB
t 'list raw and JSON'		'' 64 'exclude each other'			list -r -J
t 'info without anything'	'' 64 'no image or drive given'			info

# The image
t 'no such file'		'' 66 'vcdctl: nope.iso: cannot be opened: No such file'	attach nope.iso
t 'a directory'			'' 66 'folder: is a directory'			attach folder
t 'an empty file'		'' 65 'empty.iso: is empty'			attach empty.iso
t 'a character device'		'' 66 'is neither a regular file nor a block'	attach /dev/null
t 'not an image'		'' 65 'is not a disc image.*add --raw'		attach text.iso
t 'not an image, raw'		"$empty" 0 '@attach .* sectors 1 tail 25 name text.iso'	attach --raw text.iso
t 'standard input, no file'	'' 66 'neither a regular file'			attach -
mkfifo pipe
t 'a pipe'			'' 66 'neither a regular file'			attach pipe

gzip -c disc.iso > disc.iso.gz
t 'a compressed image'		"$empty" 0 '@attach .* name disc.iso.gz'	attach disc.iso.gz
t 'unpacked in a folder'	"$empty" 0 '@attach .* name disc.iso.gz'	attach --cache-dir folder disc.iso.gz
t 'unpacked nowhere'		'' 66 'no file can be made in nowhere'	attach --cache-dir nowhere disc.iso.gz
t 'info, unpacked in a folder'	'' 0 '>Image: *disc.iso.gz'		info --cache-dir folder disc.iso.gz
t 'info, unpacked nowhere'	'' 66 'no file can be made in nowhere'	info --cache-dir nowhere disc.iso.gz
head -c 100 disc.iso.gz > cut.gz
t 'a cut off archive'		"$empty" 65 'cut.gz: cannot be unpacked: it is cut off'	attach cut.gz

# The module
t 'no module, not root'		'uid=1000 open=ENOENT' 69 'run: sudo modprobe vcd'	list
t 'module not installed'	'open=ENOENT load=ESRCH' 69 'not installed for this kernel.*dkms status'	list
t 'Secure Boot, unknown key'	'open=ENOENT load=EKEYREJECTED' 69 'only loads signed modules \(Secure Boot\)'	list
t 'Secure Boot, no key'		'open=ENOENT load=ENOKEY' 69 'Secure Boot'	list
t 'loading not allowed'		'open=ENOENT load=EPERM' 69 'modprobe vcd|Secure Boot'	list
t 'no cdrom support'		'open=ENOENT load=ENOENT' 69 'module cdrom'	list
t 'built for another kernel'	'open=ENOENT load=ENOEXEC' 69 'built for another kernel'	list
t 'loading fails otherwise'	'open=ENOENT load=EIO' 69 'cannot be loaded'	list
t 'module gets loaded'		'open=ENOENT load=ok' 0 '@load'			list
t 'no permission'		'uid=1000 open=EACCES' 77 'group cdrom.*sudo'	list
t 'control device fails'	'open=EIO' 1 '/dev/vcd-control: Input/output'	list

# Drives
t 'drive by number'		"$disc" 0 '@detach index 0 flags 0'		detach 0
t 'drive by name'		"$disc" 0 '@detach index 0 flags 0'		detach vcd0
t 'drive by node that is missing' 'drive=77:d:0:20:x' 0 '@detach index 77'	detach /dev/vcd77
t 'not a drive'			"$disc" 72 'frob: is not a drive'		detach frob
t 'a file is not a drive'	"$disc" 72 'is not a drive'			detach ./disc.iso
t 'number out of range'		"$disc" 72 'is not a drive'			detach 99999999999
t 'no such drive'		"$disc" 72 '/dev/vcd5: there is no such drive'	detach 5
t 'the other drives are done'	"$disc" 72 '@detach index 0'			detach 5 0

# attach and swap
t 'attach'			'' 0 '>^/dev/vcd0$'				attach disc.iso
t 'attach asks for a drive'	'' 0 '@index -1 flags 0x4 profile 0 files 1 sectors 20 tail 0 name disc.iso'	attach disc.iso
t 'attach to a drive'		"$empty" 0 '@index 0 flags 0 '			attach -d vcd0 disc.iso
t 'attach with a profile'	'' 0 '@profile 0x10 '				attach -p dvd disc.iso
t 'attach with two layers'	'' 0 '@flags 0xc profile 0x10 '			attach -p dvd-dl disc.iso
t 'attach at a speed'		'' 0 '@speed 1411 '				attach --speed 8x disc.iso
t 'attach at a speed of a DVD'	'' 0 '@speed 3324 '				attach -s 2.4 -p dvd disc.iso
t 'attach at a speed of a BD'	'' 0 '@speed 4495 '				attach -s 1X -p bd disc.iso
t 'attach at the lowest speed'	'' 0 '@speed 176 '				attach -s 0.1x disc.iso
t 'attach at a speed with a fraction' '' 0 '@speed 1939 '			attach -s 1.4x -p dvd disc.iso
t 'attach at a speed: old module' 'features=EINVAL' 69 '--speed: the loaded kernel module does not know'	attach -s 8x disc.iso
t 'attach at any speed'		'' 0 '@speed 0 '				attach disc.iso
t 'attach at no speed'		'' 64 "'0x' is no speed; an example is 8x"	attach -s 0x disc.iso
t 'attach at a negative speed'	'' 64 "'-1x' is no speed"			attach --speed=-1x disc.iso
t 'attach at a speed of words'	'' 64 "'fast' is no speed"			attach -s fast disc.iso
t 'attach at two speeds'	'' 64 "'8xx' is no speed"			attach -s 8xx disc.iso
t 'attach, cached by itself'	'' 0 '@cache 0$'				attach disc.iso
t 'attach, cached in pages'	'' 0 '@cache 1$'				attach --cache page disc.iso
t 'attach, not cached'		'' 0 '@cache 2$'				attach -c none disc.iso
t 'attach, cached as ever'	'features=EINVAL' 0 '@cache 0$'			attach -c auto disc.iso
t 'attach, not cached: old module' 'features=EINVAL' 69 '--cache: the loaded kernel module does not know'	attach -c none disc.iso
t 'attach, cached anyhow'	'' 64 "unknown cache 'disk'; there are auto, page and none"	attach -c disk disc.iso
t 'attach at infinite speed'	'' 64 "'inf' is no speed"			attach -s inf disc.iso
t 'attach JSON'			"$disc" 0 '>"node":"/dev/vcd0"'			attach --json disc.iso
t 'odd size'			'' 0 'odd.iso: .*: 2008 bytes of zeroes'	attach odd.iso
t 'odd size, tail'		'' 0 '@sectors 21 tail 40 '			attach odd.iso
t 'attach: drive is full'	"$disc attach=EEXIST" 1 "/dev/vcd0: there is a disc in it; 'vcdctl swap'"	attach -d 0 disc.iso
t 'attach: no such drive'	"$disc" 72 '/dev/vcd9: there is no such drive'	attach -d 9 disc.iso
t 'attach: no room'		'attach=ENOSPC' 73 'vcdctl: no drive is empty'	attach disc.iso
t 'attach: image on the drive'	'attach=ELOOP' 1 'disc.iso: lies on the disc in this very drive'	attach disc.iso
t 'attach: too large'		'attach=EFBIG' 65 'disc.iso: is larger than a disc of this profile'	attach disc.iso
t 'attach: too much for module'	'attach=EOPNOTSUPP' 1 'disc.iso: needs something'	attach disc.iso
t 'attach: too many extents'	'attach=E2BIG' 1 'disc.iso: has more files'	attach disc.iso
t 'attach: file shrank'		'attach=EINVAL' 1 'disc.iso: was refused'	attach disc.iso
t 'attach: someone elses drive'	"$empty uid=1001 attach=EPERM" 77 'made by user'	attach -d 0 disc.iso
t 'attach: no permission'	'uid=1001 attach=EPERM' 77 'permission denied'	attach disc.iso
t 'attach: error of another kind' 'attach=EIO' 1 'Input/output error'		attach disc.iso
t 'attach: busy, then not'	"$empty attach=EBUSY*3" 0 '>^/dev/vcd0$'	attach -d 0 disc.iso
t 'attach: draining'		'drive=0:r:0:0: attach=EBUSY' 75 'taken out by force have not returned'	attach -d 0 disc.iso
t 'swap'			"$disc" 0 '@index 0 flags 0x1 '			swap 0 disc.iso
t 'swap by force'		"$disc" 0 '@index 0 flags 0x3 '			swap --force 0 disc.iso
t 'swap: nothing to replace'	"$empty attach=ENOMEDIUM" 1 "no disc to replace; use 'vcdctl attach'"	swap 0 disc.iso
t 'swap: old reads hang'	"$disc attach=ETIMEDOUT" 75 'old disc is out'	swap -f 0 disc.iso

# detach, eject, close
t 'detach'			"$disc" 0 ''					detach 0
t 'detach by force'		"$disc" 0 '@detach index 0 flags 1'		detach --force 0
t 'detach: empty'		"$empty detach=ENOMEDIUM" 1 'there is no disc in it'	detach 0
t 'detach: another disc'	"$disc detach=ESTALE" 1 'another disc was put in'	detach 0
t 'detach: disc of another user' "$disc uid=1001 detach=EPERM" 77 'attached by user .*ask them or root'	detach 0
t 'detach all'			"$disc drive=3:d:0:20:x" 0 '@detach index 3'	detach --all
t 'detach all, as a user'	"$disc drive=3:d:0:20:x uid=1000" 0 '@detach index 0'	detach --all
t 'detach all, not of others'	"$disc drive=3:d:0:20:x uid=1000" 0 '!detach index 3'	detach --all
t 'detach all skips empty ones'	"$empty detach=ENOMEDIUM" 0 ''			detach --all
t 'detach all of no drives'	'' 0 ''						detach --all
t 'detach: nobody is seen'	"$held detach=EBUSY" 75 'nobody is seen'	detach 0
t 'eject'			"$disc" 0 '@tray index 0 flags 0 action 1'	eject 0
t 'eject by force'		"$disc" 0 '@tray index 0 flags 1 action 1'	eject -f 0
t 'eject by button'		"$disc" 0 '@tray index 0 flags 0 action 3'	eject --button 0
t 'close'			"$disc" 0 '@tray index 0 flags 0 action 2'	close 0
t 'old module: unknown command'	"$disc tray=ENOTTY" 69 'does not know this command'	eject 0
t 'old module: unknown option'	"$disc tray=EOPNOTSUPP" 69 'does not know this option'	eject -f 0

t 'create with a long vendor'	'' 64 "'ninechars': a vendor is 1 to 8 printable ASCII characters"	create --vendor ninechars
t 'create without a product'	'' 64 "'': a product is 1 to 16 printable ASCII characters"	create --product ''
t 'create with a long revision'	'' 64 "'12345': a revision is 1 to 4 printable ASCII characters"	create --revision 12345
t 'create with a tab in the serial number' '' 64 'a serial number is 1 to 20 printable ASCII characters'	create --serial "$(printf '1\t2')"
t 'create two with one serial number' '' 64 '--serial is for one drive'	create --serial 1 -c 2

# create, remove
t 'create'			'' 0 '>^/dev/vcd0$'				create
t 'create a number'		'' 0 '>^/dev/vcd5$'				create 5
t 'create several'		'' 0 '>^/dev/vcd2$'				create --count 3
t 'create several from a number' '' 0 '>^/dev/vcd7$'				create 5 -c 3
t 'create JSON'			'' 0 '>"node":"/dev/vcd5"'			create --json 5
t 'create: taken'		'create=EEXIST' 73 '/dev/vcd5: there is such a drive'	create 5
t 'create: no room'		'create=ENOSPC' 73 'no more drives'		create
t 'create: number too high'	'create=EINVAL' 73 'no drive can have this number'	create 70000
t 'remove'			"$empty" 0 '@remove index 0 flags 0'		remove 0
t 'remove by force'		"$empty" 0 '@remove index 0 flags 1'		remove -f 0
t 'remove all'			"$empty drive=4:-:0:0:" 0 '@remove index 4'	remove --all
t 'remove all, not of others'	"$empty drive=4:-:0:0: uid=1000" 0 '!remove index 4'	remove --all
t 'remove: holds a disc'	"$disc remove=EBUSY" 75 'there is a disc in it'	remove 0

# list, info
t 'list'			"$disc" 0 '>vcd0 +loaded +40K +CD-ROM .*disc.iso'	list
t 'list columns'		"$disc" 0 '>^/dev/vcd0 0$'			list -rn -o PATH,OPENERS
t 'list added columns'		"$disc" 0 '>NAME .*IMAGE +PATH'			list -o +PATH
t 'list bytes'			"$disc" 0 '>^40960$'				list -bnr -o SIZE
t 'list all columns'		"$disc" 0 '>GENERATION'				list -O
t 'list JSON'			"$disc" 0 '>"name": ?"vcd0"'			list --json
t 'list JSON boolean'		"$disc" 0 '>"locked": ?false'			list --json -o LOCKED
t 'list JSON of no drives'	'' 0 '>"drives": ?\['				list --json
t 'list states'			'drive=2:do:0:20:x' 0 '>vcd2 +open'		list
t 'list more states'		'drive=2:dlxs:0:20:x' 0 '>loaded,stale .*locked,mounted'	list
t 'list one drive'		"$disc drive=2:-:0:0:" 0 '>^vcd2 empty$'	list -rn -o NAME,STATE 2
t 'list no such drive'		"$disc" 72 '/dev/vcd9: there is no such drive'	list 9
t 'info of an image'		'' 0 '>Label: +LABEL$'				info disc.iso
t 'info of an image, JSON'	'' 0 '>"label":"LABEL"'				info --json disc.iso
t 'info of a drive'		"$empty" 0 '>Disc: +no'				info vcd0
t 'info of a drive, JSON'	"$empty" 0 '>"disc":false'			info --json vcd0
t 'info of no drive'		'' 72 'there is no such drive'			info vcd0
t 'info of no image'		'' 65 'is not a disc image'			info text.iso

# dump, of a drive that exists only here
t 'dump without anything'	'' 64 'a drive and the name of an image are needed'	dump
t 'dump without a name'		'' 64 'a drive and the name of an image'	dump /dev/fake
t 'dump with force and resume'	'' 64 'exclude each other'			dump --force --resume /dev/fake x
t 'dump with many retries'	'' 64 "'1001' is no number of retries"		dump --retries 1001 /dev/fake x
t 'dump with words of retries'	'' 64 "'-1' is no number of retries"		dump --retries=-1 /dev/fake x
t 'dump named by a part'	'' 64 "named by its .iso, .cue or .ccd, not by 'x.bin'"	dump /dev/fake x.bin
t 'dump an ISO with sub-channels' '' 64 'an .iso has no sub-channels'		dump --subchannel /dev/fake x.iso
t 'dump: no such drive'		'' 72 '/dev/nope: there is no such drive'	dump /dev/nope x
t 'dump: no such drive, by its name' '' 72 '/dev/nope0: there is no such drive'	dump nope0 x
t 'dump: a file'		'' 72 './disc.iso: is not an optical drive'	dump ./disc.iso x
t 'dump: a device of another kind' '' 72 '/dev/null: is not an optical drive'	dump /dev/null x
t 'dump: empty'			'optical=empty' 1 '/dev/fake: there is no disc in it'	dump fake x
t 'dump: open'			'optical=open' 1 '/dev/fake: the tray is open'	dump fake x
t 'dump a DVD'			'optical=1000' 0 '>^x.iso$'			dump fake x
t 'dump: exists'		'optical=1000' 73 'x.iso: is there already; --force'	dump fake x
t 'dump by force'		'optical=900' 0 ''				dump --force fake x.iso
if [ "$(stat -c %s x.iso)" = 1843200 ] && [ ! -e x.map ]; then ok 'dump: size, no map'; else not_ok 'dump: size, no map'; fi
t 'dump: resume what is complete' 'optical=900' 73 'there is no x.map'		dump --resume fake x.iso
t 'dump: no folder'		'optical=900' 73 'nowhere/x.iso: No such file'	dump fake nowhere/x
t 'dump a DVD as CUE'		'optical=900' 1 'only CDs have raw sectors'	dump fake y.cue
t 'dump: bad sectors'		'optical=900:100,101,300' 74 'y.iso: 3 sectors could not be read and are zeroes; y.map says which'	dump fake y
cp y.iso y.old
t 'dump: still bad'		'optical=900:101' 74 'y.iso: 1 sectors'		dump --resume --retries 0 fake y
if grep -q '^0x00032800  0x00000800  -$' y.map; then ok 'dump: map'; else not_ok 'dump: map' "$(cat y.map)"; fi
t 'dump: resume another disc'	'optical=901' 65 'y.map: is no map of this disc'	dump --resume fake y
truncate -s 1000 y.iso
t 'dump: resume, file is short'	'optical=900' 65 'y.iso: is no dump of this disc: it would have 1843200 bytes'	dump --resume fake y
cp y.old y.iso
t 'dump: resume, another disc of that size' 'optical=900 salt=1' 65 'y.iso: is a dump of another disc than that in /dev/fake'	dump --resume fake y
# 100 and 300 are there since the second time, and zeroes in the old file
printf '0 ?\n0 0x32000 +\n0x32000 0x1000 -\n0x33000 0x63000 +\n0x96000 0x800 /\n0x96800 0x12B800 +\n' > y.map
t 'dump: resume, fetched'	'optical=900:101*2' 0 '>^y.iso$'		dump --resume fake y
if cmp -s x.iso y.iso && ! cmp -s y.old y.iso && [ ! -e y.map ]; then ok 'dump: all there'; else not_ok 'dump: all there'; fi
t 'dump: resume from nothing'	'optical=900' 0 ''				dump --resume fake z.iso
t 'dump audio'			'optical=audio' 0 '>^a.cue$'			dump fake a
if grep -q 'FILE "a.bin" BINARY' a.cue && [ "$(stat -c %s a.bin)" = 2352000 ]; then ok 'dump: sheet'; else not_ok 'dump: sheet'; fi
t 'dump audio as ISO'		'optical=audio' 1 'which an .iso cannot hold; use .cue'	dump fake b.iso
t 'dump as CCD'			'optical=audio' 0 '>^b.ccd$'			dump fake b.ccd
if [ "$(stat -c %s b.sub)" = 96000 ] && cmp -s a.bin b.img; then ok 'dump: CCD'; else not_ok 'dump: CCD'; fi
t 'dump with sub-channels'	'optical=audio' 0 ''				dump --subchannel fake c
if cmp -s b.sub c.sub; then ok 'dump: sub-channels'; else not_ok 'dump: sub-channels'; fi
t 'dump: no sub-channels'	'optical=no-sub' 1 'cannot read sub-channels; use .cue without'	dump fake d.ccd
t 'dump: no sub-channels, none wanted' 'optical=no-sub' 0 ''			dump fake d.cue

# Who holds a drive: proc and sysfs are folders here
mkdir -p proc/self proc/41/fd proc/41/ns sys/dev/block/7:7/holders/dm-3 sys/block
printf '36 25 7:7 / /media/My\\040Disc ro - iso9660 /dev/vcd0 ro\n' > proc/self/mountinfo
t 'busy: mounted'		"$held detach=EBUSY" 75 'busy: mounted on /media/My Disc; .*--force'	detach 0
t 'busy: stacked'		"$held detach=EBUSY" 75 'used by /dev/dm-3'	detach 0
rm -r proc/self sys/dev
echo player > proc/41/comm
if mknod node b 7 7 2> /dev/null; then
	ln -s "$dir/node" proc/41/fd/5
	t 'busy: open'		"$held detach=EBUSY" 75 'busy: open in player \(pid 41\)'	detach 0
	t 'remove: open'	"$held remove=EBUSY" 75 'busy: open in player'	remove 0
	echo cdrom_id > proc/41/comm
	t 'udev is waited for'	"$held detach=EBUSY*4" 0 ''			detach 0
	t 'udev is named in the end' "$held detach=EBUSY" 75 'open in cdrom_id'	detach 0
	mkdir -p proc/42/fd
	echo burner > proc/42/comm
	ln -s "$dir/node" proc/42/fd/0
	t 'udev is not named beside others' "$held detach=EBUSY" 75 'busy: open in burner \(pid 42\); unmount'	detach 0
	i=50
	while [ $i -lt 60 ]; do
		mkdir -p proc/$i/fd
		ln -s "$dir/node" proc/$i/fd/0
		i=$((i + 1))
	done
	t 'many holders'	"$held detach=EBUSY" 75 '; and 3 more; '	detach 0
	mkdir -p sys/block/loop0/loop
	echo "$dir/node" > sys/block/loop0/loop/backing_file
	t 'busy: loop device'	"$held detach=EBUSY" 75 'used by /dev/loop0'	detach 0
	t 'drive by device number' "$held" 0 '@detach index 0'			detach ./node
	ln -s node link
	t 'drive by link'	"$held" 0 '@detach index 0'			detach ./link
	mknod other b 7 9
	t 'another block device' "$held" 72 'is not a drive of vcd'		detach ./other
else
	echo "ok - holders by open nodes # SKIP no right to make device nodes"
fi

# Output that does not arrive
if [ -e /dev/full ]; then
	VCD_FAKE=$disc "$vcdctl" list > /dev/full 2> err
	if [ $? -eq 1 ] && grep -q 'standard output' err; then ok 'full disk'; else : > out; not_ok 'full disk'; fi
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
