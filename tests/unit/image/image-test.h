/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the parsers share: cmocka, and volumes that are built in memory. */
#ifndef IMAGE_TEST_H
#define IMAGE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reader.h"

/** DISC_SECTORS: length of a volume that is built in memory */
#define DISC_SECTORS	300
#define DISC_SIZE	(DISC_SECTORS * SECTOR_SIZE)

/** RUN: run an array of tests and say how they went in the last line */
#define RUN(tests)									\
	do {										\
		int failed = cmocka_run_group_tests(tests, NULL, NULL);			\
											\
		printf("%zu passed, %d failed\n", sizeof(tests) / sizeof((tests)[0]) -	\
		       (size_t)failed, failed);						\
		return failed != 0;							\
	} while (0)

static uint64_t random_state = 20270101;

/* xorshift64* */
static inline uint32_t any(uint32_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 2685821657736338717ULL) >> 32) % below;
}

static inline void put_le16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static inline void put_le32(uint8_t *p, uint32_t value)
{
	put_le16(p, value & 0xFFFF);
	put_le16(p + 2, value >> 16);
}

static inline void put_be16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static inline void put_be32(uint8_t *p, uint32_t value)
{
	put_be16(p, value >> 16);
	put_be16(p + 2, value & 0xFFFF);
}

static inline void put_text(uint8_t *p, const char *text)
{
	memcpy(p, text, strlen(text));
}

static inline uint8_t *sector(uint8_t *disc, uint32_t lba)
{
	return disc + (size_t)lba * SECTOR_SIZE;
}

static inline uint8_t *new_disc(void)
{
	uint8_t *disc = calloc(1, DISC_SIZE);

	assert_non_null(disc);
	return disc;
}

/* The sectors that the builders use. */
enum {
	LBA_PRIMARY	= 16,
	LBA_BOOT	= 17,
	LBA_JOLIET	= 18,
	LBA_END		= 19,
	LBA_ROOT	= 30,
	LBA_CONTINUED	= 31,
	LBA_CATALOGUE	= 32,
	LBA_UDF		= 270,
};

/* ISO 9660 with Joliet, Rock Ridge whose ER entry lies in a continuation area, and a boot catalogue. */
static inline uint8_t *new_iso(void)
{
	uint8_t *disc = new_disc(), *p;

	p = sector(disc, LBA_PRIMARY);
	p[0] = 1;
	put_text(p + 1, "CD001\1");
	memset(p + 8, ' ', 64);
	put_text(p + 8, "LINUX");
	put_text(p + 40, "A_VOLUME");
	put_le32(p + 80, DISC_SECTORS);
	put_le16(p + 128, SECTOR_SIZE);
	put_le32(p + 156 + 2, LBA_ROOT);
	memset(p + 190, ' ', 4 * 128);
	put_text(p + 190, "A SET");
	put_text(p + 318, "A PUBLISHER");
	put_text(p + 446, "A PREPARER");
	put_text(p + 574, "AN APPLICATION");
	put_text(p + 813, "2027013123595900\x17");
	put_text(p + 830, "0000000000000000");

	p = sector(disc, LBA_BOOT);
	put_text(p + 1, "CD001\1EL TORITO SPECIFICATION");
	put_le32(p + 71, LBA_CATALOGUE);

	p = sector(disc, LBA_JOLIET);
	p[0] = 2;
	put_text(p + 1, "CD001\1");
	put_text(p + 88, "%/E");
	put_be16(p + 40, 'J');
	put_be16(p + 42, 0xE9);
	put_be16(p + 44, ' ');

	p = sector(disc, LBA_END);
	p[0] = 255;
	put_text(p + 1, "CD001\1");

	p = sector(disc, LBA_ROOT);
	p[0] = 34 + 7 + 28;
	p[32] = 1;
	put_text(p + 34, "SP\7\1\xBE\xEF");
	put_text(p + 41, "CE\x1C\1");
	put_le32(p + 41 + 4, LBA_CONTINUED);
	put_le32(p + 41 + 12, 100);
	put_le32(p + 41 + 20, 18);
	p = sector(disc, LBA_CONTINUED) + 100;
	put_text(p, "ER\x12\1\x0A");
	put_text(p + 8, "RRIP_1991A");

	p = sector(disc, LBA_CATALOGUE);
	p[0] = 1;
	put_text(p + 4, "MAKER");
	p[30] = 0x55;
	p[31] = 0xAA;
	{
		uint16_t sum = 0;
		int i;

		for (i = 0; i < 32; i += 2)
			sum = (uint16_t)(sum + get_le16(p + i));
		put_le16(p + 28, 0x10000U - sum);
	}
	p[32] = 0x88;
	put_le16(p + 34, 0x07C0);
	put_le16(p + 38, 4);
	put_le32(p + 40, 40);
	p[64] = 0x91;
	p[65] = 0xEF;
	put_le16(p + 66, 1);
	p[96] = 0x88;
	put_le16(p + 102, 16);
	put_le32(p + 104, 41);
	return disc;
}

/* The tag of a UDF descriptor. */
static inline void put_tag(uint8_t *p, unsigned int id, uint32_t block)
{
	int i;

	put_le16(p, id);
	put_le32(p + 12, block);
	p[4] = 0;
	for (i = 0; i < 16; i++)
		if (i != 4)
			p[4] = (uint8_t)(p[4] + p[i]);
}

static inline void put_dstring(uint8_t *p, size_t size, const char *text)
{
	p[0] = 8;
	put_text(p + 1, text);
	p[size - 1] = (uint8_t)(strlen(text) + 1);
}

static inline uint8_t *new_udf(void)
{
	uint8_t *disc = new_disc(), *p;

	put_text(sector(disc, 16) + 1, "BEA01\1");
	put_text(sector(disc, 17) + 1, "NSR03\1");
	put_text(sector(disc, 18) + 1, "TEA01\1");
	p = sector(disc, 256);
	put_le32(p + 16, 16 * SECTOR_SIZE);
	put_le32(p + 20, LBA_UDF);
	put_le32(p + 24, 16 * SECTOR_SIZE);
	put_le32(p + 28, LBA_UDF);
	put_tag(p, 2, 256);
	p = sector(disc, LBA_UDF);
	put_dstring(p + 24, 32, "A Volume");
	put_dstring(p + 72, 128, "A Set");
	put_tag(p, 1, LBA_UDF);
	p = sector(disc, LBA_UDF + 1);
	put_dstring(p + 84, 128, "A Label");
	put_text(p + 217, "*OSTA UDF Compliant");
	put_le16(p + 240, 0x0250);
	put_tag(p, 6, LBA_UDF + 1);
	put_tag(sector(disc, LBA_UDF + 2), 8, LBA_UDF + 2);
	return disc;
}

#endif /* IMAGE_TEST_H */
