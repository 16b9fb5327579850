// SPDX-License-Identifier: GPL-2.0
/* Tests of kernel/core/reply.c: nothing is written behind the room, everything is counted. */
#include "check.h"
#include "reply.h"

static void test_put(void **state)
{
	static const u8 want[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A };
	struct mmc_out out;
	u8 buf[10];

	(void)state;
	mmc_out_init(&out, buf, sizeof(buf));
	mmc_put8(&out, 0x01);
	mmc_put16(&out, 0x0203);
	mmc_put24(&out, 0x040506);
	mmc_put32(&out, 0x0708090A);
	assert_int_equal(out.len, 10);
	assert_int_equal(mmc_out_stored(&out), 10);
	assert_memory_equal(buf, want, sizeof(want));
}

/* Values that are too wide lose their high bits. */
static void test_put_wide(void **state)
{
	static const u8 want[] = { 0x78, 0x56, 0x78, 0x34, 0x56, 0x78 };
	struct mmc_out out;
	u8 buf[6];

	(void)state;
	mmc_out_init(&out, buf, sizeof(buf));
	mmc_put8(&out, 0x12345678);
	mmc_put16(&out, 0x12345678);
	mmc_put24(&out, 0x12345678);
	assert_memory_equal(buf, want, sizeof(want));
}

static void build(struct mmc_out *out)
{
	mmc_put32(out, 0x11223344);
	mmc_put_zero(out, 3);
	mmc_put_bytes(out, "\x55\x66\x77", 3);
	mmc_put_text(out, "ab", 2, 4);
	mmc_patch8(out, 4, 0x99);
	mmc_patch16(out, 0, 0xAABB);
	mmc_patch32(out, 10, 0xCCDDEEFF);
}

/* With less room the answer is the beginning of the whole one, and its counted length the same. */
static void test_every_room(void **state)
{
	static const u8 want[14] = { 0xAA, 0xBB, 0x33, 0x44, 0x99, 0x00, 0x00, 0x55, 0x66, 0x77,
				     0xCC, 0xDD, 0xEE, 0xFF };
	u32 room;

	(void)state;
	for (room = 0; room <= 20; room++) {
		struct mmc_out out;
		u8 buf[24];
		u32 i;

		memset(buf, 0xA5, sizeof(buf));
		mmc_out_init(&out, room ? buf : NULL, room);
		build(&out);
		assert_int_equal(out.len, 14);
		assert_int_equal(mmc_out_stored(&out), room < 14 ? room : 14);
		for (i = 0; i < sizeof(buf); i++)
			assert_int_equal(buf[i], i < room && i < 14 ? want[i] : 0xA5);
	}
}

static void test_text(void **state)
{
	struct mmc_out out;
	u8 buf[9];

	(void)state;
	mmc_out_init(&out, buf, sizeof(buf));
	mmc_put_text(&out, "abcdef", 6, 3);
	mmc_put_text(&out, "gh", 2, 4);
	mmc_put_text(&out, NULL, 0, 2);
	mmc_put_text(&out, "x", 1, 0);
	assert_int_equal(out.len, 9);
	assert_memory_equal(buf, "abcgh    ", 9);
}

/* A patch behind what has been put is stored only if there is room. */
static void test_patch_at_the_edge(void **state)
{
	u8 buf[4] = { 1, 2, 3, 4 };
	struct mmc_out out;

	(void)state;
	mmc_out_init(&out, buf, 3);
	mmc_patch16(&out, 2, 0xAABB);
	assert_memory_equal(buf, "\x01\x02\xAA\x04", 4);
	assert_int_equal(out.len, 0);
}

static void test_get(void **state)
{
	static const u8 bytes[] = { 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88 };

	(void)state;
	assert_int_equal(mmc_get16(bytes), 0x8182);
	assert_int_equal(mmc_get24(bytes), 0x818283);
	assert_true(mmc_get32(bytes) == 0x81828384);
	assert_true(mmc_get64(bytes) == 0x8182838485868788);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_put_wide),
		cmocka_unit_test(test_every_room),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_patch_at_the_edge),
		cmocka_unit_test(test_get),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
