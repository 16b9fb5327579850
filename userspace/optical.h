/* SPDX-License-Identifier: GPL-2.0-only */
/* Optical drives of whatever make, as the command line names them, and what is said of those that do not answer. */
#ifndef VCD_OPTICAL_H
#define VCD_OPTICAL_H

#include <stdbool.h>

#include "exitcode.h"
#include "mmcdrive.h"

/** OPTICAL_NODE_MAX: room for the name of a node */
#define OPTICAL_NODE_MAX	4096

bool optical_name(char node[OPTICAL_NODE_MAX], const char *word);
enum exit_code optical_open(struct optical_drive *drive, const char *node);
enum exit_code optical_explain(const char *node, enum mmc_error error);

#endif /* VCD_OPTICAL_H */
