/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting until a changed drive can be used by others: its node, and what udev does with it. */
#ifndef VCD_SETTLE_H
#define VCD_SETTLE_H

#include <stdbool.h>

/**
 * struct settle - what is being waited for
 * @socket: hears the events that udev has dealt with; -1 when udev is not there
 */
struct settle {
	int socket;
};

/** settle_limit_ms: no wait is longer than this; a test without a real drive sets it to 0 */
extern long settle_limit_ms;

bool udev_runs(void);
void settle_begin(struct settle *settle);
void settle_wait(struct settle *settle, int ctl, int index);
void settle_end(struct settle *settle);

#endif /* VCD_SETTLE_H */
