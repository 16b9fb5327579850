// SPDX-License-Identifier: GPL-2.0-only
/* Checks of what an image says of itself: its length, an embedded checksum, EDC and parity. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "isomd5.h"
#include "progress.h"
#include "rawreader.h"
#include "verification.h"

#define CHUNK_SECTORS	512
/* No more runs of bad sectors than this are named one by one. */
#define RUNS_NAMED	1000

/**
 * verify_length - is all of the volume there?
 * @run: the verification
 */
void verify_length(struct verification *run)
{
	const struct image *image = &run->image;
	uint64_t volume = (uint64_t)image->content.iso.blocks * image->content.iso.block_size;
	uint64_t bytes = (uint64_t)image->sectors * SECTOR_SIZE - image_missing_tail(image);
	char detail[128] = "";

	if (!image->content.iso.present || !volume)
		return;
	if (bytes < volume)
		snprintf(detail, sizeof(detail), "%" PRIu64 " of %" PRIu64 " bytes are missing", volume - bytes,
			 volume);
	verification_result(run, "length", image->path, "volume descriptor", bytes >= volume, detail);
}

/* The checksum of the bytes that an embedded one is about */
static bool sum_volume(struct verification *run, uint64_t bytes, struct checksum_texts *texts)
{
	static uint8_t chunk[CHUNK_SECTORS * SECTOR_SIZE];
	struct reader reader = image_reader(&run->image);
	struct checksums *sums = checksums_new(CHECKSUM_BIT(CHECKSUM_MD5));
	uint64_t offset;
	int err = sums ? 0 : -EIO;

	for (offset = 0; offset < bytes && !err; offset += sizeof(chunk)) {
		size_t len = bytes - offset < sizeof(chunk) ? (size_t)(bytes - offset) : sizeof(chunk);

		err = reader_read(&reader, offset, chunk, len);
		if (err)
			break;
		isomd5_blank(offset, chunk, len);
		if (!checksums_add(sums, chunk, len))
			err = -EIO;
		progress_show("embedded checksum", offset, bytes);
	}
	if (!err && !checksums_end(sums, texts))
		err = -EIO;
	checksums_free(sums);
	if (err)
		verification_fail(run, CODE_FAILURE, run->image.path, "the embedded checksum cannot be checked: %s",
				  strerror(-err));
	return !err;
}

/**
 * verify_embedded - does the checksum in the volume descriptor fit?
 * @run: the verification
 */
void verify_embedded(struct verification *run)
{
	struct reader reader = image_reader(&run->image);
	struct checksum_texts texts;
	struct isomd5 isomd5;
	int err = isomd5_read(&reader, &isomd5);

	if (err) {
		verification_fail(run, CODE_FAILURE, run->image.path, "sector 16 cannot be read: %s", strerror(-err));
		return;
	}
	if (!isomd5.md5[0])
		return;
	if (isomd5.bytes > reader.size) {
		verification_result(run, "md5", run->image.path, "embedded checksum", false, "the end is missing");
	} else if (sum_volume(run, isomd5.bytes, &texts)) {
		run->compared++;
		verification_result(run, "md5", run->image.path, "embedded checksum",
				    !strcmp(texts.text[CHECKSUM_MD5], isomd5.md5), "");
	}
}

/**
 * struct faults - bad sectors while they are counted
 * @first: of the run of sectors with the same fault that is being counted
 * @sectors: their number
 * @fault: the fault
 * @named: how many runs have been named
 * @protected: sectors that could be checked
 * @total: bad ones
 */
struct faults {
	uint32_t first;
	uint32_t sectors;
	enum raw_check fault;
	unsigned int named;
	uint32_t protected;
	uint32_t total;
};

static const char *fault_name(enum raw_check fault)
{
	switch (fault) {
	case RAW_BAD_EDC:
		return "EDC";
	case RAW_BAD_PARITY:
		return "P or Q parity";
	default:
		return "sync or header";
	}
}

static void end_run(struct verification *run, struct faults *faults)
{
	char of[64], detail[64];

	if (!faults->sectors)
		return;
	if (faults->named++ < RUNS_NAMED) {
		if (faults->sectors == 1)
			snprintf(of, sizeof(of), "LBA %" PRIu32, faults->first);
		else
			snprintf(of, sizeof(of), "LBA %" PRIu32 " to %" PRIu32, faults->first,
				 faults->first + faults->sectors - 1);
		snprintf(detail, sizeof(detail), "%s", fault_name(faults->fault));
		verification_result(run, "sector", of, "", false, detail);
	}
	faults->sectors = 0;
}

static void count(struct verification *run, struct faults *faults, uint32_t lba, enum raw_check result)
{
	faults->protected += result != RAW_UNPROTECTED;
	if (faults->sectors && result != faults->fault)
		end_run(run, faults);
	if (result == RAW_GOOD || result == RAW_UNPROTECTED)
		return;
	if (!faults->sectors++) {
		faults->first = lba;
		faults->fault = result;
	}
	faults->total++;
}

/* Returns false when a sector cannot be read. */
static bool check_track(struct verification *run, struct raw_reader *raw, uint32_t track, struct faults *faults)
{
	uint32_t lba, end = raw_reader_end(raw, track);
	enum raw_check result;

	for (lba = raw_reader_start(raw, track); lba < end; lba++) {
		int err = raw_reader_check(raw, lba, &result);

		if (err) {
			verification_fail(run, CODE_FAILURE, run->image.path, "sector %" PRIu32 " cannot be read: %s",
					  lba, strerror(-err));
			return false;
		}
		count(run, faults, lba, result);
		progress_show("EDC and parity", (uint64_t)lba * RAW_SECTOR, (uint64_t)run->image.sectors * RAW_SECTOR);
	}
	end_run(run, faults);
	return true;
}

static void conclude(struct verification *run, const struct faults *faults)
{
	char detail[96];

	if (!faults->protected)
		return;
	snprintf(detail, sizeof(detail), "%" PRIu32 " of %" PRIu32 " sectors are bad", faults->total,
		 faults->protected);
	run->compared++;
	verification_result(run, "EDC and parity", run->image.path, "", !faults->total, detail);
}

/**
 * verify_sectors - are address, EDC and parity of all sectors right that are stored with them?
 * @run: the verification
 */
void verify_sectors(struct verification *run)
{
	struct faults faults = { 0 };
	struct raw_reader *raw;
	uint32_t i;

	if (image_profile(&run->image) != VCD_PROFILE_CD_ROM)
		return;
	raw = raw_reader_new(&run->image);
	if (!raw) {
		verification_fail(run, CODE_INTERNAL, run->image.path, "the tracks cannot be read: %s",
				  strerror(errno));
		return;
	}
	for (i = 0; i < run->image.track_count; i++)
		if (!check_track(run, raw, i, &faults))
			break;
	conclude(run, &faults);
	raw_reader_free(raw);
}
