// SPDX-License-Identifier: GPL-2.0-only
/*
 * parser_seeds FOLDER: writes inputs for the targets of the parsers, in FOLDER/fuzz_NAME, beside those that are text and
 * stand in the corpus as they are. A CRC-16 is zero in them, as the target of CHDs has it.
 */
#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "chd-build.h"

#define SPACE		65536
/* Where a descriptor at the end of a file of sectors begins: as in fuzz_image.c */
#define BEFORE		(100U * 2448)

static const char *corpus;
static uint8_t data[SPACE];
static size_t size;

/* For chd-build.h */
uint16_t crc16(uint16_t crc, const uint8_t *from, size_t len)
{
	(void)crc, (void)from, (void)len;
	return 0;
}

static void save_bytes(const char *target, const char *name, const void *bytes, size_t len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/fuzz_%s", corpus, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/fuzz_%s/%s", corpus, target, name);
	file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static void save(const char *target, const char *name)
{
	save_bytes(target, name, data, size);
	size = 0;
	memset(data, 0, sizeof(data));
}

static void bytes(const void *from, size_t len)
{
	assert_true(size + len <= sizeof(data));
	memcpy(data + size, from, len);
	size += len;
}

static void zeroes(size_t len)
{
	memset(data + size, 0, len);
	size += len;
}

static void text(const char *string)
{
	bytes(string, strlen(string));
}

/* A number with its lowest, or its highest, byte first */
static void low(uint64_t value, unsigned int len)
{
	while (len--) {
		data[size++] = (uint8_t)value;
		value >>= 8;
	}
}

static void high(uint64_t value, unsigned int len)
{
	while (len--)
		data[size++] = (uint8_t)(value >> 8 * len);
}

/* --- Alcohol 120% --- */

static void mds_block(uint8_t mode, uint8_t sub, uint8_t point, uint32_t extra, uint16_t stride, uint32_t lba, uint32_t at,
		      uint32_t footer)
{
	size_t start = size;

	low(mode, 1);
	low(sub, 1);
	low(0x14, 1);
	zeroes(1);
	low(point, 1);
	zeroes(7);
	low(extra, 4);
	low(stride, 2);
	zeroes(18);
	low(lba, 4);
	low(at, 8);
	low(1, 4);
	low(footer, 4);
	zeroes(80 - (size - start));
}

static void mds_head(uint16_t medium, uint16_t sessions)
{
	text("MEDIA DESCRIPTOR");
	low(0x0501, 2);
	low(medium, 2);
	low(sessions, 2);
	zeroes(80 - size);
	low(88, 4);
	zeroes(4);
}

static void mds_session(uint16_t number, uint8_t blocks, uint32_t at)
{
	zeroes(8);
	low(number, 2);
	low(blocks, 1);
	low(blocks, 1);
	zeroes(8);
	low(at, 4);
}

static void mds(void)
{
	/* Data, audio; with sub-channels */
	mds_head(0, 1);
	mds_session(1, 3, 112);
	mds_block(0xAA, 8, 1, 352, 2448, 0, 0, 368);
	mds_block(0xA9, 8, 2, 360, 2448, 450, 300 * 2448, 368);
	mds_block(0, 0, 0xA2, 0, 0, 0, 0, 0);
	low(150, 4);
	low(300, 4);
	low(150, 4);
	low(400, 4);
	low(384, 4);
	zeroes(12);
	text("*.mdf");
	zeroes(1);
	save("mds", "mixed");
	/* Two sessions, no sub-channels */
	mds_head(0, 2);
	mds_session(1, 1, 136);
	mds_session(2, 1, 216);
	mds_block(0xA9, 0, 1, 296, 2352, 0, 0, 312);
	mds_block(0xAC, 0, 2, 304, 2352, 11900, 500 * 2352, 312);
	low(150, 4);
	low(500, 4);
	low(150, 4);
	low(300, 4);
	low(328, 4);
	low(1, 4);
	zeroes(8);
	bytes("a\0.\0i\0m\0g\0\0\0", 12);
	save("mds", "sessions");
	mds_head(0x10, 1);
	mds_session(1, 1, 112);
	mds_block(0xAA, 0, 1, 1000, 2048, 0, 0, 0);
	save("mds", "dvd");
}

