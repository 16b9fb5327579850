// SPDX-License-Identifier: GPL-2.0
/* Tests of kernel/core/layout.c: extents that add up, and the pieces of a read. */
#include "check.h"
#include "layout.h"
#include "mmc.h"

/* Ten sectors of file 0 from byte 100 on, five without a file, four of file 1 whose last holds 48 bytes. */
static struct mmc_extent extents[3];
static struct mmc_layout layout;
static const struct mmc_track track = {
	.sectors = 19, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA,
};
static const struct mmc_medium disc = {
	.tracks = &track, .nr_tracks = 1, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = 19,
};
static u64 files[2];

static int setup(void **state)
{
	static const struct mmc_extent good[3] = {
		{ .offset = 100, .lba = 0, .sectors = 10, .file = 0, .stride = MMC_BLOCK },
		{ .offset = 0, .lba = 10, .sectors = 5, .file = MMC_FILE_NONE, .stride = MMC_BLOCK },
		{ .offset = 0, .lba = 15, .sectors = 4, .file = 1, .tail = 48, .stride = MMC_BLOCK },
	};

	(void)state;
	memcpy(extents, good, sizeof(extents));
	layout = (struct mmc_layout){ .extents = extents, .nr_extents = 3 };
	files[0] = 100 + 10 * MMC_BLOCK;
	files[1] = 3 * MMC_BLOCK + 48;
	return 0;
}

static enum mmc_layout_error check(void)
{
	return mmc_layout_check(&layout, &disc, files, 2);
}

static void test_good(void **state)
{
	(void)state;
	assert_int_equal(check(), MMC_LAYOUT_OK);
}

/* Set a field, see what the check says, set it back. */
#define assert_fault(field, value, fault)		\
	do {						\
		__typeof__(field) kept = (field);	\
							\
		(field) = (value);			\
		assert_int_equal(check(), fault);	\
		(field) = kept;				\
		assert_int_equal(check(), MMC_LAYOUT_OK);	\
	} while (0)

static void test_faults(void **state)
{
	(void)state;
	assert_fault(layout.nr_extents, 0, MMC_LAYOUT_EMPTY);
	assert_fault(layout.nr_extents, 2, MMC_LAYOUT_GAP);
	assert_fault(extents[1].sectors, 0, MMC_LAYOUT_EMPTY);
	assert_fault(extents[0].lba, 1, MMC_LAYOUT_GAP);
	assert_fault(extents[1].lba, 9, MMC_LAYOUT_GAP);
	assert_fault(extents[1].lba, 11, MMC_LAYOUT_GAP);
	assert_fault(extents[2].sectors, 5, MMC_LAYOUT_GAP);
	assert_fault(extents[1].sectors, 0xFFFFFFFF, MMC_LAYOUT_GAP);
	assert_fault(extents[0].file, 2, MMC_LAYOUT_FILE);
	assert_fault(extents[0].offset, 101, MMC_LAYOUT_RANGE);
	assert_fault(extents[0].offset, 0xFFFFFFFFFFFFFFFF, MMC_LAYOUT_RANGE);
	assert_fault(files[0], files[0] - 1, MMC_LAYOUT_RANGE);
	assert_fault(files[1], files[1] - 1, MMC_LAYOUT_RANGE);
	assert_fault(extents[2].tail, 49, MMC_LAYOUT_RANGE);
	assert_fault(extents[2].tail, MMC_BLOCK, MMC_LAYOUT_TAIL);
	assert_fault(extents[1].tail, 1, MMC_LAYOUT_TAIL);
}

static void assert_piece(u64 pos, u64 len, u32 file, u64 offset, u64 bytes, u64 zeroes)
{
	struct mmc_piece piece;

	memset(&piece, 0xEE, sizeof(piece));
	mmc_layout_find(&layout, pos, len, &piece);
	assert_true(piece.file == file);
	assert_true(piece.bytes == bytes);
	assert_true(piece.zeroes == zeroes);
	if (bytes)
		assert_true(piece.offset == offset);
}

