/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are there whole or not at all: written under another name, which goes away on any failure. */
#ifndef VCD_OUTPUT_H
#define VCD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct output - a file that is being written
 * @path: the name that it gets at the end
 * @temporary: the name that it has till then
 * @fd: open for writing, or -1
 * @used: how many bytes of @buffer are
 * @buffer: bytes that have not been written yet
 */
struct output {
	char *path;
	char *temporary;
	int fd;
	size_t used;
	uint8_t buffer[1 << 18];
};

int output_open(struct output *output, const char *path, bool replace);
bool output_has_room(const struct output *output, uint64_t bytes, uint64_t *room);
int output_write(struct output *output, const void *data, size_t len);
int output_flush(struct output *output);
int output_commit(struct output *output, bool replace);
void output_close(struct output *output);

#endif /* VCD_OUTPUT_H */
