# shellcheck shell=bash
# host-packages.sh: what the tests in user space need on this machine. To be sourced.

# Compilers and their sanitizers, the libraries that vcdctl is made of, the test library, and the programs that make
# images to test with
host_packages='gcc make pkg-config clang libclang-rt-dev libcmocka-dev libsmartcols-dev libmount-dev libkmod-dev
	libjson-c-dev libsndfile1-dev zlib1g-dev liblzma-dev libzstd-dev libbz2-dev liblz4-dev libflac-dev
	libssl-dev libxml2-dev isomd5sum gzip bzip2 xz-utils zstd mame-tools xorriso genisoimage udftools shellcheck perl man-db'

# need_host_packages: install those that are missing
need_host_packages() {
	local package missing=()
	for package in $host_packages; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
	done
	[ ${#missing[@]} = 0 ] && return
	echo "installing ${missing[*]}" >&2
	if [ "$(id -u)" != 0 ]; then
		echo "cannot install packages: run this as root, or: apt-get install ${missing[*]}" >&2
		return 1
	fi
	{
		apt-get update -q -o DPkg::Lock::Timeout=300 &&
			DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
				-o DPkg::Lock::Timeout=300 "${missing[@]}"
	} >&2
}
