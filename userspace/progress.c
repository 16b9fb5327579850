// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define MIB		(1024 * 1024)
/* Shorter work shows nothing, and the line changes no more often than this. */
#define STEP_MS		200

static bool shown;
static int64_t next_ms;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/**
 * progress_show - show how far work has come
 * @what: what is being done
 * @done: how many bytes of it
 * @total: of how many; 0: not known
 *
 * For struct image_options.
 */
void progress_show(const char *what, uint64_t done, uint64_t total)
{
	int64_t now = now_ms();

	if (!isatty(STDERR_FILENO))
		return;
	if (!next_ms)
		next_ms = now + STEP_MS;
	if (now < next_ms)
		return;
	next_ms = now + STEP_MS;
	/* Back to the start of the line, and clear what is behind the text */
	if (total)
		fprintf(stderr, "\r%s: %.0f%%\033[K", what, 100.0 * (double)done / (double)total);
	else
		fprintf(stderr, "\r%s: %" PRIu64 " MiB\033[K", what, done / MIB);
	fflush(stderr);
	shown = true;
}

/**
 * progress_end - the work is over: take the line away
 */
void progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
	next_ms = 0;
}
