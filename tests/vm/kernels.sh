# shellcheck shell=bash
# shellcheck disable=SC2154 # cache and lab come from lab.sh
# kernels.sh: the kernels that a guest can run. To be sourced after lab.sh.
#
# 6.1, 6.12, 7.2: Debian's newest of that series, as shipped (cloud flavour)
# uml: User-Mode Linux with the checkers of configs/guest.config
# preempt: the same of 7.2, with preemption
# debug: the same checkers on x86, for QEMU
# kcsan: the same, but with the checker of data races in the place of that of memory
# arm64: Debian's newest 6.12 for this processor (cloud flavour)
# s390x: Debian's newest 6.1 for this one, which is big-endian
#
# A kernel is a folder of the cache:
#   image      what boots
#   release    what `uname -r` says
#   build      the folder, in the chroot, that modules are built against
#   headers/   layer over the build tree that holds that folder
#   layers     further layers it needs, one path a line
#   tree/      usr/lib/modules/RELEASE
#   modules.erofs  the same as a layer for the guest
#   initrd     busybox and the drivers that `init` loads

# shellcheck source=SCRIPTDIR/foreign.sh
. "$lab/foreign.sh"

all_kernels=(6.1 6.12 7.2 uml preempt debug kcsan arm64 s390x)

known_kernel() { [[ " ${all_kernels[*]} " == *" $1 "* ]]; }

# processor K: what Debian calls the architecture that it is for
processor() { case $1 in arm64 | s390x) echo "$1" ;; *) echo amd64 ;; esac; }

# origin NAME: the suite that it comes from, and a pattern of the packages of
# which the newest counts
origin() {
	case $1 in
	6.1) echo 'bookworm-security linux-image-6\.1\.0-[0-9]+-cloud-amd64' ;;
	6.12) echo 'bookworm-security linux-image-6\.12\.[0-9]+\+deb12-cloud-amd64' ;;
	7.2) echo 'trixie-backports linux-image-7\.2\.[0-9]+\+deb13-cloud-amd64' ;;
	arm64) echo 'trixie:arm64 linux-image-6\.12\.[0-9]+\+deb13-cloud-arm64' ;;
	s390x) echo 'bookworm:s390x linux-image-6\.1\.0-[0-9]+-s390x' ;;
	uml | debug | kcsan) echo 'bookworm-security linux-source-6\.12' ;;
	sparse) echo 'sid sparse' ;; # the first release that understands the headers of 7.2
	source-7.2 | preempt) echo 'trixie-backports linux-source-7\.2' ;;
	clang) echo 'sid clang-23' ;; # the first that analyses the kernel's locks
	vhba) echo 'sid vhba-dkms' ;; # that of trixie does not compile for 7.2
	esac
}

# resolve NAME: "SUITE PACKAGE VERSION", remembered for a week, and longer when
# the archive is out of reach
resolve() {
	local known=$cache/resolved-$1 suite pattern package version
	if [ -z "$(find "$known" -mtime -7 2>/dev/null)" ]; then
		read -r suite pattern < <(origin "$1")
		if refresh_suite "$suite"; then
			package=$(suite_apt "$suite" apt-cache pkgnames | grep -xE "$pattern" | sort -V | tail -n1)
			[ -n "$package" ] || die "$suite has no package like $pattern"
			version=$(suite_apt "$suite" apt-cache show --no-all-versions "$package" |
				sed -n 's/^Version: //p')
			echo "$suite $package $version" >"$known.$BASHPID"
			mv "$known.$BASHPID" "$known"
		else
			[ -e "$known" ] || die "cannot find out about $1: the archive is out of reach"
			say "using what is known of $1 since $(date -r "$known" +%F)"
		fi
	fi
	cat "$known"
}

# configuration K: what is wanted of one of our own, or of its `variant`. Of two files that say something of the same option,
# the later counts.
configuration() {
	local files=("$lab/configs/guest.config")
	case ${variant-$1} in
	kcsan) files+=("$lab/configs/debug.config" "$lab/configs/kcsan.config") ;;
	preempt) files+=("$lab/configs/uml.config" "$lab/configs/preempt.config") ;;
	*) files+=("$lab/configs/$1.config") ;;
	esac
	awk -F= '/^CONFIG_/ { if (!($1 in line)) order[++n] = $1; line[$1] = $0 }
		END { for (i = 1; i <= n; i++) print line[order[i]] }' "${files[@]}"
}

# kernel_name K BUILD-TREE-NAME: what its folder is called, whether it is there or not
kernel_name() {
	local resolved suite package version recipe
	resolved=$(resolve "$1") || return
	read -r suite package version <<<"$resolved"
	case $1 in
	uml | preempt | debug | kcsan)
		recipe=$({ declare -f finish_kernel compile_kernel; configuration "$1"; } | digest "$resolved" "$2") ;;
	*) recipe=$(declare -f finish_kernel unpack_kernel | digest "$resolved" "$2") ;;
	esac
	echo "kernel-$1-$version-$recipe"
}

# kernel K: print its folder, making it first where needed
kernel() {
	local resolved suite package version build source name compile=(compile_kernel "$1")
	resolved=$(resolve "$1") || return
	read -r suite package version <<<"$resolved"
	build=$(build_tree) || return
	name=$(kernel_name "$1" "${build##*/}") || return
	case $1 in
	uml | preempt | debug | kcsan)
		source=$(once "linux-source-$version" unpack_source "$suite" "$package=$version") || return
		[ "$1" != preempt ] || compile=(compile_preempt)
		once "$name" "${compile[@]}" "$build/tree" "$source"
		;;
	*) once "$name" unpack_kernel "$suite" "$package" "$(busybox "$(processor "$1")")" ;;
	esac
}

