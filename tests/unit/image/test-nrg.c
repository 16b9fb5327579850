// SPDX-License-Identifier: GPL-2.0-only
/* Nero images, built byte by byte: tracks at once and one by one, versions 1 and 2, sessions, sub-channels, damage */
#include <unistd.h>

#include "image-test.h"
#include "image.h"

static char path[64];

/**
 * struct builder - an image under construction
 * @data: its bytes
 * @size: their number
 * @wide: version 2
 * @chunk: where the size of the chunk that is being written stands
 */
struct builder {
	uint8_t data[4 << 20];
	size_t size;
	bool wide;
	size_t chunk;
};

static struct builder b;

static void start(bool wide)
{
	b.size = 0;
	b.wide = wide;
}

static void bytes(const void *data, size_t len)
{
	assert_true(b.size + len <= sizeof(b.data));
	memcpy(b.data + b.size, data, len);
	b.size += len;
}

static void u8(unsigned int value)
{
	uint8_t byte = (uint8_t)value;

	bytes(&byte, 1);
}

static void u16(unsigned int value)
{
	u8(value >> 8);
	u8(value & 0xFF);
}

static void u32(uint32_t value)
{
	u16(value >> 16);
	u16(value & 0xFFFF);
}

static void u64(uint64_t value)
{
	u32((uint32_t)(value >> 32));
	u32((uint32_t)value);
}

/* An offset or size: 32 bits in version 1, 64 in version 2 */
static void number(uint64_t value)
{
	if (b.wide)
		u64(value);
	else
		u32((uint32_t)value);
}

/* Sectors, each filled with a byte of its own: the lowest byte of its number, counted from @first. */
static size_t sectors(unsigned int first, unsigned int count, unsigned int size)
{
	size_t at = b.size;

	for (; count; count--, first++) {
		assert_true(b.size + size <= sizeof(b.data));
		memset(b.data + b.size, (int)(first & 0xFF), size);
		b.size += size;
	}
	return at;
}

static void begin(const char *id)
{
	bytes(id, 4);
	b.chunk = b.size;
	u32(0);
}

static void end(void)
{
	put_be32(b.data + b.chunk, (uint32_t)(b.size - b.chunk - 4));
}

static void cue(unsigned int control, unsigned int track, unsigned int index, uint32_t address)
{
	u8(control << 4 | 1);
	u8(track);
	u8(index);
	u8(0);
	u32(address);
}

static void dao_header(const char *mcn, unsigned int first, unsigned int last)
{
	char field[13] = { 0 };

	memcpy(field, mcn, strlen(mcn));
	begin(b.wide ? "DAOX" : "DAOI");
	u32(0);
	bytes(field, 13);
	u8(0);
	u16(0);
	u8(first);
	u8(last);
}

static void dao(const char *isrc, unsigned int size, unsigned int code, uint64_t pregap, uint64_t index1, uint64_t stop)
{
	char field[12] = { 0 };

	memcpy(field, isrc, strlen(isrc));
	bytes(field, 12);
	u16(size);
	u8(code);
	u8(0);
	u16(1);
	number(pregap);
	number(index1);
	number(stop);
}

static void etn(uint64_t at, uint64_t length, uint32_t code, uint32_t lba)
{
	number(at);
	number(length);
	u32(code);
	u32(lba);
	number(0);
}

static void chunk32(const char *id, uint32_t value)
{
	begin(id);
	u32(value);
	end();
}

static void finish(size_t list)
{
	begin("END!");
	end();
	bytes(b.wide ? "NER5" : "NERO", 4);
	number(list);
}

