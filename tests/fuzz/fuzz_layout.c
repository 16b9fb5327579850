// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the tables that describe a disc: extents in files, tracks.
 *
 *	files, each 8 bytes of length; tracks, each HOW_* bits and what they want; extents, those of sub-channels
 *	likewise; reads
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
/* of an extent */
#define HOW_FILE	0x04
#define HOW_OFFSET	0x08
#define HOW_TAIL	0x10
#define HOW_NONE	0x20	/* without a file */
#define HOW_FORM	0x40
#define HOW_STRIDE	0x80
/* of a track */
#define HOW_NUMBER	0x04
#define HOW_SESSION	0x08	/* the next one begins */
#define HOW_CONTROL	0x10
#define HOW_MODE	0x20	/* a byte: with bit 7 the mode, else one of three; with bit 6 an ISRC follows */
#define HOW_SKIP	0x40	/* with HOW_SESSION: any other begins */
#define HOW_PREGAP	0x80

struct table {
	u64 *file_bytes;
	u32 nr_files;
	struct mmc_layout layout;
	struct mmc_layout sub;
	struct mmc_medium medium;
	u8 *packs;
};

static unsigned long tables, layouts_accepted, subs_accepted, media_accepted;

static void print_counts(void)
{
	fprintf(stderr, "stat::tables: %lu\nstat::layouts_accepted: %lu\nstat::subs_accepted: %lu\n"
		"stat::media_accepted: %lu\n", tables, layouts_accepted, subs_accepted, media_accepted);
}

/* Of which forms the sectors of a mode are: enum mmc_form; -1 ends them. */
static const s32 forms_of[][4] = {
	[MMC_TRACK_AUDIO] = { MMC_FORM_RAW, MMC_FORM_AUDIO_BE, -1 },
	[MMC_TRACK_DATA] = { MMC_FORM_USER, MMC_FORM_RAW, -1 },
	[MMC_TRACK_MODE2] = { MMC_FORM_USER, MMC_FORM_RAW, MMC_FORM_MODE2, -1 },
	[MMC_TRACK_NONE] = { MMC_FORM_USER, MMC_FORM_RAW, MMC_FORM_MODE2, MMC_FORM_AUDIO_BE },
};

/* A form that sectors have there, or a form of sub-channels. */
static u8 fitting_form(struct input *in, const struct mmc_medium *medium, u32 lba, bool sub)
{
	const s32 *forms = forms_of[mmc_sector_mode(medium, lba)];
	u32 count = 0;

	if (sub)
		return MMC_FORM_SUB_RAW + take(in) % 3;
	while (count < 4 && forms[count] >= 0)
		count++;
	return (u8)forms[take(in) % count];
}

/* A small number of sectors, or with 255 all up to the next change of mode; what would go beyond it is left out. */
static u32 fitting_sectors(struct input *in, const struct mmc_medium *medium, u32 lba, bool sub)
{
	u32 sectors = take(in) + 1u, same;

	if (lba >= medium->sectors)
		return sectors;
	same = (sub ? medium->sectors : mmc_same_mode(medium, lba)) - lba;
	return sectors == 256 || sectors > same ? same : sectors;
}

/* Extents of a valid disc, or of its sub-channels. */
static void take_extents(struct input *in, const struct table *table, struct mmc_layout *layout, bool sub)
{
	u32 count = take(in) % (EXTENTS_MAX + 1);
	struct mmc_extent *extents = exactly(count * sizeof(*extents));
	u32 lba = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		u8 how = take(in);
		struct mmc_extent *extent = &extents[i];

		extent->lba = how & HOW_LBA ? take32(in) : lba;
		extent->sectors = how & HOW_SECTORS ? take32(in) : fitting_sectors(in, &table->medium, lba, sub);
		extent->file = how & HOW_FILE ? take32(in) : table->nr_files ? take(in) % table->nr_files : 0;
		extent->offset = how & HOW_OFFSET ? take64(in) : take(in) * 512u;
		extent->tail = how & HOW_TAIL ? take16(in) : 0;
		extent->form = how & HOW_FORM ? take(in) : fitting_form(in, &table->medium, lba, sub);
		if (how & HOW_NONE) {
			extent->file = MMC_FILE_NONE;
			extent->form = how & HOW_FORM ? extent->form : (u8)MMC_FORM_USER;
		}
		extent->stride = (u16)(how & HOW_STRIDE ? take16(in) : mmc_form_size(extent->form));
		extent->user = 0xEE;
		lba = extent->lba + extent->sectors;
	}
	*layout = (struct mmc_layout){ .extents = extents, .nr_extents = count };
}

