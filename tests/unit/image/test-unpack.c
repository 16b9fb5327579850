// SPDX-License-Identifier: GPL-2.0-only
/* Images that are packed into one file: what comes out of them, and what is said about damaged ones */
#include <bzlib.h>
#include <dlfcn.h>
#include <errno.h>
#include <lz4.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zlib.h>

#include "image-test.h"
#include "image.h"
#include "unpack.h"

#define RAW		2352
#define PACKED_MAX	(2 * DISC_SIZE)

static char folder[] = "/tmp/vcd-unpack-XXXXXX";
static char path[96];
static uint8_t *disc;
static uint8_t packed[PACKED_MAX];

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

static size_t load(const char *name, void *data, size_t size)
{
	FILE *file = fopen(name_of(name), "r");
	size_t len;

	assert_non_null(file);
	len = fread(data, 1, size, file);
	assert_true(len < size);
	fclose(file);
	return len;
}

static void shell(const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "cd %s && %s", folder, command);
	assert_int_equal(system(line), 0);
}

/* The image is that of @disc, in one file. */
static void check_disc(struct image *image, const char *name)
{
	struct reader reader = image_reader(image);
	uint8_t *all = malloc(DISC_SIZE);

	assert_int_equal(image->sectors, DISC_SECTORS);
	assert_int_equal(image->file_count, 1);
	assert_string_equal(image->path, name_of(name));
	assert_int_equal(reader_read(&reader, 0, all, DISC_SIZE), 0);
	assert_memory_equal(all, disc, DISC_SIZE);
	free(all);
}

static void open_ok(const char *name)
{
	struct image image;

	if (image_open(&image, name_of(name), 0))
		fail_msg("%s: %s", name, image.reason);
	check_disc(&image, name);
	assert_string_equal(image.format->name, "iso");
	assert_int_equal(image.files[0].size, DISC_SIZE);
	assert_int_equal(image.size, DISC_SIZE);
	image_close(&image);
}

static void open_fails(const char *name, enum image_error error, const char *expected)
{
	struct image image;

	assert_int_equal(image_open(&image, name_of(name), 0), error);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	image_close(&image);
}

/* However the packed file in @packed is cut off, nothing comes out of it. */
static void check_truncations(size_t size)
{
	static const size_t lost[] = { 1, 2, 3, 4, 5, 8, 12, 16, 100, 5000 };
	size_t i;

	for (i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		save("cut", packed, size - lost[i]);
		open_fails("cut", IMAGE_NOT_AN_IMAGE, "cannot be unpacked: ");
	}
	for (i = 6; i < size; i += size / 40 + 1) {
		save("cut", packed, i);
		open_fails("cut", IMAGE_NOT_AN_IMAGE, "");
	}
}

/* Changed bytes: an error or, where there is a checksum, the disc as it was. */
static void check_mutations(size_t size, int rounds, bool has_checksum)
{
	uint8_t *original = malloc(size);
	int refused = 0, i;

	memcpy(original, packed, size);
	for (i = 0; i < rounds; i++) {
		uint32_t changes = 1 + any(3);
		struct image image;

		while (changes--)
			packed[any(any(2) ? (uint32_t)size : 64)] ^= (uint8_t)(1 << any(8));
		save("changed", packed, any(4) ? size : 1 + any((uint32_t)size));
		if (image_open(&image, name_of("changed"), 0)) {
			assert_true(image.reason[0] != '\0');
			refused++;
		} else if (has_checksum) {
			check_disc(&image, "changed");
		}
		image_close(&image);
		memcpy(packed, original, size);
	}
	assert_true(refused > rounds / 4);
	free(original);
}

