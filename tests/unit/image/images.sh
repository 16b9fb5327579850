#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Images made by other programs, and what 'vcdctl info' says about them.
#
#   images.sh VCDCTL

vcdctl=$(realpath "$1")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

passed=0
failed=0
unset VCD_FAKE
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
mkdir -p tree/folder
echo hello > 'tree/folder/a file with a long name.txt'
truncate -s 8192 tree/boot.img

need()
{
	command -v "$1" > /dev/null && return 0
	echo "ok - $2 # SKIP no $1"
	return 1
}

# check NAME IMAGE LINE...: each line (an extended regular expression) stands in the report.
check()
{
	name=$1 image=$2
	shift 2
	if ! "$vcdctl" info "$image" > out 2> err; then
		echo "not ok - $name"
		sed 's/^/#   /' err
		failed=$((failed + 1))
		return
	fi
	for line; do
		grep -Eqx -e "$line" out && continue
		echo "not ok - $name"
		echo "#   not found: $line"
		sed 's/^/#   /' out
		failed=$((failed + 1))
		return
	done
	echo "ok - $name"
	passed=$((passed + 1))
}

if need xorriso 'ISO 9660 by xorriso'; then
	xorriso -as mkisofs -quiet -V PLAIN -o plain.iso tree 2> /dev/null
	check 'ISO 9660 by xorriso' plain.iso 'File systems: +ISO 9660(, Rock Ridge)?' 'Label: +PLAIN' 'Profile: +CD-ROM'
	mkdir -p dvd/VIDEO_TS bd/BDMV file
	echo video > dvd/VIDEO_TS/VIDEO_TS.IFO
	echo index > bd/BDMV/index.bdmv
	echo text > file/BDMV
	xorriso -as mkisofs -quiet -V DVD -o dvd.iso dvd 2> /dev/null
	check 'a small disc with VIDEO_TS is a DVD' dvd.iso 'Profile: +DVD-ROM'
	xorriso -as mkisofs -quiet -V BD -o bd.iso bd 2> /dev/null
	check 'a small disc with BDMV is a Blu-ray disc' bd.iso 'Profile: +BD-ROM'
	xorriso -as mkisofs -quiet -R -V FILE -o file.iso file 2> /dev/null
	check 'a file of that name makes none' file.iso 'Profile: +CD-ROM'
	xorriso -as mkisofs -quiet -R -J -V 'FULL_LABEL' -volset SET -publisher PUB -p PREP -A APP -o full.iso tree 2> /dev/null
	check 'Joliet, Rock Ridge, identifiers' full.iso 'File systems: +ISO 9660, Joliet, Rock Ridge' \
		'Label: +FULL_LABEL' 'Volume set: +SET' 'Publisher: +PUB' 'Preparer: +PREP' 'Application: +APP' \
		'Created: +20[0-9-]+T[0-9:]+[+-][0-9:]+'
	xorriso -as mkisofs -quiet -R -V BOOT -b boot.img -no-emul-boot -boot-load-size 4 -eltorito-alt-boot \
		-e boot.img -no-emul-boot -o boot.iso tree 2> /dev/null
	check 'El Torito, BIOS and EFI' boot.iso \
		'Boot image: +platform BIOS, bootable, emulation none, load-segment 0, sectors 4, lba [0-9]+' \
		'Boot image: +platform EFI, bootable, .*'
	truncate -s 32768 mbr.img
	xorriso -as mkisofs -quiet -R -V HYBRID -append_partition 2 0xef tree/boot.img -appended_part_as_gpt \
		-o hybrid.iso tree 2> /dev/null
	check 'GPT and MBR' hybrid.iso 'Partition tables: +MBR, GPT.*' 'Isohybrid: +yes.*'
	xorriso -as mkisofs -quiet -hfsplus -V MAC -o mac.iso tree 2> /dev/null
	check 'HFS\+ by xorriso' mac.iso 'File systems: +ISO 9660.*HFS\+' 'Partition tables: +.*Apple'
	cp full.iso odd.iso && printf 'tail' >> odd.iso
	check 'size that is no multiple of a sector' odd.iso 'Zeroes added: +2044 bytes'
	truncate -s 800M large.iso && dd if=full.iso of=large.iso conv=notrunc status=none
	check 'DVD by its size' large.iso 'Profile: +DVD-ROM'
	rm large.iso
fi
if need genisoimage 'images by genisoimage'; then
	genisoimage -quiet -udf -J -R -V Bridge -o bridge.iso tree
	check 'UDF bridge' bridge.iso 'File systems: +ISO 9660, Joliet, Rock Ridge, UDF 1.02' 'Label: +Bridge'
	genisoimage -quiet -hfs -V HFSVOL -o hfs.iso tree 2> /dev/null
	check 'HFS' hfs.iso 'File systems: +ISO 9660, HFS'
	genisoimage -quiet -hfs -part -V HFSVOL -o part.iso tree 2> /dev/null
	check 'HFS in a partition map' part.iso 'File systems: +ISO 9660, HFS' 'Partition tables: +.*Apple'
fi
if need mkudffs 'UDF by mkudffs'; then
	for revision in 1.02 1.50 2.01 2.50; do
		rm -f udf.img && truncate -s 8M udf.img
		mkudffs --media-type=dvd --udfrev=$revision --label="UDF $revision" udf.img > /dev/null 2>&1 || continue
		check "UDF $revision" udf.img "File systems: +UDF $revision" "Label: +UDF $revision"
	done
	for size in 512 1024 4096; do
		rm -f udf.img && truncate -s 8M udf.img
		mkudffs --blocksize=$size --label="blocks of $size" udf.img > /dev/null 2>&1
		check "UDF with blocks of $size" udf.img 'File systems: +UDF 2.01' "Label: +blocks of $size"
	done
fi
if need cdrdao 'TOC file, placed as by cdrdao'; then
	head -c $((2352 * 1000)) /dev/zero > sound.bin
	cat > disc.toc << 'EOF'
CD_DA
TRACK AUDIO
PREGAP 0:2:0
FILE "sound.bin" 0
TRACK AUDIO
FILE "sound.bin" 1 0:5:0
FILE "sound.bin" 0 700
START 0:1:0
INDEX 0:1:0
EOF
	end=$(cdrdao show-toc disc.toc 2> /dev/null | sed -n 's/^ *END.*( *\([0-9]*\))$/\1/p' | tail -n 1)
	check 'TOC file, placed as by cdrdao' disc.toc 'Tracks: +2' "Sectors: +${end:-none}"
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
