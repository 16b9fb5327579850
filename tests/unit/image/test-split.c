// SPDX-License-Identifier: GPL-2.0-only
/* Images in several files */
#include <unistd.h>

#include "image-test.h"
#include "image.h"
#include "split.h"

static char folder[] = "/tmp/vcd-split-XXXXXX";
static char path[96];

static const char *name_of(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void save(const char *name, const void *data, size_t size)
{
	FILE *file = fopen(name_of(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Write parts of @part bytes, numbered by @format from @first on. */
static unsigned int save_parts(const uint8_t *data, size_t size, size_t part, const char *format, unsigned int first)
{
	unsigned int number = first;
	size_t done;

	for (done = 0; done < size; done += part) {
		char name[32];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(name, sizeof(name), format, number++);
#pragma GCC diagnostic pop
		save(name, data + done, size - done < part ? size - done : part);
	}
	return number - first;
}

static void empty_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -f %s/*", folder);
	assert_int_equal(system(command), 0);
}

static uint8_t *new_filled(void)
{
	uint8_t *disc = new_iso();
	size_t i;

	for (i = 40 * SECTOR_SIZE; i < DISC_SIZE; i++)
		disc[i] = (uint8_t)(i * 7 + i / SECTOR_SIZE);
	return disc;
}

/* The extents cover the disc, lie in their files, and lead to the bytes of @disc. */
static void check_disc(const struct image *image, const uint8_t *disc)
{
	struct reader reader = image_reader(image);
	uint8_t *all = malloc(DISC_SIZE);
	uint32_t i, lba = 0;

	assert_int_equal(image->sectors, DISC_SECTORS);
	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];
		uint64_t size = extent->tail ? extent->tail : form_size(extent->form);

		assert_int_equal(extent->lba, lba);
		assert_true(extent->sectors > 0);
		assert_true(extent->file < image->file_count);
		assert_true(extent->offset + (uint64_t)(extent->sectors - 1) * extent->stride + size <=
			    image->files[extent->file].size);
		lba += extent->sectors;
	}
	assert_int_equal(lba, DISC_SECTORS);
	assert_int_equal(reader_read(&reader, 0, all, DISC_SIZE), 0);
	assert_memory_equal(all, disc, DISC_SIZE);
	free(all);
}

static void open_ok(struct image *image, const char *name)
{
	if (image_open(image, name_of(name), 0))
		fail_msg("%s: %s", name, image->reason);
}

static void open_fails(const char *name, enum image_error error, const char *expected)
{
	struct image image;

	assert_int_equal(image_open(&image, name_of(name), 0), error);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	image_close(&image);
}

static void sizes_of_parts(void **state)
{
	static const size_t sizes[] = { 100 * SECTOR_SIZE, 100000, 60001, 4096, 2900, DISC_SIZE - 1, DISC_SIZE / 2 };
	uint8_t *disc = new_filled();
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned int parts = save_parts(disc, DISC_SIZE, sizes[i], "x.iso.%03u", i % 2);

		if (parts > PARTS_MAX)
			fail();
		open_ok(&image, i % 2 ? "x.iso.001" : "x.iso.000");
		assert_string_equal(image.format->name, "iso");
		assert_int_equal(image.file_count, parts + (sizes[i] % SECTOR_SIZE != 0));
		assert_string_equal(image.path, path);
		assert_int_equal(image.size, DISC_SIZE);
		check_disc(&image, disc);
		image_close(&image);
		empty_folder();
	}
	free(disc);
}

static void names(void **state)
{
	static const struct { const char *format, *first; bool joined; } cases[] = {
		{ "x.%03u", "x.001", true }, { "x.part%u", "x.part1", true }, { "x.PART%02u", "x.PART01", true },
		{ "x.part%03u", "x.part001", true }, { "x.%u", "x.1", false }, { "x%03u", "x001", false },
		{ "x.%04u", "x.0001", false },
	};
	uint8_t *disc = new_filled();
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		save_parts(disc, DISC_SIZE, 50000, cases[i].format, 1);
		open_ok(&image, cases[i].first);
		if (cases[i].joined)
			check_disc(&image, disc);
		else
			assert_int_equal(image.sectors, 25);
		image_close(&image);
		empty_folder();
	}
	free(disc);
}

/* The last part ends within a sector. */
static void tail(void **state)
{
	static const size_t sizes[] = {
		100000, DISC_SIZE - SECTOR_SIZE, DISC_SIZE - SECTOR_SIZE - 1, DISC_SIZE - 1500,
	};
	uint8_t *disc = new_filled();
	struct image image;
	size_t i;

	(void)state;
	memset(disc + DISC_SIZE - 1000, 0, 1000);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		save_parts(disc, DISC_SIZE - 1000, sizes[i], "x.%03u", 1);
		open_ok(&image, "x.001");
		assert_int_equal(image_missing_tail(&image), 1000);
		/* A sector that is cut off lies in one part as well. */
		if (sizes[i] % SECTOR_SIZE == 0)
			assert_int_equal(image.file_count, 2);
		check_disc(&image, disc);
		image_close(&image);
		empty_folder();
	}
	free(disc);
}

