/* SPDX-License-Identifier: GPL-2.0-only */
/* Which bytes of a copy are there, which could not be read: the mapfile of GNU ddrescue. */
#ifndef VCD_BADMAP_H
#define VCD_BADMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** BADMAP_UNTRIED: nobody tried to read it yet */
#define BADMAP_UNTRIED	'?'
/** BADMAP_BAD: it could not be read */
#define BADMAP_BAD	'-'
/** BADMAP_DONE: it is in the copy */
#define BADMAP_DONE	'+'

/** BADMAP_RANGES_MAX: most ranges that a map has */
#define BADMAP_RANGES_MAX	(1U << 22)

/**
 * struct badmap_range - a run of bytes of one status
 * @pos: first byte
 * @size: number of bytes, at least 1
 * @status: BADMAP_*
 */
struct badmap_range {
	uint64_t pos;
	uint64_t size;
	char status;
};

/**
 * struct badmap - the state of a copy
 * @ranges: sorted, without gaps; neighbours differ in their status
 * @count: how many
 * @room: for how many there is memory
 * @size: bytes that the copy has in the end
 */
struct badmap {
	struct badmap_range *ranges;
	size_t count;
	size_t room;
	uint64_t size;
};

int badmap_init(struct badmap *map, uint64_t size);
void badmap_free(struct badmap *map);
int badmap_mark(struct badmap *map, uint64_t pos, uint64_t size, char status);
int badmap_retry(struct badmap *map);
const struct badmap_range *badmap_find(const struct badmap *map, uint64_t from, char status);
uint64_t badmap_bytes(const struct badmap *map, char status);
int badmap_save(const struct badmap *map, const char *path, uint64_t pos);
int badmap_load(struct badmap *map, const char *path, uint64_t unit);

#endif /* VCD_BADMAP_H */