/* --- Nero --- */

static void chunk(const char *id, uint32_t len)
{
	text(id);
	high(len, 4);
}

static void nrg_end(bool wide, uint32_t at)
{
	chunk("END!", 0);
	text(wide ? "NER5" : "NERO");
	high(at, wide ? 8 : 4);
}

static void nrg_cue(uint8_t control, uint8_t track, uint8_t index, uint32_t address)
{
	low(control << 4 | 1, 1);
	low(track, 1);
	low(index, 1);
	low(0, 1);
	high(address, 4);
}

static void nrg_dao(bool wide, unsigned int sector, uint8_t code, uint32_t pregap, uint32_t start, uint32_t end)
{
	unsigned int len = wide ? 8 : 4;

	text("DEXXX9800001");
	high(sector, 2);
	low(code, 1);
	low(0, 1);
	high(1, 2);
	high(pregap, len);
	high(start, len);
	high(end, len);
}

static void nrg_disc(bool wide)
{
	chunk(wide ? "CUEX" : "CUES", 6 * 8);
	nrg_cue(4, 0, 0, wide ? (uint32_t)-150 : 0);
	nrg_cue(4, 1, 0, wide ? (uint32_t)-150 : 0);
	nrg_cue(4, 1, 1, wide ? 0 : 0x000200);
	nrg_cue(2, 2, 0, wide ? 10 : 0x00020A);
	nrg_cue(2, 2, 1, wide ? 12 : 0x00020C);
	nrg_cue(2, 0xAA, 1, wide ? 22 : 0x000216);
	chunk(wide ? "DAOX" : "DAOI", 22 + 2 * (wide ? 42 : 30));
	high(22 + 2 * (wide ? 42 : 30), 4);
	text("1234567890123");
	zeroes(3);
	low(1, 1);
	low(2, 1);
	nrg_dao(wide, 2048, 0, 0, 0, 10 * 2048);
	nrg_dao(wide, 2352, 7, 10 * 2048, 10 * 2048 + 2 * 2352, 10 * 2048 + 12 * 2352);
	chunk("SINF", 4);
	high(2, 4);
	chunk("CDTX", 18);
	bytes("\x80\0\0\0Title\0\0\0\0\0\0\0\xff\xff", 18);
	chunk("MTYP", 4);
	high(1, 4);
	nrg_end(wide, BEFORE);
}

static void nrg(void)
{
	nrg_disc(true);
	save("nrg", "wide");
	nrg_disc(false);
	save("nrg", "narrow");
	/* Track by track, two sessions */
	chunk("ETNF", 20);
	high(0, 4);
	high(20 * 2352, 4);
	high(7, 4);
	high(0, 4);
	zeroes(4);
	chunk("SINF", 4);
	high(1, 4);
	chunk("ETNF", 20);
	high(20 * 2352, 4);
	high(20 * 2048, 4);
	high(0, 4);
	high(11420, 4);
	zeroes(4);
	chunk("SINF", 4);
	high(1, 4);
	nrg_end(false, BEFORE);
	save("nrg", "sessions");
}

/* --- DiscJuggler --- */

static void cdi_track(uint32_t version, uint32_t mode, uint32_t start, uint32_t pregap, uint32_t length, uint32_t how)
{
	static const uint8_t mark[] = { 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };
	bool newer = version != 0x80000004;

	low(newer, 4);
	if (newer)
		zeroes(8);
	bytes(mark, sizeof(mark));
	bytes(mark, sizeof(mark));
	zeroes(4);
	text("\x08" "DISC.CDI");
	zeroes(19);
	low(newer ? 0x80000000 : 0, 4);
	if (newer) {
		zeroes(6);
		low(0x98, 2);
	}
	low(2, 2);
	low(pregap, 4);
	low(length, 4);
	low(newer, 4);
	if (newer) {
		text("\x05TITLE");
		zeroes(17);
	}
	zeroes(2);
	low(mode, 4);
	zeroes(12);
	low(start, 4);
	low(pregap + length, 4);
	zeroes(16);
	low(how, 4);
	low(mode ? 4 : 2, 4);
	zeroes(9);
	text("DEA010200003");
	low(1, 4);
	if (newer) {
		zeroes(5);
		low(0xFFFFFFFF, 4);
		zeroes(78);
	}
}

