/* SPDX-License-Identifier: GPL-2.0-only */
/* The text files that describe raw images of CDs: CUE and CCD. */
#ifndef VCD_DESCRIPTOR_H
#define VCD_DESCRIPTOR_H

#include <stdio.h>

#include "disctoc.h"

int cue_write(const struct disc *disc, const char *bin, FILE *file);
int ccd_write(const struct disc *disc, FILE *file);

#endif /* VCD_DESCRIPTOR_H */
