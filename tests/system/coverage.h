/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that go where no call went before are tried again, with changes.
 *
 * Each call is made of numbers. Those of a call that made the kernel take a path which it had not taken yet are kept, as
 * a tape, and later calls begin with a tape in which some numbers are others. The kernel tells where it goes by KCOV,
 * if it was built with that; without it all calls are made of numbers that look random.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <fcntl.h>
#include <linux/kcov.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TAPE_MAX	256
#define TAPES_MAX	8192
#define PATH_MAX_LEN	(1 << 16)	/* steps of a call that are looked at */
#define EDGES		(1 << 18)

/** struct tape - the numbers that a call was made of, up to some */
struct tape {
	uint32_t numbers[TAPE_MAX];
	unsigned int len;
};

/** struct coverage - where a thread has been in the kernel */
struct coverage {
	uint64_t *path;
};

static struct tape *tapes[TAPES_MAX];
static atomic_uint nr_tapes;
static pthread_mutex_t tapes_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint8_t edges[EDGES];
static atomic_uint nr_edges;

/*
 * coverage_open - have the kernel tell where this thread goes
 *
 * Who may not open the file has it in a descriptor whose numbers, one for each thread, are in $HAMMER_KCOV.
 */
static bool coverage_open(struct coverage *coverage, unsigned int thread)
{
	const char *given = getenv("HAMMER_KCOV");
	int fd = -1;

	if (given) {
		for (; thread && given; thread--)
			given = strchr(given, ' ') ? strchr(given, ' ') + 1 : NULL;
		if (given)
			fd = atoi(given);
	} else {
		fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	}
	if (fd < 0 || ioctl(fd, KCOV_INIT_TRACE, PATH_MAX_LEN))
		return false;
	coverage->path = mmap(NULL, PATH_MAX_LEN * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (coverage->path == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		coverage->path = NULL;
		return false;
	}
	return true;
}

static void coverage_begin(struct coverage *coverage)
{
	if (coverage->path)
		__atomic_store_n(&coverage->path[0], 0, __ATOMIC_RELAXED);
}

/* Has the call taken a step that none has taken before? */
static bool coverage_is_new(struct coverage *coverage)
{
	uint64_t steps, i, last = 0;
	bool is_new = false;

	if (!coverage->path)
		return false;
	steps = __atomic_load_n(&coverage->path[0], __ATOMIC_RELAXED);
	for (i = 1; i <= steps; i++) {
		uint64_t hash = (coverage->path[i] ^ last * 31) * 0x9E3779B97F4A7C15ULL;

		last = coverage->path[i];
		if (!atomic_exchange(&edges[hash >> 46], 1)) {
			nr_edges++;
			is_new = true;
		}
	}
	return is_new;
}

static void tape_keep(const struct tape *tape)
{
	struct tape *copy;

	if (nr_tapes == TAPES_MAX)
		return;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return;
	*copy = *tape;
	pthread_mutex_lock(&tapes_lock);
	if (nr_tapes < TAPES_MAX) {
		tapes[nr_tapes] = copy;
		nr_tapes++;
	} else {
		free(copy);
	}
	pthread_mutex_unlock(&tapes_lock);
}

/* tape_take - begin with one that was kept, a little changed. @random: where numbers come from */
static void tape_take(struct tape *tape, uint32_t (*random)(void *arg), void *arg)
{
	unsigned int changes;

	tape->len = 0;
	if (!nr_tapes || random(arg) % 3 == 0)
		return;
	*tape = *tapes[random(arg) % nr_tapes];
	if (random(arg) % 2)
		tape->len = random(arg) % (tape->len + 1);
	for (changes = random(arg) % 4; changes && tape->len; changes--)
		tape->numbers[random(arg) % tape->len] = random(arg);
}

#endif /* COVERAGE_H */