static void streams(void **state)
{
	static const struct { const char *pack, *name; } cases[] = {
		{ "gzip -c disc.iso", "disc.iso.gz" },
		{ "bzip2 -c disc.iso", "disc.iso.bz2" },
		{ "xz -0 -c disc.iso", "disc.iso.xz" },
		{ "zstd -q -c disc.iso", "disc.iso.zst" },
		{ "cat disc.iso | zstd -q --ultra -20 -c", "disc.zst" },
		{ "gzip -1 -c disc.iso", "misnamed.bin" },
		{ "(head -c 300001 disc.iso | gzip -c; tail -c +300002 disc.iso | gzip -c)", "two.gz" },
		{ "(head -c 300001 disc.iso | bzip2 -c; tail -c +300002 disc.iso | bzip2 -c)", "two.bz2" },
		{ "(head -c 300001 disc.iso | xz -0c; tail -c +300002 disc.iso | xz -0c)", "two.xz" },
		{ "(head -c 300001 disc.iso | zstd -qc; tail -c +300002 disc.iso | zstd -qc)", "two.zst" },
		{ "(gzip -c disc.iso; head -c 1000 /dev/zero)", "padded.gz" },
	};
	char command[200];
	size_t i;

	(void)state;
	save("disc.iso", disc, DISC_SIZE);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(command, sizeof(command), "%s > %s", cases[i].pack, cases[i].name);
		shell(command);
		open_ok(cases[i].name);
	}
}

static void damaged_streams(void **state)
{
	static const char *const packs[] = { "gzip", "bzip2", "xz -0", "zstd -q" };
	char command[64];
	size_t i, size;

	(void)state;
	save("disc.iso", disc, DISC_SIZE);
	for (i = 0; i < sizeof(packs) / sizeof(packs[0]); i++) {
		snprintf(command, sizeof(command), "%s -c disc.iso > packed", packs[i]);
		shell(command);
		size = load("packed", packed, sizeof(packed));
		check_truncations(size);
		check_mutations(size, 60, true);
	}
	/* Nothing but the mark */
	save("cut", "\x1f\x8b\x08", 3);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "it is cut off");
	save("cut", "BZh", 3);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "it is cut off");
	save("cut", "BZhXXXXXXXXX", 12);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "damaged");
	shell("gzip -c < /dev/null > cut");
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "nothing is in it");
	shell("echo some text | gzip -c > cut");
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "is not a disc image");
}

static int reports;
static uint64_t last_done, last_total;

static void count_reports(const char *what, uint64_t done, uint64_t total)
{
	assert_string_equal(what, "unpacking");
	reports++;
	last_done = done;
	last_total = total;
}

static void options(void **state)
{
	struct image_options opts = { .cache_dir = folder, .progress = count_reports };
	struct image image;

	(void)state;
	save("disc.iso", disc, DISC_SIZE);
	shell("gzip -c disc.iso > disc.gz");
	assert_int_equal(image_open_with(&image, name_of("disc.gz"), &opts), IMAGE_OK);
	image_close(&image);
	assert_true(reports > 0);
	assert_true(last_total > 0);
	assert_int_equal(last_done, last_total);
	opts.cache_dir = "/nonexistent";
	assert_int_equal(image_open_with(&image, name_of("disc.gz"), &opts), IMAGE_CANNOT_OPEN);
	assert_non_null(strstr(image.reason, "/nonexistent"));
	image_close(&image);
	/* --raw does not look at what is in the file. */
	opts = (struct image_options){ .flags = IMAGE_RAW };
	assert_int_equal(image_open_with(&image, name_of("disc.gz"), &opts), IMAGE_OK);
	assert_true(image.sectors < DISC_SECTORS);
	image_close(&image);
}

static void limit(void **state)
{
	uint64_t limit_before = unpack_limit;
	static const char *const packs[] = { "gzip", "bzip2", "xz -0", "zstd -q" };
	char command[64];
	size_t i;

	(void)state;
	save("disc.iso", disc, DISC_SIZE);
	for (i = 0; i < sizeof(packs) / sizeof(packs[0]); i++) {
		snprintf(command, sizeof(command), "cat disc.iso | %s -c > packed", packs[i]);
		shell(command);
		unpack_limit = DISC_SIZE;
		open_ok("packed");
		unpack_limit = DISC_SIZE - 1;
		open_fails("packed", IMAGE_NOT_AN_IMAGE, "more than 614399 bytes");
	}
	unpack_limit = limit_before;
}