static void cdi(void)
{
	static const uint32_t versions[] = { 0x80000004, 0x80000005, 0x80000006 };
	static const char *const names[] = { "version-2", "version-3", "version-35" };
	size_t i;

	for (i = 0; i < 3; i++) {
		unsigned int end = versions[i] == 0x80000004 ? 12 : 13;

		low(2, 2);
		low(2, 2);
		cdi_track(versions[i], 0, 0, 20, 10, 4);
		cdi_track(versions[i], 0, 30, 5, 10, 3);
		zeroes(end);
		low(1, 2);
		cdi_track(versions[i], 2, 11500, 10, 10, 1);
		zeroes(end);
		low(0, 2);
		low(versions[i], 4);
		low(versions[i] == 0x80000006 ? size + 4 : BEFORE, 4);
		save("cdi", names[i]);
	}
}

/* --- CHD --- */

static void chd_save(struct build *build, const char *name)
{
	save_bytes("chd", name, build->data, build->len);
	free(build->data);
}

#define CHT2(number, type, sub, frames, pregap, pgtype)						\
	"TRACK:" #number " TYPE:" type " SUBTYPE:" sub " FRAMES:" #frames " PREGAP:" #pregap	\
	" PGTYPE:" pgtype " PGSUB:NONE POSTGAP:2"

static void chd(void)
{
	static uint8_t hunk[8 * 2448], packed[8 * 2448 + 100];
	struct build build;
	uLongf len = sizeof(packed);
	z_stream z = { 0 };
	uint32_t numbers[2];

	/* Not compressed */
	build_begin(&build, NULL, 2 * 2448, 2448, 2448);
	build_metadata(&build, "CHT2", CHT2(1, "MODE1_RAW", "NONE", 2, 0, "MODE1"));
	numbers[0] = 1;
	numbers[1] = 0;
	build_plain_map(&build, numbers, 2);
	build.len = 3 * 2448;
	chd_save(&build, "plain");
	/* Hunks of every kind */
	build_begin(&build, "zstdcdzl", 4 * sizeof(hunk), sizeof(hunk), 2448);
	build_metadata(&build, "CHT2", CHT2(1, "MODE2_RAW", "RW_RAW", 16, 0, "MODE2_RAW"));
	build_metadata(&build, "CHT2", CHT2(2, "AUDIO", "RW", 16, 4, "VAUDIO"));
	memset(hunk, 0x55, 100);
	build_hunk(&build, 0, packed, (uint32_t)ZSTD_compress(packed, sizeof(packed), hunk, sizeof(hunk), 3), hunk,
		   sizeof(hunk));
	build_reference(&build, CHD_SELF, 0);
	/* cdzl: which sectors lack their parity, the length of the first part, the main channels, the sub-channels */
	memset(packed, 0, 3);
	deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	z.next_in = hunk;
	z.avail_in = 8 * 2352;
	z.next_out = packed + 3;
	z.avail_out = sizeof(packed) - 3;
	deflate(&z, Z_FINISH);
	len = sizeof(packed) - 3 - z.avail_out;
	packed[1] = (uint8_t)(len >> 8);
	packed[2] = (uint8_t)len;
	deflateReset(&z);
	z.next_in = hunk;
	z.avail_in = 8 * 96;
	z.next_out = packed + 3 + len;
	z.avail_out = (uInt)(sizeof(packed) - 3 - len);
	deflate(&z, Z_FINISH);
	len = sizeof(packed) - z.avail_out;
	deflateEnd(&z);
	build_hunk(&build, 1, packed, (uint32_t)len, hunk, sizeof(hunk));
	build_reference(&build, 10, 0);
	build_map(&build);
	chd_save(&build, "packed");
	/* A DVD */
	build_begin(&build, "zlib", 2 * 2048, 2048, 2048);
	build_metadata(&build, "DVD ", "");
	len = compressBound(2048);
	z = (z_stream){ 0 };
	deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	z.next_in = hunk;
	z.avail_in = 2048;
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	deflate(&z, Z_FINISH);
	len = sizeof(packed) - z.avail_out;
	deflateEnd(&z);
	build_hunk(&build, 0, packed, (uint32_t)len, hunk, 2048);
	build_hunk(&build, CHD_STORED, hunk, 2048, hunk, 2048);
	build_map(&build);
	chd_save(&build, "dvd");
}

