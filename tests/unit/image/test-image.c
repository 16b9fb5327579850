// SPDX-License-Identifier: GPL-2.0-only
/* Which files are taken, what they become, and what is said about the others */
#include <errno.h>
#include <unistd.h>

#include "image-test.h"
#include "image.h"

static char path[64];

static void write_file(const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void plain(void **state)
{
	uint8_t *disc = new_iso();
	struct image image;

	(void)state;
	write_file(disc, DISC_SIZE);
	assert_int_equal(image_open(&image, path, 0), IMAGE_OK);
	assert_string_equal(image.format->name, "iso");
	assert_string_equal(image.path, path);
	assert_int_equal(image.sectors, DISC_SECTORS);
	assert_int_equal(image.file_count, 1);
	assert_int_equal(image.extent_count, 1);
	assert_int_equal(image.extents[0].sectors, DISC_SECTORS);
	assert_int_equal(image.extents[0].tail, 0);
	assert_int_equal(image.track_count, 1);
	assert_int_equal(image.tracks[0].sectors, DISC_SECTORS);
	assert_int_equal(image_sessions(&image), 1);
	assert_int_equal(image_missing_tail(&image), 0);
	assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
	assert_string_equal(content_label(&image.content), "A_VOLUME");
	image_close(&image);
	free(disc);
}

static void tail(void **state)
{
	uint8_t *disc = new_iso(), buf[SECTOR_SIZE];
	struct image image;
	struct reader reader;

	(void)state;
	memset(disc + DISC_SIZE - SECTOR_SIZE, 'x', SECTOR_SIZE);
	write_file(disc, DISC_SIZE - 1000);
	assert_int_equal(image_open(&image, path, 0), IMAGE_OK);
	assert_int_equal(image.sectors, DISC_SECTORS);
	assert_int_equal(image.extents[0].tail, 1048);
	assert_int_equal(image_missing_tail(&image), 1000);
	reader = image_reader(&image);
	assert_int_equal(reader_read_sector(&reader, DISC_SECTORS - 1, buf), 0);
	assert_int_equal(buf[1047], 'x');
	assert_int_equal(buf[1048], 0);
	assert_int_equal(buf[2047], 0);
	assert_int_equal(reader_read(&reader, DISC_SIZE - 2, buf, 2), 0);
	assert_int_equal(reader_read(&reader, DISC_SIZE - 2, buf, 3), -ENODATA);
	assert_int_equal(reader_read_sector(&reader, LBA_PRIMARY, buf), 0);
	assert_memory_equal(buf + 1, "CD001", 5);
	image_close(&image);
	free(disc);
}

static void extents(void **state)
{
	struct vcd_extent parts[] = {
		{ .lba = 0, .sectors = 2, .stride = 2352, .offset = 16 },
		{ .lba = 2, .sectors = 3, .file = VCD_FILE_NONE, .stride = SECTOR_SIZE },
		{ .lba = 5, .sectors = 1, .stride = SECTOR_SIZE, .offset = 5000 },
	};
	uint8_t data[8000], buf[6 * SECTOR_SIZE];
	struct image image;
	struct reader reader;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i / 16 + 1);
	write_file(data, sizeof(data));
	memset(&image, 0, sizeof(image));
	assert_int_equal(image_add_file(&image, path), IMAGE_OK);
	for (i = 0; i < 3; i++)
		assert_int_equal(image_add_extent(&image, &parts[i]), IMAGE_OK);
	image.sectors = 6;
	reader = image_reader(&image);
	assert_int_equal(reader_read(&reader, 0, buf, sizeof(buf)), 0);
	assert_memory_equal(buf, data + 16, SECTOR_SIZE);
	assert_memory_equal(buf + SECTOR_SIZE, data + 16 + 2352, SECTOR_SIZE);
	for (i = 2 * SECTOR_SIZE; i < 5 * SECTOR_SIZE; i++)
		assert_int_equal(buf[i], 0);
	assert_memory_equal(buf + 5 * SECTOR_SIZE, data + 5000, SECTOR_SIZE);
	assert_int_equal(reader_read(&reader, SECTOR_SIZE - 8, buf, 16), 0);
	assert_memory_equal(buf, data + 16 + SECTOR_SIZE - 8, 8);
	assert_memory_equal(buf + 8, data + 16 + 2352, 8);
	image_close(&image);
}

static void udf_is_taken(void **state)
{
	uint8_t *disc = new_udf();
	struct image image;

	(void)state;
	write_file(disc, DISC_SIZE);
	assert_int_equal(image_open(&image, path, 0), IMAGE_OK);
	assert_string_equal(content_label(&image.content), "A Label");
	image_close(&image);
	free(disc);
}

static void files_that_are_none(void **state)
{
	static const struct { const char *path; enum image_error error; const char *reason; } cases[] = {
		{ "/nonexistent/x", IMAGE_CANNOT_OPEN, "No such file" },
		{ "/", IMAGE_CANNOT_OPEN, "directory" },
		{ "/dev/null", IMAGE_CANNOT_OPEN, "neither a regular file" },
	};
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(image_open(&image, cases[i].path, 0), cases[i].error);
		assert_non_null(strstr(image.reason, cases[i].reason));
		image_close(&image);
	}
	write_file("", 0);
	assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "empty"));
	image_close(&image);
}

