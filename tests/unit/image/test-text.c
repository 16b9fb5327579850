// SPDX-License-Identifier: GPL-2.0-only
#include "image-test.h"
#include "text.h"

static void check_bytes(const char *in, size_t len, const char *expected)
{
	char out[64];

	text_from_bytes(out, sizeof(out), (const uint8_t *)in, len);
	assert_string_equal(out, expected);
}

static void padding_is_dropped(void **state)
{
	(void)state;
	check_bytes("LABEL   ", 8, "LABEL");
	check_bytes("A  B    ", 8, "A  B");
	check_bytes("        ", 8, "");
	check_bytes("LAB\0EL", 6, "LAB");
	check_bytes("", 0, "");
}

static void utf8_is_kept(void **state)
{
	(void)state;
	check_bytes("Gr\xC3\xBC\xC3\x9F" "e", 8, "Gr\xC3\xBC\xC3\x9F" "e");
	check_bytes("\xF0\x9F\x92\xBF", 4, "\xF0\x9F\x92\xBF");
}

static void other_bytes_are_replaced(void **state)
{
	(void)state;
	check_bytes("Gr\xFC\xDF" "e", 5, "Gr\xEF\xBF\xBD\xEF\xBF\xBD" "e");
	check_bytes("\x1B[31m", 5, "\xEF\xBF\xBD[31m");
	/* Overlong, a surrogate, cut off, beyond the last code point, a mark that turns the line around */
	check_bytes("\xC0\xAF", 2, "\xEF\xBF\xBD\xEF\xBF\xBD");
	check_bytes("\xED\xA0\x80", 3, "\xEF\xBF\xBD");
	check_bytes("\xE2\x82", 2, "\xEF\xBF\xBD\xEF\xBF\xBD");
	check_bytes("\xF4\x90\x80\x80", 4, "\xEF\xBF\xBD");
	check_bytes("\xE2\x80\xAE", 3, "\xEF\xBF\xBD");
}

static void small_buffers_hold_whole_characters(void **state)
{
	char out[4];

	(void)state;
	text_from_bytes(out, sizeof(out), (const uint8_t *)"ab\xC3\xBC", 4);
	assert_string_equal(out, "ab");
	text_from_bytes(out, 1, (const uint8_t *)"ab", 2);
	assert_string_equal(out, "");
	text_from_bytes(out, 0, (const uint8_t *)"ab", 2);
}

static void ucs2(void **state)
{
	char out[64];

	(void)state;
	text_from_ucs2be(out, sizeof(out), (const uint8_t *)"\0J\0\xE9\0 \0\0\0X", 10);
	assert_string_equal(out, "J\xC3\xA9");
	/* A pair, half a pair, half a character */
	text_from_ucs2be(out, sizeof(out), (const uint8_t *)"\xD8\x3D\xDC\xBF", 4);
	assert_string_equal(out, "\xF0\x9F\x92\xBF");
	text_from_ucs2be(out, sizeof(out), (const uint8_t *)"\xD8\x3D", 2);
	assert_string_equal(out, "\xEF\xBF\xBD");
	text_from_ucs2be(out, sizeof(out), (const uint8_t *)"\0A\0", 3);
	assert_string_equal(out, "A");
}

static void dstring(void **state)
{
	uint8_t field[32] = { 8, 'a', 0xFC, [31] = 3 };
	char out[128];

	(void)state;
	text_from_dstring(out, sizeof(out), field, sizeof(field));
	assert_string_equal(out, "a\xC3\xBC");
	/* A length beyond the field is cut; an unknown compression is no name */
	field[31] = 255;
	text_from_dstring(out, sizeof(out), field, sizeof(field));
	assert_string_equal(out, "a\xC3\xBC");
	field[0] = 77;
	text_from_dstring(out, sizeof(out), field, sizeof(field));
	assert_string_equal(out, "");
	field[0] = 16;
	field[1] = 0;
	field[2] = 'Z';
	field[31] = 3;
	text_from_dstring(out, sizeof(out), field, sizeof(field));
	assert_string_equal(out, "Z");
	text_from_dstring(out, sizeof(out), field, 0);
	assert_string_equal(out, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(padding_is_dropped),
		cmocka_unit_test(utf8_is_kept),
		cmocka_unit_test(other_bytes_are_replaced),
		cmocka_unit_test(small_buffers_hold_whole_characters),
		cmocka_unit_test(ucs2),
		cmocka_unit_test(dstring),
	};

	RUN(tests);
}
