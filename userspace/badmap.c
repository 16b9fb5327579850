// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "badmap.h"

static int make_room(struct badmap *map, size_t more)
{
	struct badmap_range *ranges;
	size_t room = map->room ? map->room * 2 : 16;

	if (map->count + more <= map->room)
		return 0;
	if (map->count + more > BADMAP_RANGES_MAX)
		return -EOVERFLOW;
	ranges = realloc(map->ranges, room * sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	map->ranges = ranges;
	map->room = room;
	return 0;
}

/**
 * badmap_init - a map of a copy of which nothing is there
 * @map: filled; to be freed by badmap_free()
 * @size: bytes that the copy has in the end, at least 1
 *
 * Return: 0 or a negative errno.
 */
int badmap_init(struct badmap *map, uint64_t size)
{
	int err;

	memset(map, 0, sizeof(*map));
	map->size = size;
	err = make_room(map, 1);
	if (err)
		return err;
	map->ranges[map->count++] = (struct badmap_range){ .size = size, .status = BADMAP_UNTRIED };
	return 0;
}

/**
 * badmap_free - free what a map holds
 * @map: the map; may be all zeroes
 */
void badmap_free(struct badmap *map)
{
	free(map->ranges);
	memset(map, 0, sizeof(*map));
}

/* The range that @pos, which is less than the size of the map, lies in. */
static size_t range_at(const struct badmap *map, uint64_t pos)
{
	size_t low = 0, high = map->count - 1;

	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		if (map->ranges[middle].pos <= pos)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Let a range begin at @pos; there is room for one more. Returns its number, which may be one behind the last. */
static size_t split(struct badmap *map, uint64_t pos)
{
	struct badmap_range *range;
	size_t i;

	if (pos == map->size)
		return map->count;
	i = range_at(map, pos);
	range = &map->ranges[i];
	if (range->pos == pos)
		return i;
	memmove(range + 1, range, (map->count - i) * sizeof(*range));
	map->count++;
	range[0].size = pos - range[0].pos;
	range[1].pos = pos;
	range[1].size -= range[0].size;
	return i + 1;
}

static void remove_ranges(struct badmap *map, size_t first, size_t count)
{
	memmove(map->ranges + first, map->ranges + first + count,
		(map->count - first - count) * sizeof(*map->ranges));
	map->count -= count;
}

/**
 * badmap_mark - set the status of a run of bytes
 * @map: the map
 * @pos: the first of them
 * @size: how many; all lie in the map
 * @status: BADMAP_*
 *
 * Return: 0, or a negative errno and the map is what it was.
 */
int badmap_mark(struct badmap *map, uint64_t pos, uint64_t size, char status)
{
	size_t first, end;
	int err;

	if (!size)
		return 0;
	if (pos > map->size || size > map->size - pos)
		return -EINVAL;
	err = make_room(map, 2);
	if (err)
		return err;
	first = split(map, pos);
	end = split(map, pos + size);
	map->ranges[first].size = size;
	map->ranges[first].status = status;
	remove_ranges(map, first + 1, end - first - 1);
	if (first + 1 < map->count && map->ranges[first + 1].status == status) {
		map->ranges[first].size += map->ranges[first + 1].size;
		remove_ranges(map, first + 1, 1);
	}
	if (first && map->ranges[first - 1].status == status) {
		map->ranges[first - 1].size += map->ranges[first].size;
		remove_ranges(map, first, 1);
	}
	return 0;
}

/**
 * badmap_retry - take what could not be read for untried
 * @map: the map
 *
 * Return: 0 or a negative errno.
 */
int badmap_retry(struct badmap *map)
{
	uint64_t pos = 0;
	int err = 0;

	while (!err && pos < map->size) {
		struct badmap_range range = map->ranges[range_at(map, pos)];

		if (range.status != BADMAP_DONE)
			err = badmap_mark(map, range.pos, range.size, BADMAP_UNTRIED);
		pos = range.pos + range.size;
	}
	return err;
}

/**
 * badmap_find - the first range of a status
 * @map: the map
 * @from: not one that ends before this byte
 * @status: BADMAP_*
 *
 * Return: the range, which may begin before @from, valid until the map changes; NULL if there is none.
 */
const struct badmap_range *badmap_find(const struct badmap *map, uint64_t from, char status)
{
	size_t i;

	if (from >= map->size)
		return NULL;
	for (i = range_at(map, from); i < map->count; i++)
		if (map->ranges[i].status == status)
			return &map->ranges[i];
	return NULL;
}

/**
 * badmap_bytes - how many bytes have a status
 * @map: the map
 * @status: BADMAP_*
 */
uint64_t badmap_bytes(const struct badmap *map, char status)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < map->count; i++)
		if (map->ranges[i].status == status)
			bytes += map->ranges[i].size;
	return bytes;
}

