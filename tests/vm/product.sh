# shellcheck shell=bash
# shellcheck disable=SC2154 # cache, lab and source_tree come from lab.sh
# product.sh: build what is under test, from a copy of the tree: the checkout
# stays clean and builds for several kernels do not meet. To be sourced after
# kernels.sh.

# sources PATH...: the files of the tree below them, as a NUL-separated list:
# what git knows or would add. A tree without git is looked at with the help of
# an empty repository.
sources() {
	(
		cd "$source_tree" || exit
		if ! git -c safe.directory='*' rev-parse --is-inside-work-tree >/dev/null 2>&1; then
			GIT_DIR=$(once no-git git init -q --bare .) || exit
			export GIT_DIR GIT_WORK_TREE=.
		fi
		git -c safe.directory='*' ls-files -z --cached --others --exclude-standard -- "$@" |
			sort -zu | while IFS= read -r -d '' file; do
			[ ! -f "$file" ] || printf '%s\0' "$file"
		done
	)
}

# Which files each part is made of
module_sources() { sources Kbuild Makefile kernel include; }
userspace_sources() { sources . ':(exclude,glob)kernel/*' ':!kernel/compat' ':!tests' ':!docs' ':!bench' ':!.*' ':!*.md'; }
helper_sources() {
	sources Makefile include userspace kernel 'tests/*.[ch]' 'tests/*Makefile' 'tests/*.mk' ':!tests/vm' \
		bench/Makefile 'bench/*.c'
}

# sources_digest LIST-FUNCTION: a name for the contents and modes of those files
sources_digest() {
	"$1" | (cd "$source_tree" && xargs -0 -r sha256sum && "$1" | xargs -0 -r stat -c '%a %n') | digest
}

# copy_sources LIST-FUNCTION DIGEST: copy them to ./build. They must be what the
# digest was made of: somebody may be editing.
copy_sources() {
	mkdir build
	"$1" | tar -C "$source_tree" --null -T - -cf - | tar -C build -xf -
	if [ "$(sources_digest "$1")" != "$2" ]; then
		echo "the source tree changed while it was copied: try again"
		return 1
	fi
}

# in_build_tree [OPTION OF enter]... -- COMMAND...: run it in the build chroot
in_build_tree() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	"$lab/enter" "${options[@]}" "$(build_tree)/tree" "$@"
}

# sparse: print the folder that is a layer with the checker in /opt/sparse. Only
# the program itself is taken from its package, which is of a later release.
sparse() {
	local resolved suite package version
	resolved=$(resolve sparse) || return
	read -r suite package version <<<"$resolved"
	once "sparse-$version" unpack_sparse "$suite" "$package=$version"
}

unpack_sparse() {
	get_debs "$@"
	mkdir opt
	dpkg-deb -x sparse_*.deb opt/sparse
	rm sparse_*.deb
}

# module K [MAKE-ARGUMENT]...: print the folder that holds vcd.ko for kernel K and `compiler.log`
module() {
	local kernel sources name
	kernel=$(kernel "$1") || return
	sources=$(sources_digest module_sources) || return
	name=$(declare -f make_module compile_module | digest "${kernel##*/}" "$sources" "${@:2}")
	once "module-$1-$name" make_module "$1" "$kernel" "$sources" "${@:2}"
}

# make_module K KERNEL-FOLDER DIGEST [MAKE-ARGUMENT]...
make_module() {
	local options=()
	if [[ " ${*:4} " == *" C="[12]* ]]; then
		options+=(-l "$(sparse)")
		set -- "$@" CHECK=/opt/sparse/usr/bin/sparse
	fi
	copy_sources module_sources "$3"
	compile_module "$1" "$2" "${options[@]}" -- "${@:4}" 2>&1 | tee compiler.log
	if [ ${#options[@]} -gt 0 ] && ! grep -q '^  CHECK ' compiler.log; then
		echo "make was told to check and did not"
		return 1
	fi
	mv build/vcd.ko .
	rm -r build
}

# compile_module K KERNEL-FOLDER [OPTION OF enter]... -- [MAKE-ARGUMENT]...: make the modules in ./build
compile_module() {
	local kernel=$2 arch=x86 compiler=(CC=gcc-14) options=() layer
	case $1 in
	uml | preempt) arch=um ;;
	arm64) arch=arm64 ;;
	s390x) arch=s390 ;;
	esac
	if [ "$(processor "$1")" != amd64 ]; then
		compiler=("CROSS_COMPILE=$(triplet "$1")-" "CC=$(triplet "$1")-gcc-14")
		options+=(-l "$(cross_layer "$1")")
	fi
	shift 2
	while read -r layer; do
		options+=(-l "$layer")
	done <"$kernel/layers"
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	in_build_tree "${options[@]}" -l "$kernel/headers" -b "$PWD/build:/build" -- \
		make -C "$(cat "$kernel/build")" M=/build ARCH=$arch "${compiler[@]}" "${@:2}" modules
}