static void test_pieces(void **state)
{
	const u64 end = 19 * MMC_BLOCK;

	(void)state;
	assert_piece(0, MMC_BLOCK, 0, 100, MMC_BLOCK, 0);
	assert_piece(1, 1, 0, 101, 1, 0);
	assert_piece(9 * MMC_BLOCK, end - 9 * MMC_BLOCK, 0, 100 + 9 * MMC_BLOCK, MMC_BLOCK, 0);
	assert_piece(10 * MMC_BLOCK - 1, 2, 0, 99 + 10 * MMC_BLOCK, 1, 0);
	assert_piece(10 * MMC_BLOCK, 7, MMC_FILE_NONE, 0, 0, 7);
	assert_piece(14 * MMC_BLOCK, end - 14 * MMC_BLOCK, MMC_FILE_NONE, 0, 0, MMC_BLOCK);
	assert_piece(15 * MMC_BLOCK, 4 * MMC_BLOCK, 1, 0, 3 * MMC_BLOCK + 48, MMC_BLOCK - 48);
	assert_piece(18 * MMC_BLOCK + 47, 2, 1, 3 * MMC_BLOCK + 47, 1, 1);
	assert_piece(18 * MMC_BLOCK + 48, 5, 1, 0, 0, 5);
	assert_piece(end - 1, 1, 1, 0, 0, 1);
}

/* Piece by piece, any read ends where it should, and no piece leaves its file. */
static void test_walk(void **state)
{
	const u64 end = 19 * MMC_BLOCK;
	u64 start;

	(void)state;
	for (start = 0; start < end; start += 97) {
		struct mmc_piece piece;
		u64 pos = start;

		while (pos < end) {
			mmc_layout_find(&layout, pos, end - pos, &piece);
			assert_true(piece.bytes + piece.zeroes > 0);
			assert_true(piece.bytes + piece.zeroes <= end - pos);
			if (piece.bytes)
				assert_true(piece.offset + piece.bytes <= files[piece.file]);
			pos += piece.bytes + piece.zeroes;
		}
		assert_true(pos == end);
	}
}

/* The largest disc and offset that the types can hold. */
static void test_large(void **state)
{
	const struct mmc_track all = {
		.sectors = 0xFFFFFFFF, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA,
	};
	const struct mmc_medium large = { .tracks = &all, .nr_tracks = 1, .sessions = 1, .sectors = 0xFFFFFFFF };
	u64 file = 0xFFFFFFFFFFFFFFFF;

	(void)state;
	extents[0] = (struct mmc_extent){ .offset = file - 0xFFFFFFFFULL * MMC_BLOCK, .sectors = 0xFFFFFFFF,
					  .stride = MMC_BLOCK };
	layout.nr_extents = 1;
	assert_int_equal(mmc_layout_check(&layout, &large, &file, 1), MMC_LAYOUT_OK);
	extents[0].offset++;
	assert_int_equal(mmc_layout_check(&layout, &large, &file, 1), MMC_LAYOUT_RANGE);
	extents[0].offset--;
	assert_piece(0xFFFFFFFFULL * MMC_BLOCK - 1, 1, 0, file - 1, 1, 0);
}

/* --- forms and strides --- */

/*
 * Audio [0, 100), Mode 1 with a pregap [90, 200), Mode 2 [200, 300) of one session, a gap behind sector 12000 and a
 * second session with Mode 2 from 23390 on.
 */
static const struct mmc_track kinds[] = {
	{ .lba = 0, .sectors = 100, .number = 1, .session = 1 },
	{ .lba = 100, .sectors = 100, .number = 2, .session = 1, .control = 4, .mode = MMC_TRACK_DATA, .pregap = 10 },
	{ .lba = 200, .sectors = 23200, .number = 3, .session = 1, .control = 4, .mode = MMC_TRACK_MODE2 },
	{ .lba = 23400, .sectors = 100, .number = 4, .session = 2, .control = 4, .mode = MMC_TRACK_MODE2, .pregap = 10 },
};
static const struct mmc_medium kinds_disc = {
	.tracks = kinds, .nr_tracks = 4, .sessions = 2, .profile = MMC_PROFILE_CD_ROM, .sectors = 23500,
};

static enum mmc_layout_error check_kinds(struct mmc_extent *some, u32 count)
{
	const struct mmc_layout of = { .extents = some, .nr_extents = count };
	const u64 file = 1 << 30;

