/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading bytes of a disc without knowing where they come from: a file, a drive, memory. The parsers take nothing but
 * a reader, so that a test or a fuzzer can feed them.
 */
#ifndef VCD_READER_H
#define VCD_READER_H

#include <stddef.h>
#include <stdint.h>

/** SECTOR_SIZE: bytes of user data in a sector of every disc that is handled here */
#define SECTOR_SIZE	2048

/**
 * struct reader - a source of bytes
 * @read: fill @buf with @len bytes from @offset; 0 or a negative errno. Called only with offset + len <= @size.
 * @ctx: whatever @read needs
 * @size: number of bytes
 */
struct reader {
	int (*read)(const struct reader *reader, uint64_t offset, void *buf, size_t len);
	const void *ctx;
	uint64_t size;
};

/**
 * struct fd_part - a file that is a part of a larger one
 * @fd: open for reading, seekable
 * @start: where it begins in the whole
 * @size: its size in bytes
 */
struct fd_part {
	int fd;
	uint64_t start;
	uint64_t size;
};

/**
 * struct fd_source - the bytes of an open file, or of several that follow each other
 * @fd: open for reading, seekable
 * @parts: the parts in their order, without a gap, and @fd is that of the first; NULL: @fd is all
 * @part_count: their number
 */
struct fd_source {
	int fd;
	const struct fd_part *parts;
	uint32_t part_count;
};

struct reader reader_from_fd(const struct fd_source *source, uint64_t size);
struct reader reader_from_memory(const void *data, size_t size);
int reader_read(const struct reader *reader, uint64_t offset, void *buf, size_t len);
int reader_read_sector(const struct reader *reader, uint64_t lba, void *buf);

static inline uint16_t get_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get_le32(const uint8_t *p)
{
	return get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

static inline uint64_t get_le64(const uint8_t *p)
{
	return get_le32(p) | (uint64_t)get_le32(p + 4) << 32;
}

static inline uint16_t get_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16(p + 2);
}

static inline uint64_t get_be64(const uint8_t *p)
{
	return (uint64_t)get_be32(p) << 32 | get_be32(p + 4);
}

#endif /* VCD_READER_H */
