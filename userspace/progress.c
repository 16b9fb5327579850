// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

/* The line is written anew no more often than this. */
#define INTERVAL_NS	200000000LL

static bool shown;

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/**
 * progress_show - say how far work is
 * @what: the work
 * @done: how many bytes
 * @total: of how many; 0: not known
 *
 * To be called as often as one likes. Suits &image_options.progress.
 */
void progress_show(const char *what, uint64_t done, uint64_t total)
{
	static long long last;
	long long now;

	if (!isatty(STDERR_FILENO))
		return;
	now = now_ns();
	if (shown && now - last < INTERVAL_NS)
		return;
	last = now;
	shown = true;
	fprintf(stderr, "\r%s: ", what);
	if (total)
		fprintf(stderr, "%3u %% of ", (unsigned int)((double)done * 100 / (double)total));
	fprintf(stderr, "%.1f MB\033[K", (double)(total ? total : done) / 1e6);
}

/**
 * progress_clear - take the line away: the work has ended, or something else is to be said
 */
void progress_clear(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