	assert_true(mmc_medium_valid(&kinds_disc));
	return mmc_layout_check(&of, &kinds_disc, &file, 1);
}

static void test_form_size(void **state)
{
	static const u32 want[MMC_FORMS] = { 2048, 2352, 2336, 2352, 96, 96, 16 };
	u32 form;

	(void)state;
	for (form = 0; form < 256; form++)
		assert_int_equal(mmc_form_size((u8)form), form < MMC_FORMS ? want[form] : 0);
}

/* Which forms sectors of a mode have, and where the user data is in them: -1 for those that they don't have. */
static void test_forms_and_modes(void **state)
{
	static const struct {
		u32 lba, sectors;
		s32 user[4];	/* in MMC_FORM_USER, RAW, MODE2, AUDIO_BE */
	} rows[] = {
		{ 0, 90, { -1, 0, -1, 0 } },		/* audio */
		{ 90, 10, { 0, 16, -1, -1 } },		/* a pregap of Mode 1 behind it */
		{ 100, 100, { 0, 16, -1, -1 } },
		{ 200, 11800, { 0, 24, 8, -1 } },	/* Mode 2 */
		{ 12000, 11390, { 0, 0, 0, 0 } },	/* between sessions: nothing is looked at */
		{ 23390, 110, { 0, 24, 8, -1 } },	/* a pregap of Mode 2 and its track */
	};
	struct mmc_extent some[ARRAY_SIZE(rows)];
	u32 i, form;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		some[i] = (struct mmc_extent){ .lba = rows[i].lba, .sectors = rows[i].sectors, .stride = 2352,
					       .form = MMC_FORM_RAW };
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (form = MMC_FORM_USER; form <= MMC_FORM_AUDIO_BE; form++) {
			some[i].form = (u8)form;
			some[i].user = 0xEE;
			assert_int_equal(check_kinds(some, ARRAY_SIZE(some)),
					 rows[i].user[form] < 0 ? MMC_LAYOUT_FORM : MMC_LAYOUT_OK);
			if (rows[i].user[form] >= 0)
				assert_int_equal(some[i].user, rows[i].user[form]);
		}
		for (form = MMC_FORM_SUB_RAW; form < 256; form++) {
			some[i].form = (u8)form;
			assert_int_equal(check_kinds(some, ARRAY_SIZE(some)), MMC_LAYOUT_FORM);
		}
		some[i].form = MMC_FORM_RAW;
	}
	/* Zeroes go with every mode, but not in any form. */
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		some[i].file = MMC_FILE_NONE;
		assert_int_equal(check_kinds(some, ARRAY_SIZE(some)), MMC_LAYOUT_FORM);
		some[i].form = MMC_FORM_USER;
		assert_int_equal(check_kinds(some, ARRAY_SIZE(some)), MMC_LAYOUT_FORM);
		some[i].stride = MMC_BLOCK;
		assert_int_equal(check_kinds(some, ARRAY_SIZE(some)), MMC_LAYOUT_OK);
	}
}

/* An extent is of one mode as far as that makes a difference; a gap between sessions is of any. */
static void test_extent_across_modes(void **state)
{
	struct mmc_extent some[] = {
		{ .lba = 0, .sectors = 90, .stride = 2352, .form = MMC_FORM_RAW },
		{ .lba = 90, .sectors = 110, .stride = 2352, .form = MMC_FORM_RAW },
		{ .lba = 200, .sectors = 23300, .stride = 2352, .form = MMC_FORM_RAW },
	};

	(void)state;
	assert_int_equal(check_kinds(some, 3), MMC_LAYOUT_OK);
	assert_int_equal(some[2].user, 24);
	some[2].form = MMC_FORM_MODE2;
	assert_int_equal(check_kinds(some, 3), MMC_LAYOUT_OK);
	assert_int_equal(some[2].user, 8);
	some[2].form = MMC_FORM_RAW;
	/* One sector too long or too short at a change of mode */
	some[0].sectors++;
	some[1].lba++;
	some[1].sectors--;
	assert_int_equal(check_kinds(some, 3), MMC_LAYOUT_FORM);
	some[0].sectors -= 2;
	some[1].lba -= 2;
	some[1].sectors += 2;
	assert_int_equal(check_kinds(some, 3), MMC_LAYOUT_FORM);
	some[0].sectors++;
	some[1].lba++;
	some[1].sectors--;
	some[1].sectors++;
	some[2].lba++;
	some[2].sectors--;
	assert_int_equal(check_kinds(some, 3), MMC_LAYOUT_FORM);
}

