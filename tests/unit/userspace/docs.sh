#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The man page and the shell completion know the commands, options, columns and exit codes that the program has.
#
#   docs.sh VCDCTL FOLDER

vcdctl=$(realpath "$1")
folder=$2
man=$folder/vcdctl.8
completion=$folder/completion/vcdctl
passed=0
failed=0
export LC_ALL=C
unset VCD_FAKE

# ok NAME STATUS
result()
{
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
	fi
}

commands=$("$vcdctl" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$commands" ]
result 'there are commands' $?

# Exit codes: "  65  text" in the help, ".It 65" and the same text in the man page.
"$vcdctl" --help | sed -n '/^Exit codes:/,$s/^  \([0-9]*\) *\(.*\)/\1 \2/p' > "${TMPDIR:-/tmp}/vcd-codes.$$"
sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/{/^\.It [0-9]/{N;s/^\.It \([0-9]*\)\n\(.*\)/\1 \2/;s/\.$//;p;}}' "$man" |
	tr '[:upper:]' '[:lower:]' > "${TMPDIR:-/tmp}/vcd-man-codes.$$"
tr '[:upper:]' '[:lower:]' < "${TMPDIR:-/tmp}/vcd-codes.$$" | diff - "${TMPDIR:-/tmp}/vcd-man-codes.$$"
result 'exit codes in the man page' $?
rm -f "${TMPDIR:-/tmp}/vcd-codes.$$" "${TMPDIR:-/tmp}/vcd-man-codes.$$"

for command in $commands; do
	section=$(sed -n "/^\\.Ss Nm vcdctl $command\$/,/^\\.S[sh]/p" "$man")
	[ -n "$section" ]
	result "$command: section in the man page" $?
	grep -Eq "[ (|']${command}[ )|']" "$completion"
	result "$command: in the completion" $?
	for option in $("$vcdctl" "$command" --help | grep -oE '^ *(-[a-zA-Z], )? *--[a-z-]+' | grep -oE -e '--[a-z-]+'); do
		[ "$option" = --help ] && continue
		echo "$section" | grep -q -e "Fl Fl ${option#--}"
		result "$command $option: in the man page" $?
		sed -n "/^[[:space:]]*$command)/,/;;/p" "$completion" | grep -q -e "$option"
		result "$command $option: in the completion" $?
	done
	# and nothing that the program does not have
	for option in $(echo "$section" | grep -oE 'It .*Fl Fl [a-z-]+' | grep -oE 'Fl Fl [a-z-]+' | sed 's/Fl Fl //'); do
		"$vcdctl" "$command" --help | grep -q -e "--$option"
		result "$command --$option of the man page: exists" $?
	done
done

for column in $("$vcdctl" list -o none 2>&1 | sed -n '/^The columns are:/,$s/^  \([A-Z:]*\) .*/\1/p'); do
	grep -q "^\\.It $column\$" "$man"
	result "column $column: in the man page" $?
	grep -q "$column" "$completion"
	result "column $column: in the completion" $?
done

if command -v mandoc > /dev/null; then
	mandoc -T lint -W warning "$man"
	result 'man page without warnings' $?
fi
bash -n "$completion"
result 'completion is shell' $?

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
