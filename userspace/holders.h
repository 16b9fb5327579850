/* SPDX-License-Identifier: GPL-2.0-only */
/* Who uses a drive: mounts, processes that have its node open, devices that are stacked on it. */
#ifndef VCD_HOLDERS_H
#define VCD_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** HOLDERS_SHOWN: how many holders a message names */
#define HOLDERS_SHOWN	8

/**
 * struct holders - who uses a drive
 * @text: the first of them, as a list to be printed; empty if none was found. If there are lasting holders, only those.
 * @lasting: how many will not let go by themselves
 * @passing: how many will: programs that udev runs
 * @hidden: processes that could not be looked at
 */
struct holders {
	char *text;
	size_t lasting;
	size_t passing;
	size_t hidden;
};

/** holders_proc, holders_sys: where proc and sysfs are mounted; a test puts its own trees there */
extern const char *holders_proc;
extern const char *holders_sys;

void holders_find(struct holders *holders, dev_t dev);
void holders_free(struct holders *holders);

#endif /* VCD_HOLDERS_H */
