# shellcheck shell=bash
# shellcheck disable=SC2154 # tmp, vcd0 and test_log come from lib.sh
# clients.sh: runs programs that use optical drives, as the table clients.tsv tells. To be
# sourced after lib.sh.

export D=$vcd0 F N L
export QT_QPA_PLATFORM=offscreen
patience=$((120 * slowness)) # seconds; the longest that a client waits by itself for an empty drive is 30

# client USER COMMAND NAME: run it in a folder of its own. What it prints is in $tmp/NAME.output,
# its exit status in $tmp/NAME.status.
client() {
	local folder=$tmp/$3 status=0 words=(timeout -k 5 "$patience" bash -c "$2")
	[ "$1" = root ] || words=(as "$1" env HOME="/home/$1" "${words[@]}")
	mkdir "$folder"
	[ "$1" = root ] || chown "$1" "$folder"
	(cd "$folder" && "${words[@]}") >"$folder.output" 2>&1 </dev/null || status=$?
	echo $status >"$folder.status"
	rm -rf "$folder"
}

# judge NAME STATUS MUST: did that client do what it should? MUST: see clients.tsv
judge() {
	local name=$1 must missing=''
	while read -r must; do
		[ -z "$must" ] || [ "$must" = - ] || grep -Eq -- "$must" "$tmp/$name.output" || missing+=" '$must'"
	done <<<"${3// && /$'\n'}"
	[ "$(<"$tmp/$name.status")" = "$2" ] && [ -z "$missing" ] && return
	cat "$tmp/$name.output"
	echo "it ended with $(<"$tmp/$name.status"), not $2; what it printed lacks:${missing:- nothing}"
	return 1
}

# row USER COMMAND STATUS MUST: once, with the drive to itself
row() {
	client "$1" "$2" client
	judge client "$3" "$4"
	is "$(column STATE)" "$state"
}

# row_twice USER COMMAND STATUS MUST LOSER: two at once. With LOSER `both`, each does what it
# should, else at least one does, and what the other prints matches LOSER.
row_twice() {
	local name good=''
	client "$1" "$2" first &
	client "$1" "$2" second &
	wait
	[ "$(column OPEN)" != 1 ] || vcdctl close 0
	for name in first second; do
		if judge $name "$3" "$4"; then
			good+=" $name"
			continue
		fi
		[ "$5" != both ] || die "the $name one failed"
		# Neither given up by us nor ended by a signal
		[ "$(cat $tmp/$name.status)" -lt 124 ] || die "the $name one ended with $(cat $tmp/$name.status)"
		grep -Eq -- "$5" $tmp/$name.output || die "the $name one did not say '$5'"
	done
	[ -n "$good" ] || die "none of them did what it should"
	is "$(column STATE)" "$state"
}

# rows TITLE PASS DISC TABLE...: those of the tables that are for this disc; the pass is
#   once   with the disc
#   twice  two at once with the disc; alone those that cannot share the drive
#   empty  without a disc; DISC is of no importance
rows() {
	local title=$1 pass=$2 disc=$3 number discs user twice status empty command must must_empty label
	declare -A count=()
	state=loaded
	[ "$pass" != empty ] || state=empty
	while IFS=$'\t' read -r number discs user twice status empty command must must_empty; do
		case $number in '' | '#'*) continue ;; esac
		count[$number]=$((${count[$number]-0} + 1))
		label="$title: row $number.${count[$number]}: ${command:0:70}"
		must=${must//\$N/$N}
		must=${must//\$L/$L}
		if [ "$pass" = empty ]; then
			[ "$empty" = - ] || check "$label" row "$user" "$command" "$empty" "$must_empty"
		elif [[ ,$discs, != *,$disc,* ]]; then
			continue
		elif [ "$pass" = twice ] && [ "$twice" != - ]; then
			check "$label" row_twice "$user" "$command" "$status" "$must" "$twice"
		else
			check "$label" row "$user" "$command" "$status" "$must"
		fi
	done < <(cat "${@:4}")
}

# insert IMAGE LABEL [OPTION]...: the disc in the drive is this one from now on
insert() {
	F=$(image "$1" 2>>$test_log)
	N=$(($(size "$F") / 2048)) L=$2
	# shellcheck disable=SC2034 # for clean_up
	keep_drives=1
	if [ "$(column STATE)" = empty ]; then
		attach "${@:3}" "$F"
	else
		vcdctl swap "${@:3}" vcd0 "$F" >/dev/null
	fi
	settle
}

# The disc that is there after a swap has other contents, another size and another label
make_second() {
	files $tmp/second-tree
	head -c 700000 /dev/urandom >$tmp/second-tree/more
	xorrisofs -quiet -R -J -V SECOND_DISC -o "$1" $tmp/second-tree
}

# A disc as Debian makes them: with a name, and with packages for apt
make_debian() {
	local tree=$tmp/debian-tree packages
	packages=$tree/dists/stable/main/binary-amd64
	mkdir -p "$tree/.disk" "$packages" "$tree/pool/main/v/vcd-sample"
	echo 'Debian GNU/Linux 12.7.0 "Bookworm" - Official amd64 DVD Binary-1 with firmware 20240831-10:38' >"$tree/.disk/info"
	mkdir -p $tmp/sample/DEBIAN
	printf '%s\n' 'Package: vcd-sample' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@example.org>' \
		'Description: nothing at all' >$tmp/sample/DEBIAN/control
	dpkg-deb --root-owner-group --build $tmp/sample "$tree/pool/main/v/vcd-sample/vcd-sample_1_all.deb"
	(
		cd "$tree"
		deb=pool/main/v/vcd-sample/vcd-sample_1_all.deb
		cat $tmp/sample/DEBIAN/control
		printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -d' ' -f1)"
	) >"$packages/Packages"
	xorrisofs -quiet -R -J -V DEBIAN_DISC -o "$1" "$tree"
}

# A DVD-Video disc: two seconds of a test picture
make_video() {
	local video=$tmp/video-tree
	mkdir $video
	ffmpeg -v error -f lavfi -i testsrc=size=720x576:rate=25:duration=2 \
		-f lavfi -i sine=frequency=440:duration=2 -target pal-dvd $video/title.mpg
	VIDEO_FORMAT=PAL dvdauthor -o $video/tree -t $video/title.mpg
	VIDEO_FORMAT=PAL dvdauthor -o $video/tree -T
	genisoimage -quiet -dvd-video -V VIDEO_DISC -o "$1" $video/tree
}
