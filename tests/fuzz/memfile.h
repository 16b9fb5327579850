/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are in memory, for parsers that open files: the linker gives them these functions instead of those of the
 * C library (--wrap), so that an input costs no system call.
 */
#ifndef MEMFILE_H
#define MEMFILE_H

#include <stddef.h>
#include <stdint.h>

/** MEMFILE_FOLDER: the folder that the files are in, with a slash behind it */
#define MEMFILE_FOLDER		"/memfile/"
/** MEMFILE_SCRATCH_MAX: no temporary file can become larger */
#define MEMFILE_SCRATCH_MAX	(4U << 20)

/**
 * struct memfile - a file
 * @name: its name without the folder; NULL: it is temporary
 * @data: bytes of it
 * @len: their number
 * @at: where they begin; all else is zeroes
 * @size: its size
 * @fill: if there are no @data: makes the bytes from @offset on, which are zeroes
 */
struct memfile {
	const char *name;
	const uint8_t *data;
	size_t len;
	uint64_t at;
	uint64_t size;
	void (*fill)(const struct memfile *file, uint64_t offset, uint8_t *buf, size_t len);
};

void memfile_reset(void);
void memfile_add(const struct memfile *file);
unsigned int memfile_open_files(void);
void memfile_overlay(uint8_t *to, uint64_t offset, size_t wanted, const uint8_t *bytes, uint64_t at, size_t len);

#endif /* MEMFILE_H */
