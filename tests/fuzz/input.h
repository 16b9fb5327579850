/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The input of a fuzz target, taken byte by byte.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"

/* What is left of the input; zeroes behind its end. */
struct input {
	const u8 *at;
	size_t left;
};

static inline u8 take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static inline u16 take16(struct input *in)
{
	u16 high = take(in);

	return (u16)(high << 8 | take(in));
}

static inline u32 take32(struct input *in)
{
	u32 high = take16(in);

	return high << 16 | take16(in);
}

static inline u64 take64(struct input *in)
{
	u64 high = take32(in);

	return high << 32 | take32(in);
}

/* Memory of exactly this size, so that the sanitizers see a byte too many; not NULL. */
static inline void *exactly(size_t size)
{
	void *memory = malloc(size);

	if (!memory && size)
		abort();
	return memory;
}

/* What must hold. */
#define REQUIRE(condition)									\
	do {											\
		if (!(condition)) {								\
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);	\
			abort();								\
		}										\
	} while (0)

/* Is a program, by its path, the target of this name? */
static inline bool is_target(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;

	return !strncmp(file, "fuzz_", 5) && !strcmp(file + 5, name);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* FUZZ_INPUT_H */