static void save(size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(b.data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void open_good(struct image *image)
{
	save(b.size);
	if (image_open(image, path, 0))
		fail_msg("%s", image->reason);
	assert_string_equal(image->format->name, "nrg");
}

static void check_track(const struct image *image, uint32_t i, uint32_t lba, uint32_t count, uint32_t pregap,
			unsigned int mode, unsigned int control)
{
	assert_true(i < image->track_count);
	assert_int_equal(image->tracks[i].lba, lba);
	assert_int_equal(image->tracks[i].sectors, count);
	assert_int_equal(image->tracks[i].pregap, pregap);
	assert_int_equal(image->tracks[i].mode, mode);
	assert_int_equal(image->tracks[i].control, control);
}

/* The extent that a sector is in, and where its bytes are */
static const struct vcd_extent *extent_at(const struct image *image, uint32_t lba, uint64_t *offset)
{
	uint32_t i;

	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];

		if (lba < extent->lba || lba - extent->lba >= extent->sectors)
			continue;
		*offset = extent->offset + (uint64_t)(lba - extent->lba) * extent->stride;
		return extent;
	}
	fail_msg("sector %u is nowhere", lba);
	return NULL;
}

/* The first byte that the file has for a sector */
static unsigned int byte_of(const struct image *image, uint32_t lba)
{
	uint64_t offset;
	const struct vcd_extent *extent = extent_at(image, lba, &offset);

	assert_int_equal(extent->file, 0);
	return b.data[offset];
}

static void check_silent(const struct image *image, uint32_t lba)
{
	uint64_t offset;

	assert_int_equal(extent_at(image, lba, &offset)->file, VCD_FILE_NONE);
}

/* Extents cover the disc without a gap, and each is of one mode. */
static void check_cover(const struct image *image)
{
	uint32_t i, lba = 0;

	for (i = 0; i < image->extent_count; i++) {
		assert_int_equal(image->extents[i].lba, lba);
		lba += image->extents[i].sectors;
		assert_int_equal(image_mode_at(image, image->extents[i].lba), image_mode_at(image, lba - 1));
	}
	assert_int_equal(lba, image->sectors);
}

/* A data track with the pregap of two seconds, an audio track with one of ten sectors */
static void build_mixed(bool wide)
{
	size_t data, audio, list;

	start(wide);
	data = sectors(0, 150 + 100, 2048);
	memset(b.data + data + 150 * 2048, 0xD0, 2048);
	audio = sectors(50, 10 + 60, 2352);
	list = b.size;
	begin(wide ? "CUEX" : "CUES");
	cue(4, 0, 0, wide ? (uint32_t)-150 : 0);
	cue(4, 1, 0, wide ? (uint32_t)-150 : 0);
	cue(4, 1, 1, wide ? 0 : 0x000200);
	cue(2, 2, 0, wide ? 100 : 0x000319);
	cue(2, 2, 1, wide ? 110 : 0x000323);
	cue(2, 2, 2, wide ? 130 : 0x000337);
	cue(2, 2, 3, wide ? 169 : 0x000413);
	cue(2, 0xAA, 1, wide ? 170 : 0x000414);
	end();
	dao_header("1234567890123", 1, 2);
	dao("", 2048, 0, data, data + 150 * 2048, data + 250 * 2048);
	dao("DEXXX9800001", 2352, 7, audio, audio + 10 * 2352, audio + 70 * 2352);
	end();
	chunk32("SINF", 2);
	chunk32("MTYP", 1);
	finish(list);
}

static void check_mixed(void)
{
	struct image image;
	uint32_t i;

	open_good(&image);
	assert_int_equal(image.sectors, 170);
	assert_int_equal(image.track_count, 2);
	check_track(&image, 0, 0, 110, 0, VCD_MODE_DATA, 4);
	check_track(&image, 1, 110, 60, 10, VCD_MODE_AUDIO, 2);
	assert_memory_equal(image.tracks[1].isrc, "DEXXX9800001", 12);
	assert_int_equal(image.tracks[0].isrc[0], 0);
	assert_string_equal(image.mcn, "1234567890123");
	assert_int_equal(image.index_count, 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(image.indices[i].track, 2);
		assert_int_equal(image.indices[i].index, 2 + i);
		assert_int_equal(image.indices[i].lba, i ? 169 : 130);
	}
	assert_int_equal(byte_of(&image, 0), 0xD0);
	assert_int_equal(byte_of(&image, 1), 151);
	assert_int_equal(byte_of(&image, 99), 249);
	assert_int_equal(byte_of(&image, 100), 50);
	assert_int_equal(byte_of(&image, 169), 119);
	assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
	assert_int_equal(image_sessions(&image), 1);
	check_cover(&image);
	image_close(&image);
}

