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
latin=$(printf 'caf\351.iso')
cp disc.iso "$latin"
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
echo secret > password
: > nothing
head -c 1023 /dev/zero | tr '\0' x > long
head -c 1024 /dev/zero | tr '\0' x > too-long
t 'a password that is not used'	"$empty" 0 '@attach .* name disc.iso'	attach --password-file password disc.iso
t 'a long password'		"$empty" 0 '@attach .* name disc.iso'	attach --password-file long disc.iso
t 'a password too long'		'' 66 'too-long: the password in its first line is longer than 1023'	attach --password-file too-long disc.iso
t 'a second password is none'	'' 66 'nothing: there is no password'	attach --password-file password --password-file nothing disc.iso
printf 'p\0a\0' > wide
t 'a password that is no text'	'' 66 'wide: its first line is no text'	attach --password-file wide disc.iso
t 'no password'			'' 66 'nothing: there is no password in its first line'	info --password-file nothing disc.iso
t 'no file with a password'	'' 66 'nope: cannot be read: No such file'	convert --password-file nope disc.iso x.iso
t 'a folder for a password'	'' 66 'folder: cannot be read: Is a directory'	verify --password-file folder disc.iso
head -c 100 disc.iso.gz > cut.gz
t 'a cut off archive'		"$empty" 65 'cut.gz: cannot be unpacked: it is cut off'	attach cut.gz

