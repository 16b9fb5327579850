/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that a dump of a disc consists of. */
#ifndef VCD_DUMPFILES_H
#define VCD_DUMPFILES_H

#include <stdbool.h>
#include <stdint.h>

#include "disctoc.h"

/**
 * enum dump_kind - which files a dump is made of
 * @DUMP_AUTO: the disc decides on .iso or .cue
 * @DUMP_ISO: .iso
 * @DUMP_CUE: .cue and .bin, .sub if sub-channels are wanted
 * @DUMP_CCD: .ccd, .img and .sub
 * @DUMP_PART: none: a name that one of several files of a dump has
 */
enum dump_kind {
	DUMP_AUTO,
	DUMP_ISO,
	DUMP_CUE,
	DUMP_CCD,
	DUMP_PART,
};

/**
 * struct dump_files - the names of these files
 * @kind: DUMP_ISO, DUMP_CUE or DUMP_CCD
 * @main: the file by which the dump is attached: .iso, .cue or .ccd
 * @image: the file with the sectors; the same as @main for an .iso
 * @sub: the file with the sub-channels or NULL
 * @map: the map of what is missing
 */
struct dump_files {
	enum dump_kind kind;
	char *main;
	char *image;
	char *sub;
	char *map;
};

enum dump_kind dump_kind_of(const char *out);
bool dump_files_name(struct dump_files *files, const char *out, enum dump_kind kind, bool subchannel);
void dump_files_free(struct dump_files *files);
const char *dump_files_existing(const struct dump_files *files);
int dump_files_remove(const struct dump_files *files);
int dump_file_create(const char *path, uint64_t size);
int dump_file_reopen(const char *path, uint64_t size);
int dump_files_describe(const struct dump_files *files, const struct disc *disc);

#endif /* VCD_DUMPFILES_H */