static void raw(void **state)
{
	struct image image;

	(void)state;
	write_file("anything", 8);
	assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "--raw"));
	image_close(&image);
	assert_int_equal(image_open(&image, path, IMAGE_RAW), IMAGE_OK);
	assert_int_equal(image.sectors, 1);
	assert_int_equal(image_missing_tail(&image), 2040);
	image_close(&image);
}

static void check_foreign(const void *data, size_t size, const char *expected)
{
	struct image image;

	write_file(data, size);
	assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	image_close(&image);
}

static void foreign_by_first_bytes(void **state)
{
	static const struct { const char *bytes; size_t len; const char *expected; } cases[] = {
		{ "\x04\x22\x4d\x18", 4, "lz4" },
		{ "PK\x03\x04", 4, "zip" },
		{ "7z\xbc\xaf\x27\x1c", 6, "7-Zip" },
		{ "QFI\xfb", 4, "qcow2" },
		{ "GBI\0\0\0\0", 7, "GBI" },
		{ "Roxio Image File Format 3.0", 27, "WinOnCD" },
		{ "RIFF\x0c\0\0\0imag", 12, "Easy CD Creator" },
		{ "RIFF\x0c\0\0\0WAVE", 12, "audio or video" },
		{ "\n <!doctype html><title>404", 27, "web page" },
		{ "#\n# X-CD-Roast 0.98 - TOC-File\n", 31, "X-CD-Roast" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t data[5000] = { 0 };

		memcpy(data, cases[i].bytes, cases[i].len);
		check_foreign(data, sizeof(data), cases[i].expected);
		check_foreign(data, cases[i].len, cases[i].expected);
	}
}

static void disk_image(void **state)
{
	uint8_t data[4096] = { [510] = 0x55, [511] = 0xAA };

	(void)state;
	check_foreign(data, sizeof(data), "hard disk or floppy");
}

static void profiles(void **state)
{
	uint32_t profile;
	uint32_t flags = 0;

	(void)state;
	assert_int_equal(profile_for_sectors(1), VCD_PROFILE_CD_ROM);
	assert_int_equal(profile_for_sectors(360000), VCD_PROFILE_CD_ROM);
	assert_int_equal(profile_for_sectors(360001), VCD_PROFILE_DVD_ROM);
	assert_int_equal(profile_for_sectors(4173824), VCD_PROFILE_DVD_ROM);
	assert_int_equal(profile_for_sectors(4173825), VCD_PROFILE_BD_ROM);
	assert_true(profile_from_option("bd", &profile, &flags));
	assert_int_equal(profile, VCD_PROFILE_BD_ROM);
	assert_int_equal(flags, 0);
	assert_true(profile_from_option("dvd-dl", &profile, &flags));
	assert_int_equal(profile, VCD_PROFILE_DVD_ROM);
	assert_int_equal(flags, VCD_ATTACH_DUAL_LAYER);
	assert_false(profile_from_option("hd", &profile, &flags));
	assert_string_equal(profile_name(0x1234), "unknown");
}

static void remove_file(void)
{
	unlink(path);
}

static void expect(const char *name, enum image_error error, const char *expected)
{
	struct image image;

	assert_int_equal(image_open(&image, name, 0), error);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	assert_string_equal(image.path, name);
	image_close(&image);
}

/* File systems that are to be mounted for what is in them. These are none that could be. */
static void compressed_file_systems(void **state)
{
	static const struct { const char *magic, *name; size_t offset; } kinds[] = {
		{ "hsqs", "squashfs", 0 },
		{ "\xE2\xE1\xF5\xE0", "erofs", 1024 },
	};
	uint8_t *disc = new_iso(), data[8192];
	char expected[64], name[80];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		memset(data, 'x', sizeof(data));
		memcpy(data + kinds[i].offset, kinds[i].magic, 4);
		write_file(data, sizeof(data));
		snprintf(expected, sizeof(expected), "is a file system (%s)", kinds[i].name);
		expect(path, IMAGE_CANNOT_OPEN, expected);
		snprintf(name, sizeof(name), "%s#disc.iso", path);
		expect(name, IMAGE_CANNOT_OPEN, expected);
		/* A disc may begin with anything. */
		memcpy(disc + kinds[i].offset, kinds[i].magic, 4);
		write_file(disc, DISC_SIZE);
		expect(path, IMAGE_OK, "");
	}
	write_file(disc, DISC_SIZE);
	expect(name, IMAGE_NOT_AN_IMAGE, "no file system");
	snprintf(name, sizeof(name), "%s.none#disc.iso", path);
	expect(name, IMAGE_CANNOT_OPEN, "cannot be opened: No such file");
	/* A name with this character is a name like others. */
	snprintf(name, sizeof(name), "%s#1", path);
	assert_int_equal(rename(path, name), 0);
	expect(name, IMAGE_OK, "");
	assert_int_equal(rename(name, path), 0);
	free(disc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(tail),
		cmocka_unit_test(extents),
		cmocka_unit_test(udf_is_taken),
		cmocka_unit_test(files_that_are_none),
		cmocka_unit_test(raw),
		cmocka_unit_test(foreign_by_first_bytes),
		cmocka_unit_test(compressed_file_systems),
		cmocka_unit_test(disk_image),
		cmocka_unit_test(profiles),
	};
	int fd;

	snprintf(path, sizeof(path), "/tmp/vcd-image-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	atexit(remove_file);
	RUN(tests);
}
