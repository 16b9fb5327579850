// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums in the header of a CHD file: SHA-1 of what was packed, and SHA-1 of that one together with the metadata, which
 * is the one by which databases know the file.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "progress.h"
#include "verification.h"

#define CHUNK		(1U << 20)
#define SHA1_SIZE	20
/* Where they are in the header, and where it says that the metadata begins */
#define RAW_SHA1	64
#define OVERALL_SHA1	84
#define METADATA	48
#define HEADER_SIZE	124
/* An entry of metadata: tag, flags, length, offset of the next */
#define ENTRY_HEADER	16
#define ENTRY_SUMMED	0x01
#define ENTRIES_MAX	4096
#define ENTRIES_SIZE_MAX	(256U << 20)
/* What of an entry is in the second checksum: tag, SHA-1 */
#define HASH_SIZE	(4 + SHA1_SIZE)

static bool sum_bytes(const struct reader *reader, uint64_t offset, uint64_t size, bool show, char *text)
{
	struct checksums *sums = checksums_new(CHECKSUM_BIT(CHECKSUM_SHA1));
	uint8_t *chunk = malloc(CHUNK);
	struct checksum_texts texts;
	bool good = sums && chunk;
	uint64_t done = 0;

	while (good && done < size) {
		size_t len = size - done < CHUNK ? (size_t)(size - done) : CHUNK;

		good = !reader_read(reader, offset + done, chunk, len) && checksums_add(sums, chunk, len);
		done += len;
		if (show)
			progress_show("SHA-1", done, size);
	}
	good = good && checksums_end(sums, &texts);
	if (good)
		strcpy(text, texts.text[CHECKSUM_SHA1]);
	checksums_free(sums);
	free(chunk);
	return good;
}

static void to_text(const uint8_t *sha1, char *text)
{
	unsigned int i;

	for (i = 0; i < SHA1_SIZE; i++)
		sprintf(text + 2 * i, "%02x", sha1[i]);
}

static void from_text(const char *text, uint8_t *sha1)
{
	unsigned int i, value;

	for (i = 0; i < SHA1_SIZE && sscanf(text + 2 * i, "%2x", &value) == 1; i++)
		sha1[i] = (uint8_t)value;
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_SIZE);
}

/* The entries of metadata that are in the checksum, each by its tag and its SHA-1. Returns false if they cannot be read. */
static bool sum_metadata(const struct reader *reader, uint64_t at, uint8_t *hashes, size_t *count)
{
	uint8_t entry[ENTRY_HEADER];
	char text[CHECKSUM_TEXT];
	uint64_t total = 0;
	unsigned int i;

	*count = 0;
	for (i = 0; at; i++, at = get_be64(entry + 8)) {
		uint32_t length;

		if (i == ENTRIES_MAX || reader_read(reader, at, entry, sizeof(entry)))
			return false;
		if (!(entry[4] & ENTRY_SUMMED))
			continue;
		length = get_be32(entry + 4) & 0xFFFFFF;
		total += length;
		if (total > ENTRIES_SIZE_MAX || !sum_bytes(reader, at + ENTRY_HEADER, length, false, text))
			return false;
		memcpy(hashes + *count * HASH_SIZE, entry, 4);
		from_text(text, hashes + *count * HASH_SIZE + 4);
		++*count;
	}
	return true;
}

static int read_memory(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (const uint8_t *)reader->ctx + offset, len);
	return 0;
}

/* SHA-1 of the first checksum and of the metadata, sorted. */
static bool sum_overall(const struct reader *reader, const uint8_t *header, char *text)
{
	uint8_t *all = malloc(SHA1_SIZE + ENTRIES_MAX * HASH_SIZE);
	struct reader memory = { .read = read_memory, .ctx = all };
	size_t count;
	bool good = all && sum_metadata(reader, get_be64(header + METADATA), all + SHA1_SIZE, &count);

	if (good) {
		memcpy(all, header + RAW_SHA1, SHA1_SIZE);
		qsort(all + SHA1_SIZE, count, HASH_SIZE, compare_hashes);
		memory.size = SHA1_SIZE + count * HASH_SIZE;
		good = sum_bytes(&memory, 0, memory.size, false, text);
	}
	free(all);
	return good;
}

static void compare(struct verification *run, const char *against, const uint8_t *expected, bool made, const char *got)
{
	char text[CHECKSUM_TEXT];

	if (!made) {
		verification_fail(run, CODE_FAILURE, run->image.path, "its SHA-1 cannot be made");
		return;
	}
	to_text(expected, text);
	run->compared++;
	verification_result(run, "sha1", run->image.path, against, !strcmp(text, got), "");
}

/**
 * verify_chd - do the checksums fit that a CHD has in its header?
 * @run: the verification
 */
void verify_chd(struct verification *run)
{
	const struct image *image = &run->image;
	const struct image_bytes *payload = &image->payload;
	static const uint8_t none[SHA1_SIZE];
	const struct image_file *file;
	uint8_t header[HEADER_SIZE];
	char text[CHECKSUM_TEXT];
	struct reader reader;
	bool made;

	if (!payload->size)
		return;
	reader = reader_from_fd(&image->files[0].source, image->files[0].size);
	/* What is not packed has no checksums. */
	if (reader_read(&reader, 0, header, sizeof(header)) || !memcmp(header + RAW_SHA1, none, sizeof(none)))
		return;
	file = &image->files[payload->file];
	reader = reader_from_fd(&file->source, file->size);
	made = sum_bytes(&reader, payload->offset, payload->size, true, text);
	compare(run, "header: data", header + RAW_SHA1, made, text);
	reader = reader_from_fd(&image->files[0].source, image->files[0].size);
	made = sum_overall(&reader, header, text);
	compare(run, "header: data and metadata", header + OVERALL_SHA1, made, text);
}