static void test_strides(void **state)
{
	u32 stride;

	(void)state;
	for (stride = 0; stride < 0x10000; stride += 1 + stride % 7) {
		files[0] = 100 + 9ULL * stride + MMC_BLOCK;
		extents[0].stride = (u16)stride;
		if (stride < MMC_BLOCK || stride > MMC_STRIDE_MAX) {
			assert_int_equal(check(), MMC_LAYOUT_STRIDE);
			continue;
		}
		assert_int_equal(check(), MMC_LAYOUT_OK);
		/* Nothing has to follow the last sector. */
		files[0]--;
		assert_int_equal(check(), MMC_LAYOUT_RANGE);
	}
	setup(NULL);
	assert_fault(extents[0].stride, MMC_BLOCK - 1, MMC_LAYOUT_STRIDE);
	assert_fault(extents[0].stride, MMC_STRIDE_MAX + 1, MMC_LAYOUT_STRIDE);
	assert_fault(extents[1].stride, 2352, MMC_LAYOUT_FORM);
	extents[0].form = MMC_FORM_RAW;
	assert_int_equal(check(), MMC_LAYOUT_STRIDE);
	extents[0].stride = 2352;
	assert_int_equal(check(), MMC_LAYOUT_RANGE);
	files[0] = 100 + 10 * 2352;
	assert_int_equal(check(), MMC_LAYOUT_OK);
	assert_fault(extents[0].stride, 2351, MMC_LAYOUT_STRIDE);
	assert_fault(extents[0].tail, 2352, MMC_LAYOUT_TAIL);
	extents[0].tail = 1;
	files[0] = 100 + 9 * 2352 + 1;
	assert_int_equal(check(), MMC_LAYOUT_OK);
	assert_fault(files[0], files[0] - 1, MMC_LAYOUT_RANGE);
	assert_fault(extents[0].tail, 2, MMC_LAYOUT_RANGE);
}

/* Every byte of user data of an extent is where the stride says, however a read is cut. */
static void assert_strided(u32 user)
{
	u64 pos, len;

	for (pos = 0; pos < 10 * MMC_BLOCK; pos += 509) {
		for (len = 1; pos + len <= 10 * MMC_BLOCK; len += 1 + len * 3) {
			const struct mmc_extent *extent = &extents[0];
			u64 done = 0;

			while (done < len) {
				u64 sector = (pos + done) / MMC_BLOCK, skip = (pos + done) % MMC_BLOCK;
				u32 stored = sector == 9 && extent->tail ? extent->tail : mmc_form_size(extent->form);
				struct mmc_piece piece;

				mmc_layout_find(&layout, pos + done, len - done, &piece);
				assert_int_equal(piece.stride, extent->stride);
				assert_int_equal(piece.form2, user != 16);
				assert_int_equal(piece.file, 0);
				assert_true(piece.offset == extent->offset + sector * extent->stride + user + skip);
				assert_true(piece.bytes + piece.zeroes > 0);
				assert_true(piece.bytes + piece.zeroes <= len - done);
				/* A sector that is not stored to its end is alone. */
				if (extent->tail && sector == 9) {
					u64 there = stored > user + skip ? stored - user - skip : 0;

					there = min_t(u64, there, len - done);

					if (there > MMC_BLOCK - skip)
						there = MMC_BLOCK - skip;
					assert_true(piece.bytes == there);
					assert_true(piece.zeroes == len - done - there);
				} else {
					u64 whole = (extent->tail ? 9 : 10) * MMC_BLOCK - pos - done;

					assert_true(piece.bytes == min_t(u64, whole, len - done));
					assert_true(!piece.zeroes);
				}
				done += piece.bytes + piece.zeroes;
			}
		}
	}
}