static void mixed(void **state)
{
	(void)state;
	build_mixed(true);
	check_mixed();
	build_mixed(false);
	check_mixed();
}

/* What an ISO 9660 volume says in an image whose track begins behind a stored pregap */
static void volume(void **state)
{
	uint8_t *disc = new_iso(), buf[SECTOR_SIZE];
	struct reader reader;
	struct image image;
	size_t at, list;

	(void)state;
	start(true);
	sectors(0, 150, 2048);
	at = b.size;
	bytes(disc, DISC_SIZE);
	list = b.size;
	dao_header("", 1, 1);
	dao("", 2048, 0, 0, at, at + DISC_SIZE);
	end();
	finish(list);
	open_good(&image);
	assert_int_equal(image.sectors, DISC_SECTORS);
	assert_string_equal(content_label(&image.content), "A_VOLUME");
	reader = image_reader(&image);
	assert_int_equal(reader_read_sector(&reader, LBA_PRIMARY, buf), 0);
	assert_memory_equal(buf, sector(disc, LBA_PRIMARY), SECTOR_SIZE);
	image_close(&image);
	free(disc);
}

static const struct {
	unsigned int code;
	unsigned int size;
	unsigned int mode;
	unsigned int form;
} modes[] = {
	{ 0x00, 2048, VCD_MODE_DATA, VCD_FORM_USER_2048 },
	{ 0x02, 2048, VCD_MODE_MODE2, VCD_FORM_USER_2048 },
	{ 0x02, 2336, VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
	{ 0x03, 2336, VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
	{ 0x05, 2352, VCD_MODE_DATA, VCD_FORM_RAW_2352 },
	{ 0x06, 2352, VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
	{ 0x07, 2352, VCD_MODE_AUDIO, VCD_FORM_RAW_2352 },
	{ 0x0F, 2448, VCD_MODE_DATA, VCD_FORM_RAW_2352 },
	{ 0x10, 2448, VCD_MODE_AUDIO, VCD_FORM_RAW_2352 },
	{ 0x11, 2448, VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
};

static void forms(void **state)
{
	struct image image;
	size_t i, at, list;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		unsigned int size = modes[i].size;

		start(true);
		sectors(200, 2, 2048);
		at = sectors(0, 20, size);
		list = b.size;
		dao_header("0000000000000", 1, 1);
		dao("", size, modes[i].code, at, at, at + 20 * size);
		end();
		finish(list);
		open_good(&image);
		assert_int_equal(image.sectors, 20);
		assert_string_equal(image.mcn, "");
		check_track(&image, 0, 0, 20, 0, modes[i].mode, modes[i].mode == VCD_MODE_AUDIO ? 0 : 4);
		assert_int_equal(image.extent_count, 1);
		assert_int_equal(image.extents[0].form, modes[i].form);
		assert_int_equal(image.extents[0].stride, size);
		assert_int_equal(byte_of(&image, 0), 0);
		assert_int_equal(byte_of(&image, 19), 19);
		assert_int_equal(image.subchannel_count, size == 2448);
		if (size == 2448) {
			assert_int_equal(image.subchannels[0].offset, at + 2352);
			assert_int_equal(image.subchannels[0].stride, 2448);
			assert_int_equal(image.subchannels[0].sectors, 20);
			assert_int_equal(image.subchannels[0].lba, 0);
			assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_RAW_96);
		}
		image_close(&image);
	}
}

/* The pregap of the first track may be longer than two seconds: the rest of it can be read. */
static void hidden_track(void **state)
{
	struct image image;
	size_t list;

	(void)state;
	start(true);
	sectors(0, 200 + 30, 2352);
	list = b.size;
	dao_header("", 1, 1);
	dao("", 2352, 7, 0, 200 * 2352, 230 * 2352);
	end();
	finish(list);
	open_good(&image);
	assert_int_equal(image.sectors, 80);
	check_track(&image, 0, 50, 30, 50, VCD_MODE_AUDIO, 0);
	assert_int_equal(byte_of(&image, 0), 150);
	assert_int_equal(byte_of(&image, 50), 200);
	check_cover(&image);
	image_close(&image);
}

/* Addresses as version 2 gives them (0), and as the ways of reading version 1 */
static uint32_t address(int kind, uint32_t lba)
{
	uint32_t m = (lba + 150) / 75 / 60, s = (lba + 150) / 75 % 60, f = (lba + 150) % 75;

	if (kind == 0 || kind == 3)
		return lba;
	if (kind == 2) {
		m = m / 10 << 4 | m % 10;
		s = s / 10 << 4 | s % 10;
		f = f / 10 << 4 | f % 10;
	}
	return m << 16 | s << 8 | f;
}

static void build_sessions(int kind, uint32_t lba)
{
	size_t one, two, list;

	start(kind == 0);
	one = sectors(0, 150 + 40, 2352);
	two = sectors(0, 150 + 30, 2352);
	list = b.size;
	begin(kind ? "CUES" : "CUEX");
	cue(0, 1, 1, address(kind, 0));
	cue(0, 0xAA, 1, address(kind, 40));
	end();
	dao_header("", 1, 1);
	dao("", 2352, 7, one, one + 150 * 2352, one + 190 * 2352);
	end();
	chunk32("SINF", 1);
	if (lba) {
		begin(kind ? "CUES" : "CUEX");
		cue(6, 2, 0, address(kind, lba - 150));
		cue(6, 2, 1, address(kind, lba));
		cue(6, 0xAA, 1, address(kind, lba + 30));
		end();
	}
	dao_header("", 2, 2);
	dao("", 2352, 6, two, two + 150 * 2352, two + 180 * 2352);
	end();
	chunk32("SINF", 1);
	finish(list);
}

static void sessions(void **state)
{
	struct image image;
	int kind;

	(void)state;
	for (kind = 0; kind < 4; kind++) {
		uint32_t lba = 40 + 11400 + 7;

		build_sessions(kind, lba);
		open_good(&image);
		assert_int_equal(image_sessions(&image), 2);
		assert_int_equal(image.tracks[0].session, 1);
		assert_int_equal(image.tracks[1].session, 2);
		assert_int_equal(image.tracks[1].number, 2);
		check_track(&image, 0, 0, lba, 0, VCD_MODE_AUDIO, 0);
		check_track(&image, 1, lba, 30, 150, VCD_MODE_MODE2, 6);
		assert_int_equal(byte_of(&image, 39), 189);
		check_silent(&image, 40);
		check_silent(&image, lba - 151);
		assert_int_equal(byte_of(&image, lba - 150), 0);
		assert_int_equal(byte_of(&image, lba), 150);
		check_cover(&image);
		image_close(&image);
	}
	/* Without an address: the gap of the standard */
	build_sessions(0, 0);
	open_good(&image);
	check_track(&image, 1, 40 + 11400, 30, 0, VCD_MODE_MODE2, 4);
	assert_int_equal(byte_of(&image, 40 + 11400), 150);
	image_close(&image);
}

/* Tracks that were written one by one: two of a session, then one of another */
static void build_tao(bool wide, uint32_t second, uint32_t third, bool ends)
{
	size_t one, two, three, list;

	start(wide);
	one = sectors(0, 20, 2048);
	two = sectors(30, 25, 2352);
	three = sectors(60, 10, 2336);
	list = b.size;
	begin(wide ? "ETN2" : "ETNF");
	etn(one, 20 * 2048, 0, 0);
	etn(two, 25 * 2352, 7, second);
	end();
	if (ends)
		chunk32("SINF", 2);
	begin(wide ? "ETN2" : "ETNF");
	etn(three, 10 * 2336, 3, third);
	end();
	if (ends)
		chunk32("SINF", 1);
	finish(list);
}

static void tao(void **state)
{
	int wide, ends;

	(void)state;
	for (wide = 0; wide < 2; wide++) {
		for (ends = 0; ends < 2; ends++) {
			struct image image;

			build_tao(wide, 20, 45, ends);
			open_good(&image);
			assert_int_equal(image.track_count, 3);
			check_track(&image, 0, 0, 170, 0, VCD_MODE_DATA, 4);
			check_track(&image, 1, 170, 25 + 11400, 150, VCD_MODE_AUDIO, 0);
			check_track(&image, 2, 195 + 11400, 10, 0, VCD_MODE_MODE2, 4);
			assert_int_equal(image.tracks[1].session, 1);
			assert_int_equal(image.tracks[2].session, 2);
			check_silent(&image, 20);
			check_silent(&image, 169);
			assert_int_equal(byte_of(&image, 170), 30);
			assert_int_equal(byte_of(&image, 195 + 11400), 60);
			check_cover(&image);
			image_close(&image);
		}
	}
}

static void tao_addresses(void **state)
{
	struct image image;

	(void)state;
	build_tao(true, 172, 197 + 11400 + 2, true);
	open_good(&image);
	check_track(&image, 1, 172, 25 + 11400 + 2, 150, VCD_MODE_AUDIO, 0);
	check_track(&image, 2, 197 + 11400 + 2, 10, 0, VCD_MODE_MODE2, 4);
	check_cover(&image);
	image_close(&image);
	/* An address that no disc would have is none. */
	build_tao(true, 0xFFFFFFFF, 0x7FFFFFFF, true);
	open_good(&image);
	check_track(&image, 1, 170, 25 + 11400, 150, VCD_MODE_AUDIO, 0);
	image_close(&image);
}

static void cdtext(void **state)
{
	uint8_t packs[40] = { 0x12, 0x34, 0, 0, 0x80, 0, 0, 0, 'T' };
	struct image image;
	size_t list, skip;

	(void)state;
	packs[4 + 18] = 0x8F;
	for (skip = 0; skip <= 4; skip += 4) {
		start(true);
		sectors(0, 20, 2352);
		list = b.size;
		dao_header("", 1, 1);
		dao("", 2352, 7, 0, 0, 20 * 2352);
		end();
		begin("CDTX");
		bytes(packs + 4 - skip, 36 + skip);
		end();
		finish(list);
		open_good(&image);
		assert_int_equal(image.cdtext_count, 2);
		assert_memory_equal(image.cdtext[0].pack, packs + 4, 18);
		assert_int_equal(image.cdtext[1].pack[0], 0x8F);
		image_close(&image);
	}
}

static void media(void **state)
{
	static const struct { uint32_t bits; uint32_t profile; } cases[] = {
		{ 1, VCD_PROFILE_CD_ROM }, { 4, VCD_PROFILE_DVD_ROM }, { 0x40000, VCD_PROFILE_DVD_ROM },
		{ 0x100000, VCD_PROFILE_BD_ROM }, { 0, VCD_PROFILE_CD_ROM },
	};
	struct image image;
	size_t i, list;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(true);
		list = sectors(0, 20, 2048) + 20 * 2048;
		begin("ETN2");
		etn(0, 20 * 2048, 0, 0);
		end();
		chunk32("MTYP", cases[i].bits);
		finish(list);
		open_good(&image);
		assert_int_equal(image_profile(&image), cases[i].profile);
		image_close(&image);
	}
}

static void check_bad(size_t size, const char *expected)
{
	struct image image;

	save(size);
	if (image_open(&image, path, 0) != IMAGE_NOT_AN_IMAGE)
		fail_msg("taken, or another error than '%s': %s", expected, image.reason);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	image_close(&image);
}

/* The record of a single track of 20 sectors of 2352 bytes, each time with other numbers in it */
static void bad_records(void **state)
{
	static const struct {
		unsigned int size, code;
		uint64_t pregap, start, end;
		const char *expected;
	} cases[] = {
		{ 2352, 7, 0, 0, 21 * 2352, "should end at byte" },
		{ 2352, 7, 0, 0, UINT64_MAX - 1000, "should end at byte" },
		{ 2352, 7, 2352, 0, 20 * 2352, "ends before it begins" },
		{ 2352, 7, 0, 3 * 2352, 2 * 2352, "ends before it begins" },
		{ 2352, 7, UINT64_MAX, UINT64_MAX, UINT64_MAX, "should end at byte" },
		{ 2352, 7, 0, 0, 20 * 2352 - 1, "not made of sectors of 2352 bytes" },
		{ 2352, 7, 5, 2352, 20 * 2352, "not made of sectors" },
		{ 2352, 7, 0, 0, 0, "nothing is in the last track" },
		{ 2352, 8, 0, 0, 20 * 2352, "mode that is not known: 08h" },
		{ 2048, 7, 0, 0, 2048, "sectors of 2048 bytes" },
		{ 2336, 0, 0, 0, 2336, "sectors of 2336 bytes" },
		{ 1, 0, 0, 0, 1, "sectors of 1 bytes" },
		{ 65535, 0, 0, 0, 65535, "sectors of 65535 bytes" },
	};
	size_t i, list;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(true);
		sectors(0, 20, 2352);
		list = b.size;
		dao_header("", 1, 1);
		dao("", cases[i].size, cases[i].code, cases[i].pregap, cases[i].start, cases[i].end);
		end();
		finish(list);
		check_bad(b.size, cases[i].expected);
	}
}

