// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "reader.h"

static int file_read(int fd, uint64_t offset, char *to, size_t len)
{
	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (n == 0)
			return -ENODATA;
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int parts_read(const struct fd_source *source, uint64_t offset, char *to, size_t len)
{
	uint32_t i;

	for (i = 0; len && i < source->part_count; i++) {
		const struct fd_part *part = &source->parts[i];
		size_t n = len;
		int err;

		if (offset - part->start >= part->size)
			continue;
		if (n > part->start + part->size - offset)
			n = (size_t)(part->start + part->size - offset);
		err = file_read(part->fd, offset - part->start, to, n);
		if (err)
			return err;
		to += n;
		offset += n;
		len -= n;
	}
	return len ? -ENODATA : 0;
}

static int fd_read(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	const struct fd_source *source = reader->ctx;

	return source->parts ? parts_read(source, offset, buf, len) : file_read(source->fd, offset, buf, len);
}

/**
 * reader_from_fd - read from an open file
 * @source: the file; must live as long as the reader
 * @size: its size in bytes
 */
struct reader reader_from_fd(const struct fd_source *source, uint64_t size)
{
	return (struct reader){ .read = fd_read, .ctx = source, .size = size };
}

static int memory_read(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (const char *)reader->ctx + offset, len);
	return 0;
}

/**
 * reader_from_memory - read from a buffer
 * @data: the bytes; must live as long as the reader
 * @size: their number
 */
struct reader reader_from_memory(const void *data, size_t size)
{
	return (struct reader){ .read = memory_read, .ctx = data, .size = size };
}

/**
 * reader_read - read bytes
 * @reader: the source
 * @offset: first byte
 * @buf: where they go
 * @len: how many
 *
 * Return: 0; -ENODATA when the bytes lie, in whole or in part, behind the end; another negative errno.
 */
int reader_read(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	if (offset > reader->size || len > reader->size - offset)
		return -ENODATA;
	if (!len)
		return 0;
	return reader->read(reader, offset, buf, len);
}

/**
 * reader_read_sector - read one sector of 2048 bytes
 * @reader: the source
 * @lba: address of the sector; any value
 * @buf: SECTOR_SIZE bytes
 *
 * Return: as reader_read().
 */
int reader_read_sector(const struct reader *reader, uint64_t lba, void *buf)
{
	if (lba > UINT64_MAX / SECTOR_SIZE)
		return -ENODATA;
	return reader_read(reader, lba * SECTOR_SIZE, buf, SECTOR_SIZE);
}
