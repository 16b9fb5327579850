// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "iso9660.h"

/* Volume descriptors start in this sector. A set that does not end is cut: real ones have five or six. */
#define FIRST_DESCRIPTOR	16
#define MAX_DESCRIPTORS		64

enum descriptor_type {
	DESCRIPTOR_BOOT		= 0,
	DESCRIPTOR_PRIMARY	= 1,
	DESCRIPTOR_SUPPLEMENTARY = 2,
	DESCRIPTOR_TERMINATOR	= 255,
};

/* Byte positions in a primary or supplementary volume descriptor (ECMA-119 8.4, 8.5). */
enum descriptor_field {
	FIELD_IDENTIFIER	= 1,
	FIELD_SYSTEM		= 8,
	FIELD_VOLUME		= 40,
	FIELD_SPACE_SIZE	= 80,
	FIELD_ESCAPES		= 88,
	FIELD_BLOCK_SIZE	= 128,
	FIELD_ROOT		= 156,
	FIELD_VOLUME_SET	= 190,
	FIELD_PUBLISHER		= 318,
	FIELD_PREPARER		= 446,
	FIELD_APPLICATION	= 574,
	FIELD_CREATED		= 813,
	FIELD_MODIFIED		= 830,
};

/* Byte positions in a directory record (ECMA-119 9.1). */
enum record_field {
	RECORD_LENGTH		= 0,
	RECORD_EXTENT		= 2,
	RECORD_SIZE		= 10,
	RECORD_FLAGS		= 25,
	RECORD_NAME_LENGTH	= 32,
	RECORD_NAME		= 33,
};

/* The system use area of the root directory goes on elsewhere at most this often. */
#define MAX_CONTINUATIONS	16

/* Two digits of a date, or -1. */
static int digits(const uint8_t *p, int n)
{
	int value = 0;

	while (n--) {
		if (*p < '0' || *p > '9')
			return -1;
		value = value * 10 + (*p++ - '0');
	}
	return value;
}

/* ECMA-119 8.4.26.1: sixteen digits and the offset from Greenwich in quarters of an hour */
static void read_date(char to[ISO9660_DATE_MAX], const uint8_t *p)
{
	int year = digits(p, 4), month = digits(p + 4, 2), day = digits(p + 6, 2);
	int hour = digits(p + 8, 2), minute = digits(p + 10, 2), second = digits(p + 12, 2);
	int zone = (int8_t)p[16] * 15;
	int quarters = zone < 0 ? -zone : zone;

	to[0] = '\0';
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return;
	snprintf(to, ISO9660_DATE_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month, day, hour, minute,
		 second, zone < 0 ? '-' : '+', quarters / 60, quarters % 60);
}

/**
 * struct susp - a walk through system use entries (SUSP 1.12)
 * @rock_ridge: an entry of Rock Ridge was seen
 * @block: where the area goes on: logical block
 * @offset: byte in it
 * @length: bytes, 0 if it does not go on
 */
struct susp {
	bool rock_ridge;
	uint32_t block;
	uint32_t offset;
	uint32_t length;
};