static void bad_chunks(void **state)
{
	struct image image;
	size_t list;
	int i;

	(void)state;
	build_mixed(true);
	list = 250 * 2048 + 70 * 2352;
	put_be32(b.data + list + 4, 0xFFFFFFF0);
	check_bad(b.size, "more than there are");
	build_mixed(true);
	/* Overwrite the place of the list: behind the end of the file it is no Nero image. */
	memset(b.data + b.size - 8, 0xFF, 8);
	check_bad(b.size, "not a disc image");
	build_mixed(true);
	b.size -= 12;
	check_bad(b.size, "not a disc image");
	/* A list without tracks */
	start(true);
	list = sectors(0, 2, 2048) + 2 * 2048;
	finish(list);
	check_bad(b.size, "has no tracks");
	/* Lists whose chunks are too short for what they should have */
	start(true);
	sectors(0, 2, 2048);
	dao_header("", 1, 1);
	end();
	finish(2 * 2048);
	check_bad(b.size, "is too short");
	start(false);
	sectors(0, 2, 2048);
	chunk32("ETNF", 0);
	finish(2 * 2048);
	check_bad(b.size, "is too short");
	/* More chunks than any image has */
	start(true);
	sectors(0, 2, 2048);
	for (i = 0; i < 2000; i++)
		chunk32("SINF", 1);
	finish(2 * 2048);
	check_bad(b.size, "does not end");
	/* A hundred tracks */
	start(true);
	sectors(0, 100, 2048);
	begin("ETN2");
	for (i = 0; i < 100; i++)
		etn((uint64_t)i * 2048, 2048, 0, 0);
	end();
	finish(100 * 2048);
	check_bad(b.size, "more than 99 tracks");
	/* Without the end chunk the list ends with the file. */
	start(true);
	sectors(0, 2, 2048);
	begin("ETN2");
	etn(0, 4096, 0, 0);
	end();
	bytes("NER5", 4);
	u64(2 * 2048);
	open_good(&image);
	image_close(&image);
}