static void take_track(struct input *in, struct mmc_track *track, u32 lba, u32 index, u8 *session)
{
	u8 how = take(in), mode;

	if (how & HOW_SESSION)
		*session = how & HOW_SKIP ? take(in) : (u8)(*session + 1);
	*track = (struct mmc_track){
		.lba = how & HOW_LBA ? take32(in) : lba,
		.sectors = how & HOW_SECTORS ? take32(in) : take(in) + 1u,
		.number = how & HOW_NUMBER ? take(in) : (u8)(index + 1),
		.session = *session,
		.mode = MMC_TRACK_DATA,
	};
	if (how & HOW_MODE) {
		mode = take(in);
		track->mode = mode & 0x80 ? mode & 0x7F : mode % 3;
		if (mode & 0x40)
			memset(track->isrc, take(in), MMC_ISRC_LEN);
	}
	track->control = how & HOW_CONTROL ? take(in) : track->mode == MMC_TRACK_AUDIO ? 0 : 4;
	if (how & HOW_PREGAP)
		track->pregap = how & HOW_LBA ? take32(in) : take(in);
	if (!index && !(how & HOW_LBA))
		track->lba = track->pregap;
}

/* What only a CD has. */
static void take_extras(struct input *in, struct table *table)
{
	u8 how = take(in);

	table->medium.subchannels = how & 0x80;
	table->medium.nr_cdtext = how & 0x40 ? take16(in) : how % 8;
	table->packs = exactly(table->medium.nr_cdtext * MMC_CDTEXT_PACK);
	memset(table->packs, how, table->medium.nr_cdtext * MMC_CDTEXT_PACK);
	table->medium.cdtext = how & 0x20 ? NULL : table->packs;
	memset(table->medium.mcn, how & 0x10 ? take(in) : '0', MMC_MCN_LEN);
	if (how & 0x08)
		table->medium.mcn[0] = 0;
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
		take_track(in, &tracks[i], lba, i, &session);
		lba = tracks[i].lba + tracks[i].sectors;
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
	if (how & 0x04)
		take_extras(in, table);
}

/* What a sector is, found without any cleverness. */
static enum mmc_track_mode mode_of(const struct mmc_medium *medium, u32 lba)
{
	u32 i;

	for (i = 0; i < medium->nr_tracks; i++) {
		const struct mmc_track *track = &medium->tracks[i];
		bool last = i + 1 == medium->nr_tracks;
		u32 end = last ? medium->sectors : track[1].lba - track[1].pregap;
		u32 gap = track->session == 1 ? 11400 : 6900;

		if (lba < track->lba - track->pregap || lba >= end)
			continue;
		if (!last && track[1].session != track->session && track->sectors > gap && lba >= track[1].lba - gap)
			return MMC_TRACK_NONE;
		return track->mode;
	}
	return MMC_TRACK_NONE;
}

/* Where user data begins in a form of sectors of a mode; -1 if they don't have it. */
static s32 user_of(u8 form, enum mmc_track_mode mode)
{
	u32 i;

	for (i = 0; i < 4 && forms_of[mode][i] >= 0; i++) {
		if (forms_of[mode][i] != form)
			continue;
		if (form == MMC_FORM_RAW)
			return mode == MMC_TRACK_DATA ? 16 : mode == MMC_TRACK_MODE2 ? 24 : 0;
		return form == MMC_FORM_MODE2 ? 8 : 0;
	}
	return -1;
}

/* Does a sector of an extent have its form? */
static void check_sector(const struct mmc_medium *medium, const struct mmc_extent *extent, u64 lba)
{
	enum mmc_track_mode mode;

	if (lba < extent->lba || lba >= (u64)extent->lba + extent->sectors || extent->file == MMC_FILE_NONE)
		return;
	mode = mode_of(medium, (u32)lba);
	REQUIRE(mode == MMC_TRACK_NONE || user_of(extent->form, mode) == extent->user);
}

/* Is every sector of an extent in its file? In 64 bits, in which nothing can wrap. */
static void check_extent(const struct table *table, const struct mmc_extent *extent)
{
	u32 size = mmc_form_size(extent->form);
	u64 bytes = (u64)(extent->sectors - 1) * extent->stride + (extent->tail ? extent->tail : size);

	REQUIRE(extent->sectors && size && extent->stride >= size && extent->stride <= MMC_STRIDE_MAX);
	REQUIRE(extent->tail < size);
	if (extent->file == MMC_FILE_NONE)
		return;
	REQUIRE(extent->file < table->nr_files);
	REQUIRE((unsigned __int128)extent->offset + bytes <= table->file_bytes[extent->file]);
}

