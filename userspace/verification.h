/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of vcdctl verify share: a report of checks and what comes out of them all. */
#ifndef VCD_VERIFICATION_H
#define VCD_VERIFICATION_H

#include "exitcode.h"
#include "image.h"
#include "report.h"

/**
 * struct verification - an image that is being checked
 * @image: the image
 * @report: where each check is named with its result
 * @sums: name of a file of checksums that was given, or NULL
 * @dat: name of a data file that was given, or NULL
 * @checked: how many checks were made
 * @compared: how many of them were against a checksum
 * @bad: how many did not end well
 * @error: CODE_OK, or why checks could not be made
 */
struct verification {
	struct image image;
	struct report report;
	const char *sums;
	const char *dat;
	unsigned int checked;
	unsigned int compared;
	unsigned int bad;
	enum exit_code error;
};

void verification_result(struct verification *run, const char *check, const char *of, const char *against, bool good,
			 const char *detail);
void verification_fail(struct verification *run, enum exit_code code, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* verify-files.c */
void verify_files(struct verification *run);

/* verify-chd.c */
void verify_chd(struct verification *run);

/* verify-sectors.c */
void verify_length(struct verification *run);
void verify_embedded(struct verification *run);
void verify_sectors(struct verification *run);

#endif /* VCD_VERIFICATION_H */
