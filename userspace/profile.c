// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "content.h"
#include "image.h"

/* The largest disc of each kind, in sectors. The module goes by the same numbers. */
#define CD_SECTORS	360000U		/* 80 minutes */
#define DVD_SECTORS	4173824U	/* two layers */

/* UDF 2.50 came with Blu-ray; HD DVD, which had it too, is no profile here. */
#define UDF_OF_BLU_RAY	0x0250

/* Many times what any drive does. */
#define SPEED_MAX	10000

/* A product of decimal fractions may lie that little below what it should be. */
#define ROUNDING	1e-6

/* The single speed is in units of 1000 bytes/s as drives count it: all 2352 bytes of a CD's sector, 2048 of others. */
static const struct {
	uint32_t profile;
	uint32_t flags;
	const char *option;
	const char *name;
	double single_speed;
} profiles[] = {
	{ VCD_PROFILE_AUTO,	0,			"auto",		"auto",		0 },
	{ VCD_PROFILE_CD_ROM,	0,			"cd",		"CD-ROM",	176.4 },
	{ VCD_PROFILE_DVD_ROM,	0,			"dvd",		"DVD-ROM",	1385 },
	{ VCD_PROFILE_DVD_ROM,	VCD_ATTACH_DUAL_LAYER,	"dvd-dl",	"DVD-ROM",	1385 },
	{ VCD_PROFILE_BD_ROM,	0,			"bd",		"BD-ROM",	4495.5 },
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
 * profile_for_content - the profile of a disc by what is on it, as far as that tells
 * @content: from content_read()
 * @sectors: length of the disc
 *
 * Return: a profile for larger discs than this is, or VCD_PROFILE_AUTO: its size tells enough.
 */
uint32_t profile_for_content(const struct content *content, uint32_t sectors)
{
	uint32_t profile = VCD_PROFILE_CD_ROM;

	if (content->iso.blu_ray || content->udf.revision >= UDF_OF_BLU_RAY)
		profile = VCD_PROFILE_BD_ROM;
	else if (content->iso.dvd_video || (content->udf.present && !content->iso.present))
		profile = VCD_PROFILE_DVD_ROM;
	/* The numbers grow with the capacity. */
	return profile > profile_for_sectors(sectors) ? profile : VCD_PROFILE_AUTO;
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
 * @flags: VCD_ATTACH_* flags; those that go with a profile are set or cleared
 *
 * Return: false when it means none.
 */
bool profile_from_option(const char *word, uint32_t *profile, uint32_t *flags)
{
	size_t i;

	for (i = 0; i < PROFILES; i++) {
		if (!strcmp(profiles[i].option, word)) {
			*profile = profiles[i].profile;
			*flags = (*flags & ~VCD_ATTACH_DUAL_LAYER) | profiles[i].flags;
			return true;
		}
	}
	return false;
}

static double single_speed(uint32_t profile)
{
	size_t i;

	for (i = 0; i < PROFILES; i++)
		if (profiles[i].profile == profile)
			return profiles[i].single_speed;
	return 0;
}

/**
 * speed_from_option - the limit of the read speed that a word on the command line means
 * @word: a number, with or without an "x" behind it
 * @times: filled: so many times the single speed of the disc, above 0
 *
 * Return: false when it means none.
 */
bool speed_from_option(const char *word, double *times)
{
	char *end;

	*times = strtod(word, &end);
	if (end == word || !isdigit((unsigned char)word[0]))
		return false;
	if (*end == 'x' || *end == 'X')
		end++;
	return !*end && *times > 0 && *times <= SPEED_MAX;
}

/**
 * speed_limit - a limit of the read speed as the module counts it
 * @times: so many times the single speed, or 0 for no limit
 * @profile: of the disc
 *
 * Return: units of 1000 bytes/s, no less than the module's lowest; 0 for no limit.
 */
uint32_t speed_limit(double times, uint32_t profile)
{
	double speed = times * single_speed(profile);

	if (times <= 0)
		return 0;
	return speed < VCD_READ_SPEED_MIN ? VCD_READ_SPEED_MIN : (uint32_t)(speed + ROUNDING);
}

/**
 * speed_name - a limit of the read speed in words, as in 8x
 * @name: filled
 * @speed: units of 1000 bytes/s
 * @profile: of the disc
 *
 * Return: @name.
 */
const char *speed_name(char name[SPEED_NAME_MAX], uint32_t speed, uint32_t profile)
{
	double single = single_speed(profile);
	/* The module's number was rounded down: the tenth that it was asked for. */
	uint32_t tenths = single > 0 ? (uint32_t)((speed + 0.999) / single * 10 + ROUNDING) : 0;

	snprintf(name, SPEED_NAME_MAX, "%gx", tenths / 10.0);
	return name;
}

static const char *const cache_modes[] = {
	[VCD_CACHE_AUTO]	= "auto",
	[VCD_CACHE_PAGE]	= "page",
	[VCD_CACHE_NONE]	= "none",
};

/**
 * cache_name - the name of a way to cache image files
 * @cache: VCD_CACHE_*
 */
const char *cache_name(uint32_t cache)
{
	return cache < ARRAY_SIZE(cache_modes) ? cache_modes[cache] : "unknown";
}

/**
 * cache_from_option - the way to cache image files that a word on the command line means
 * @word: the word
 * @cache: filled
 *
 * Return: false when it means none.
 */
bool cache_from_option(const char *word, uint32_t *cache)
{
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(cache_modes); i++) {
		if (!strcmp(cache_modes[i], word)) {
			*cache = i;
			return true;
		}
	}
	return false;
}