/* --- Packed files --- */

/* A small disc: a volume in 18 sectors */
static uint8_t disc[18 * 2048];

static void make_disc(void)
{
	uint8_t *p = disc + 16 * 2048;

	memcpy(p, "\1CD001\1", 7);
	memcpy(p + 40, "VOLUME", 6);
	put_le32(p + 80, 18);
	put_le16(p + 128, 2048);
	memcpy(p + 2048, "\xff" "CD001\1", 7);
}

static void streams(void)
{
	unsigned int len = sizeof(data);
	uLongf room = sizeof(data);
	z_stream z = { .next_in = disc, .avail_in = sizeof(disc), .next_out = data, .avail_out = sizeof(data) };

	deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	size = sizeof(data) - z.avail_out;
	deflateEnd(&z);
	save("gzip", "disc");
	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)data, &len, (char *)disc, sizeof(disc), 1, 0, 0), BZ_OK);
	size = len;
	save("bzip2", "disc");
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, disc, sizeof(disc), data, &size, sizeof(data)), LZMA_OK);
	save("xz", "disc");
	size = ZSTD_compress(data, sizeof(data), disc, sizeof(disc), 3);
	save("zstd", "disc");
	/* CSO and ZSO: the first block stored, others compressed */
	for (room = 0; room < 2; room++) {
		size_t i, table = 24, blocks = sizeof(disc) / 2048;

		text(room ? "ZISO" : "CISO");
		low(24, 4);
		low(sizeof(disc), 8);
		low(2048, 4);
		low(1, 4);
		zeroes((blocks + 1) * 4);
		for (i = 0; i <= blocks; i++) {
			uint8_t packed[4096];
			int n;

			put_le32(data + table + i * 4, (uint32_t)size | (i ? 0 : 0x80000000U));
			if (i == blocks)
				break;
			if (!i) {
				bytes(disc, 2048);
				continue;
			}
			if (room) {
				n = LZ4_compress_default((char *)disc + i * 2048, (char *)packed, 2048, sizeof(packed));
			} else {
				z = (z_stream){ .next_in = disc + i * 2048, .avail_in = 2048, .next_out = packed, .avail_out = sizeof(packed) };
				deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
				deflate(&z, Z_FINISH);
				n = (int)(sizeof(packed) - z.avail_out);
				deflateEnd(&z);
			}
			bytes(packed, (size_t)n);
		}
		save("cso", room ? "lz4" : "deflate");
	}
}

static void isz(void)
{
	static const uint8_t disguise[] = { 0xB6, 0x8C, 0xA5, 0xDE };
	uint8_t table[4 * 4], packed[8192];
	uLongf zlib = sizeof(packed);
	unsigned int bzip2 = sizeof(packed);
	size_t i;

	/* Blocks: zeroes, stored, zlib, bzip2 */
	text("IsZ!");
	zeroes(6);
	low(2048, 2);
	low(18, 4);
	zeroes(25 - size);
	low(4, 4);
	low(10240, 4);
	low(4, 1);
	low(0, 1);
	low(48, 4);
	low(0, 4);
	low(48 + sizeof(table), 4);
	zeroes(48 - size);
	size += sizeof(table);
	put_le32(table, 0);
	put_le32(table + 4, 1U << 30 | 10240);
	bytes(disc + 10240, 10240);
	compress2(packed, &zlib, disc + 20480, 10240, 9);
	put_le32(table + 8, 2U << 30 | (uint32_t)zlib);
	bytes(packed, zlib);
	BZ2_bzBuffToBuffCompress((char *)packed, &bzip2, (char *)disc + 30720, sizeof(disc) - 30720, 1, 0, 0);
	put_le32(table + 12, 3U << 30 | bzip2);
	memcpy(packed, "xxx", 3);
	bytes(packed, bzip2);
	for (i = 0; i < sizeof(table); i++)
		data[48 + i] = table[i] ^ disguise[i % 4];
	save("isz", "blocks");
	/* Everything stored, in one segment */
	text("IsZ!");
	zeroes(6);
	low(2048, 2);
	low(18, 4);
	zeroes(29 - size);
	low(2048, 4);
	zeroes(39 - size);
	low(48, 4);
	zeroes(48 - size);
	for (i = 0; i < 48; i++)
		data[48 + i] = (uint8_t)((i == 16 ? 96 : 0) ^ disguise[i % 4]);
	size = 96;
	bytes(disc, sizeof(disc));
	save("isz", "stored");
}

