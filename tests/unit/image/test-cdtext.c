// SPDX-License-Identifier: GPL-2.0-only
/* Texts that become packs of CD-Text, and packs that become texts */
#include "cdtext.h"
#include "image-test.h"

/* Of a disc that was made by other software */
static const uint8_t joyful[18] = {
	0x80, 0x00, 0x00, 0x00, 'J', 'o', 'y', 'f', 'u', 'l', ' ', 'N', 'i', 'g', 'h', 't', 0xF0, 0xF7,
};

static struct cdtext *round_trip(const struct cdtext *text, struct image *image)
{
	struct cdtext *back;

	assert_int_equal(cdtext_add(text, image), IMAGE_OK);
	back = cdtext_decode(image->cdtext, image->cdtext_count);
	assert_non_null(back);
	return back;
}

static struct image with_tracks(uint8_t first, uint8_t last)
{
	struct image image = { 0 };

	for (; first <= last; first++)
		assert_int_equal(image_add_track(&image, &(struct vcd_track){ .number = first }), IMAGE_OK);
	return image;
}

static void known_pack(void **state)
{
	struct image image = with_tracks(1, 1);
	struct cdtext *text = cdtext_new();
	static const uint8_t second[16] = { 0x80, 0x00, 0x01, 0x0C, 's', 0, 'B', 0 };

	(void)state;
	assert_true(cdtext_set(text, 0, CDTEXT_TITLE, "Joyful Nights"));
	assert_true(cdtext_set(text, 1, CDTEXT_TITLE, "B"));
	assert_int_equal(cdtext_add(text, &image), IMAGE_OK);
	assert_int_equal(image.cdtext_count, 2 + 3);
	assert_memory_equal(image.cdtext[0].pack, joyful, sizeof(joyful));
	assert_memory_equal(image.cdtext[1].pack, second, sizeof(second));
	cdtext_free(text);
	image_close(&image);
}

static void size_packs(void **state)
{
	struct image image = with_tracks(3, 5);
	struct cdtext *text = cdtext_new();
	const uint8_t *pack;

	(void)state;
	assert_true(cdtext_set(text, 4, CDTEXT_TITLE, "Four"));
	assert_true(cdtext_set(text, 0, CDTEXT_PERFORMER, "Somebody with a long name"));
	assert_int_equal(cdtext_add(text, &image), IMAGE_OK);
	/* 0 0 0 Four 0 0: the tracks 1 and 2 have a place too; 25 letters, 6 NULs */
	assert_int_equal(image.cdtext_count, 1 + 3 + 3);
	pack = image.cdtext[4].pack;
	assert_memory_equal(pack, "\x8F\0\4\0\0\3\5\0\1\3\0\0\0\0\0\0", 16);
	pack = image.cdtext[5].pack;
	assert_memory_equal(pack, "\x8F\1\5\0\0\0\0\0\0\0\0\3\6\0\0\0", 16);
	pack = image.cdtext[6].pack;
	assert_memory_equal(pack, "\x8F\2\6\0\0\0\0\0\x09\0\0\0\0\0\0\0", 16);
	cdtext_free(text);
	image_close(&image);
}

static void long_texts_run_on(void **state)
{
	char long_text[160];
	struct image image = with_tracks(1, 3);
	struct cdtext *text = cdtext_new(), *back;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[159] = '\0';
	memcpy(long_text + 150, "the end", 7);
	assert_true(cdtext_set(text, 0, CDTEXT_TITLE, "Disc"));
	assert_true(cdtext_set(text, 1, CDTEXT_TITLE, long_text));
	assert_true(cdtext_set(text, 2, CDTEXT_TITLE, "Two"));
	assert_true(cdtext_set(text, 3, CDTEXT_COMPOSER, "\xC3\x84nne \xE2\x82\xAC\xF0\x9F\x98\x80!\t\xC2\x85"));
	assert_true(cdtext_set(text, 0, CDTEXT_GENRE, "Rock, that is longer than a pack"));
	assert_true(cdtext_set(text, 0, CDTEXT_DISC_ID, "ABC-123"));
	assert_true(cdtext_set(text, 2, CDTEXT_CODE, "DEABC2612345"));
	back = round_trip(text, &image);
	assert_string_equal(cdtext_get(back, 0, CDTEXT_TITLE), "Disc");
	assert_string_equal(cdtext_get(back, 1, CDTEXT_TITLE), long_text);
	assert_string_equal(cdtext_get(back, 2, CDTEXT_TITLE), "Two");
	assert_null(cdtext_get(back, 3, CDTEXT_TITLE));
	assert_null(cdtext_get(back, 2, CDTEXT_COMPOSER));
	assert_string_equal(cdtext_get(back, 3, CDTEXT_COMPOSER), "\xC3\x84nne \?\?! \?");
	assert_string_equal(cdtext_get(back, 0, CDTEXT_GENRE), "Rock, that is longer than a pack");
	assert_string_equal(cdtext_get(back, 0, CDTEXT_DISC_ID), "ABC-123");
	assert_string_equal(cdtext_get(back, 2, CDTEXT_CODE), "DEABC2612345");
	assert_null(cdtext_get(back, 0, CDTEXT_MESSAGE));
	assert_null(cdtext_get(back, 100, CDTEXT_TITLE));
	cdtext_free(back);
	cdtext_free(text);
	image_close(&image);
}