/* Raw sectors with a sub-channel: both are cut. */
static void raw(void **state)
{
	uint8_t *disc = new_filled(), *dump = calloc(DISC_SECTORS, 2448);
	static const uint8_t q[12] = { 0x41, 1, 1, 0, 0, 0x16, 0, 0, 2, 0x16 };
	uint32_t i, bit, crc = 0, covered = 0;
	struct image image;

	(void)state;
	for (bit = 0; bit < 96; bit++) {
		crc = crc << 1 | (bit < 80 ? (uint32_t)q[bit / 8] >> (7 - bit % 8) & 1 : 0);
		if (crc & 0x10000)
			crc ^= 0x11021;
	}
	for (i = 0; i < DISC_SECTORS; i++) {
		uint8_t *p = dump + i * 2448;

		memset(p + 1, 0xFF, 10);
		p[13] = 2;
		p[15] = 1;
		memcpy(p + 16, sector(disc, i), SECTOR_SIZE);
		memcpy(p + 2352 + 12, q, sizeof(q));
		put_be16(p + 2352 + 22, ~crc & 0xFFFF);
	}
	save_parts(dump, (size_t)DISC_SECTORS * 2448, 2448 * 10 + 2400, "x.bin.%03u", 1);
	open_ok(&image, "x.bin.001");
	assert_string_equal(image.format->name, "raw");
	check_disc(&image, disc);
	for (i = 0; i < image.subchannel_count; i++) {
		const struct vcd_extent *run = &image.subchannels[i];
		uint32_t j;

		assert_int_equal(run->lba, covered);
		covered += run->sectors;
		for (j = 0; j < run->sectors; j++) {
			const struct image_file *file = &image.files[run->file];
			struct reader reader = reader_from_fd(&file->source, file->size);
			uint8_t sub[96];

			assert_int_equal(reader_read(&reader, run->offset + (uint64_t)j * run->stride, sub, 96), 0);
			assert_memory_equal(sub + 12, q, 10);
		}
	}
	assert_int_equal(covered, DISC_SECTORS);
	image_close(&image);
	empty_folder();
	free(dump);
	free(disc);
}

static void later_parts(void **state)
{
	uint8_t *disc = new_filled();
	struct image image;

	(void)state;
	save_parts(disc, DISC_SIZE, 100000, "x.iso.%03u", 1);
	open_fails("x.iso.002", IMAGE_NOT_AN_IMAGE, "attach the first part, ");
	open_fails("x.iso.003", IMAGE_NOT_AN_IMAGE, "x.iso.001");
	unlink(name_of("x.iso.003"));
	open_fails("x.iso.001", IMAGE_NOT_AN_IMAGE, "x.iso.003 is needed");
	unlink(name_of("x.iso.001"));
	open_fails("x.iso.002", IMAGE_NOT_AN_IMAGE, "is not a disc image");
	empty_folder();
	save_parts(disc, DISC_SIZE, 100000, "x.%03u", 0);
	open_fails("x.001", IMAGE_NOT_AN_IMAGE, "x.000");
	save("x.002", "", 0);
	open_fails("x.000", IMAGE_NOT_AN_IMAGE, "x.002 is empty");
	empty_folder();
	/* Numbered discs are no parts, nor are parts that the volume does not need. */
	save("disc.001", disc, DISC_SIZE);
	save("disc.002", disc, DISC_SIZE);
	save("y.part1", disc, DISC_SIZE);
	save("y.part2", "other", 5);
	open_ok(&image, "disc.001");
	assert_int_equal(image.file_count, 1);
	check_disc(&image, disc);
	image_close(&image);
	open_ok(&image, "disc.002");
	image_close(&image);
	open_ok(&image, "y.part1");
	assert_int_equal(image.file_count, 1);
	image_close(&image);
	empty_folder();
	free(disc);
}

static void too_many(void **state)
{
	uint8_t *disc = new_filled();
	struct image image;
	unsigned int parts;

	(void)state;
	parts = save_parts(disc, DISC_SIZE, DISC_SIZE / PARTS_MAX + 1, "x.%03u", 1);
	assert_int_equal(parts, PARTS_MAX);
	open_ok(&image, "x.001");
	check_disc(&image, disc);
	image_close(&image);
	save("x.251", "x", 1);
	open_fails("x.001", IMAGE_NOT_AN_IMAGE, "more than 250 parts");
	empty_folder();
	free(disc);
}

static void not_with_raw(void **state)
{
	uint8_t *disc = new_filled();
	struct image image;

	(void)state;
	save_parts(disc, DISC_SIZE, 100000, "x.%03u", 1);
	assert_int_equal(image_open(&image, name_of("x.001"), IMAGE_RAW), IMAGE_OK);
	assert_int_equal(image.file_count, 1);
	image_close(&image);
	assert_int_equal(image_open(&image, name_of("x.002"), IMAGE_RAW), IMAGE_OK);
	image_close(&image);
	empty_folder();
	free(disc);
}

static void clean_up(void)
{
	rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_of_parts),
		cmocka_unit_test(names),
		cmocka_unit_test(tail),
		cmocka_unit_test(raw),
		cmocka_unit_test(later_parts),
		cmocka_unit_test(too_many),
		cmocka_unit_test(not_with_raw),
	};

	if (!mkdtemp(folder))
		return 1;
	atexit(clean_up);
	RUN(tests);
}
