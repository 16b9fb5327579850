/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracks, sessions, texts and checksums of an image, as a report. */
#ifndef VCD_DISCREPORT_H
#define VCD_DISCREPORT_H

#include "exitcode.h"
#include "image.h"
#include "report.h"

void report_disc(struct report *report, const struct image *image);
enum exit_code report_checksums(struct report *report, const struct image *image);

#endif /* VCD_DISCREPORT_H */
