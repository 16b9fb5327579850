// SPDX-License-Identifier: GPL-2.0-only
/* Lines of files of checksums, and the checksum in a volume descriptor */
#include "image-test.h"
#include "isomd5.h"
#include "sums.h"

#define MD5	"0123456789abcdef0123456789ABCDEF"
#define SHA1	"0123456789abcdef0123456789abcdef01234567"
#define SHA256	MD5 MD5
#define SHA512	SHA256 SHA256

static void lines(void **state)
{
	static const struct { const char *line; enum checksum_kind kind; const char *name; } cases[] = {
		{ MD5 "  a.iso\n", CHECKSUM_MD5, "a.iso" },
		{ SHA1 " *a.iso\r\n", CHECKSUM_SHA1, "a.iso" },
		{ SHA256 "  ./images/a b.iso", CHECKSUM_SHA256, "./images/a b.iso" },
		{ SHA512 "  a.iso\n", CHECKSUM_SHA512, "a.iso" },
		{ SHA256 "\n", CHECKSUM_SHA256, "" },
		{ SHA256, CHECKSUM_SHA256, "" },
		{ "SHA256 (a (1) = b.iso) = " SHA256 "\n", CHECKSUM_SHA256, "a (1) = b.iso" },
		{ "MD5 (a.iso) = " MD5, CHECKSUM_MD5, "a.iso" },
	};
	static const char *const others[] = {
		"", "\n", "# " SHA256 "  a.iso\n", "-----BEGIN PGP SIGNED MESSAGE-----\n", "Hash: SHA256\n",
		"0123  a.iso\n",
		SHA256 "a  a.iso\n", SHA256 " \n", SHA256 "  \n", SHA256 "\ta.iso\n", "SHA256 (a.iso) = 0123\n",
		"SHA256 (a.iso",
		" (", " () = ",
	};
	struct sums_entry entry;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(sums_parse(cases[i].line, &entry));
		assert_int_equal(entry.kind, cases[i].kind);
		assert_string_equal(entry.name, cases[i].name);
		assert_int_equal(strspn(entry.digits, "0123456789abcdef"), strlen(entry.digits));
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(sums_parse(others[i], &entry));
	assert_true(sums_parse(SHA256 "  ./images/a b.iso", &entry));
	assert_true(sums_is_for(&entry, "/elsewhere/a b.iso"));
	assert_false(sums_is_for(&entry, "b.iso"));
}

static void long_line(void **state)
{
	char *text = malloc(20000);
	struct sums_entry entry;
	FILE *stream;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 20000);
	memcpy(text, SHA256 "  ", 66);
	memcpy(text + 19900, "\n" MD5 "  good\n", 1 + 32 + 7);
	stream = fmemopen(text, 19940, "r");
	assert_non_null(stream);
	assert_true(sums_next(stream, &entry));
	assert_string_equal(entry.name, "good");
	assert_false(sums_next(stream, &entry));
	fclose(stream);
	free(text);
}

static void embedded(void **state)
{
	static const char area[] = "ISO MD5SUM = " MD5 ";SKIPSECTORS = 15;RHLISOSTATUS=0;";
	uint8_t *disc = new_iso(), *pvd = disc + 16 * SECTOR_SIZE;
	struct reader reader = reader_from_memory(disc, DISC_SIZE);
	struct isomd5 isomd5;

	(void)state;
	assert_int_equal(isomd5_read(&reader, &isomd5), 0);
	assert_string_equal(isomd5.md5, "");
	memcpy(pvd + 883, area, strlen(area));
	put_le32(pvd + 80, 200);
	assert_int_equal(isomd5_read(&reader, &isomd5), 0);
	assert_string_equal(isomd5.md5, "0123456789abcdef0123456789abcdef");
	assert_int_equal(isomd5.bytes, 185 * SECTOR_SIZE);
	put_le32(pvd + 80, 15);
	assert_int_equal(isomd5_read(&reader, &isomd5), 0);
	assert_string_equal(isomd5.md5, "");
	put_le32(pvd + 80, 200);
	pvd[883 + 20] = 'x';
	assert_int_equal(isomd5_read(&reader, &isomd5), 0);
	assert_string_equal(isomd5.md5, "");
	reader.size = 16 * SECTOR_SIZE + 100;
	assert_int_equal(isomd5_read(&reader, &isomd5), 0);
	assert_string_equal(isomd5.md5, "");
	free(disc);
}

static void blanks(void **state)
{
	const uint64_t start = 16 * SECTOR_SIZE + 883;
	uint8_t data[600];

	(void)state;
	memset(data, 'x', sizeof(data));
	isomd5_blank(start - 50, data, sizeof(data));
	assert_int_equal(data[49], 'x');
	assert_int_equal(data[50], ' ');
	assert_int_equal(data[50 + 511], ' ');
	assert_int_equal(data[50 + 512], 'x');
	memset(data, 'x', sizeof(data));
	isomd5_blank(start + 500, data, sizeof(data));
	assert_int_equal(data[11], ' ');
	assert_int_equal(data[12], 'x');
	memset(data, 'x', sizeof(data));
	isomd5_blank(0, data, sizeof(data));
	isomd5_blank(start + 512, data, sizeof(data));
	assert_null(memchr(data, ' ', sizeof(data)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(long_line),
		cmocka_unit_test(embedded),
		cmocka_unit_test(blanks),
	};

	RUN(tests);
}
