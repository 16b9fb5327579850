#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Prints the -DVCD_HAVE_* flags that fit a kernel, found by looking into its headers. Symbols are probed, never
# versions: stable kernels and distributions backport.
#
# usage: probe.sh KERNEL-SOURCE-DIRECTORY

set -eu
include="$1/include"

# have NAME HEADER REGEX: prints -DVCD_HAVE_NAME if there is the header and REGEX matches it with its line breaks taken out
have() {
	if [ -e "$include/$2" ] && tr '\n\t' '  ' < "$include/$2" | grep -Eq "$3"; then
		printf -- '-DVCD_HAVE_%s ' "$1"
	fi
}

# have_header NAME HEADER: prints -DVCD_HAVE_NAME if there is that header
have_header() {
	if [ -e "$include/$2" ]; then
		printf -- '-DVCD_HAVE_%s ' "$1"
	fi
}

have BLK_MODE		linux/blkdev.h		'typedef unsigned int __bitwise blk_mode_t;'
have QUEUE_LIMITS	linux/blkdev.h		'define blk_alloc_disk\(lim, node_id\)'
have BD_MAPPING		linux/blk_types.h	'struct address_space +\*bd_mapping;'
have FORCE_EVENTS	linux/blkdev.h		'disk_force_media_change\(struct gendisk \*disk, unsigned int events\)'
have CDROM_BLK_MODE	linux/cdrom.h		'int cdrom_open\(struct cdrom_device_info \*cdi, blk_mode_t mode\)'
have CDROM_SPEED_LONG	linux/cdrom.h		'\(\*select_speed\) ?\(struct cdrom_device_info \*, unsigned long\)'
have CONTEXT_ANALYSIS	linux/compiler-context-analysis.h	'define __guarded_by\('
have_header FOLIO_BATCH_H	linux/folio_batch.h