static uint64_t room_left = UINT64_MAX;	/* bytes of the file system that temporary files go to; that many: as it is */
static bool room_is_told;

int fstatvfs(int fd, struct statvfs *fs)
{
	int (*real)(int, struct statvfs *) = (int (*)(int, struct statvfs *))dlsym(RTLD_NEXT, "fstatvfs64");
	int ret = real(fd, fs);

	if (room_left != UINT64_MAX && room_is_told)
		fs->f_bavail = room_left / fs->f_frsize;
	return ret;
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t) =
		(ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite64");

	if (room_left != UINT64_MAX && (uint64_t)at + len > room_left) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, buf, len, at);
}

/* Room is looked for before anything is unpacked, as far as the file tells how much it takes. */
static void room(void **state)
{
	static const struct { const char *pack; uint32_t told; } cases[] = {
		{ "gzip -c disc.iso", DISC_SIZE },
		{ "xz -0 -c disc.iso", DISC_SIZE },
		{ "(head -c 300001 disc.iso | xz -0c; head -c 8 /dev/zero; tail -c +300002 disc.iso | xz -0c)", DISC_SIZE },
		{ "zstd -q -c disc.iso", DISC_SIZE },
		/* These are known to hold hardly less than they take. */
		{ "bzip2 -c disc.iso", 0 },
		{ "cat disc.iso | zstd -q -c", 0 },
	};
	char command[200];
	size_t i, size;

	(void)state;
	save("disc.iso", disc, DISC_SIZE);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(command, sizeof(command), "%s > packed", cases[i].pack);
		shell(command);
		size = load("packed", packed, sizeof(packed));
		room_is_told = true;
		room_left = (cases[i].told ? cases[i].told : size - size / 32) - 4096;
		open_fails("packed", IMAGE_CANNOT_OPEN, "has 0 MiB free, and 1 MiB are needed");
		/* There was room, and then somebody else took it. */
		room_is_told = false;
		open_fails("packed", IMAGE_CANNOT_OPEN, "the room for temporary files is used up");
		room_is_told = true;
		room_left = DISC_SIZE + 4096;
		open_ok("packed");
		room_left = UINT64_MAX;
	}
}

/* A raw dump, and parts of a compressed file */
static void what_comes_out(void **state)
{
	uint8_t *dump = calloc(DISC_SECTORS, RAW);
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < DISC_SECTORS; i++) {
		uint8_t *p = dump + i * RAW;

		memset(p + 1, 0xFF, 10);
		p[13] = 2;
		p[15] = 1;
		memcpy(p + 16, disc + i * SECTOR_SIZE, SECTOR_SIZE);
	}
	save("dump.bin", dump, (size_t)DISC_SECTORS * RAW);
	shell("gzip -c dump.bin > dump.bin.gz");
	assert_int_equal(image_open(&image, name_of("dump.bin.gz"), 0), IMAGE_OK);
	assert_string_equal(image.format->name, "raw");
	check_disc(&image, "dump.bin.gz");
	image_close(&image);
	save("disc.iso", disc, DISC_SIZE);
	shell("gzip -c disc.iso | split -b 50000 -d -a 3 --numeric-suffixes=1 - disc.gz.");
	open_ok("disc.gz.001");
	free(dump);
}