static void bad_sessions(void **state)
{
	(void)state;
	build_sessions(0, 100);
	check_bad(b.size, "the session before it ends at sector 40");
	build_sessions(0, 0xFFFFFF00);
	check_bad(b.size, "more than fit on a CD");
	build_sessions(0, 500000);
	check_bad(b.size, "more than fit on a CD");
}

/* The name decides when the mark is missing, and then it is the mark that is missed. */
static void by_suffix(void **state)
{
	char name[80];
	struct image image;

	(void)state;
	build_mixed(true);
	save(b.size / 2);
	snprintf(name, sizeof(name), "%s.NRG", path);
	assert_int_equal(rename(path, name), 0);
	assert_int_equal(image_open(&image, name, 0), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "NERO or NER5"));
	image_close(&image);
	assert_int_equal(rename(name, path), 0);
}

/* What was taken adds up: extents cover the disc and lie in the file. */
static void check_sound(const struct image *image)
{
	uint32_t i;

	check_cover(image);
	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];

		if (extent->file != VCD_FILE_NONE)
			assert_true(extent->offset + (uint64_t)(extent->sectors - 1) * extent->stride +
				    form_size(extent->form) <= image->files[0].size);
	}
	assert_true(image->track_count >= 1 && image->track_count <= 99);
}