static bool is_rock_ridge_name(const uint8_t *id, size_t len)
{
	static const char *const names[] = { "RRIP_1991A", "IEEE_P1282", "IEEE_1282" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (len == strlen(names[i]) && !memcmp(id, names[i], len))
			return true;
	return false;
}

static void susp_walk(struct susp *susp, const uint8_t *p, size_t len)
{
	susp->length = 0;
	while (len >= 4) {
		size_t entry = p[2];

		if (entry < 4 || entry > len)
			return;
		if (!memcmp(p, "ST", 2))
			return;
		if (!memcmp(p, "ER", 2) && entry >= 8 && (size_t)8 + p[4] <= entry)
			susp->rock_ridge |= is_rock_ridge_name(p + 8, p[4]);
		/* Writers leave out ER, or put it where nobody finds it; the entries themselves are proof enough. */
		if (!memcmp(p, "RR", 2) || (!memcmp(p, "PX", 2) && entry >= 36))
			susp->rock_ridge = true;
		if (!memcmp(p, "CE", 2) && entry >= 28) {
			susp->block = get_le32(p + 4);
			susp->offset = get_le32(p + 12);
			susp->length = get_le32(p + 20);
		}
		p += entry;
		len -= entry;
	}
}

static bool has_rock_ridge(const struct reader *reader, const uint8_t *descriptor, uint32_t block_size)
{
	uint8_t sector[SECTOR_SIZE];
	struct susp susp = { 0 };
	size_t start, end;
	int hops;

	if (reader_read(reader, (uint64_t)get_le32(descriptor + FIELD_ROOT + RECORD_EXTENT) * block_size, sector,
			sizeof(sector)))
		return false;
	end = sector[RECORD_LENGTH];
	start = RECORD_NAME + sector[RECORD_NAME_LENGTH];
	start += start & 1;
	/* The first entry of the root directory must be SP. On CD-ROM XA discs 14 bytes of XA stand before it. */
	if (end >= start + 14 + 7 && !memcmp(sector + start + 6, "XA", 2))
		start += 14;
	if (end < start + 7 || memcmp(sector + start, "SP", 2) || get_be16(sector + start + 4) != 0xBEEF)
		return false;
	susp_walk(&susp, sector + start, end - start);
	for (hops = 0; susp.length && !susp.rock_ridge && hops < MAX_CONTINUATIONS; hops++) {
		if (susp.offset >= sizeof(sector) || susp.length > sizeof(sector) - susp.offset)
			return false;
		if (reader_read(reader, (uint64_t)susp.block * block_size, sector, susp.offset + susp.length))
			return false;
		susp_walk(&susp, sector + susp.offset, susp.length);
	}
	return susp.rock_ridge;
}

#define FLAG_DIRECTORY	0x02
/* A root directory is rarely longer. */
#define MAX_ROOT_SECTORS	64

static bool is_folder(const uint8_t *record, const char *name)
{
	size_t len = strlen(name);

	return record[RECORD_FLAGS] & FLAG_DIRECTORY && record[RECORD_NAME_LENGTH] == len &&
	       !memcmp(record + RECORD_NAME, name, len);
}

/* Looks at the names in one sector of the root directory. A record never goes beyond its sector. */
static void look_for_folders(const uint8_t *sector, struct iso9660 *iso)
{
	size_t at = 0;

	while (at + RECORD_NAME < SECTOR_SIZE) {
		const uint8_t *record = sector + at;

		if (record[RECORD_LENGTH] <= RECORD_NAME || at + record[RECORD_LENGTH] > SECTOR_SIZE ||
		    RECORD_NAME + record[RECORD_NAME_LENGTH] > record[RECORD_LENGTH])
			return;
		iso->dvd_video |= is_folder(record, "VIDEO_TS");
		iso->blu_ray |= is_folder(record, "BDMV");
		at += record[RECORD_LENGTH];
	}
}

/* What kind of disc this was made for shows in its root directory. */
static void read_root(const struct reader *reader, const uint8_t *descriptor, struct iso9660 *iso)
{
	uint64_t position = (uint64_t)get_le32(descriptor + FIELD_ROOT + RECORD_EXTENT) * iso->block_size;
	uint32_t sectors = get_le32(descriptor + FIELD_ROOT + RECORD_SIZE) / SECTOR_SIZE;
	uint8_t sector[SECTOR_SIZE];
	uint32_t i;

	for (i = 0; i < sectors && i < MAX_ROOT_SECTORS; i++) {
		if (reader_read(reader, position + (uint64_t)i * SECTOR_SIZE, sector, sizeof(sector)))
			return;
		look_for_folders(sector, iso);
	}
}

static void read_primary(const struct reader *reader, const uint8_t *p, struct iso9660 *iso)
{
	/* The first primary descriptor counts, as for the kernel's file system. */
	if (iso->present)
		return;
	iso->present = true;
	iso->blocks = get_le32(p + FIELD_SPACE_SIZE);
	iso->block_size = get_le16(p + FIELD_BLOCK_SIZE);
	text_from_bytes(iso->system, sizeof(iso->system), p + FIELD_SYSTEM, 32);
	text_from_bytes(iso->volume, sizeof(iso->volume), p + FIELD_VOLUME, 32);
	text_from_bytes(iso->volume_set, sizeof(iso->volume_set), p + FIELD_VOLUME_SET, 128);
	text_from_bytes(iso->publisher, sizeof(iso->publisher), p + FIELD_PUBLISHER, 128);
	text_from_bytes(iso->preparer, sizeof(iso->preparer), p + FIELD_PREPARER, 128);
	text_from_bytes(iso->application, sizeof(iso->application), p + FIELD_APPLICATION, 128);
	read_date(iso->created, p + FIELD_CREATED);
	read_date(iso->modified, p + FIELD_MODIFIED);
	iso->rock_ridge = has_rock_ridge(reader, p, iso->block_size);
	read_root(reader, p, iso);
}

/* Joliet is a supplementary descriptor that names one of three levels of UCS-2. */
static void read_supplementary(const uint8_t *p, struct iso9660 *iso)
{
	const uint8_t *escape = p + FIELD_ESCAPES;
	unsigned int level = 0;

	if (iso->joliet || escape[0] != '%' || escape[1] != '/')
		return;
	switch (escape[2]) {
	case '@':
		level = 1;
		break;
	case 'C':
		level = 2;
		break;
	case 'E':
		level = 3;
		break;
	default:
		return;
	}
	iso->joliet = level;
	text_from_ucs2be(iso->joliet_volume, sizeof(iso->joliet_volume), p + FIELD_VOLUME, 32);
}

static void read_boot(const uint8_t *p, struct iso9660 *iso)
{
	static const char el_torito[] = "EL TORITO SPECIFICATION";

	if (!iso->boot_catalogue && !memcmp(p + 7, el_torito, sizeof(el_torito) - 1))
		iso->boot_catalogue = get_le32(p + 71);
}

/* High Sierra puts eight bytes in front of what became ISO 9660. */
static void read_high_sierra(const uint8_t *p, struct iso9660 *iso)
{
	if (p[8] != DESCRIPTOR_PRIMARY)
		return;
	iso->present = true;
	iso->high_sierra = true;
	iso->blocks = get_le32(p + 88);
	iso->block_size = get_le16(p + 136);
	text_from_bytes(iso->system, sizeof(iso->system), p + 16, 32);
	text_from_bytes(iso->volume, sizeof(iso->volume), p + 48, 32);
}

/**
 * iso9660_read - look for an ISO 9660 or High Sierra volume
 * @reader: the disc
 * @iso: filled; all zero when there is none
 *
 * Return: 0, also when there is no such volume; a negative errno when the disc cannot be read.
 */
int iso9660_read(const struct reader *reader, struct iso9660 *iso)
{
	uint8_t sector[SECTOR_SIZE];
	int i;

	memset(iso, 0, sizeof(*iso));
	for (i = 0; i < MAX_DESCRIPTORS; i++) {
		int err = reader_read_sector(reader, FIRST_DESCRIPTOR + i, sector);

		if (err)
			return err == -ENODATA ? 0 : err;
		if (i == 0 && !memcmp(sector + 9, "CDROM", 5)) {
			read_high_sierra(sector, iso);
			return 0;
		}
		if (memcmp(sector + FIELD_IDENTIFIER, "CD001", 5))
			return 0;
		switch (sector[0]) {
		case DESCRIPTOR_BOOT:
			read_boot(sector, iso);
			break;
		case DESCRIPTOR_PRIMARY:
			read_primary(reader, sector, iso);
			break;
		case DESCRIPTOR_SUPPLEMENTARY:
			read_supplementary(sector, iso);
			break;
		case DESCRIPTOR_TERMINATOR:
			return 0;
		default:
			break;
		}
	}
	return 0;
}