static void test_strided_pieces(void **state)
{
	static const u16 tails[] = { 0, 1, 15, 16, 17, 24, 25, 500, 2063, 2064, 2071, 2072, 2100, 2335 };
	static struct mmc_track xa = { .sectors = 19, .number = 1, .session = 1, .control = 4 };
	static const struct mmc_medium xa_disc = {
		.tracks = &xa, .nr_tracks = 1, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = 19,
	};
	u32 i;

	(void)state;
	files[0] = 1 << 20;
	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		extents[0].tail = tails[i];
		extents[0].form = MMC_FORM_RAW;
		extents[0].stride = 2448;
		xa.mode = MMC_TRACK_DATA;
		assert_int_equal(mmc_layout_check(&layout, &xa_disc, files, 2), MMC_LAYOUT_OK);
		assert_strided(16);
		xa.mode = MMC_TRACK_MODE2;
		assert_int_equal(mmc_layout_check(&layout, &xa_disc, files, 2), MMC_LAYOUT_OK);
		assert_strided(24);
		extents[0].form = MMC_FORM_MODE2;
		extents[0].stride = 2336;
		assert_int_equal(mmc_layout_check(&layout, &xa_disc, files, 2), MMC_LAYOUT_OK);
		assert_strided(8);
	}
	/* User data alone, with something in between: no sub-header to look at. */
	extents[0].tail = 0;
	extents[0].form = MMC_FORM_USER;
	extents[0].stride = 2056;
	assert_int_equal(mmc_layout_check(&layout, &xa_disc, files, 2), MMC_LAYOUT_OK);
	for (i = 0; i < 10; i++) {
		struct mmc_piece piece;

		mmc_layout_find(&layout, (u64)i * MMC_BLOCK + 5, 20 * MMC_BLOCK, &piece);
		assert_true(piece.offset == 100 + i * 2056u + 5);
		assert_true(piece.bytes == (10 - i) * MMC_BLOCK - 5 && !piece.zeroes);
		assert_int_equal(piece.stride, 2056);
		assert_false(piece.form2);
	}
}

/* What is stored of each sector, and how far: compared with a look at each extent. */
static void assert_runs(const struct mmc_layout *of, u32 sectors)
{
	u32 lba, count, i;

	for (lba = 0; lba < sectors; lba++) {
		for (count = 1; lba + count <= sectors; count++) {
			const struct mmc_extent *holds = NULL;
			struct mmc_run run;
			u32 want = count;

			for (i = 0; i < of->nr_extents; i++) {
				const struct mmc_extent *extent = &of->extents[i];

				if (lba >= extent->lba && lba < extent->lba + extent->sectors) {
					holds = extent;
					want = min_t(u32, count, extent->lba + extent->sectors - lba);
				} else if (extent->lba > lba && !holds) {
					want = min_t(u32, want, extent->lba - lba);
				}
			}
			memset(&run, 0xEE, sizeof(run));
			assert_int_equal(mmc_layout_run(of, lba, count, &run), want);
			if (!holds || holds->file == MMC_FILE_NONE) {
				assert_int_equal(run.sectors, 0);
				continue;
			}
			assert_int_equal(run.sectors, want);
			assert_true(run.offset == holds->offset + (u64)(lba - holds->lba) * holds->stride);
			assert_int_equal(run.file, holds->file);
			assert_int_equal(run.form, holds->form);
			assert_int_equal(run.stride, holds->stride);
			assert_int_equal(run.stored, holds->tail && lba + want == holds->lba + holds->sectors ?
					 holds->tail : mmc_form_size(holds->form));
		}
	}
}

static void test_runs(void **state)
{
	struct mmc_extent some[] = {
		{ .lba = 3, .sectors = 4, .offset = 1000, .file = 0, .stride = 96, .form = MMC_FORM_SUB_RAW },
		{ .lba = 7, .sectors = 1, .offset = 0, .file = 1, .stride = 2448, .form = MMC_FORM_SUB_PACKED },
		{ .lba = 12, .sectors = 5, .offset = 77, .file = 0, .stride = 16, .form = MMC_FORM_SUB_Q },
	};
	struct mmc_layout sub = { .extents = some, .nr_extents = 3 };
	struct mmc_run run;

	(void)state;
	assert_int_equal(check(), MMC_LAYOUT_OK);
	assert_runs(&layout, 19);
	assert_int_equal(mmc_layout_check_sub(&sub, 20, files, 2), MMC_LAYOUT_OK);
	assert_runs(&sub, 20);
	sub.nr_extents = 0;
	assert_int_equal(mmc_layout_check_sub(&sub, 20, files, 2), MMC_LAYOUT_OK);
	assert_int_equal(mmc_layout_run(&sub, 7, 13, &run), 13);
	assert_int_equal(run.sectors, 0);
}