/* Does the table really say where each sector is? A mode changes only where a pregap, a track or a gap begins. */
static void check_layout(const struct table *table)
{
	const struct mmc_medium *medium = &table->medium;
	u64 lba = 0;
	u32 i, j;

	for (i = 0; i < table->layout.nr_extents; i++) {
		const struct mmc_extent *extent = &table->layout.extents[i];

		REQUIRE(extent->lba == lba && extent->form <= MMC_FORM_AUDIO_BE);
		check_extent(table, extent);
		lba += extent->sectors;
		check_sector(medium, extent, extent->lba);
		check_sector(medium, extent, lba - 1);
		for (j = 0; j < medium->nr_tracks; j++) {
			u64 begin = medium->tracks[j].lba - medium->tracks[j].pregap;

			check_sector(medium, extent, begin);
			check_sector(medium, extent, begin - 1);
			check_sector(medium, extent, medium->tracks[j].lba - 11401ULL);
			check_sector(medium, extent, medium->tracks[j].lba - 6901ULL);
		}
	}
	REQUIRE(lba == medium->sectors);
}

static void check_sub(const struct table *table)
{
	u64 lba = 0;
	u32 i;

	for (i = 0; i < table->sub.nr_extents; i++) {
		const struct mmc_extent *extent = &table->sub.extents[i];

		REQUIRE(extent->lba >= lba && extent->form >= MMC_FORM_SUB_RAW && !extent->tail);
		REQUIRE(extent->file != MMC_FILE_NONE);
		check_extent(table, extent);
		lba = (u64)extent->lba + extent->sectors;
	}
	REQUIRE(lba <= table->medium.sectors);
}

/* How much of a read of @len bytes from byte @start of an extent on is stored in a row, and how much is zeroes then. */
static void split(const struct mmc_extent *extent, u64 start, u64 len, u64 *bytes, u64 *zeroes)
{
	bool side_by_side = extent->stride == MMC_BLOCK;
	u64 last = (u64)(extent->sectors - 1) * MMC_BLOCK;
	u64 stored = last + MMC_BLOCK;

	if (extent->file == MMC_FILE_NONE)
		stored = 0;
	else if (extent->tail)
		stored = last + (extent->tail <= extent->user ? 0 : min_t(u64, MMC_BLOCK, extent->tail - extent->user));
	/* Where something is in between, a last sector with a tail is a piece of its own. */
	if (!side_by_side && extent->tail && start < last && len > last - start)
		len = last - start;
	*bytes = start >= stored ? 0 : min_t(u64, len, stored - start);
	*zeroes = len - *bytes;
}

/* The piece that a read begins with, found without any cleverness. */
static void check_piece(const struct table *table, u64 pos, u64 len, const struct mmc_piece *piece)
{
	const struct mmc_extent *extent = table->layout.extents;
	u64 start = pos, bytes, zeroes, last;

	while (start >= (u64)extent->sectors * MMC_BLOCK) {
		start -= (u64)extent->sectors * MMC_BLOCK;
		extent++;
	}
	split(extent, start, min_t(u64, len, (u64)extent->sectors * MMC_BLOCK - start), &bytes, &zeroes);
	REQUIRE(bytes + zeroes >= 1);
	REQUIRE(piece->file == extent->file && piece->bytes == bytes && piece->zeroes == zeroes);
	REQUIRE(piece->stride == (extent->stride == MMC_BLOCK ? 0 : extent->stride));
	REQUIRE(piece->form2 == (extent->user == 24 || extent->user == 8));
	if (!bytes)
		return;
	last = start / MMC_BLOCK * extent->stride + extent->user + start % MMC_BLOCK;
	REQUIRE(piece->offset == extent->offset + last);
	/* The last byte of it is in the file, too. */
	last = start + bytes - 1;
	last = extent->offset + last / MMC_BLOCK * extent->stride + extent->user + last % MMC_BLOCK;
	REQUIRE(last < table->file_bytes[extent->file]);
}