unpack_source() {
	get_debs "$@"
	dpkg-deb -x linux-source-*.deb deb
	mkdir -p usr/src/linux-source
	tar -C usr/src/linux-source --strip-components=1 -xf deb/usr/src/linux-source-*.tar.xz
	rm -r deb linux-source-*.deb
}

# unpack_kernel SUITE IMAGE-PACKAGE BUSYBOX-TREE: one of Debian's. Later ones split
# the image over several packages. What modules are built with is always for amd64.
unpack_kernel() {
	local suite=$1 release=${2#linux-image-} abi deb packages kbuild scripts
	abi=${release%-s390x}
	abi=${abi%-cloud-*}
	packages=$(suite_apt "$suite" apt-cache pkgnames linux- | grep -xF -f <(printf '%s\n' \
		linux-{image,base,binary,modules,headers}-"$release" "linux-headers-$abi-common"))
	# shellcheck disable=SC2086 # a list
	get_debs "$suite" $packages
	refresh_suite "${suite%:*}"
	kbuild=$(suite_apt "${suite%:*}" apt-cache pkgnames linux-kbuild- |
		grep -xF -e "linux-kbuild-$abi" -e "linux-kbuild-${abi%.0-*}")
	get_debs "${suite%:*}" "$kbuild"
	mkdir headers unpacked
	for deb in *.deb; do
		case $deb in
		linux-headers-* | linux-kbuild-*) dpkg-deb -x "$deb" headers ;;
		*) dpkg-deb -x "$deb" unpacked ;;
		esac
		rm "$deb"
	done
	# Later kernels ask this script whether the checker is any good, but Debian
	# leaves it out, and then `make C=2` silently checks nothing
	scripts=$(echo headers/usr/lib/linux-kbuild-*/scripts)
	# shellcheck disable=SC2016 # expanded by that script
	[ -e "$scripts/checker-valid.sh" ] ||
		printf '#!/bin/sh\n"$1" --version >/dev/null 2>&1 && echo 1\n' >"$scripts/checker-valid.sh"
	chmod 755 "$scripts/checker-valid.sh"
	mkdir -p tree/usr/lib
	mv unpacked/boot/vmlinuz-* image || mv "unpacked/usr/lib/modules/$release/vmlinuz" image
	mv unpacked/lib/modules tree/usr/lib/ || mv unpacked/usr/lib/modules tree/usr/lib/
	rm -r unpacked
	echo "$release" >release
	echo "/usr/src/linux-headers-$release" >build
	: >layers
	finish_kernel "$3"
}

# compile_kernel K BUILD-TREE SOURCE: one of our own. What stays of the build
# folder is what external modules need.
compile_kernel() {
	local build=/usr/src/linux-build arch=x86 target=bzImage image=arch/x86/boot/bzImage run
	[ "$1" != uml ] || arch=um target=linux image=linux
	mkdir -p "headers$build" tree
	configuration "$1" >wanted.config
	cp wanted.config "headers$build/wanted.config"
	run=("$lab/enter" -l "$3" -b "$PWD/headers$build:$build" -b "$PWD/tree:/out" "$2"
		make -s -C /usr/src/linux-source "O=$build" "ARCH=$arch" CC=gcc-14)
	"${run[@]}" KCONFIG_ALLCONFIG=$build/wanted.config allnoconfig
	echo "These of the configuration cannot be set here:"
	grep '=[ym]$' wanted.config | grep -vxFf "headers$build/.config" || echo none
	"${run[@]}" -j"$(nproc)" $target modules
	cp "headers$build/$image" image
	"${run[@]}" INSTALL_MOD_PATH=/out/usr INSTALL_MOD_STRIP=1 modules_install
	rm -f tree/usr/lib/modules/*/build
	cp "headers$build/include/config/kernel.release" release
	"${run[@]}" clean
	echo $build >build
	echo "$3" >layers
	finish_kernel "$2"
}

# compile_preempt BUILD-TREE SOURCE: as `uml` is made. It stands apart from compile_kernel, for what that says is part of the
# names of kernels that take half an hour.
compile_preempt() {
	local variant=preempt
	compile_kernel uml "$@"
}

# finish_kernel BUILD-TREE: the guest's layer and the initial RAM disk's base
finish_kernel() {
	local release driver path
	release=$(cat release)
	depmod -b tree/usr "$release"
	mkfs.erofs --quiet modules.erofs tree

	mkdir -p initrd.d/bin initrd.d/drivers
	cp "$1/usr/bin/busybox" initrd.d/bin/
	for driver in virtio_pci virtio_blk virtio_console lz4_decompress erofs overlay; do
		modprobe -d tree/usr -S "$release" --show-depends "$driver" 2>/dev/null || :
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
		while read -r path; do
			driver=${path##*/}
			driver=${driver%.xz}
			case $path in
			*.xz) xz -dc "$path" >"initrd.d/drivers/$driver" ;;
			*) cp "$path" initrd.d/drivers/ ;;
			esac
			echo "$driver" >>initrd.d/drivers/order
		done
	touch initrd.d/drivers/order
	(cd initrd.d && find . | cpio --quiet -o -H newc -R 0:0) >initrd
	rm -r initrd.d
}
