/* SPDX-License-Identifier: GPL-2.0-only */
/* How far long work is: a line on standard error, if that is a terminal. */
#ifndef VCD_PROGRESS_H
#define VCD_PROGRESS_H

#include <stdint.h>

void progress_show(const char *what, uint64_t done, uint64_t total);
void progress_clear(void);

#endif /* VCD_PROGRESS_H */
