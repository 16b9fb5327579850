// SPDX-License-Identifier: GPL-2.0
/* Tests of kernel/core/layout.c: extents that add up, and the pieces of a read. */
#include "check.h"
#include "layout.h"
#include "mmc.h"

/* Ten sectors of file 0 from byte 100 on, five without a file, four of file 1 whose last holds 48 bytes. */
static struct mmc_extent extents[3];
static struct mmc_layout layout;
static const struct mmc_track track = { .sectors = 19, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA };
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
	const struct mmc_track all = { .sectors = 0xFFFFFFFF, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA };
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good, setup),
		cmocka_unit_test_setup(test_faults, setup),
		cmocka_unit_test_setup(test_pieces, setup),
		cmocka_unit_test_setup(test_walk, setup),
		cmocka_unit_test_setup(test_large, setup),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
