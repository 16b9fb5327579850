// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "array.h"
#include "eltorito.h"

#define ENTRY_SIZE	32
/* A catalogue is one sector in practice and may be longer; it is not read without end. */
#define MAX_SECTORS	16

enum entry_id {
	ENTRY_VALIDATION	= 0x01,
	ENTRY_EXTENSION		= 0x44,
	ENTRY_BOOTABLE		= 0x88,
	ENTRY_NOT_BOOTABLE	= 0x00,
	ENTRY_HEADER		= 0x90,
	ENTRY_LAST_HEADER	= 0x91,
};

/**
 * struct walk - where the reading of a catalogue stands
 * @boot: what was found so far
 * @platform: of the section
 * @left: entries that the section still has; the default entry counts as a section of one
 * @last: this is the last section
 */
struct walk {
	struct eltorito *boot;
	uint8_t platform;
	unsigned int left;
	bool last;
};

static bool read_validation(const uint8_t *p, struct eltorito *boot)
{
	uint16_t sum = 0;
	int i;

	if (p[0] != ENTRY_VALIDATION || p[30] != 0x55 || p[31] != 0xAA)
		return false;
	for (i = 0; i < ENTRY_SIZE; i += 2)
		sum = (uint16_t)(sum + get_le16(p + i));
	boot->present = true;
	boot->checksum_ok = sum == 0;
	text_from_bytes(boot->manufacturer, sizeof(boot->manufacturer), p + 4, 24);
	return true;
}

static void keep_entry(struct walk *walk, const uint8_t *p)
{
	struct eltorito *boot = walk->boot;
	struct eltorito_entry *entry;

	boot->count++;
	if (boot->kept == ELTORITO_MAX_ENTRIES)
		return;
	entry = &boot->entries[boot->kept++];
	*entry = (struct eltorito_entry){
		.platform = walk->platform,
		.bootable = p[0] == ENTRY_BOOTABLE,
		.emulation = p[1] & 0x0F,
		.load_segment = get_le16(p + 2),
		.load_sectors = get_le16(p + 6),
		.lba = get_le32(p + 8),
	};
}

/* Take one entry; false when the catalogue ends here. */
static bool step(struct walk *walk, const uint8_t *p)
{
	if (p[0] == ENTRY_EXTENSION)
		return true;
	if (walk->left) {
		if (p[0] != ENTRY_BOOTABLE && p[0] != ENTRY_NOT_BOOTABLE)
			return false;
		walk->left--;
		keep_entry(walk, p);
		return true;
	}
	if (walk->last || (p[0] != ENTRY_HEADER && p[0] != ENTRY_LAST_HEADER))
		return false;
	walk->last = p[0] == ENTRY_LAST_HEADER;
	walk->platform = p[1];
	walk->left = get_le16(p + 2);
	return true;
}

/**
 * eltorito_read - read a boot catalogue
 * @reader: the disc
 * @lba: where the boot record says the catalogue is
 * @boot: filled; @present is false when there is no catalogue at that place
 *
 * Return: 0, also when there is none; a negative errno when the disc cannot be read.
 */
int eltorito_read(const struct reader *reader, uint32_t lba, struct eltorito *boot)
{
	struct walk walk = { .boot = boot, .left = 1 };
	uint8_t sector[SECTOR_SIZE];
	size_t at = 0;
	int i;

	memset(boot, 0, sizeof(*boot));
	boot->lba = lba;
	for (i = 0; i < MAX_SECTORS; i++) {
		int err = reader_read_sector(reader, (uint64_t)lba + i, sector);

		if (err)
			return err == -ENODATA ? 0 : err;
		if (i == 0) {
			if (!read_validation(sector, boot))
				return 0;
			walk.platform = sector[1];
			at = ENTRY_SIZE;
		}
		for (; at < SECTOR_SIZE; at += ENTRY_SIZE)
			if (!step(&walk, sector + at))
				return 0;
		at = 0;
	}
	return 0;
}

/**
 * eltorito_platform - the name of a platform
 * @platform: the number in the catalogue
 */
const char *eltorito_platform(uint8_t platform)
{
	switch (platform) {
	case 0x00:
		return "BIOS";
	case 0x01:
		return "PowerPC";
	case 0x02:
		return "Mac";
	case 0xEF:
		return "EFI";
	default:
		return "unknown";
	}
}

/**
 * eltorito_emulation - the name of a kind of emulation
 * @emulation: the number in the catalogue
 */
const char *eltorito_emulation(uint8_t emulation)
{
	static const char *const names[] = {
		"none", "floppy 1.2 MB", "floppy 1.44 MB", "floppy 2.88 MB", "hard disk",
	};

	return emulation < ARRAY_SIZE(names) ? names[emulation] : "unknown";
}
