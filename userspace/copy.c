// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "copy.h"
#include "reader.h"

/* Sectors in a command: what every host adapter and every drive takes at once. */
#define CHUNK_USER	32
#define CHUNK_RAW	16
#define CHUNK_BYTES	(CHUNK_USER * SECTOR_SIZE)
#define SAVE_SECONDS	15
/* How many sectors are compared with what the image has of them already. */
#define COMPARED	8

_Static_assert(CHUNK_RAW * (RAW_SIZE + SUBCHANNEL_SIZE) <= CHUNK_BYTES, "a chunk of raw sectors has its room");

/**
 * copy_unit - bytes of a sector in the image
 * @copy: what is copied
 */
uint32_t copy_unit(const struct copy *copy)
{
	return copy->raw ? RAW_SIZE : SECTOR_SIZE;
}

/**
 * subchannel_pack - sort the bits of a sector's sub-channels by channel: twelve bytes of P, twelve of Q, up to W
 * @packed: filled
 * @raw: a bit of each of P to W in every byte
 */
void subchannel_pack(uint8_t packed[SUBCHANNEL_SIZE], const uint8_t raw[SUBCHANNEL_SIZE])
{
	unsigned int i, channel;

	memset(packed, 0, SUBCHANNEL_SIZE);
	for (i = 0; i < SUBCHANNEL_SIZE; i++)
		for (channel = 0; channel < 8; channel++)
			if (raw[i] & (0x80 >> channel))
				packed[channel * 12 + i / 8] |= (uint8_t)(0x80 >> i % 8);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static int write_at(int fd, const uint8_t *buf, size_t size, uint64_t offset)
{
	while (size) {
		ssize_t n = pwrite(fd, buf, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

/* The map says only of bytes that they are there which are there when the machine stops. */
static enum copy_result save_map(struct copy *copy)
{
	copy->saved = now();
	if (fdatasync(copy->image_fd) || (copy->sub_fd >= 0 && fdatasync(copy->sub_fd))) {
		copy->err = -errno;
		return COPY_FILE;
	}
	copy->err = badmap_save(&copy->map, copy->map_path, copy->pos);
	return copy->err ? COPY_MAP : COPY_OK;
}

static enum mmc_error read_sectors(struct copy *copy, uint32_t lba, uint32_t count, uint8_t *buf)
{
	if (!copy->raw)
		return mmc_read(copy->drive, lba, count, buf);
	return mmc_read_raw(copy->drive, lba, count, copy->sub_fd >= 0 ? MMC_SUB_RAW : MMC_SUB_NONE, buf);
}

/* Store sectors as they came from the drive, or with @buf NULL one sector of zeroes. */
static enum copy_result store(struct copy *copy, uint32_t index, uint32_t count, uint8_t *buf)
{
	static const uint8_t zeroes[RAW_SIZE];
	uint8_t packed[SUBCHANNEL_SIZE] = { 0 };
	uint32_t unit = copy_unit(copy), i;
	char status = buf ? BADMAP_DONE : BADMAP_BAD;

	if (copy->sub_fd < 0) {
		copy->err = write_at(copy->image_fd, buf ? buf : zeroes, (size_t)count * unit, (uint64_t)index * unit);
	} else {
		for (i = 0; i < count && !copy->err; i++) {
			const uint8_t *from = buf ? buf + (size_t)i * (RAW_SIZE + SUBCHANNEL_SIZE) : zeroes;

			if (buf)
				subchannel_pack(packed, from + RAW_SIZE);
			copy->err = write_at(copy->image_fd, from, RAW_SIZE, (uint64_t)(index + i) * RAW_SIZE);
			if (!copy->err)
				copy->err = write_at(copy->sub_fd, packed, SUBCHANNEL_SIZE,
						     (uint64_t)(index + i) * SUBCHANNEL_SIZE);
		}
	}
	if (!copy->err)
		copy->err = badmap_mark(&copy->map, (uint64_t)index * unit, (uint64_t)count * unit, status);
	copy->pos = (uint64_t)(index + count) * unit;
	copy->done += (uint64_t)count * unit;
	return copy->err ? COPY_FILE : COPY_OK;
}

static bool is_of_sector(enum mmc_error error)
{
	return error == MMC_UNREADABLE || error == MMC_REFUSED;
}

/* Returns COPY_OK also if the sectors cannot be read: then @error tells. */
static enum copy_result try_sectors(struct copy *copy, uint32_t lba, uint32_t count, uint8_t *buf,
				    enum mmc_error *error)
{
	if (copy->stopped && copy->stopped())
		return COPY_STOPPED;
	*error = read_sectors(copy, lba, count, buf);
	/* A drive that goes to sleep or starts anew says so once, and so does one whose disc was changed. */
	if (*error == MMC_NOT_READY) {
		*error = mmc_wait_ready(copy->drive);
		if (!*error)
			*error = read_sectors(copy, lba, count, buf);
	}
	if (!*error || is_of_sector(*error))
		return COPY_OK;
	copy->drive_error = *error;
	return COPY_DRIVE;
}

/* Read a single sector that failed among others, or alone, again and again. */
static enum copy_result copy_bad(struct copy *copy, uint32_t index, uint32_t lba, uint8_t *buf, enum mmc_error error)
{
	enum copy_result result;
	unsigned int i;

	/* What is refused is refused next time, too. */
	for (i = 0; i < copy->retries && error == MMC_UNREADABLE; i++) {
		result = try_sectors(copy, lba, 1, buf, &error);
		if (result)
			return result;
	}
	return store(copy, index, 1, error ? NULL : buf);
}

/* The depth is that of halving a chunk. */
static enum copy_result copy_sectors(struct copy *copy, uint32_t index, uint32_t lba, uint32_t count, uint8_t *buf)
{
	enum mmc_error error;
	enum copy_result result = try_sectors(copy, lba, count, buf, &error);

	if (result)
		return result;
	if (error && count > 1) {
		result = copy_sectors(copy, index, lba, count / 2, buf);
		if (!result)
			result = copy_sectors(copy, index + count / 2, lba + count / 2, count - count / 2, buf);
		return result;
	}
	result = error ? copy_bad(copy, index, lba, buf, error) : store(copy, index, count, buf);
	if (copy->progress)
		copy->progress(copy);
	if (!result && now() >= copy->saved + SAVE_SECONDS)
		result = save_map(copy);
	return result;
}

static uint32_t lba_of(const struct copy *copy, uint32_t index, uint32_t *run)
{
	if (copy->raw)
		return disc_lba_of(copy->disc, index, run);
	*run = copy->disc->sectors - index;
	return index;
}

static enum copy_result copy_untried(struct copy *copy, uint8_t *buf)
{
	uint32_t unit = copy_unit(copy), chunk = copy->raw ? CHUNK_RAW : CHUNK_USER;
	const struct badmap_range *range;
	enum copy_result result;

	while ((range = badmap_find(&copy->map, 0, BADMAP_UNTRIED))) {
		uint32_t index = (uint32_t)(range->pos / unit), run, lba;

		lba = lba_of(copy, index, &run);
		if (run > range->size / unit)
			run = (uint32_t)(range->size / unit);
		result = copy_sectors(copy, index, lba, run < chunk ? run : chunk, buf);
		if (result)
			return result;
	}
	return COPY_OK;
}

/**
 * copy_run - copy what the map says was not tried
 * @copy: files, map and so on; the map covers all sectors of the image
 *
 * The map is written now and then and in the end, unless a file could not be written.
 */
enum copy_result copy_run(struct copy *copy)
{
	uint8_t buf[CHUNK_BYTES];
	enum copy_result result, saved;

	copy->err = 0;
	copy->done = 0;
	result = save_map(copy);
	if (result)
		return result;
	result = copy_untried(copy, buf);
	/*
	 * An error tells of bytes that were written before, too, and nobody is told of them twice. The map of some seconds
	 * ago, when all was well, is true.
	 */
	if (result == COPY_FILE || result == COPY_MAP)
		return result;
	saved = save_map(copy);
	return saved ? saved : result;
}

/* The first data track: samples may be shifted each time that they are read. Returns where it ends, or 0. */
static uint64_t compared_range(const struct copy *copy, uint64_t *start)
{
	const struct disc_track *tracks = copy->disc->tracks;
	unsigned int i;

	*start = 0;
	if (!copy->raw)
		return copy->map.size;
	for (i = 0; i < copy->disc->track_count; i++) {
		if (!tracks[i].mode)
			continue;
		*start = (uint64_t)disc_index_of(copy->disc, tracks[i].lba) * RAW_SIZE;
		if (i + 1 == copy->disc->track_count)
			return copy->map.size;
		return (uint64_t)disc_index_of(copy->disc, tracks[i + 1].lba - tracks[i + 1].pregap) * RAW_SIZE;
	}
	return 0;
}

/**
 * copy_is_of_disc - is this the disc that the image has some sectors of?
 * @copy: image and map
 *
 * Return: false if sectors differ; true also if there is nothing that can be compared.
 */
bool copy_is_of_disc(struct copy *copy)
{
	uint8_t buf[RAW_SIZE + SUBCHANNEL_SIZE], have[RAW_SIZE];
	uint32_t unit = copy_unit(copy), compared, run;
	uint64_t pos, end = compared_range(copy, &pos);

	/* Where volumes have their descriptors. */
	pos += 16 * (uint64_t)unit;
	for (compared = 0; compared < COMPARED; pos += unit, compared++) {
		const struct badmap_range *range = badmap_find(&copy->map, pos, BADMAP_DONE);

		if (!range)
			break;
		if (pos < range->pos)
			pos = range->pos;
		if (pos >= end)
			break;
		if (pread(copy->image_fd, have, unit, (off_t)pos) != (ssize_t)unit)
			return false;
		if (read_sectors(copy, lba_of(copy, (uint32_t)(pos / unit), &run), 1, buf))
			continue;
		if (memcmp(buf, have, unit))
			return false;
	}
	return true;
}