/* Raw deflate of a block; its length */
static size_t deflate_block(const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	z_stream z = {
		.next_in = (Bytef *)(uintptr_t)from,
		.avail_in = (uInt)len,
		.next_out = to,
		.avail_out = (uInt)size,
	};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

enum cso_kind { CSO_1, CSO_2, ZSO };

static size_t pack_cso(enum cso_kind kind, size_t block_size, unsigned int align)
{
	size_t blocks = (DISC_SIZE + block_size - 1) / block_size, at = 24 + (blocks + 1) * 4, i;

	memset(packed, 0, sizeof(packed));
	put_text(packed, kind == ZSO ? "ZISO" : "CISO");
	put_le32(packed + 4, 24);
	put_le32(packed + 8, DISC_SIZE);
	put_le32(packed + 16, (uint32_t)block_size);
	packed[20] = kind == CSO_2 ? 2 : 1;
	packed[21] = (uint8_t)align;
	for (i = 0; i < blocks; i++) {
		size_t left = DISC_SIZE - i * block_size, len = left < block_size ? left : block_size, n;
		const uint8_t *from = disc + i * block_size;
		bool lz4 = kind == ZSO || (kind == CSO_2 && i % 2);
		uint8_t buf[40000];
		uint32_t flag = 0;

		at = (at + (1U << align) - 1) >> align << align;
		n = lz4 ? (size_t)LZ4_compress_default((const char *)from, (char *)buf, (int)len, sizeof(buf)) :
			  deflate_block(from, len, buf, sizeof(buf));
		if (n + (1U << align) > block_size) {
			memcpy(buf, from, len);
			n = len;
			flag = kind == CSO_2 ? 0 : 0x80000000U;
		} else if (kind == CSO_2 && lz4) {
			flag = 0x80000000U;
		}
		put_le32(packed + 24 + i * 4, (uint32_t)(at >> align) | flag);
		memcpy(packed + at, buf, n);
		at += n;
	}
	at = (at + (1U << align) - 1) >> align << align;
	put_le32(packed + 24 + blocks * 4, (uint32_t)(at >> align));
	return at;
}

static void cso(void **state)
{
	static const struct { enum cso_kind kind; size_t block_size; unsigned int align; } cases[] = {
		{ CSO_1, 2048, 0 }, { CSO_1, 2048, 3 }, { CSO_1, 16384, 0 }, { CSO_2, 2048, 0 }, { CSO_2, 4096, 2 },
		{ ZSO, 2048, 0 }, { ZSO, 2048, 4 }, { ZSO, 32768, 0 },
	};
	size_t i, size;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size = pack_cso(cases[i].kind, cases[i].block_size, cases[i].align);
		save("disc.cso", packed, size);
		open_ok("disc.cso");
		save("cut", packed, size - 3000);
		open_fails("cut", IMAGE_NOT_AN_IMAGE, "cannot be unpacked: ");
		save("cut", packed, 1000);
		open_fails("cut", IMAGE_NOT_AN_IMAGE, "cannot be unpacked: ");
		check_mutations(size, 60, false);
	}
}

static void broken_cso(void **state)
{
	static const struct { size_t at; uint32_t value; const char *expected; } cases[] = {
		{ 8, 0, "header" }, { 8, 2 * DISC_SIZE, "table" }, { 12, 0x7FFFFFFF, "which no disc has" },
		{ 16, 0, "header" }, { 16, 256, "header" }, { 16, 2049, "header" }, { 16, 0x40000000, "header" },
		{ 16, 0xFFFFFFFF, "header" }, { 20, 3, "version" }, { 20, 0x1101, "header" }, { 28, 5, "table" },
		{ 24, 0x7FFFFFFF, "table" }, { 24, 24, "table" }, { 40, 0x7FFFFFFF, "damaged" },
	};
	size_t size = pack_cso(CSO_1, 2048, 0), i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t old[4];

		memcpy(old, packed + cases[i].at, 4);
		put_le32(packed + cases[i].at, cases[i].value);
		save("broken", packed, size);
		open_fails("broken", IMAGE_NOT_AN_IMAGE, cases[i].expected);
		memcpy(packed + cases[i].at, old, 4);
	}
	for (i = 4; i < 24; i++) {
		save("broken", packed, i);
		open_fails("broken", IMAGE_NOT_AN_IMAGE, "cut off");
	}
}

/* The tables of ISZ are disguised by this. */
static void disguise(uint8_t *p, size_t len)
{
	static const uint8_t mask[] = { 0xB6, 0x8C, 0xA5, 0xDE };
	size_t i;

	for (i = 0; i < len; i++)
		p[i] ^= mask[i % 4];
}

