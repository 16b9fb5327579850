// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "array.h"
#include "image.h"

/* The largest disc of each kind, in sectors. The module goes by the same numbers. */
#define CD_SECTORS	360000U		/* 80 minutes */
#define DVD_SECTORS	4173824U	/* two layers */

static const struct {
	uint32_t profile;
	const char *option;
	const char *name;
} profiles[] = {
	{ VCD_PROFILE_AUTO,	"auto",	"auto" },
	{ VCD_PROFILE_CD_ROM,	"cd",	"CD-ROM" },
	{ VCD_PROFILE_DVD_ROM,	"dvd",	"DVD-ROM" },
	{ VCD_PROFILE_BD_ROM,	"bd",	"BD-ROM" },
};

#define PROFILES	(ARRAY_SIZE(profiles))

/**
 * profile_for_sectors - the profile of a disc that only has a size
 * @sectors: length of the disc
 */
uint32_t profile_for_sectors(uint32_t sectors)
{
	if (sectors <= CD_SECTORS)
		return VCD_PROFILE_CD_ROM;
	if (sectors <= DVD_SECTORS)
		return VCD_PROFILE_DVD_ROM;
	return VCD_PROFILE_BD_ROM;
}

/**
 * profile_name - the name of a profile
 * @profile: its number in MMC
 */
const char *profile_name(uint32_t profile)
{
	size_t i;

	for (i = 0; i < PROFILES; i++)
		if (profiles[i].profile == profile)
			return profiles[i].name;
	return "unknown";
}

/**
 * profile_from_option - the profile that a word on the command line means
 * @word: the word
 * @profile: filled
 *
 * Return: false when it means none.
 */
bool profile_from_option(const char *word, uint32_t *profile)
{
	size_t i;

	for (i = 0; i < PROFILES; i++) {
		if (!strcmp(profiles[i].option, word)) {
			*profile = profiles[i].profile;
			return true;
		}
	}
	return false;
}