static void ecm(void)
{
	/* The EDC of zeroes is zero. */
	bytes("ECM", 4);
	low(31 << 2, 1);		/* 32 bytes as they are */
	zeroes(32);
	bytes("\xfc\xff\xff\xff\x3f", 5);
	zeroes(4);
	save("ecm", "bytes");
	bytes("ECM", 4);
	low(1 << 2 | 1, 1);		/* two sectors of Mode 1 */
	zeroes(2 * (3 + 2048));
	low(2, 1);			/* one of Form 1, one of Form 2 */
	zeroes(4 + 2048);
	low(3, 1);
	zeroes(4 + 2324);
	bytes("\xfc\xff\xff\xff\x3f", 5);
	zeroes(4);
	save("ecm", "kinds");
}

/* --- Discs, described as in sparse.h --- */

static void sparse(uint8_t stride, uint16_t sectors, uint16_t rest)
{
	low(stride, 1);
	low(sectors, 2);
	low(rest, 2);
}

static void at(uint16_t sector, uint16_t place, const void *from, uint8_t len)
{
	low(sector, 2);
	low(0, 1);
	low(place, 2);
	low(len, 1);
	bytes(from, len & 0x7F);
}

/* Sync and headers of 8 times so many sectors */
static void headers(uint16_t sector, uint8_t eights, uint8_t mode)
{
	low(sector, 2);
	low(eights - 1, 1);
	low(mode, 2);
	low(0, 1);
}

#define AT(sector, place, string)	at(sector, place, string, sizeof(string) - 1)

static void volume(uint16_t skip, bool more)
{
	AT(16, skip, "\1CD001\1");
	AT(16, skip + 8, "LINUX");
	AT(16, skip + 40, "VOLUME    ");
	AT(16, skip + 80, "\x2c\1\0\0");
	AT(16, skip + 128, "\0\x08");
	AT(16, skip + 158, "\x1e\0\0\0");
	AT(16, skip + 166, "\0\x08\0\0");
	AT(16, skip + 813, "2027013123595900\x17");
	if (more) {
		AT(17, skip, "\0CD001\1EL TORITO SPECIFICATION");
		AT(17, skip + 71, "\x20\0\0\0");
		AT(18, skip, "\2CD001\1");
		AT(18, skip + 40, "\0J\0o\xd8\x3d\xdc\xbf");
		AT(18, skip + 88, "%/E");
	}
	AT(more ? 19 : 17, skip, "\xff" "CD001\1");
}

static void iso9660(void)
{
	sparse(0, 300, 0);
	volume(0, true);
	/* The root: SP, CE; a folder */
	AT(30, 0, "\x45");
	AT(30, 32, "\1");
	AT(30, 34, "SP\7\1\xbe\xef\0CE\x1c\1\x1f\0\0\0\0\0\0\0\x64\0\0\0\0\0\0\0\x12\0\0\0");
	AT(30, 69, "\x2a");
	AT(30, 69 + 25, "\2");
	AT(30, 69 + 32, "\x08VIDEO_TS");
	AT(31, 100, "ER\x12\1\x0a\0\0\1RRIP_1991A");
	AT(32, 0, "\1\0\0\0MAKER");
	AT(32, 28, "\xaa\x55\x55\xaa\x88\0\xc0\7\0\0\4\0\x28");
	save("iso9660", "all");
	sparse(0, 300, 0);
	AT(16, 0, "\0\0\0\0\0\0\0\0\1CDROM\1");
	AT(16, 48, "SIERRA");
	AT(16, 88, "\x2c\1\0\0");
	save("iso9660", "high-sierra");
	sparse(0, 300, 17);
	volume(0, true);
	save("iso", "iso9660");
	sparse(0, 300, 0);
	volume(0, false);
	AT(16, 883, "ISO MD5SUM = 0123456789abcdef0123456789abcdef;SKIPSECTORS = 15;RHLISOSTATUS=1;");
	save("isomd5", "disc");
}