static size_t pack_isz(size_t block_size)
{
	size_t blocks = (DISC_SIZE + block_size - 1) / block_size, at = 64 + blocks * 3, i;

	memset(packed, 0, sizeof(packed));
	put_text(packed, "IsZ!");
	packed[4] = 64;
	packed[5] = 1;
	put_le16(packed + 10, SECTOR_SIZE);
	put_le32(packed + 12, DISC_SECTORS);
	put_le32(packed + 25, (uint32_t)blocks);
	put_le32(packed + 29, (uint32_t)block_size);
	packed[33] = 3;
	put_le32(packed + 35, 64);
	put_le32(packed + 43, (uint32_t)at);
	for (i = 0; i < blocks; i++) {
		size_t left = DISC_SIZE - i * block_size, len = left < block_size ? left : block_size;
		uint8_t *from = disc + i * block_size, *entry = packed + 64 + i * 3;
		uLongf n = sizeof(packed) - at;
		unsigned int bz = (unsigned int)n, kind = 1 + i % 3;

		if (!from[0] && !memcmp(from, from + 1, len - 1)) {
			kind = 0;
			n = 0;
		} else if (kind == 1) {
			memcpy(packed + at, from, len);
			n = len;
		} else if (kind == 2) {
			assert_int_equal(compress(packed + at, &n, from, len), Z_OK);
		} else {
			assert_int_equal(BZ2_bzBuffToBuffCompress((char *)packed + at, &bz, (char *)from,
								  (unsigned int)len, 9, 0, 0), BZ_OK);
			memset(packed + at, 0, 3);
			n = bz;
		}
		entry[0] = (uint8_t)n;
		entry[1] = (uint8_t)(n >> 8);
		entry[2] = (uint8_t)(n >> 16 | kind << 6);
		/* The length of zeroes is that of what comes out. */
		if (!kind) {
			entry[0] = (uint8_t)len;
			entry[1] = (uint8_t)(len >> 8);
		}
		at += n;
	}
	disguise(packed + 64, blocks * 3);
	return at;
}

static void isz(void **state)
{
	size_t size = pack_isz(16384), i;
	static const struct { size_t at; uint8_t value; const char *expected; } cases[] = {
		{ 16, 1, "encrypted" }, { 12, 0, "header" }, { 32, 0x7F, "header" }, { 25, 1, "header" },
		{ 33, 5, "header" }, { 33, 0, "header" }, { 15, 0x7F, "header" }, { 37, 0x40, "cut off" },
		{ 45, 0x40, "cut off" }, { 66, 0, "damaged" },
	};

	(void)state;
	save("disc.isz", packed, size);
	open_ok("disc.isz");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t old = packed[cases[i].at];

		packed[cases[i].at] = cases[i].value;
		save("broken", packed, size);
		open_fails("broken", IMAGE_NOT_AN_IMAGE, cases[i].expected);
		packed[cases[i].at] = old;
	}
	for (i = 4; i < size; i += size / 30) {
		save("cut", packed, i);
		open_fails("cut", IMAGE_NOT_AN_IMAGE, "cut off");
	}
	check_mutations(size, 200, false);
}

/* The EDC of ECMA-130, bit by bit */
static uint32_t edc_of(uint32_t edc, const uint8_t *data, size_t len)
{
	int bit;

	while (len--) {
		edc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			edc = edc & 1 ? edc >> 1 ^ 0xD8018001U : edc >> 1;
	}
	return edc;
}

static uint8_t twice(uint8_t value)
{
	return (uint8_t)(value << 1 ^ (value & 0x80 ? 0x1D : 0));
}

/*
 * The two parity bytes of a vector, found by trying: with them the sum of all its bytes is 0, and so is the sum of all
 * its bytes multiplied by powers of 2, the last one by 1.
 */
static void solve(const uint8_t *from, const unsigned int *places, unsigned int length, uint8_t *p, uint8_t *q)
{
	unsigned int i, value;
	uint8_t sum = 0, weighted = 0;

	for (i = 0; i < length; i++) {
		sum ^= from[places[i]];
		weighted = (uint8_t)(twice(weighted) ^ from[places[i]]);
	}
	weighted = twice(twice(weighted));
	for (value = 0; value < 256; value++)
		if ((twice((uint8_t)value) ^ sum ^ value) == weighted)
			break;
	*p = (uint8_t)value;
	*q = (uint8_t)(sum ^ value);
}

