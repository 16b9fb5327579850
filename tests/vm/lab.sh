# shellcheck shell=bash
# lab.sh: what every program of the laboratory shares: where things lie, how
# they are made once and kept, and the Debian archive. To be sourced.

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for those who source this file
source_tree=$(cd "${VCD_SRC:-$lab/../..}" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vcd
build_suite=trixie # the release that compiles everything and that guests run

# Exit status of the laboratory itself, beside that of the command in the guest
# shellcheck disable=SC2034
readonly LAB_FAILED=97 GUEST_DIED=98 KERNEL_COMPLAINED=99 TIMED_OUT=124

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit $LAB_FAILED; }

# --- who runs us, and on what -------------------------------------------------

# Mounting layers and entering a root file system need root. Start again under
# sudo where that needs no password.
need_root() {
	local name own=()
	[ "$(id -u)" = 0 ] && return
	for name in "${!VCD_@}"; do
		own+=("$name=${!name}")
	done
	if sudo -n true 2>/dev/null; then
		exec sudo -n env XDG_CACHE_HOME="${XDG_CACHE_HOME:-$HOME/.cache}" \
			"${own[@]}" "$0" "$@"
	fi
	die "needs root (it mounts and enters root file systems): run it as root or with sudo"
}

# need_tools COMMAND=PACKAGE...: install the packages whose command is missing
need_tools() {
	local tool missing=()
	for tool; do
		command -v "${tool%%=*}" >/dev/null || missing+=("${tool#*=}")
	done
	[ ${#missing[@]} = 0 ] && return
	say "installing ${missing[*]}"
	{
		apt-get update -q -o DPkg::Lock::Timeout=300 &&
			DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
				--no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
	} >&2 || die "cannot install ${missing[*]}"
}

# user_mode KERNEL: is it a program of the host?
user_mode() { [ "$1" = uml ] || [ "$1" = preempt ]; }

# need_lab_tools KERNEL...: what the laboratory runs on the host for these
need_lab_tools() {
	local kernel
	need_tools mmdebstrap=mmdebstrap mkfs.erofs=erofs-utils depmod=kmod cpio=cpio xz=xz-utils \
		git=git setpriv=util-linux mount=mount
	for kernel; do
		case $kernel in
		uml | preempt) ;;
		arm64) need_tools qemu-system-aarch64=qemu-system-arm ;;
		s390x) need_tools qemu-system-s390x=qemu-system-misc ;;
		*) need_tools qemu-system-x86_64=qemu-system-x86 ;;
		esac
	done
}

# --- the cache ----------------------------------------------------------------

# digest [WORD]...: a short name for the words and standard input
digest() { { printf '%s\n' "$@"; cat; } | sha256sum | cut -c1-16; }

# once NAME FUNCTION [ARGUMENT]...: print the path of $cache/NAME, and if there
# is no such folder, call FUNCTION ARGUMENT... in a new one that gets the name
# when the function succeeds. Several processes may ask at once: one builds.
# The function runs in a fresh shell that ends at the first error (in this one
# bash forgets `set -e` as soon as a caller tests the outcome), and its output
# goes to the file `log` there, which is shown when it fails.
once() {
	local name=$1 out=$cache/$1 new=$cache/new/$1 lock
	shift
	if [ ! -d "$out" ]; then
		mkdir -p "$cache/locks" "$cache/new"
		exec {lock}>"$cache/locks/$name"
		flock "$lock"
		if [ ! -d "$out" ]; then
			say "making $name"
			rm -rf "$new" # of one that was interrupted
			mkdir "$new"
			if ! (cd "$new" && fresh_shell "$@") >"$new/log" 2>&1 </dev/null {lock}>&-; then
				cat "$new/log" >&2
				rm -rf "$new"
				die "cannot make $name"
			fi
			mv "$new" "$out"
		fi
		exec {lock}>&-
	fi
	touch "$out"
	printf '%s\n' "$out"
}

# Like all that is started here, it does not outlive the one who asked.
fresh_shell() {
	# shellcheck disable=SC2016 # expanded by the fresh shell
	setpriv --pdeathsig KILL bash -euo pipefail -O inherit_errexit -c '
		for part in lab kernels product checkers; do . "$0/$part.sh"; done
		"$@"' "$lab" "$@"
}

# background COMMAND [ARGUMENT]...: start it as the head of a process group, and
# end_background: end what was started so, with all that descends from it
background_groups=()
background() {
	set -m
	"$@" &
	set +m
	background_groups+=("-$!")
}

