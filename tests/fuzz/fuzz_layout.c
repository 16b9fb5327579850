// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the tables that describe a disc: extents in files, tracks.
 *
 *	files, each 8 bytes of length; extents, each HOW_* bits and what they want; tracks likewise; reads
 *
 * A table that is accepted is checked again here, in another way, and used: every byte of a read is found where the
 * table says it is, and the commands that tell of tracks answer. Chained tables, in which each row begins where the one
 * before it ended, are accepted often; others test what is refused.
 */
#include "engine.h"
#include "input.h"
#include "layout.h"

#define FILES_MAX	4
#define EXTENTS_MAX	24

/* How a row comes about: these parts are not what they should be but come from the input. */
#define HOW_LBA		0x01
#define HOW_SECTORS	0x02	/* all four bytes; else a small number */
#define HOW_FILE	0x04
#define HOW_OFFSET	0x08
#define HOW_TAIL	0x10
#define HOW_NONE	0x20	/* an extent without a file */
#define HOW_NUMBER	0x04	/* of a track */
#define HOW_SESSION	0x08	/* the next one begins */
#define HOW_CONTROL	0x10
#define HOW_MODE	0x20
#define HOW_SKIP	0x40	/* with HOW_SESSION: any other begins */

struct table {
	u64 *file_bytes;
	u32 nr_files;
	struct mmc_layout layout;
	struct mmc_medium medium;
};

static unsigned long tables, layouts_accepted, media_accepted;

static void print_counts(void)
{
	fprintf(stderr, "stat::tables: %lu\nstat::layouts_accepted: %lu\nstat::media_accepted: %lu\n", tables,
		layouts_accepted, media_accepted);
}

/* Returns the length of the disc that the extents make. */
static u32 take_extents(struct input *in, struct table *table)
{
	u32 count = take(in) % (EXTENTS_MAX + 1);
	struct mmc_extent *extents = exactly(count * sizeof(*extents));
	u32 lba = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		u8 how = take(in);
		struct mmc_extent *extent = &extents[i];

		extent->lba = how & HOW_LBA ? take32(in) : lba;
		extent->sectors = how & HOW_SECTORS ? take32(in) : take(in) + 1u;
		extent->file = how & HOW_FILE ? take32(in) : table->nr_files ? take(in) % table->nr_files : 0;
		if (how & HOW_NONE)
			extent->file = MMC_FILE_NONE;
		extent->offset = how & HOW_OFFSET ? take64(in) : take(in) * 512u;
		extent->tail = how & HOW_TAIL ? take16(in) : 0;
		lba += extent->sectors;
	}
	table->layout = (struct mmc_layout){ .extents = extents, .nr_extents = count };
	return lba;
}

static void take_tracks(struct input *in, struct table *table)
{
	static const u16 profiles[] = { MMC_PROFILE_CD_ROM, MMC_PROFILE_DVD_ROM, MMC_PROFILE_BD_ROM };
	u32 count = take(in) % (MMC_TRACKS_MAX + 2);
	struct mmc_track *tracks = exactly(count * sizeof(*tracks));
	u8 session = 1;
	u32 lba = 0;
	u8 how;
	u32 i;

	for (i = 0; i < count; i++) {
		how = take(in);
		if (how & HOW_SESSION)
			session = how & HOW_SKIP ? take(in) : (u8)(session + 1);
		tracks[i] = (struct mmc_track){
			.lba = how & HOW_LBA ? take32(in) : lba,
			.sectors = how & HOW_SECTORS ? take32(in) : take(in) + 1u,
			.number = how & HOW_NUMBER ? take(in) : (u8)(i + 1),
			.session = session,
			.control = how & HOW_CONTROL ? take(in) : 4,
			.mode = how & HOW_MODE ? take(in) : MMC_TRACK_DATA,
		};
		lba += tracks[i].sectors;
	}
	how = take(in);
	table->medium = (struct mmc_medium){
		.tracks = tracks, .nr_tracks = (u8)count,
		.profile = how & 0x80 ? take16(in) : profiles[how % 3],
		.sessions = how & 0x40 ? take(in) : session,
		.sectors = how & 0x20 ? take32(in) : lba,
		.layer0_sectors = how & 0x10 ? take32(in) : 0,
		.speed = how & 0x08 ? take32(in) : 0,
	};
}

/* Does the table really say where each sector is? In 64 bits, in which nothing can wrap. */
static void check_layout(const struct table *table, u32 sectors)
{
	u64 lba = 0;
	u32 i;

	for (i = 0; i < table->layout.nr_extents; i++) {
		const struct mmc_extent *extent = &table->layout.extents[i];
		u64 bytes = (u64)extent->sectors * MMC_BLOCK;

		REQUIRE(extent->lba == lba && extent->sectors);
		lba += extent->sectors;
		if (extent->tail)
			bytes -= MMC_BLOCK - extent->tail;
		REQUIRE(extent->tail < MMC_BLOCK);
		if (extent->file == MMC_FILE_NONE)
			continue;
		REQUIRE(extent->file < table->nr_files);
		REQUIRE((unsigned __int128)extent->offset + bytes <= table->file_bytes[extent->file]);
	}
	REQUIRE(lba == sectors);
}