# Modules that Debian has as source, for dkms to compile, and that guests can have
external_modules=(vhba)

# external_module K NAME: print the folder that holds NAME.ko for kernel K
external_module() {
	local kernel resolved suite package version name
	kernel=$(kernel "$1") || return
	resolved=$(resolve "$2") || return
	read -r suite package version <<<"$resolved"
	name=$(declare -f make_external_module compile_module | digest "${kernel##*/}" "$resolved")
	once "module-$2-$1-$name" make_external_module "$1" "$kernel" "$2" "$suite" "$package=$version"
}

# make_external_module K KERNEL-FOLDER NAME SUITE PACKAGE=VERSION
make_external_module() {
	get_debs "$4" "$5"
	dpkg-deb -x ./*.deb unpacked
	mv unpacked/usr/src/"$3"-* build
	rm -r unpacked ./*.deb
	compile_module "$1" "$2" --
	mv "build/$3.ko" .
	rm -r build
}

# modules_layer K NAME...: print the folder whose `layer` is what the guest needs to modprobe these: vcd, which is
# ours, or external ones
modules_layer() {
	local kernel name folder folders=()
	kernel=$(kernel "$1") || return
	for name in "${@:2}"; do
		if [ "$name" = vcd ]; then
			folder=$(module "$1") || return
		else
			folder=$(external_module "$1" "$name") || return
		fi
		folders+=("$folder")
	done
	name=$(declare -f make_modules_layer | digest "${kernel##*/}" "${folders[@]##*/}")
	once "modules-$1-$name" make_modules_layer "$kernel" "${folders[@]}"
}

# make_modules_layer KERNEL-FOLDER MODULE-FOLDER...
make_modules_layer() {
	local kernel=$1 release modules=layer/usr/lib/modules folder
	shift
	release=$(cat "$kernel/release")
	mkdir -p $modules
	cp -al "$kernel/tree/usr/lib/modules/$release" $modules/
	for folder; do
		install -D -m 644 -t "$modules/$release/updates" "$folder"/*.ko
	done
	depmod -b layer/usr "$release"
	find "$modules/$release" -mindepth 1 -maxdepth 1 ! -name updates ! -name 'modules.*' -exec rm -r {} +
}

# userspace [ARCHITECTURE]: print the folder whose `layer` is what `make install-userspace` installs
userspace() { compiled_for "${1:-amd64}" userspace userspace_sources make_userspace; }

# helpers [ARCHITECTURE]: print the folder whose `layer` holds the compiled test programs
helpers() { compiled_for "${1:-amd64}" helpers helper_sources make_helpers; }

# compiled_for ARCHITECTURE NAME LIST-FUNCTION FUNCTION: what the function makes of these sources
compiled_for() {
	local sources name layer=''
	sources=$(sources_digest "$3") || return
	if [ "$1" != amd64 ]; then
		layer=$(cross_layer "$1") || return
	elif [ "$2" = userspace ]; then
		layer=$(optional_layer) || return
	fi
	name=$(declare -f "$4" make_variables | digest "$(build_tree)" "$sources" "$1" "$layer")
	once "$2-$name" "$4" "$sources" "$1" ${layer:+-l "$layer"}
}

# make_userspace DIGEST ARCHITECTURE [OPTION OF enter]...
make_userspace() {
	local variables
	copy_sources userspace_sources "$1"
	mapfile -t variables < <(make_variables "$2")
	mkdir layer
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_build_tree "${@:3}" -b "$PWD/build:/build" -b "$PWD/layer:/layer" -- sh -ec '
		make -C /build userspace "$@"
		make -C /build install-userspace "$@" DESTDIR=/layer PREFIX=/usr' sh "${variables[@]}"
	rm -r build
}

# make_helpers DIGEST ARCHITECTURE [OPTION OF enter]...
make_helpers() {
	local variables
	copy_sources helper_sources "$1"
	mapfile -t variables < <(make_variables "$2")
	mkdir -p layer build/tests build/bench # another tree may not have them
	(cd build && find tests bench -type f | sort) >before
	in_build_tree "${@:3}" -b "$PWD/build:/build" -- make -C /build test-programs "${variables[@]}"
	(cd build && find tests bench -type f -perm /111 | sort) | comm -23 - before |
		tar -C build -T - -cf - | tar -C layer -xf -
	rm -rf build before
}

# tests_into FOLDER: the scripts and data of tests and benchmarks as they lie in the tree
tests_into() {
	[ ! -d "$source_tree/tests" ] ||
		sources tests bench ':!tests/vm' | tar -C "$source_tree" --null -T - -cf - | tar -C "$1" -xf -
}