end_background() {
	[ ${#background_groups[@]} = 0 ] || kill -KILL -- "${background_groups[@]}" 2>/dev/null
}

# Forget what nobody has used for a while: contents change name with every edit
prune_cache() {
	find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +7 \
		\( -name 'module-*' -o -name 'modules-*' -o -name 'userspace-*' -o -name 'helpers-*' \
		-o -name 'files-*' \) -exec rm -rf {} +
	find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +30 \
		\( -name 'kernel-*' -o -name 'root-*' -o -name 'build-*' -o -name 'packages-*' \
		-o -name 'cross-*' -o -name 'optional-*' -o -name 'busybox-*' -o -name 'linux-source-*' -o -name 'headers-*' -o -name 'clang-*' \) -exec rm -rf {} +
	find "$cache/new" "$cache/runs" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null || :
}

# --- the Debian archive -------------------------------------------------------

# archive_line SUITE: the sources.list line for it, on the site that apt uses
archive_line() {
	local sites site
	# shellcheck disable=SC2016 # expanded by apt
	sites=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' |
		while read -r site; do
			case $site in
			mirror+file:*) sed -n '/^http/{s/[[:space:]].*//;p;q}' "${site#mirror+file:}" ;;
			*) echo "$site" ;;
			esac
		done | grep -E '/debian(-security)?/?$' | sort -u)
	case $1 in
	*-security)
		site=$(grep -m1 'security' <<<"$sites") ||
			site=$(sed -n '/debian\/*$/{s,debian/*$,debian-security,p;q}' <<<"$sites")
		;;
	*) site=$(grep -m1 -v 'security' <<<"$sites") ;;
	esac
	[ -n "$site" ] || { say "apt knows no Debian archive"; return 1; }
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$site" "$1"
}

# suite_apt SUITE[:ARCHITECTURE] PROGRAM [ARGUMENT]...: run apt-get or apt-cache on
# one suite alone, in a state folder of its own that knows of no installed package.
# The lists must be signed, but a mirror may lag behind the date they are good for.
suite_apt() {
	local program=$2 state=$cache/apt/$1 architecture
	architecture=$(suite_architecture "$1")
	shift 2
	"$program" -q -o Dir::State="$state/state" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$state/cache" -o Dir::Etc::SourceList="$state/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null -o APT::Architecture="$architecture" \
		-o APT::Architectures::="$architecture" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false "$@"
}

suite_architecture() { case $1 in *:*) echo "${1#*:}" ;; *) echo amd64 ;; esac; }

# refresh_suite SUITE[:ARCHITECTURE]: fetch its package lists if they are older than a week. When
# the archive cannot be reached, old lists are better than none.
refresh_suite() (
	state=$cache/apt/$1
	mkdir -p "$state"/state/lists/partial "$state"/cache/archives/partial "$cache/locks"
	exec 9>"$cache/locks/apt-$1"
	flock 9
	[ -z "$(find "$state/fresh" -mtime -7 2>/dev/null)" ] || exit 0
	say "reading the package lists of $1"
	line=$(archive_line "${1%:*}") || exit
	printf '%s\n' "$line" >"$state/sources.list"
	if suite_apt "$1" apt-get update -o APT::Update::Error-Mode=any >"$state/log" 2>&1; then
		touch "$state/fresh"
	elif [ -e "$state/fresh" ]; then
		say "cannot reach the archive: using the lists of $(date -r "$state/fresh" +%F)"
	else
		cat "$state/log" >&2
		exit 1
	fi
)

# get_debs SUITE PACKAGE[=VERSION]...: download into the current folder
get_debs() {
	local suite=$1
	shift
	suite_apt "$suite" apt-get download "$@"
}

# --- root file systems --------------------------------------------------------

build_packages=gcc-14,gcc,libc6-dev,make,pahole,kmod,xz-utils,flex,bison,bc,cpio,perl,python3-minimal
build_packages+=,libelf-dev,libssl-dev,pkg-config,busybox-static,gcc-14-multilib,gcc-multilib
build_packages+=,libsmartcols-dev,libblkid-dev,libmount-dev,libkmod-dev,libjson-c-dev,libsndfile1-dev
build_packages+=,zlib1g-dev,liblzma-dev,libzstd-dev,libbz2-dev,liblz4-dev,libflac-dev,libxml2-dev

# What vcdctl can be built without
optional_packages=libmirage-dev,libglib2.0-dev,libasound2-dev

