#!/bin/bash
# Programs that use optical drives: the table clients.tsv.
cd "$(dirname "$0")" && . ./lib.sh

# row USER COMMAND STATUS MUST
row() {
	local user=$1 status=0 must
	if [ "$user" = root ]; then
		bash -c "$2" >$tmp/output 2>&1 || status=$?
	else
		as "$user" env HOME="/home/$user" bash -c "$2" >$tmp/output 2>&1 || status=$?
	fi
	cat $tmp/output
	is "$status" "$3"
	while read -r must; do
		[ -z "$must" ] || grep -Eq -- "$must" $tmp/output || die "there is no '$must'"
	done <<<"${4// && /$'\n'}"
}

rows() {
	local kind=$1 number discs user command status must
	declare -A count
	while IFS=$'\t' read -r number discs user command status must; do
		case $number in '' | '#'*) continue ;; esac
		[ "$discs" = both ] || [ "$discs" = "$kind" ] || continue
		count[$number]=$((${count[$number]-0} + 1))
		must=${must//\$N/$N}
		check "$kind: row $number.${count[$number]}: ${command%%[ |;&]*}: ${command:0:60}" \
			row "$user" "$command" "$status" "$must"
	done <clients.tsv
}

export D=$vcd0 F N L=XORRISO_DISC
for disc in cd:xorriso.iso dvd:dvd.iso; do
	keep_drives=''
	clean_up
	F=$(image ${disc#*:} 2>>$test_log)
	N=$(($(size "$F") / 2048))
	attach "$F"
	keep_drives=1
	rows ${disc%:*}
done
keep_drives=''
finish
