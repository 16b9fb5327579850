/* SPDX-License-Identifier: GPL-2.0-only */
/* What is on a disc: everything that the parsers of file systems and boot structures find. */
#ifndef VCD_CONTENT_H
#define VCD_CONTENT_H

#include "eltorito.h"
#include "hfs.h"
#include "iso9660.h"
#include "partition.h"
#include "reader.h"
#include "udf.h"

/**
 * struct content - what is on a disc
 * @iso: ISO 9660, Joliet, Rock Ridge
 * @udf: UDF
 * @hfs: HFS, HFS+ and the Apple partition map
 * @boot: El Torito
 * @tables: MBR and GPT
 */
struct content {
	struct iso9660 iso;
	struct udf udf;
	struct hfs hfs;
	struct eltorito boot;
	struct partition_tables tables;
};

int content_read(const struct reader *reader, struct content *content);
bool content_is_known(const struct content *content);
const char *content_label(const struct content *content);

#endif /* VCD_CONTENT_H */