root_packages=udev,kmod,eject,dbus,udisks2,polkitd,libcdio-utils,xorriso,sg3-utils,genisoimage
root_packages+=,udftools,util-linux,util-linux-extra,mount,e2fsprogs,xfsprogs,btrfs-progs
root_packages+=,squashfs-tools,fio,strace,procps,psmisc,python3-minimal,python3,attr,coreutils,less
root_packages+=,libsmartcols1,libblkid1,libmount1,libkmod2,libjson-c5,zlib1g,liblzma5,libzstd1,libbz2-1.0,liblz4-1
root_packages+=,libsndfile1,libflac14,libssl3t64,libxml2

# bootstrap PACKAGES [OPTION]...: a minimal Debian in ./tree
bootstrap() {
	local packages=$1 line proxy
	shift
	line=$(archive_line $build_suite)
	while read -r proxy; do
		set -- --aptopt="$proxy" "$@"
	done < <(apt-config dump --no-empty --format '%f "%v";%n' | grep -iE '^Acquire::https?::([^ ]*::)?Proxy')
	mmdebstrap --quiet --variant=apt --include="$packages" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$@" $build_suite tree "$line"
}

make_build_tree() { bootstrap "$build_packages"; }

# make_suite_tree SUITE PACKAGES: another release, for what does not come in ours. A mirror may lag behind.
make_suite_tree() {
	# shellcheck disable=SC2030 # for this one alone
	(build_suite=$1 && bootstrap "$2" --aptopt='Acquire::Check-Valid-Until "false"')
}

# Nothing starts when a package is installed; alice and carol may use optical
# drives, bob may not.
make_root_tree() {
	# shellcheck disable=SC2016 # $1 is for mmdebstrap's shell
	bootstrap "$root_packages" \
		--customize-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"' \
		--customize-hook='chroot "$1" useradd -m -u 1000 -G cdrom -s /bin/sh alice' \
		--customize-hook='chroot "$1" useradd -m -u 1001 -s /bin/sh bob' \
		--customize-hook='chroot "$1" useradd -m -u 1002 -G cdrom -s /bin/sh carol' \
		--customize-hook='mkdir -p "$1/work" "$1/tests"; echo vcd-guest >"$1/etc/hostname"' \
		--customize-hook='echo "127.0.0.1 localhost vcd-guest" >"$1/etc/hosts"'
	mkfs.erofs --quiet -zlz4 root.erofs tree
}

# The chroot in which everything is compiled, and the tree that guests boot
build_tree() {
	once "build-$(declare -f bootstrap make_build_tree | digest $build_suite "$build_packages")" make_build_tree
}

# optional_layer: print the folder that is a layer over the build tree with what vcdctl can be built without
optional_layer() {
	local build folder
	build=$(build_tree) || return
	folder=$(once "optional-$(declare -f make_package_upper | digest "${build##*/}" "$optional_packages")" \
		make_package_upper "$build/tree" "$optional_packages") && echo "$folder/upper"
}

root_layer() {
	once "root-$(declare -f bootstrap make_root_tree | digest $build_suite "$root_packages")" make_root_tree
}

# packages_layer PACKAGE[,PACKAGE]...: a layer with them installed over the root
packages_layer() {
	local root packages
	packages=$(tr , '\n' <<<"$1" | sort -u | xargs)
	root=$(root_layer) || return
	once "packages-$(declare -f make_packages_layer make_package_upper | digest "${root##*/}" "$packages")" \
		make_packages_layer "$root/tree" "$packages"
}

make_packages_layer() {
	make_package_upper "$1" "$2"
	mkfs.erofs --quiet -zlz4 packages.erofs upper
	rm -rf upper
}

# make_package_upper TREE PACKAGES: ./upper, with what is new when they are installed in the tree
make_package_upper() {
	local line
	line=$(archive_line $build_suite)
	# shellcheck disable=SC2016 # expanded in the chroot
	"$lab/enter" -u "$PWD" -b /etc/resolv.conf:/etc/resolv.conf "$1" sh -ec '
		echo "$2" >/etc/apt/sources.list
		apt-get -q -o Acquire::Languages=none update
		apt-get -q -y --no-install-recommends install $(echo "$1" | tr , " ")
		apt-get clean
		rm -rf /var/lib/apt/lists/*' sh "$2" "$line"
	rm -rf work root
}

# make_files_image FILE...: ./files.erofs with them in it. They are mounted into
# one folder, in a name space of its own, rather than copied there.
make_files_image() {
	rm -rf files
	mkdir files
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount sh -ec '
		mount -t tmpfs files files
		for file; do
			[ ! -e "files/${file##*/}" ] || { echo "two files are called ${file##*/}"; exit 1; }
			: >"files/${file##*/}"
			mount --bind "$file" "files/${file##*/}"
		done
		mkfs.erofs --quiet --all-root files.erofs files' sh "$@"
}