/* Sub-channels: gaps, but nothing out of order or without a file. */
static void test_sub_faults(void **state)
{
	static const struct {
		struct mmc_extent extent;
		enum mmc_layout_error error;
	} rows[] = {
		{ { .lba = 10, .sectors = 10, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_OK },
		{ { .lba = 10, .sectors = 10, .stride = 96, .form = MMC_FORM_SUB_PACKED }, MMC_LAYOUT_OK },
		{ { .lba = 10, .sectors = 10, .stride = 16, .form = MMC_FORM_SUB_Q }, MMC_LAYOUT_OK },
		{ { .lba = 10, .sectors = 9, .stride = MMC_STRIDE_MAX, .form = MMC_FORM_SUB_Q }, MMC_LAYOUT_RANGE },
		{ { .lba = 10, .sectors = 0, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_EMPTY },
		{ { .lba = 9, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_GAP },
		{ { .lba = 0, .sectors = 20, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_GAP },
		{ { .lba = 10, .sectors = 11, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_GAP },
		{ { .lba = 20, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_GAP },
		{ { .lba = 21, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_GAP },
		{ { .lba = 11, .sectors = 0xFFFFFFFF, .stride = 96, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_GAP },
		{ { .lba = 10, .sectors = 1, .stride = 95, .form = MMC_FORM_SUB_RAW }, MMC_LAYOUT_STRIDE },
		{ { .lba = 10, .sectors = 1, .stride = 15, .form = MMC_FORM_SUB_Q }, MMC_LAYOUT_STRIDE },
		{ { .lba = 10, .sectors = 1, .stride = 4097, .form = MMC_FORM_SUB_Q }, MMC_LAYOUT_STRIDE },
		{ { .lba = 10, .sectors = 1, .stride = 2352, .form = MMC_FORM_RAW }, MMC_LAYOUT_FORM },
		{ { .lba = 10, .sectors = 1, .stride = 2048, .form = MMC_FORM_USER }, MMC_LAYOUT_FORM },
		{ { .lba = 10, .sectors = 1, .stride = 2048, .form = MMC_FORMS }, MMC_LAYOUT_FORM },
		{ { .lba = 10, .sectors = 1, .stride = 96, .form = 255 }, MMC_LAYOUT_FORM },
		{ { .lba = 10, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW, .tail = 5 }, MMC_LAYOUT_TAIL },
		{ { .lba = 10, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW, .file = 2 }, MMC_LAYOUT_FILE },
		{ { .lba = 10, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW, .file = MMC_FILE_NONE },
		  MMC_LAYOUT_FORM },
		{ { .lba = 10, .sectors = 1, .stride = 96, .form = MMC_FORM_SUB_RAW, .offset = 0xFFFFFFFFFFFFFFFF },
		  MMC_LAYOUT_RANGE },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mmc_extent some[2] = {
			{ .lba = 5, .sectors = 5, .stride = 96, .form = MMC_FORM_SUB_RAW }, rows[i].extent,
		};
		const struct mmc_layout sub = { .extents = some, .nr_extents = 2 };

		assert_int_equal(mmc_layout_check_sub(&sub, 20, files, 2), rows[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good, setup),
		cmocka_unit_test_setup(test_faults, setup),
		cmocka_unit_test_setup(test_pieces, setup),
		cmocka_unit_test_setup(test_walk, setup),
		cmocka_unit_test_setup(test_large, setup),
		cmocka_unit_test(test_form_size),
		cmocka_unit_test(test_forms_and_modes),
		cmocka_unit_test(test_extent_across_modes),
		cmocka_unit_test_setup(test_strides, setup),
		cmocka_unit_test_setup(test_strided_pieces, setup),
		cmocka_unit_test_setup(test_runs, setup),
		cmocka_unit_test_setup(test_sub_faults, setup),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