static void udf(void)
{
	uint8_t descriptor[96] = { 0 };

	sparse(0, 300, 0);
	AT(16, 1, "BEA01\1");
	AT(17, 1, "NSR03\1");
	AT(18, 1, "TEA01\1");
	put_le16(descriptor, 2);
	put_le32(descriptor + 16, 16 * 2048);
	put_le32(descriptor + 20, 270);
	put_le32(descriptor + 24, 16 * 2048);
	put_le32(descriptor + 28, 280);
	at(256, 0, descriptor, 0x80 | 32);
	memset(descriptor, 0, sizeof(descriptor));
	put_le16(descriptor, 1);
	memcpy(descriptor + 24, "\x08" "A Volume", 9);
	descriptor[55] = 9;
	at(270, 0, descriptor, 0x80 | 96);
	memset(descriptor, 0, sizeof(descriptor));
	put_le16(descriptor, 6);
	memcpy(descriptor + 84, "\x10\0L\0a\0b", 7);
	at(271, 0, descriptor, 0x80 | 96);
	AT(271, 84 + 127, "\7");
	AT(271, 217, "*OSTA UDF Compliant");
	AT(271, 240, "\x50\2");
	memset(descriptor, 0, sizeof(descriptor));
	put_le16(descriptor, 3);
	put_le32(descriptor + 20, 2048 * 4);
	put_le32(descriptor + 24, 280);
	at(272, 0, descriptor, 0x80 | 32);
	put_le16(descriptor, 8);
	at(280, 0, descriptor, 0x80 | 16);
	save_bytes("iso", "udf", data, size);
	save("udf", "revision-250");
}

static void apple(void)
{
	sparse(1, 1200, 0);
	AT(2, 0, "BD");
	AT(2, 20, "\0\0\x02\0");
	AT(2, 36, "\6Volume");
	save("hfs", "hfs");
	sparse(1, 1200, 0);
	AT(0, 0, "ER\x02\0");
	AT(1, 0, "PM\0\0\0\0\0\2\0\0\0\1\0\0\0\2");
	AT(1, 48, "Apple_partition_map");
	AT(2, 0, "PM\0\0\0\0\0\2\0\0\0\x40\0\0\4\0");
	AT(2, 48, "Apple_HFS");
	AT(66, 0, "H+\0\4");
	save("hfs", "map");
}

static void tables(void)
{
	sparse(1, 1200, 0);
	AT(0, 0, "\xeb\x63\x90");
	AT(0, 446, "\x80\0\2\0\x17\0\0\0\0\0\0\0\0\4\0\0");
	AT(0, 510, "\x55\xaa");
	AT(1, 0, "EFI PART");
	save("tables", "disk");
	sparse(1, 100, 0);
	AT(99, 0, "koly");
	save("tables", "dmg");
	sparse(1, 100, 0);
	AT(0, 0, "<!DOCTYPE html><html>");
	save("tables", "web-page");
	/* The boot catalogue of the target is in sector 1. */
	sparse(0, 20, 0);
	AT(1, 0, "\1\0\0\0MAKER");
	AT(1, 28, "\xaa\x55\x55\xaa\x88\0\xc0\7\0\0\4\0\x28");
	AT(1, 64, "\x90\xef\2\0UEFI");
	AT(1, 96, "\x88\4\0\0\0\0\x10\0\x29\0\0\0\1");
	AT(1, 128, "\x44\0vendor");
	AT(1, 160, "\x88");
	AT(1, 192, "\x91\0\1\0");
	save("eltorito", "sections");
}