/* The images whose lists of chunks are changed at random */
static void build_any(unsigned int which)
{
	switch (which % 3) {
	case 0:
		build_sessions((int)(which / 3 % 4), 11447);
		break;
	case 1:
		build_tao(which & 1, 172, 197 + 11400 + 2, true);
		break;
	default:
		start(which & 1);
		sectors(0, 16, 2352);
		dao_header("1234567890123", 1, 2);
		dao("", 2352, 7, 0, 0, 4 * 2352);
		dao("", 2352, 5, 4 * 2352, 5 * 2352, 9 * 2352);
		end();
		begin("CDTX");
		bytes("\x80\0\0\0Title       \0\0", 18);
		end();
		finish(16 * 2352);
	}
}

/* Write only the end of the image anew: the rest of it is the same each time. */
static void save_list(size_t list, size_t size)
{
	FILE *file = fopen(path, "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, (long)list, SEEK_SET), 0);
	assert_int_equal(fwrite(b.data + list, 1, size - list, file), size - list);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(truncate(path, (off_t)size), 0);
}

static void mutations(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7F, 0x80, 0xAA, 0xFF };
	unsigned int round, taken = 0;
	uint8_t list[400];

	(void)state;
	for (round = 0; round < 4800; round++) {
		struct image image;
		size_t at, changes;

		if (round % 200 == 0) {
			build_any(round / 200);
			save(b.size);
			memcpy(list, b.data + b.size - sizeof(list), sizeof(list));
		}
		at = b.size - sizeof(list);
		memcpy(b.data + at, list, sizeof(list));
		for (changes = 1 + any(6); changes; changes--)
			b.data[at + any(sizeof(list))] = any(2) ? values[any(sizeof(values))] : (uint8_t)any(256);
		save_list(at, any(8) ? b.size : b.size - any(300));
		if (!image_open(&image, path, 0)) {
			taken++;
			if (!strcmp(image.format->name, "nrg"))
				check_sound(&image);
		} else {
			assert_true(image.reason[0]);
		}
		image_close(&image);
	}
	/* Most changes hit something that matters, and some do not. */
	assert_true(taken > 100 && taken < 4700);
}

