# shellcheck shell=bash
# shellcheck disable=SC2154 # lab comes from lab.sh
# checkers.sh: what looks at sources, and what it needs. To be sourced after kernels.sh.

# newest_source: print the folder with the source of the newest kernel, a layer
newest_source() {
	local resolved suite package version
	resolved=$(resolve source-7.2) || return
	read -r suite package version <<<"$resolved"
	once "linux-source-$version" unpack_source "$suite" "$package=$version"
}

# clang: print the folder that is a layer with the first release that analyses the kernel's locks
clang() {
	local resolved suite package version
	resolved=$(resolve clang) || return
	read -r suite package version <<<"$resolved"
	once "clang-${version#*:}" unpack_clang "$suite" "$version"
}

unpack_clang() {
	local deb
	refresh_suite $build_suite
	get_debs "$1" "clang-23=$2" "libclang-cpp23=$2" "libclang-common-23-dev=$2" "libllvm23=$2" libxml2-16
	# These are as old as the C library of the chroot.
	get_debs $build_suite libbsd0 libedit2 libffi8 libmd0 libz3-4
	for deb in *.deb; do
		dpkg-deb -x "$deb" .
		rm "$deb"
	done
	rm -rf usr/share
}

# lock_headers: print the folder with `headers` of the newest kernel, configured for that analysis
lock_headers() {
	local source clang wanted
	source=$(newest_source) && clang=$(clang) || return
	wanted=$(configuration debug && echo CONFIG_WARN_CONTEXT_ANALYSIS=y) || return
	once "headers-$(declare -f make_lock_headers | digest "${source##*/}" "${clang##*/}" "$wanted")" \
		make_lock_headers "$source" "$clang" "$wanted"
}

make_lock_headers() {
	local build=/usr/src/linux-build run
	mkdir -p headers$build
	echo "$3" >headers$build/wanted.config
	run=("$lab/enter" -l "$1" -l "$2" -b "$PWD/headers$build:$build" "$(build_tree)/tree"
		make -s -C /usr/src/linux-source "O=$build" CC=clang-23)
	"${run[@]}" KCONFIG_ALLCONFIG=$build/wanted.config allnoconfig
	grep -x CONFIG_WARN_CONTEXT_ANALYSIS=y headers$build/.config
	"${run[@]}" -j"$(nproc)" modules_prepare
}