# Broken descriptors: the message names file, line and cause, and nothing is attached. Each parser's own test has many more.
head -c $((100 * 2352)) /dev/zero > samples
# broken FILE LINE CAUSE TEXT: a text with escapes as printf has them; LINE is empty where no line is to blame
broken()
{
	# shellcheck disable=SC2059 # the escapes are meant
	printf "$4" > "$1"
	t "broken: ${2:+line $2: }$3" "$empty" 65 "^vcdctl: $1:${2:+ line $2:} .*$3" attach "$1"
	[ ! -s log ] || not_ok "broken: $3: nothing is attached" "$(cat log)"
}
a='FILE samples BINARY\n'
broken no.cue '' 'is a CUE sheet without a TRACK' '\n\n'
broken missing.cue 1 'which is not there' 'FILE missing.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n'
broken sound.cue 1 'is no sound' 'FILE samples WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n'
broken order.cue 1 'before the first FILE' "TRACK 01 AUDIO\nINDEX 01 00:00:00\n$a"
broken number.cue 2 'not the number of a track' "${a}TRACK -1 AUDIO\nINDEX 01 00:00:00\n"
broken hundred.cue 2 'not the number of a track' "${a}TRACK 100 AUDIO\nINDEX 01 00:00:00\n"
broken twice.cue 4 'track 1 follows track 1' "${a}TRACK 01 AUDIO\nINDEX 01 0:0:0\nTRACK 01 AUDIO\nINDEX 01 0:0:9\n"
broken mode.cue 2 'is not a mode' "${a}TRACK 01 MODE3/2352\nINDEX 01 00:00:00\n"
broken negative.cue 3 'is not a time' "${a}TRACK 01 AUDIO\nINDEX 01 -1:00:00\n"
broken huge.cue 3 'is not a time' "${a}TRACK 01 AUDIO\nINDEX 01 99999999999999999999:00:00\n"
broken behind.cue 3 'behind the end of its file' "${a}TRACK 01 AUDIO\nINDEX 01 10:00:00\n"
broken overlap.cue 5 'this index lies before' "${a}TRACK 1 AUDIO\nINDEX 1 0:0:3\nTRACK 2 AUDIO\nINDEX 1 0:0:2\n"
broken none.toc 4 'where the mode of a track should be' 'CD_DA\n\n\nTRACK'
broken empty.toc 2 'nothing is in track 1' 'CD_DA\nTRACK AUDIO'
broken missing.toc 3 'names the file' 'CD_DA\nTRACK AUDIO\nFILE "missing.bin" 0'
broken quote.toc 3 'no quotation mark' 'CD_DA\nTRACK AUDIO\nFILE "samples'
broken huge.toc 3 'larger than any file' 'CD_DA\nTRACK AUDIO\nFILE "samples" 99999999999999999999\nTRACK'
broken short.toc 3 'are wanted' 'CD_DA\nTRACK AUDIO\nFILE "samples" 0 0:2:0'
broken isrc.toc 3 'an ISRC has 12' 'CD_DA\nTRACK AUDIO\nISRC "short"\nFILE "samples" 0'
entry='[CloneCD]\r\nVersion=3\r\n[Entry 0]\nSession=1\n'
for name in point plba lba hundred; do cp samples $name.img; done
broken point.ccd 3 'has no Point' "${entry}PLBA=0\n"
broken plba.ccd 3 'has no PLBA' "${entry}Point=1\nControl=4\n"
broken lba.ccd '' 'sector -1, which no CD has' "${entry}Point=1\nControl=4\nPLBA=-1\n"
broken hundred.ccd '' 'track 100, and there are only 1 to 99' "${entry}Point=100\nControl=4\nPLBA=0\n"
# zeroes N: so many, for such a text
zeroes() { awk -v n="$1" 'BEGIN { while (n-- > 0) printf "%s", "\\000" }'; }
# An MDS descriptor up to its number of sessions and from there to the place of its session blocks
mds='MEDIA DESCRIPTOR\001\003'
gap=$(zeroes 58)
broken cut.mds '' 'ends before its header' "$mds"
broken two.mds '' 'version 2, which is encrypted' "MEDIA DESCRIPTOR\002\000\000\000\001\000$gap$(zeroes 8)"
broken version.mds '' 'unknown version 3.5' "MEDIA DESCRIPTOR\003\005\000\000\001\000$gap$(zeroes 8)"
broken type.mds '' 'type 40h' "$mds\100\000\001\000$gap$(zeroes 8)"
broken none.mds '' 'number of sessions is 0' "$mds\000\000\000\000$gap$(zeroes 8)"
broken huge.mds '' 'ends before its session blocks' "$mds\000\000\001\000$gap\377\377\377\177$(zeroes 4)"
broken empty.mds '' 'session 1 has no tracks' "$mds\000\000\001\000$gap\130$(zeroes 7)$(zeroes 24)"
broken mark.nrg '' 'the mark NERO or NER5 at its end is missing' "$(zeroes 40)"
broken huge.nrg '' 'its list of chunks should be at byte' "$(zeroes 20)NER5\377\377\377\377\377\377\377\377"
broken chunk.nrg '' 'is said to have 2147483647 bytes' "CUEX\177\377\377\377$(zeroes 8)NER5$(zeroes 8)"
broken short.nrg '' 'is too short' "DAOX\000\000\000\004$(zeroes 4)END!$(zeroes 4)NER5$(zeroes 8)"
broken hundred.cdi '' 'session 1 has 100 tracks' "\001\000\144\000$(zeroes 40)\006\000\000\200\064\000\000\000"
broken mark.cdi '' 'track 1 has no mark at its start' "\001\000\001\000$(zeroes 100)\006\000\000\200\160\000\000\000"
broken cut.chd '' 'is truncated: its header' 'MComprHD\000\000\000\174'
broken four.chd '' 'is a CHD of version 4' "MComprHD\000\000\000\154\000\000\000\004$(zeroes 92)"
broken zero.chd '' '0 bytes in hunks of 0' "MComprHD\000\000\000\174\000\000\000\005$(zeroes 108)"
rm -f samples ./*.img ./*.cue ./*.toc ./*.ccd ./*.mds ./*.nrg ./*.cdi ./*.chd

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
t 'a word among drives'		"$disc" 72 '@detach index 0'			detach frob 0
t 'list: a word among drives'	"$disc" 72 '>^vcd0 '				list frob 0
t 'JSON is UTF-8'		'' 0 ">\"image\":\"$(printf 'caf\357\277\275.iso')\""	info -J "$latin"

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
t 'attach: old module'		'features=EINVAL' 0 '@attach '				attach disc.iso
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
t 'attach: too many files'	'files=EINVAL' 1 'is made of 1 files, and the kernel module takes 0'		attach disc.iso
t 'attach: too many pieces'	'extents=EINVAL' 1 'is made of 1 pieces, and the kernel module takes 0'	attach disc.iso
t 'attach, cached anyhow'	'' 64 "unknown cache 'disk'; there are auto, page and none"	attach -c disk disc.iso
t 'attach at infinite speed'	'' 64 "'inf' is no speed"			attach -s inf disc.iso
t 'attach JSON'			"$disc" 0 '>"node":"/dev/vcd0"'			attach --json disc.iso
t 'odd size'			'' 0 'odd.iso: .*: 2008 bytes of zeroes'	attach odd.iso
t 'odd size, tail'		'' 0 '@sectors 21 tail 40 '			attach odd.iso
t 'attach: drive is full'	"$disc attach=EEXIST" 1 "/dev/vcd0: there is a disc in it; 'vcdctl swap'"	attach -d 0 disc.iso
t 'attach: no such drive'	"$disc" 72 '/dev/vcd9: there is no such drive'	attach -d 9 disc.iso
t 'attach: no room'		'attach=ENOSPC' 73 'vcdctl: no drive is empty'	attach disc.iso
t 'attach: too many of a user'	'attach=EDQUOT' 73 'disc.iso: your discs, their files or your drives are as many'	attach disc.iso
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
t 'create: too many of a user'	'create=EDQUOT' 73 'you have made as many drives'	create
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
printf '0 ?\n0 0x10140 ?\n0x10140 0x22E240 +\n' > c.map
head -c 96000 /dev/zero > c.sub
t 'dump: resume one with sub-channels' 'optical=audio' 0 ''			dump --resume fake c
if [ "$(od -An -v -tx1 -N 2688 b.sub)" = "$(od -An -v -tx1 -N 2688 c.sub)" ]; then ok 'dump: sub-channels, resumed'
else not_ok 'dump: sub-channels, resumed'; fi
t 'dump: a name that no sheet can have' 'optical=audio' 64 'cannot stand in a cue sheet: it has a quote'	dump fake 'q".cue'
t 'dump: that name as CCD'	'optical=audio' 0 ''				dump fake 'q".ccd'
mkdir taken.cue
t 'dump: a file that cannot be written' 'optical=audio' 73 'taken.cue'		dump --force fake taken.cue
find . -name 'taken.*' -type f > out
if [ -s out ]; then not_ok 'dump: nothing is left without a map' "$(cat out)"; else ok 'dump: nothing is left without a map'; fi
rmdir taken.cue
t 'dump: no sub-channels'	'optical=no-sub' 1 'cannot read sub-channels; use .cue without'	dump fake d.ccd
t 'dump: no sub-channels, none wanted' 'optical=no-sub' 0 ''			dump fake d.cue
# Tracks and checksums of an image
t 'info: tracks'		'' 0 '>^Track: +number 1, session 1, mode mode1, lba 0, msf 00:02:00, sectors 20, length 00:00:20,'	info disc.iso
t 'info: tracks, JSON'		'' 0 '>"track-list":\['				info --json disc.iso
t 'info: sessions'		'' 0 '>^Session: +number 1, first-track 1, last-track 1, lba 0$'	info disc.iso
t 'info: sub-channels'		'' 0 '>^Sub-channels: +no$'			info disc.iso
md5=$(md5sum disc.iso | cut -d ' ' -f 1) sha1=$(sha1sum disc.iso | cut -d ' ' -f 1)
sha256=$(sha256sum disc.iso | cut -d ' ' -f 1)
crc32=$(gzip -c disc.iso | tail -c 8 | od -An -N4 -tx4 --endian=little | tr -d ' ')
t 'info: checksums'		'' 0 ">^Checksums: +of user data, bytes 40960, crc32 $crc32, md5 $md5, sha1 $sha1, sha256 $sha256\$"	info --checksum disc.iso
t 'info: checksums, JSON'	'' 0 ">\"sha256\":\"$sha256\""			info --checksum -J disc.iso
t 'info: checksums of a drive'	"$empty" 64 '--checksum is for images'		info --checksum vcd0

# play, by a drive that exists only here
t 'play without anything'	'' 64 'no drive given'				play
t 'play: no track'		'' 64 "'x' is no track; examples are 3 and 3-5"	play /dev/fake x
t 'play: tracks backwards'	'' 64 "'3-2' is no track"			play /dev/fake 3-2
t 'play: a track of its own to follow' '' 64 'it is the drive that chooses'	play --follow vcd0 1
t 'play: a password, not followed' '' 64 'go with --follow'		play --password-file password vcd0
t 'play: an image, not followed' '' 64 'go with --follow'			play --image disc.iso vcd0
t 'play: no such drive'		'' 72 '/dev/nope: there is no such drive'	play /dev/nope
t 'play: empty'			'optical=empty' 1 'there is no disc in it'	play fake
t 'play a DVD'			'optical=900' 1 'there is no audio on the disc'	play -o a.wav fake
t 'play into a file'		'optical=audio' 0 ''				play --output a.wav fake
if [ "$(stat -c %s a.wav)" = 2352044 ] && tail -c +45 a.wav | cmp -s - a.bin; then
	ok 'play: samples'
else
	not_ok 'play: samples'
fi
t 'play: there already'		'optical=audio' 73 'a.wav: is there already; --force'	play -o a.wav fake
t 'play: replace it'		'optical=audio' 0 ''				play --force -o a.wav fake 1
t 'play: no such track'		'optical=audio' 1 'the disc has no track 3'	play -o d.wav fake 1-3
VCD_FAKE=optical=audio "$vcdctl" play -o - fake > samples
if cmp -s samples a.bin; then ok 'play to standard output'; else not_ok 'play to standard output'; fi
t 'play: no such device'	'optical=audio' 1 'nowhere: (cannot be opened|this vcdctl was built without sound|there is no sound without)' play -D nowhere fake
t 'play: follow what is not there' '' 72 '/dev/vcd7: there is no such drive'	play --follow 7

# convert
t 'convert without a result'	'' 64 'an image and a name for the result are needed'	convert disc.iso
t 'convert to what'		'' 64 "'out.xyz' ends with neither .iso nor .cue"	convert disc.iso out.xyz
t 'convert to an end alone'	'' 64 "'.cue' ends with neither"		convert disc.iso .cue
t 'convert: no track'		'' 64 "'x' is not the number of a track"	convert --track x disc.iso out.iso
t 'convert: a negative track'	'' 64 "'-1' is not the number of a track"	convert --track=-1 disc.iso out.iso
t 'convert: another track'	'' 64 'disc.iso: has no track 2'		convert -t 2 disc.iso out.iso
t 'convert: a track to .cue'	'' 64 '--track is for .iso'			convert -t 1 disc.iso out.cue
t 'convert: no image'		'' 66 'nope.iso: cannot be opened'		convert nope.iso out.iso
t 'convert: not an image'	'' 65 'is not a disc image'			convert text.iso out.iso
t 'convert: nowhere'		'' 73 'nowhere/out.iso: cannot be written: No such file'	convert disc.iso nowhere/out.iso
t 'convert: name with a quote'	'' 64 'cannot stand in a cue sheet'		convert disc.iso 'a"b.cue'
t 'convert to .iso'		'' 0 ''						convert disc.iso out.iso
if cmp -s disc.iso out.iso; then ok 'converted to .iso: same bytes'; else not_ok 'converted to .iso: same bytes'; fi
t 'convert: there already'	'' 73 'out.iso: is there already; --force replaces it'	convert odd.iso out.iso
if cmp -s disc.iso out.iso; then ok 'there already: untouched'; else not_ok 'there already: untouched'; fi
t 'convert by force'		'' 0 ''						convert --force odd.iso out.iso
if [ "$(wc -c < out.iso)" -eq 43008 ]; then ok 'by force: replaced'; else not_ok 'by force: replaced'; fi
t 'convert onto itself'		'' 0 ''						convert --force out.iso out.iso
t 'convert to .cue'		'' 0 ''						convert disc.iso out.cue
if [ "$(wc -c < out.bin)" -eq $((20 * 2352)) ] && grep -q 'FILE "out.bin" BINARY' out.cue &&
	grep -q 'TRACK 01 MODE1/2352' out.cue && grep -q 'INDEX 01 00:00:00' out.cue; then
	ok 'converted to .cue: sheet and file'
else
	cp out.cue out
	not_ok 'converted to .cue: sheet and file'
fi
i=0
while [ $i -lt 20 ]; do
	tail -c +$((i * 2352 + 17)) out.bin | head -c 2048
	i=$((i + 1))
done | cmp -s - disc.iso
if [ $? -eq 0 ]; then ok 'converted to .cue: user data'; else not_ok 'converted to .cue: user data'; fi
rm out.cue
t 'convert: only .bin is there'	'' 73 'out.bin: is there already'		convert disc.iso out.cue
if [ ! -e out.cue ]; then ok 'only .bin is there: no .cue'; else not_ok 'only .bin is there: no .cue'; fi
make_iso dvd.iso DVD $((400000 * 2048))
t 'convert a DVD to .cue'	'' 1 'is no image of a CD'			convert dvd.iso dvd.cue
(
	# Whoever may not write so much is ended by a signal; nothing is left behind.
	ulimit -f 1000
	exec "$vcdctl" convert dvd.iso big.iso
) > out 2> err
got=$?
if [ $got -gt 128 ] && [ $got -ne 255 ]; then ok 'convert: ended by a signal'; else not_ok 'convert: ended by a signal' "exit code $got"; fi
find . -name '*vcdctl-*' -o -name 'big*' > out
if [ -s out ]; then not_ok 'nothing is left behind'; else ok 'nothing is left behind'; fi

# verify
t 'verify without image'	'' 64 'no image given'				verify
t 'verify two images'		'' 64 'one image at a time'			verify disc.iso odd.iso
t 'verify: no image'		'' 66 'nope.iso: cannot be opened'		verify nope.iso
t 'verify: nothing to check against' '' 68 'there is nothing to check it against'	verify --raw text.iso
mkdir sums
cp disc.iso sums/
for kind in md5 sha1 sha256 sha512; do
	file=$(echo ${kind}sums | tr '[:lower:]' '[:upper:]')
	digits=$("${kind}sum" disc.iso | cut -d ' ' -f 1)
	printf '# a comment\n%s  other.iso\n%s *./disc.iso\n' "$digits" "$digits" > "sums/$file"
	t "verify: $file"	'' 0 ">check $kind, of sums/disc.iso, against sums/$file, result good"	verify sums/disc.iso
	sed "\$s/^./g/;\$y/g/0/;\$s/^../ff/" "sums/$file" > "sums/$file.new" && mv "sums/$file.new" "sums/$file"
	t "verify: wrong $file"	'' 67 ">check $kind, .*result bad, detail $digits instead of"	verify sums/disc.iso
	rm "sums/$file"
	echo "$digits" > "sums/disc.iso.$kind"
	t "verify: .$kind"	'' 0 ">against sums/disc.iso.$kind, result good"	verify sums/disc.iso
	rm "sums/disc.iso.$kind"
done
echo "SHA256 (disc.iso) = $sha256" > given
t 'verify: --sums'		'' 0 '>against given, result good'		verify --sums given disc.iso
t 'verify: --sums, JSON'	'' 0 '>"against":"given"'			verify -J --sums given disc.iso
t 'verify: --sums without it'	'' 68 'given: has no checksum of odd.iso'	verify --sums given odd.iso
t 'verify: --sums that is none'	'' 66 'nope: cannot be opened'			verify --sums nope disc.iso
cat > data.dat << END
<?xml version="1.0"?>
<!DOCTYPE datafile PUBLIC "-//Logiqx//DTD ROM Management Datafile//EN" "http://www.logiqx.com/Dats/datafile.dtd">
<datafile><game name="Other"><rom name="Other.iso" size="40960" crc="00000000" md5="$md5" sha1="$sha1"/></game>
<game name="Game"><rom name="Game &amp; Co.iso" size="40960" crc="$crc32" md5="$md5" sha1="$sha1"/></game></datafile>
END
t 'verify: --dat'		'' 0 '>against data.dat, result good, detail Game & Co.iso'	verify --dat data.dat disc.iso
t 'verify: --dat without it'	'' 67 '>against data.dat, result bad'		verify --dat data.dat odd.iso
head -n 3 data.dat > cut.dat
t 'verify: a damaged --dat'	'' 66 'cut.dat: is not well-formed XML'		verify --dat cut.dat disc.iso
t 'verify: a --dat that is none' '' 66 'nope.dat: cannot be opened'		verify --dat nope.dat disc.iso
split -b 12288 -d -a 3 --numeric-suffixes=1 disc.iso part.iso.
t 'verify: --dat, of parts'	'' 0 '>of user data, against data.dat, result good'	verify --dat data.dat part.iso.001
rm part.iso.*
gzip -c disc.iso > packed.iso.gz
t 'verify: --dat, packed'	'' 0 '>of packed.iso, against data.dat, result good'	verify --dat data.dat packed.iso.gz
sha256sum packed.iso.gz > SHA256SUMS
t 'verify: a packed image'	'' 0 '>of packed.iso.gz, against SHA256SUMS, result good'	verify packed.iso.gz
echo "$sha256  packed.iso" > SHA256SUMS
t 'verify: what is packed'	'' 0 '>of packed.iso, against SHA256SUMS, result good'	verify packed.iso.gz
echo "$sha256  packed.iso.gz" > SHA256SUMS
t 'verify: a packed image that is another' '' 67 '>of packed.iso.gz, against SHA256SUMS, result bad'	verify packed.iso.gz
rm SHA256SUMS packed.iso.gz
t 'verify: no checksum'		'' 68 'there is nothing to check it against'	verify disc.iso
if command -v xorrisofs > /dev/null && command -v implantisomd5 > /dev/null; then
	mkdir tree
	seq 100000 > tree/numbers
	xorrisofs -quiet -o volume.iso tree 2> /dev/null
	t 'verify: length alone' '' 0 'no checksum of its contents was found'	verify volume.iso
	implantisomd5 volume.iso > /dev/null 2>&1
	t 'verify: embedded checksum' '' 0 '>check md5, of volume.iso, against embedded checksum, result good'	verify volume.iso
	cp volume.iso bad.iso
	printf x | dd of=bad.iso bs=1 seek=500000 conv=notrunc 2> /dev/null
	t 'verify: wrong embedded checksum' '' 67 '>against embedded checksum, result bad'	verify bad.iso
	truncate -s 400000 volume.iso
	t 'verify: the end is missing' '' 67 '>check length, .*result bad, detail [0-9]+ of [0-9]+ bytes are missing'	verify volume.iso
else
	echo "ok - embedded checksums # SKIP no xorrisofs or implantisomd5"
fi

# The checksums of a CHD
if command -v chdman > /dev/null; then
	# Whole hunks of 8 sectors, for some versions of chdman
	cp disc.iso hunks.iso
	truncate -s $((64 * 2048)) hunks.iso
	chdman createcd -i hunks.iso -o disc.chd > /dev/null 2>&1
	cp disc.chd bad.chd
	printf x | dd of=bad.chd bs=1 seek=70 conv=notrunc 2> /dev/null
	t 'verify a CHD'	'' 0 '>of disc.chd, against header: data, result good'	verify disc.chd
	t 'verify a CHD: metadata' '' 0 '>of disc.chd, against header: data and metadata, result good' verify disc.chd
	t 'verify a CHD: wrong data' '' 67 '>against header: data, result bad'	verify bad.chd
	cp disc.chd bad.chd
	# "PGSUB:RW" says nothing else than "PGSUB:RX" here
	at=$(grep -a -b -o 'PGSUB:' bad.chd | tail -1 | cut -d: -f1)
	printf x | dd of=bad.chd bs=1 seek=$((at + 7)) conv=notrunc 2> /dev/null
	t 'verify a CHD: data, and wrong metadata' '' 67 '>against header: data, result good'	verify bad.chd
	t 'verify a CHD: wrong metadata' '' 67 '>against header: data and metadata, result bad'	verify bad.chd
	chdman createcd -c none -i hunks.iso -o plain.chd > /dev/null 2>&1
	VCD_FAKE='' "$vcdctl" convert hunks.iso track.cue
	printf '<datafile><game><rom name="Track" size="%s" crc="%s" md5="%s" sha1="%s"/></game></datafile>' "$(stat -c %s track.bin)" \
		"$(gzip -c track.bin | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')" \
		"$(md5sum track.bin | cut -d ' ' -f 1)" "$(sha1sum track.bin | cut -d ' ' -f 1)" > track.dat
	t 'verify a CHD: --dat'	'' 0 '>of track 1, against track.dat, result good, detail Track'	verify --dat track.dat disc.chd
	t 'verify a CHD: no checksums' '' 68 'nothing to check it against'	verify plain.chd
else
	echo "ok - checksums of CHD files # SKIP no chdman"
fi

# From one form to another and back
rm -f out.*
t 'convert there'		'' 0 ''						convert disc.iso out.cue
if VCD_FAKE='' "$vcdctl" info out.cue 2>&1 | grep -q 'not attached: this is a CUE sheet'; then
	echo "ok - there and back # SKIP CUE sheets are not read"
else
	t 'convert back'	'' 0 ''						convert out.cue out.iso
	if cmp -s disc.iso out.iso; then ok 'there and back: same bytes'; else not_ok 'there and back: same bytes'; fi
	t 'verify: EDC'		'' 0 '>check EDC and parity, .*result good, detail 0 of 20 sectors'	verify out.cue
	VCD_FAKE='' "$vcdctl" info --checksum disc.iso | grep '^Checksums' > expected
	VCD_FAKE='' "$vcdctl" info --checksum out.cue | grep '^Checksums' > out
	if cmp -s expected out; then ok 'the same checksums'; else not_ok 'the same checksums' "$(cat expected)"; fi
	printf x | dd of=out.bin bs=1 seek=$((5 * 2352 + 100)) conv=notrunc 2> /dev/null
	for at in 9 10; do
		printf xy | dd of=out.bin bs=1 seek=$((at * 2352 + 2300)) conv=notrunc 2> /dev/null
	done
	t 'verify: a bad EDC'	'' 67 '>of LBA 5, result bad, detail EDC$'	verify out.cue
	t 'verify: bad parity'	'' 67 '>of LBA 9 to 10, result bad, detail P or Q parity$'	verify out.cue
	t 'verify: bad sectors'	'' 67 '>result bad, detail 3 of 20 sectors are bad$'	verify out.cue
	{
		printf 'CATALOG 4006381333931\nTITLE "Album"\nFILE "out2.bin" BINARY\nREM SESSION 01\n'
		printf '  TRACK 01 AUDIO\n    TITLE "One"\n    FLAGS DCP\n    ISRC DEABC2600001\n'
		printf '    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 00 00:01:00\n    INDEX 01 00:02:00\n'
		printf '    INDEX 02 00:02:20\n    INDEX 03 00:03:74\n'
		printf 'REM SESSION 02\n  TRACK 03 MODE1/2352\n    INDEX 01 00:04:00\n'
	} > out2.cue
	seq 200000 | head -c $((400 * 2352)) > out2.bin
	mkdir again
	t 'convert a disc of many kinds' '' 0 ''				convert out2.cue again/out2.cue
	if cmp -s out2.bin again/out2.bin && cmp -s out2.cue again/out2.cue; then
		ok 'many kinds: the same sheet and file'
	else
		cp again/out2.cue out
		not_ok 'many kinds: the same sheet and file'
	fi
	t 'info: a track before a session' '' 0 '>^Track: +number 2, session 1, mode audio, lba 150, .* sectors 150, .*pregap 75, .*indices 3'	info out2.cue
	t 'convert: which track'	'' 64 'has 3 tracks, and a plain image holds one'	convert out2.cue out3.iso
	t 'convert: an audio track'	'' 1 'track 1 is audio'			convert -t 1 out2.cue out3.iso
fi

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
	echo '(spawn)' > proc/41/comm
	t 'a child of udev'	"$held detach=EBUSY*4" 0 ''			detach 0
	echo cdrom_id > proc/41/comm
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