/* P and Q parity by the places of ECMA-130 annex A, in words: P(26 x 43 columns), Q(45 x 26 diagonals) */
static void put_ecc(uint8_t *sector)
{
	uint8_t *from = sector + 12;
	unsigned int places[43], n, m, byte;

	for (n = 0; n < 43; n++)
		for (byte = 0; byte < 2; byte++) {
			for (m = 0; m < 24; m++)
				places[m] = 2 * (43 * m + n) + byte;
			solve(from, places, 24, from + 2 * (43 * 24 + n) + byte, from + 2 * (43 * 25 + n) + byte);
		}
	for (n = 0; n < 26; n++)
		for (byte = 0; byte < 2; byte++) {
			for (m = 0; m < 43; m++)
				places[m] = 2 * ((44 * m + 43 * n) % 1118) + byte;
			solve(from, places, 43, from + 2 * (43 * 26 + n) + byte, from + 2 * (44 * 26 + n + 0) + byte);
		}
}

static size_t put_record(size_t at, unsigned int kind, uint32_t count)
{
	count--;
	packed[at] = (uint8_t)((count & 0x1F) << 2 | kind);
	count >>= 5;
	while (count) {
		packed[at++] |= 0x80;
		packed[at] = (uint8_t)(count & 0x7F);
		count >>= 7;
	}
	return at + 1;
}

static void put_end(size_t at, uint32_t edc)
{
	memcpy(packed + at, "\xFC\xFF\xFF\xFF\x3F", 5);
	put_le32(packed + at + 5, edc);
}

/* A Mode 1 image as ECM and as it was */
static size_t pack_ecm(uint8_t *dump)
{
	size_t at = 4, i;

	memset(packed, 0, sizeof(packed));
	put_text(packed, "ECM");
	at = put_record(at, 1, DISC_SECTORS);
	for (i = 0; i < DISC_SECTORS; i++) {
		uint8_t *p = dump + i * RAW;

		memset(p + 1, 0xFF, 10);
		p[13] = 2;
		p[14] = (uint8_t)(i % 75 / 10 << 4 | i % 10);
		p[15] = 1;
		memcpy(p + 16, disc + i * SECTOR_SIZE, SECTOR_SIZE);
		put_le32(p + 2064, edc_of(0, p, 2064));
		put_ecc(p);
		memcpy(packed + at, p + 12, 3);
		memcpy(packed + at + 3, p + 16, SECTOR_SIZE);
		at += 3 + SECTOR_SIZE;
	}
	put_end(at, edc_of(0, dump, (size_t)DISC_SECTORS * RAW));
	return at + 9;
}

static void check_unpacked(struct image *image, const uint8_t *expected, size_t size)
{
	struct reader reader = reader_from_fd(&image->files[0].source, image->files[0].size);
	uint8_t *all = malloc(size);

	assert_int_equal(image->files[0].size, size);
	assert_int_equal(reader_read(&reader, 0, all, size), 0);
	assert_memory_equal(all, expected, size);
	free(all);
}

static void ecm_mode1(void **state)
{
	uint8_t *dump = calloc(DISC_SECTORS, RAW);
	size_t size = pack_ecm(dump), i;
	struct image image;

	(void)state;
	save("disc.bin.ecm", packed, size);
	if (image_open(&image, name_of("disc.bin.ecm"), 0))
		fail_msg("%s", image.reason);
	assert_string_equal(image.format->name, "raw");
	check_unpacked(&image, dump, (size_t)DISC_SECTORS * RAW);
	check_disc(&image, "disc.bin.ecm");
	image_close(&image);
	for (i = 4; i < size; i += 20011) {
		save("cut", packed, i);
		open_fails("cut", IMAGE_NOT_AN_IMAGE, "it is cut off");
	}
	save("cut", packed, size - 1);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "it is cut off");
	packed[5000] ^= 1;
	save("cut", packed, size);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "its checksum is wrong");
	packed[5000] ^= 1;
	check_mutations(size, 60, true);
	/* A count that does not end, one that is too large, and one of more than any disc has */
	save("cut", "ECM\0\x80\x80\x80\x80\x80\x80\x80\x80", 12);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "damaged");
	save("cut", "ECM\0\xFC\xFF\xFF\xFF\x2F\0\0\0\0", 13);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "damaged");
	save("cut", "ECM\0\xFC\xFF\xFF\xFF\x3F\0\0\0\0", 13);
	open_fails("cut", IMAGE_NOT_AN_IMAGE, "nothing is in it");
	free(dump);
}