/* What is stored of sectors, found by a look at each extent. */
static void check_run(const struct mmc_layout *layout, u32 lba, u32 sectors)
{
	const struct mmc_extent *holds = NULL;
	struct mmc_run run;
	u32 count, i;
	u32 want = sectors;

	for (i = 0; i < layout->nr_extents; i++) {
		const struct mmc_extent *extent = &layout->extents[i];

		if (lba >= extent->lba && lba - extent->lba < extent->sectors) {
			holds = extent;
			want = min_t(u32, sectors, extent->sectors - (lba - extent->lba));
			break;
		}
		if (extent->lba > lba)
			want = min_t(u32, want, extent->lba - lba);
	}
	count = mmc_layout_run(layout, lba, sectors, &run);
	REQUIRE(count == want && count);
	if (!holds || holds->file == MMC_FILE_NONE) {
		REQUIRE(!run.sectors);
		return;
	}
	REQUIRE(run.sectors == count && run.file == holds->file && run.form == holds->form);
	REQUIRE(run.stride == holds->stride);
	REQUIRE(run.offset == holds->offset + (u64)(lba - holds->lba) * holds->stride);
	REQUIRE(run.stored == (holds->tail && lba + count == holds->lba + holds->sectors ? holds->tail :
			       mmc_form_size(holds->form)));
}

static void read_disc(struct input *in, const struct table *table)
{
	u64 size = (u64)table->medium.sectors * MMC_BLOCK;
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
		check_run(&table->layout, (u32)(pos / MMC_BLOCK), (u32)((len - 1) / MMC_BLOCK) + 1);
	}
}

static void read_sub(struct input *in, const struct table *table)
{
	u32 reads = take(in) % 8;

	while (reads--) {
		u32 lba = take32(in) % table->medium.sectors;

		check_run(&table->sub, lba, take32(in) % (table->medium.sectors - lba) + 1);
	}
}

/* From one change of mode to the next: all sectors at the edges are what they are found to be here. */
static void check_modes(const struct mmc_medium *medium)
{
	u32 lba, same, bad, edges = 0;

	for (lba = 0; lba < medium->sectors; lba = same, edges++) {
		enum mmc_track_mode mode = mmc_sector_mode(medium, lba);

		same = mmc_same_mode(medium, lba);
		REQUIRE(same > lba && same <= medium->sectors && edges <= 2u * MMC_TRACKS_MAX);
		REQUIRE(mode == mode_of(medium, lba) && mode == mode_of(medium, same - 1));
		REQUIRE(mmc_same_mode(medium, same - 1) == same);
		REQUIRE(mmc_blocks(medium, lba, same - lba, &bad) ==
			(mode == MMC_TRACK_DATA || mode == MMC_TRACK_MODE2));
		REQUIRE(mode == MMC_TRACK_DATA || mode == MMC_TRACK_MODE2 || bad == lba);
	}
	REQUIRE(mmc_sector_mode(medium, medium->sectors) == MMC_TRACK_NONE);
}

static void check_medium(const struct mmc_medium *medium)
{
	u64 lba = medium->tracks[0].pregap;
	u32 session = 1;
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
	check_modes(medium);
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
		{ 0x43, 0, 5, 0, 0, 0, 0, 0xFF, 0xFF }, { 0x42, 0, 0x40, 2, 0, 0, 0, 0xFF, 0xFF },
		{ 0x42, 0, 0x40, 3, 0, 0, 1, 0xFF, 0xFF },
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

/* The extents of a valid disc, and those of its sub-channels. */
static void check_extents(struct input *in, struct table *table)
{
	take_extents(in, table, &table->layout, false);
	if (mmc_layout_check(&table->layout, &table->medium, table->file_bytes, table->nr_files) == MMC_LAYOUT_OK) {
		layouts_accepted++;
		check_layout(table);
		read_disc(in, table);
	}
	take_extents(in, table, &table->sub, true);
	if (mmc_layout_check_sub(&table->sub, table->medium.sectors, table->file_bytes, table->nr_files) ==
	    MMC_LAYOUT_OK) {
		subs_accepted++;
		check_sub(table);
		read_sub(in, table);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool counting;
	struct input in = { data, size };
	struct table table = { .packs = NULL };
	u32 i;

	if (!counting)
		atexit(print_counts);
	counting = true;

	table.nr_files = take(&in) % (FILES_MAX + 1);
	table.file_bytes = exactly(table.nr_files * sizeof(u64));
	for (i = 0; i < table.nr_files; i++)
		table.file_bytes[i] = take64(&in);
	take_tracks(&in, &table);
	if (mmc_medium_valid(&table.medium)) {
		media_accepted++;
		check_medium(&table.medium);
		ask_of_medium(&table.medium);
		check_extents(&in, &table);
	}
	tables++;
	free((void *)table.medium.tracks);
	free(table.sub.extents);
	free(table.layout.extents);
	free(table.packs);
	free(table.file_bytes);
	return 0;
}