static void raw(void)
{
	sparse(5, 800, 0);
	headers(0, 50, 1);
	volume(16, false);
	save("raw", "mixed");
	sparse(5, 400, 100);
	headers(0, 50, 2);
	volume(24, false);
	save("raw", "mode2");
	sparse(7, 400, 0);
	headers(0, 50, 1);
	AT(16, 2352 + 12 + 10, "\xff\xff");
	save("raw", "sub-channels");
	sparse(6, 400, 0);
	headers(0, 50, 1);
	AT(16, 2352 + 10, "\xff\xff");
	save("raw", "q");
	sparse(4, 300, 0);
	AT(16, 8, "\1CD001\1");
	save("raw", "mode2-2336");
	sparse(5, 40, 0);
	save("raw", "samples");
	/* Three parts, in units of 2048 and of 256 bytes */
	low(2 | 8, 1);
	low(255, 1);
	high(800, 2);
	high(801, 2);
	sparse(0, 300, 0);
	volume(0, false);
	save("split", "iso");
	low(1, 1);
	low(255, 1);
	high(1000, 2);
	sparse(5, 300, 0);
	headers(0, 38, 1);
	volume(16, false);
	save("split", "raw");
}

/* --- What drives say --- */

static void reply(const void *from, size_t len)
{
	low(0, 1);
	high(len, 2);
	bytes(from, len);
}

static void drive(void)
{
	/* Profile, capacity, full TOC */
	static const uint8_t full_toc[] = {
		0, 2 + 5 * 11, 1, 1,
		1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0x20, 0,
		1, 0x14, 0, 0xA1, 0, 0, 0, 0, 2, 0, 0,
		1, 0x10, 0, 0xA2, 0, 0, 0, 0, 0, 30, 0,
		1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0,
		1, 0x10, 0, 2, 0, 0, 0, 0, 0, 20, 0,
	};
	static const uint8_t toc[] = { 0, 26, 1, 2, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x10, 2, 0, 0, 0, 10, 0, 0, 0x14, 0xAA, 0, 0, 0, 60, 0 };
	static const uint8_t sessions[] = { 0, 10, 1, 2, 0, 0x14, 2, 0, 0, 0, 10, 0 };

	reply("\0\0\0\0\0\0\0\x08", 8);
	reply("\0\0\x08\0\0\0\x08\0", 8);
	reply(full_toc, sizeof(full_toc));
	save("drive", "full-toc");
	reply("\0\0\0\0\0\0\0\x08", 8);
	reply("\0\0\x08\0\0\0\x08\0", 8);
	low(1, 1);
	low(5, 1);
	reply(toc, sizeof(toc));
	reply(sessions, sizeof(sessions));
	save("drive", "toc");
}

static void others(void)
{
	low(1, 1);
	bytes("\x80\0\0\0Title\0One\0Tw\0\0", 18);
	bytes("\x80\2\1\2o\0\0\0\0\0\0\0\0\0\0\0\0\0", 18);
	bytes("\x87\0\2\0\0\x0cRock\0\0\0\0\0\0\0\0", 18);
	bytes("\x8f\0\3\0\0\1\2\0\3\0\0\0\0\0\0\0\0\0", 18);
	save("cdtext", "titles");
	low(0, 1);
	low(2, 1);
	bytes("\1\0\0\x10\0\x08\0\0" "\0\0\0\x20\0\x01\0\1", 16);
	text("# Mapfile. Created by vcdctl dump\n0x00000000     ?               1\n0x00000000  0x00010000  +\n"
	     "0x00010000  0x00000800  -\n0x00010800  0x00007800  ?\n");
	save("badmap", "three");
	/* The first bytes are for the stand-in of libsndfile. */
	bytes("\2\x10\0\1", 4);
	save("sound", "stereo");
	bytes("RIFF\x24\x09\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x44\xac\0\0\x10\xb1\2\0\4\0\x10\0data\0\x09\0\0", 44);
	zeroes(2304);
	save("sound", "wave");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("Usage: parser_seeds FOLDER\n", stderr);
		return 2;
	}
	corpus = argv[1];
	make_disc();
	mds();
	nrg();
	cdi();
	chd();
	streams();
	isz();
	ecm();
	iso9660();
	udf();
	apple();
	tables();
	raw();
	drive();
	others();
	return 0;
}