/* Sectors of Mode 2 come without sync and header, which are bytes as they are. */
static void ecm_mode2(void **state)
{
	uint8_t *dump = calloc(DISC_SECTORS, RAW);
	struct image image;
	size_t at = 4, i;

	(void)state;
	memset(packed, 0, sizeof(packed));
	put_text(packed, "ECM");
	for (i = 0; i < DISC_SECTORS; i++) {
		uint8_t *p = dump + i * RAW, sum[RAW] = { 0 };
		bool form2 = i >= 200;
		size_t data = form2 ? 2324 : SECTOR_SIZE;

		memset(p + 1, 0xFF, 10);
		p[13] = 2;
		p[15] = 2;
		p[18] = p[22] = form2 ? 0x20 : 8;
		memcpy(p + 24, disc + i * SECTOR_SIZE, SECTOR_SIZE);
		put_le32(p + 24 + data, edc_of(0, p + 16, 8 + data));
		if (!form2) {
			/* Its parity counts the header as zeroes. */
			memcpy(sum + 16, p + 16, RAW - 16);
			put_ecc(sum);
			memcpy(p + 16, sum + 16, RAW - 16);
		}
		at = put_record(at, 0, 16);
		memcpy(packed + at, p, 16);
		at = put_record(at + 16, form2 ? 3 : 2, 1);
		memcpy(packed + at, p + 20, 4 + data);
		at += 4 + data;
	}
	put_end(at, edc_of(0, dump, (size_t)DISC_SECTORS * RAW));
	save("disc.ecm", packed, at + 9);
	if (image_open(&image, name_of("disc.ecm"), 0))
		fail_msg("%s", image.reason);
	check_unpacked(&image, dump, (size_t)DISC_SECTORS * RAW);
	assert_int_equal(image.tracks[0].mode, VCD_MODE_MODE2);
	image_close(&image);
	free(dump);
}

static void clean_up(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command))
		perror(command);
	free(disc);
}

/* Records of one byte each, as far as the file reaches: zeroes, which take no room on a disk. Nobody waits for its end. */
static void ecm_without_end(void **state)
{
	(void)state;
	save("long.ecm", "ECM", 4);
	assert_int_equal(truncate(name_of("long.ecm"), (off_t)1 << 42), 0);
	open_fails("long.ecm", IMAGE_NOT_AN_IMAGE, "the file is damaged");
	assert_int_equal(truncate(name_of("long.ecm"), 10001), 0);
	open_fails("long.ecm", IMAGE_NOT_AN_IMAGE, "it is cut off");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams),
		cmocka_unit_test(damaged_streams),
		cmocka_unit_test(options),
		cmocka_unit_test(limit),
		cmocka_unit_test(room),
		cmocka_unit_test(what_comes_out),
		cmocka_unit_test(cso),
		cmocka_unit_test(broken_cso),
		cmocka_unit_test(isz),
		cmocka_unit_test(ecm_mode1),
		cmocka_unit_test(ecm_mode2),
		cmocka_unit_test(ecm_without_end),
	};
	size_t i;

	if (!mkdtemp(folder))
		return 1;
	setenv("TMPDIR", folder, 1);
	disc = new_iso();
	/* Sectors that hardly compress among some that do */
	for (i = 60 * SECTOR_SIZE; i < 200 * SECTOR_SIZE; i++)
		disc[i] = i / SECTOR_SIZE % 3 ? (uint8_t)any(256) : (uint8_t)(i / 100);
	atexit(clean_up);
	RUN(tests);
}
