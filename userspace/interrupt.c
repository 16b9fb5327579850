// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdio.h>

#include "array.h"
#include "interrupt.h"

static volatile sig_atomic_t signal_seen;

static void on_signal(int number)
{
	signal_seen = number;
}

/**
 * interrupt_catch - from now on, signals that would end the program are noted only
 *
 * A signal that is ignored, as nohup does with SIGHUP, stays so.
 */
void interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal }, old;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

/** interrupted - has such a signal come? */
bool interrupted(void)
{
	return signal_seen;
}

/**
 * interrupt_end - end the program by the signal that has come
 *
 * Whoever waits for the program is to see which signal ended it.
 */
enum exit_code interrupt_end(void)
{
	fflush(stdout);
	signal(signal_seen, SIG_DFL);
	raise(signal_seen);
	return CODE_FAILURE;
}
