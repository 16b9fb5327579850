# shellcheck shell=bash
# shellcheck disable=SC2154 # cache, lab and the lists of packages come from lab.sh
# foreign.sh: guests whose processor is not that of the host: their root file
# system, and what compiles for them. To be sourced by kernels.sh.
#
# Nothing is run on the host that is for another processor.

# triplet ARCHITECTURE: what compilers call it
triplet() { case $1 in arm64) echo aarch64-linux-gnu ;; *) echo "$1-linux-gnu" ;; esac; }

# foreign_suite ARCHITECTURE: the release that such a guest runs. Of s390x mirrors do not have all of the stable one.
foreign_suite() { case $1 in s390x) echo sid ;; *) echo "$build_suite" ;; esac; }

# busybox ARCHITECTURE: print the folder that has usr/bin/busybox for it
busybox() {
	local build suite version
	suite=$(foreign_suite "$1"):$1
	if [ "$1" = amd64 ]; then
		build=$(build_tree) && echo "$build/tree"
		return
	fi
	refresh_suite "$suite" || return
	version=$(suite_apt "$suite" apt-cache show --no-all-versions busybox-static | sed -n 's/^Version: //p')
	once "busybox-$1-${version#*:}" unpack_busybox "$suite" "$version"
}

unpack_busybox() {
	get_debs "$1" "busybox-static=$2"
	dpkg-deb -x busybox-static_*.deb .
	rm busybox-static_*.deb
}

# --- a root file system -------------------------------------------------------

# foreign_root ARCHITECTURE [PACKAGE,...]: print the folder with the root of such a
# guest, root.erofs
foreign_root() {
	local root packages
	packages=$(tr , '\n' <<<"${2-}" | sort -u | xargs)
	root=$(root_layer) || return
	refresh_suite "$(foreign_suite "$1"):$1" || return
	refresh_suite "$build_suite" || return
	once "root-$1-$(declare -f foreign_suite make_foreign_root unpack_packages adopt_configuration |
		digest "${root##*/}" "$packages")" make_foreign_root "$1" "$root/tree" "$packages"
}

# The packages are unpacked and no more than that, for their scripts are for the
# other processor. What these do is the same on all, and done already in the tree
# of amd64.
make_foreign_root() {
	unpack_packages "$1" "$2" "$3"
	adopt_configuration "$2"
	mkfs.erofs --quiet -zlz4 root.erofs tree
	rm -r tree
}

# unpack_packages ARCHITECTURE AMD64-TREE PACKAGES: those of that tree and these into
# ./tree. Of what there is for amd64 alone (boot loaders) the files are wanted.
unpack_packages() {
	local suite line known wanted others
	suite=$(foreign_suite "$1")
	line=$(archive_line "$suite")
	known=$(suite_apt "$suite:$1" apt-cache dumpavail | sed -n 's/^Package: //p' | sort -u)
	wanted=$({
		dpkg-query --admindir="$2/var/lib/dpkg" -W -f '${Package}\n'
		tr ' ' '\n' <<<"$3"
	} | sort -u)
	others=$(comm -23 <(tr ' ' '\n' <<<"$3" | sort -u) <(echo "$known"))
	mmdebstrap --quiet --variant=extract --architectures="$1" \
		--include="$(comm -12 <(echo "$wanted") <(echo "$known") | paste -sd,)" \
		--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' "$suite" tree "$line"
	rm -rf tree/usr/share/{doc,man,locale}/*
	[ -z "$others" ] || {
		# shellcheck disable=SC2086 # a list
		get_debs "$build_suite" $others
		for others in ./*.deb; do
			dpkg-deb -x "$others" tree
			rm "$others"
		done
	}
}

# adopt_configuration AMD64-TREE: what scripts of packages and we ourselves left there
adopt_configuration() {
	local owner group mode path
	cp -a --no-clobber "$1/etc" "$1/home" "$1/tests" "$1/work" tree/
	cp -a "$1"/etc/{passwd,group,shadow,gshadow,hosts,hostname} tree/etc/
	cp -a --no-clobber "$1/var" tree/
	# What update-alternatives has made: awk and the like
	(cd "$1" && find usr -lname '/etc/alternatives/*' -print0 | tar --null -T - -cf -) | tar -C tree --skip-old-files -xf -
	rm -f tree/etc/ld.so.cache
	while read -r owner group mode path; do
		[ ! -e "tree$path" ] || {
			chown "$(id_of passwd "$owner"):$(id_of group "$group")" "tree$path"
			chmod "$mode" "tree$path"
		}
	done <"$1/var/lib/dpkg/statoverride"
}

# id_of passwd|group NAME: the number, in ./tree
id_of() { awk -F: -v name="$2" '$1 == name { print $3 }' "tree/etc/$1"; }

# --- compilers ----------------------------------------------------------------

# cross_layer ARCHITECTURE: print the folder that is a layer over the build tree with
# a compiler for it and with what vcdctl and the test programs are linked with
cross_layer() {
	local build folder
	build=$(build_tree) || return
	refresh_suite "$(foreign_suite "$1"):$1" || return
	folder=$(once "cross-$1-$(declare -f foreign_suite make_cross_layer make_package_upper |
		digest "${build##*/}" "$build_packages" "$optional_packages")" make_cross_layer "$1" "$build/tree") && echo "$folder/upper"
}

# Libraries are of the release that the guest runs, and with all that they need
make_cross_layer() {
	local deb
	make_package_upper "$2" "gcc-14-$(triplet "$1")"
	# The compiler's own C library may be older than that of the libraries.
	rm -rf "upper/usr/$(triplet "$1")"/{include,lib}
	mkdir -p debs/partial
	# shellcheck disable=SC2046 # a list
	suite_apt "$(foreign_suite "$1"):$1" apt-get -y --download-only --no-install-recommends \
		-o Dir::Cache::archives="$PWD/debs" install \
		$(tr , '\n' <<<"$build_packages,$optional_packages" | grep -E '^lib.*-dev$')
	for deb in debs/*.deb; do
		# Not programs, which would stand in the place of those that run here
		dpkg-deb --fsys-tarfile "$deb" | tar -C upper -xf - --keep-directory-symlink --wildcards \
			--exclude='./usr/bin' --exclude='./usr/sbin' --exclude='./etc'
	done
	rm -r debs
}

# make_variables ARCHITECTURE: for make, a word a line, to compile programs for it
make_variables() {
	local triplet
	[ "$1" != amd64 ] || { echo CC=gcc-14; return; }
	triplet=$(triplet "$1")
	printf '%s\n' "CC=$triplet-gcc-14" "AR=$triplet-ar" \
		"PKG_CONFIG=env PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig pkg-config"
}
