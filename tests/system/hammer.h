/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hammer.c calls with and looks at: numbers, memory, and the checks of every call.
 */
#ifndef HAMMER_H
#define HAMMER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#include "coverage.h"
#include "tap.h"

#define PAGE		4096u
#define ARENA		(24 * PAGE)	/* memory of a thread that calls may change */
#define THREADS_MAX	16

static unsigned long seed;
static atomic_ulong answers, errors, found;

/*
 * A thread. @arena lies between pages that nobody may touch, and so does each page of @end, at whose end lie the
 * structure of a call, its CDB, and its list of buffers; @read_only is a page that may be read. @tape has the numbers
 * that the call is made of, of which @taken have been taken.
 */
struct thread {
	pthread_t id;
	unsigned int number;
	unsigned long calls;
	atomic_ulong done;
	uint64_t random;
	uint8_t *arena, *before, *read_only, *end[3];
	int fd, control;
	char call[200];
	struct coverage coverage;
	struct tape tape;
	unsigned int taken;
};

/* --- numbers ------------------------------------------------------------------------------------------------- */

static uint32_t new_number(void *arg)
{
	struct thread *t = arg;

	/* xorshift64* */
	t->random ^= t->random >> 12;
	t->random ^= t->random << 25;
	t->random ^= t->random >> 27;
	return (uint32_t)((t->random * 2685821657736338717ULL) >> 32);
}

/* The next of the tape, or a new one that goes onto it */
static uint32_t number(struct thread *t)
{
	uint32_t value;

	if (t->taken < t->tape.len)
		return t->tape.numbers[t->taken++];
	value = new_number(t);
	if (t->taken < TAPE_MAX) {
		t->tape.numbers[t->taken++] = value;
		t->tape.len = t->taken;
	}
	return value;
}

static uint32_t below(struct thread *t, uint32_t limit)
{
	return number(t) % limit;
}

static bool one_in(struct thread *t, uint32_t n)
{
	return below(t, n) == 0;
}

/* A number that is often at the edge of something. */
static uint64_t edge(struct thread *t)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 7, 8, 17, 18, 99, 255, 256, 2047, 2048, 2049, 4095, 4096, 65535, 65536, 0x7FFFFFFF,
		0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
		0xFFFFFFFFFFFFF000, 0xFFFFFFFFFFFFFFFF,
	};
	uint64_t high = number(t);

	return one_in(t, 4) ? high << 32 | number(t) : edges[below(t, sizeof(edges) / sizeof(edges[0]))];
}

/* --- what must hold ------------------------------------------------------------------------------------------ */

__attribute__((format(printf, 2, 3)))
static void finding(struct thread *t, const char *format, ...)
{
	va_list args;
	char text[300];

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (found++ < 20)
		printf("# seed %lu, thread %u, call %lu: %s: %s\n", seed, t->number, (unsigned long)t->done, t->call,
		       text);
	fflush(stdout);
}

/* Remember the arena as it is, to see later what changed. */
static void before_call(struct thread *t)
{
	memcpy(t->before, t->arena, ARENA);
}

/* A part of the arena that a call may change. */
struct part {
	const void *at;
	size_t len;
};

/* All of the arena but @parts is as it was. */
static void only_changed(struct thread *t, const struct part *parts, unsigned int nr_parts)
{
	unsigned int i;
	size_t at;

	for (i = 0; i < nr_parts; i++) {
		at = (size_t)((const uint8_t *)parts[i].at - t->arena);
		if (parts[i].len && at < ARENA)
			memcpy(t->before + at, parts[i].at, parts[i].len < ARENA - at ? parts[i].len : ARENA - at);
	}
	if (!memcmp(t->before, t->arena, ARENA))
		return;
	for (at = 0; t->before[at] == t->arena[at]; at++)
		;
	finding(t, "a byte is changed that should not be: at %zu, from %02x to %02x", at, t->before[at], t->arena[at]);
}

/* Errno values that never leave the kernel begin with 512. */
static void check_errno(struct thread *t, int ret)
{
	if (ret >= 0) {
		answers++;
		return;
	}
	errors++;
	if (errno <= 0 || errno >= 512)
		finding(t, "errno %d", errno);
}

/* --- memory -------------------------------------------------------------------------------------------------- */

/* Where @len bytes may lie: somewhere in the lower half of the arena, or right before the end of it. */
static uint8_t *good_place(struct thread *t, size_t len)
{
	if (one_in(t, 3))
		return t->arena + ARENA - len;
	return t->arena + PAGE + below(t, PAGE);
}

static void *bad_place(struct thread *t)
{
	switch (below(t, 6)) {
	case 0:
		return NULL;
	case 1:
		return t->arena + ARENA;		/* not mapped */
	case 2:
		return t->arena - PAGE;
	case 3:
		return t->arena + ARENA - below(t, 64);	/* over its end, as a rule */
	case 4:
		return (void *)(uintptr_t)0xFFFF888000001000ULL;	/* memory of the kernel */
	default:
		return t->read_only;
	}
}

/* A copy of it right before memory that may not be touched. */
static void *at_end(struct thread *t, unsigned int page, const void *from, size_t size)
{
	uint8_t *to = t->end[page] + PAGE - size;

	memcpy(to, from, size);
	return to;
}

static void fill_randomly(struct thread *t, uint8_t *to, size_t len)
{
	while (len--)
		*to++ = (uint8_t)number(t);
}

/* Pages between two that are not mapped. */
static uint8_t *guarded(size_t size, int protection)
{
	uint8_t *at = mmap(NULL, size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at + PAGE, size, protection))
		tap_bail("mmap");
	return at + PAGE;
}

#endif /* HAMMER_H */