static void remove_file(void)
{
	unlink(path);
}

/* An index that is further from index 1 than a pregap is long, in the last track, whose end is not known before all is read */
static void late_index(void **state)
{
	struct image image;
	size_t audio, list;

	(void)state;

	start(true);
	audio = sectors(50, 150 + 400, 2352);
	list = b.size;
	begin("CUEX");
	cue(2, 1, 0, (uint32_t)-150);
	cue(2, 1, 1, 0);
	cue(2, 1, 2, 300);
	cue(2, 0xAA, 1, 400);
	end();
	dao_header("", 1, 1);
	dao("", 2352, 7, audio, audio + 150 * 2352, audio + 550 * 2352);
	end();
	chunk32("SINF", 1);
	chunk32("MTYP", 1);
	finish(list);
	open_good(&image);
	assert_int_equal(image.track_count, 1);
	assert_int_equal(image.index_count, 1);
	assert_int_equal(image.indices[0].index, 2);
	assert_int_equal(image.indices[0].lba, 300);
	image_close(&image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mixed),
		cmocka_unit_test(volume),
		cmocka_unit_test(late_index),
		cmocka_unit_test(forms),
		cmocka_unit_test(hidden_track),
		cmocka_unit_test(sessions),
		cmocka_unit_test(tao),
		cmocka_unit_test(tao_addresses),
		cmocka_unit_test(cdtext),
		cmocka_unit_test(media),
		cmocka_unit_test(bad_records),
		cmocka_unit_test(bad_chunks),
		cmocka_unit_test(bad_sessions),
		cmocka_unit_test(by_suffix),
		cmocka_unit_test(mutations),
	};
	int fd;

	snprintf(path, sizeof(path), "/tmp/vcd-nrg-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	atexit(remove_file);
	RUN(tests);
}