static int print_map(const struct badmap *map, FILE *file, uint64_t pos)
{
	bool untried = badmap_find(map, 0, BADMAP_UNTRIED);
	size_t i;

	fprintf(file, "# Mapfile. Created by vcdctl dump\n# current_pos  current_status  current_pass\n"
		"0x%08" PRIX64 "     %c               1\n#      pos        size  status\n",
		pos, untried ? BADMAP_UNTRIED : BADMAP_DONE);
	for (i = 0; i < map->count; i++)
		fprintf(file, "0x%08" PRIX64 "  0x%08" PRIX64 "  %c\n", map->ranges[i].pos, map->ranges[i].size,
			map->ranges[i].status);
	errno = 0;
	if (fflush(file) || ferror(file))
		return errno ? -errno : -EIO;
	return fsync(fileno(file)) ? -errno : 0;
}

/**
 * badmap_save - write a map to a file, as a whole or not at all
 * @map: the map
 * @path: the file; what it holds is replaced
 * @pos: where the copying is
 *
 * Return: 0 or a negative errno.
 */
int badmap_save(const struct badmap *map, const char *path, uint64_t pos)
{
	char *partial;
	FILE *file;
	int err;

	if (asprintf(&partial, "%s.part", path) < 0)
		return -ENOMEM;
	file = fopen(partial, "we");
	if (!file) {
		err = -errno;
		free(partial);
		return err;
	}
	err = print_map(map, file, pos);
	if (fclose(file) && !err)
		err = -errno;
	if (!err && rename(partial, path))
		err = -errno;
	if (err)
		unlink(partial);
	free(partial);
	return err;
}

static int add_range(struct badmap *map, const struct badmap_range *range)
{
	int err;

	if (range->pos != map->size || !range->size || range->size > INT64_MAX - range->pos)
		return -EBADMSG;
	err = make_room(map, 1);
	if (err)
		return err;
	map->size += range->size;
	if (map->count && map->ranges[map->count - 1].status == range->status)
		map->ranges[map->count - 1].size += range->size;
	else
		map->ranges[map->count++] = *range;
	return 0;
}

/* A number as ddrescue writes it; the text behind it, or NULL if there is none. */
static const char *take_number(const char *text, uint64_t *number)
{
	char *end;

	text += strspn(text, " \t");
	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, 0);
	return errno || !strchr(" \t", *end) || !*end ? NULL : end;
}

/* "pos size status": what ddrescue knows beside done and untried is a matter of how it looks for bad sectors. */
static int take_line(struct badmap *map, const char *line, uint64_t unit)
{
	struct badmap_range range;
	const char *text = take_number(line, &range.pos);

	if (text)
		text = take_number(text, &range.size);
	if (!text)
		return -EBADMSG;
	text += strspn(text, " \t");
	if (!*text || !strchr("?*/-+", *text) || text[1 + strspn(text + 1, " \t\r\n")])
		return -EBADMSG;
	if (range.pos % unit || range.size % unit)
		return -EBADMSG;
	range.status = *text;
	if (*text == '*' || *text == '/')
		range.status = BADMAP_BAD;
	return add_range(map, &range);
}

/**
 * badmap_load - read a map from a file
 * @map: filled; to be freed by badmap_free(), also on an error
 * @path: the file
 * @unit: bytes of a sector: ranges begin and end with sectors
 *
 * Return: 0, -EBADMSG when the file is not such a map, or another negative errno.
 */
int badmap_load(struct badmap *map, const char *path, uint64_t unit)
{
	char line[256];
	bool status_seen = false;
	FILE *file;
	int err = 0;

	memset(map, 0, sizeof(*map));
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		/* Only comments may be longer than the buffer; what follows would be taken for another line. */
		if (!strchr(line, '\n') && !feof(file)) {
			if (line[0] != '#')
				err = -EBADMSG;
			while (!err && fgets(line, sizeof(line), file) && !strchr(line, '\n'))
				;
			continue;
		}
		if (line[0] == '#' || !line[strspn(line, " \t\r\n")])
			continue;
		if (status_seen)
			err = take_line(map, line, unit);
		status_seen = true;
	}
	if (!err && ferror(file))
		err = -EIO;
	fclose(file);
	if (!err && !map->count)
		err = -EBADMSG;
	return err;
}