static void too_much_is_cut(void **state)
{
	struct image image = with_tracks(1, 99);
	struct cdtext *text = cdtext_new(), *back;
	char title[200];
	unsigned int i;

	(void)state;
	for (i = 0; i <= 99; i++) {
		snprintf(title, sizeof(title), "%02u %0150u", i, i);
		assert_true(cdtext_set(text, i, CDTEXT_TITLE, title));
		assert_true(cdtext_set(text, i, CDTEXT_PERFORMER, "A B"));
	}
	back = round_trip(text, &image);
	assert_true(image.cdtext_count <= 256);
	assert_true(image.cdtext_count > 240);
	for (i = 0; i <= 99; i++) {
		snprintf(title, sizeof(title), "%02u ", i);
		assert_memory_equal(cdtext_get(back, i, CDTEXT_TITLE), title, 3);
		assert_true(strlen(cdtext_get(back, i, CDTEXT_TITLE)) > 15);
		assert_string_equal(cdtext_get(back, i, CDTEXT_PERFORMER), "A B");
	}
	cdtext_free(back);
	cdtext_free(text);
	image_close(&image);
}

static void set_and_forget(void **state)
{
	struct cdtext *text = cdtext_new();
	struct image image = { 0 };

	(void)state;
	assert_false(cdtext_set(text, 100, CDTEXT_TITLE, "x"));
	assert_false(cdtext_set(text, 0, (enum cdtext_type)0x8F, "x"));
	assert_true(cdtext_set(text, 99, CDTEXT_TITLE, "x"));
	assert_true(cdtext_set(text, 99, CDTEXT_TITLE, "y"));
	assert_string_equal(cdtext_get(text, 99, CDTEXT_TITLE), "y");
	assert_true(cdtext_set(text, 99, CDTEXT_TITLE, ""));
	assert_null(cdtext_get(text, 99, CDTEXT_TITLE));
	assert_int_equal(cdtext_add(text, &image), IMAGE_OK);
	assert_int_equal(image.cdtext_count, 0);
	cdtext_free(text);
	cdtext_free(NULL);
	image_close(&image);
}

/* Packs without a CRC, which counts as left out */
static void packs_by_hand(void **state)
{
	struct vcd_cdtext packs[] = {
		{ { 0x80, 0, 0, 0x00, 'D', 0, 'S', 'a', 'm', 'e', 0, '\t', 0, 'L', 'o', 'n' } },
		{ { 0x80, 3, 1, 0x03, 'g', 0, '\t', 0, 'E', 0, 0, 0, 0, 0, 0, 0 } },
		{ { 0x80, 0, 2, 0x10, 'O', 't', 'h', 'e', 'r', 0, 0, 0, 0, 0, 0, 0 } },
	};
	struct cdtext *text = cdtext_decode(packs, 3);

	(void)state;
	assert_string_equal(cdtext_get(text, 0, CDTEXT_TITLE), "D");
	assert_string_equal(cdtext_get(text, 1, CDTEXT_TITLE), "Same");
	assert_string_equal(cdtext_get(text, 2, CDTEXT_TITLE), "Same");
	assert_string_equal(cdtext_get(text, 3, CDTEXT_TITLE), "Long");
	assert_string_equal(cdtext_get(text, 4, CDTEXT_TITLE), "Long");
	assert_string_equal(cdtext_get(text, 5, CDTEXT_TITLE), "E");
	cdtext_free(text);
	/* Without the first pack, what begins in the second remains. */
	text = cdtext_decode(packs + 1, 1);
	assert_null(cdtext_get(text, 0, CDTEXT_TITLE));
	assert_null(cdtext_get(text, 3, CDTEXT_TITLE));
	assert_string_equal(cdtext_get(text, 5, CDTEXT_TITLE), "E");
	cdtext_free(text);
	/* A pack with a CRC that is wrong is not there. */
	packs[0].pack[16] = 1;
	text = cdtext_decode(packs, 2);
	assert_null(cdtext_get(text, 1, CDTEXT_TITLE));
	assert_string_equal(cdtext_get(text, 5, CDTEXT_TITLE), "E");
	cdtext_free(text);
	/* Two bytes a character */
	packs[1].pack[3] |= 0x80;
	text = cdtext_decode(packs, 2);
	assert_null(cdtext_get(text, 5, CDTEXT_TITLE));
	cdtext_free(text);
	text = cdtext_decode(NULL, 0);
	assert_null(cdtext_get(text, 0, CDTEXT_TITLE));
	cdtext_free(text);
}

static void whatever_packs(void **state)
{
	struct vcd_cdtext packs[64];
	unsigned int seed = 20270101, round, i, j;

	(void)state;
	for (round = 0; round < 3000; round++) {
		for (i = 0; i < 64; i++) {
			for (j = 0; j < 16; j++)
				packs[i].pack[j] = (uint8_t)(rand_r(&seed) % 3 ? rand_r(&seed) : 0);
			packs[i].pack[0] = (uint8_t)(0x80 | (packs[i].pack[0] & 15));
			packs[i].pack[3] &= 0x0F;
			packs[i].pack[16] = 0;
			packs[i].pack[17] = 0;
		}
		cdtext_free(cdtext_decode(packs, 64));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_pack),
		cmocka_unit_test(size_packs),
		cmocka_unit_test(long_texts_run_on),
		cmocka_unit_test(too_much_is_cut),
		cmocka_unit_test(set_and_forget),
		cmocka_unit_test(packs_by_hand),
		cmocka_unit_test(whatever_packs),
	};

	RUN(tests);
}