/* The piece that a read begins with, found without any cleverness. */
static void check_piece(const struct table *table, u64 pos, u64 len, const struct mmc_piece *piece)
{
	const struct mmc_extent *extent = table->layout.extents;
	u64 start = pos, stored;

	while (start >= (u64)extent->sectors * MMC_BLOCK) {
		start -= (u64)extent->sectors * MMC_BLOCK;
		extent++;
	}
	stored = extent->file == MMC_FILE_NONE ? 0 : (u64)extent->sectors * MMC_BLOCK;
	if (extent->tail)
		stored -= MMC_BLOCK - extent->tail;
	REQUIRE(piece->file == extent->file);
	REQUIRE(piece->bytes + piece->zeroes >= 1 && piece->bytes + piece->zeroes <= len);
	REQUIRE(start + piece->bytes + piece->zeroes <= (u64)extent->sectors * MMC_BLOCK);
	REQUIRE(start + piece->bytes <= stored || !piece->bytes);
	REQUIRE(!piece->zeroes || start + piece->bytes >= stored);
	if (piece->bytes)
		REQUIRE(piece->offset == extent->offset + start);
	/* It ends with the extent or with the read. */
	REQUIRE(piece->bytes + piece->zeroes == len ||
		start + piece->bytes + piece->zeroes == (u64)extent->sectors * MMC_BLOCK);
}

static void read_disc(struct input *in, const struct table *table, u32 sectors)
{
	u64 size = (u64)sectors * MMC_BLOCK;
	u32 reads = take(in) % 8;

	while (reads--) {
		u64 pos = take64(in) % size;
		u64 len = take64(in) % (size - pos) + 1;
		struct mmc_piece piece;
		u64 done;

		for (done = 0; done < len; done += piece.bytes + piece.zeroes) {
			mmc_layout_find(&table->layout, pos + done, len - done, &piece);
			check_piece(table, pos + done, len - done, &piece);
		}
		REQUIRE(done == len);
	}
}

static void check_medium(const struct mmc_medium *medium)
{
	u32 session = 1;
	u64 lba = 0;
	u32 i;

	for (i = 0; i < medium->nr_tracks; i++) {
		const struct mmc_track *track = &medium->tracks[i];

		REQUIRE(track->lba == lba && track->sectors && track->number >= 1 && track->number <= 99);
		REQUIRE(track->number == medium->tracks[0].number + i);
		REQUIRE(track->session == session || (i && track->session == session + 1));
		session = track->session;
		REQUIRE(mmc_track_at(medium, track->lba) == track);
		REQUIRE(mmc_track_at(medium, track->lba + track->sectors - 1) == track);
		REQUIRE(mmc_track_by_number(medium, track->number) == track);
		REQUIRE(mmc_track_end(medium, track) > track->lba &&
			mmc_track_end(medium, track) <= track->lba + track->sectors);
		lba += track->sectors;
	}
	REQUIRE(lba == medium->sectors && session == medium->sessions);
	REQUIRE(medium->sectors <= mmc_sectors_max(medium->profile));
	REQUIRE(!mmc_track_at(medium, medium->sectors));
	REQUIRE(medium->layer0_sectors < medium->sectors);
	REQUIRE(!medium->speed || medium->speed >= MMC_SPEED_MIN);
	/* What would be chosen for it by its size is right for it. */
	REQUIRE(mmc_sectors_max(mmc_profile_for_size(medium->sectors)) >= medium->sectors);
}

/* Commands that tell of tracks and layers. */
static void ask_of_medium(const struct mmc_medium *medium)
{
	static const u8 cdbs[][12] = {
		{ 0x43, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF }, { 0x43, 2, 0, 0, 0, 0, 0, 0xFF, 0xFF },
		{ 0x43, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF }, { 0x43, 2, 2, 0, 0, 0, 0, 0xFF, 0xFF },
		{ 0x51, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF }, { 0x52, 2, 0, 0, 0, 1, 0, 0xFF, 0xFF },
		{ 0xAD, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF }, { 0x25 }, { 0x42, 2, 0x40, 1, 0, 0, 0, 0xFF, 0xFF },
	};
	struct mmc_identity id = { .serial_len = 0 };
	struct mmc_drive drive;
	struct mmc_nexus nexus;
	u32 i;

	mmc_drive_init(&drive, &id);
	mmc_nexus_init(&nexus);
	nexus.attention = 0;
	for (i = 0; i < ARRAY_SIZE(cdbs); i++) {
		struct mmc_command cmd = { .cdb = cdbs[i], .cdb_len = 12 };
		struct mmc_reply reply = { .cap = mmc_reply_size(cdbs[i], 12) };

		reply.buf = exactly(reply.cap);
		mmc_execute(&drive, &nexus, medium, &cmd, &reply);
		/* The longest answer is as long as the table of commands says. */
		if (reply.status == MMC_GOOD && cdbs[i][0] == 0x43)
			REQUIRE(mmc_get16(reply.buf) + 2u == reply.len);
		free(reply.buf);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool counting;
	struct input in = { data, size };
	struct table table;
	u32 sectors;
	u32 i;

	if (!counting)
		atexit(print_counts);
	counting = true;

	table.nr_files = take(&in) % (FILES_MAX + 1);
	table.file_bytes = exactly(table.nr_files * sizeof(u64));
	for (i = 0; i < table.nr_files; i++)
		table.file_bytes[i] = take64(&in);
	sectors = take_extents(&in, &table);
	if (take(&in) == 1)
		sectors = take32(&in);
	if (mmc_layout_check(&table.layout, sectors, table.file_bytes, table.nr_files) == MMC_LAYOUT_OK) {
		layouts_accepted++;
		check_layout(&table, sectors);
		read_disc(&in, &table, sectors);
	}
	take_tracks(&in, &table);
	if (mmc_medium_valid(&table.medium)) {
		media_accepted++;
		check_medium(&table.medium);
		ask_of_medium(&table.medium);
	}
	tables++;
	free((void *)table.medium.tracks);
	free((void *)table.layout.extents);
	free(table.file_bytes);
	return 0;
}
