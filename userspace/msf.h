/* SPDX-License-Identifier: GPL-2.0-only */
/* Times on a CD in minutes, seconds and frames; a frame is a sector. */
#ifndef VCD_MSF_H
#define VCD_MSF_H

#include <stdbool.h>
#include <stdint.h>

/** MSF_FRAMES: frames of a second */
#define MSF_FRAMES	75
/** MSF_PREGAP: frames from the time zero to sector 0 */
#define MSF_PREGAP	150

/**
 * struct msf - a time
 * @m: minutes, as many as it takes
 * @s: seconds, 0 to 59
 * @f: frames, 0 to 74
 */
struct msf {
	uint32_t m, s, f;
};

/** msf_valid - are these @seconds and @frames of a time? */
static inline bool msf_valid(uint64_t seconds, uint64_t frames)
{
	return seconds < 60 && frames < MSF_FRAMES;
}

/** msf_to_frames - a time in frames */
static inline uint32_t msf_to_frames(uint32_t m, uint32_t s, uint32_t f)
{
	return (m * 60 + s) * MSF_FRAMES + f;
}

/** msf_from_frames - @frames in minutes, seconds and frames */
static inline struct msf msf_from_frames(uint64_t frames)
{
	return (struct msf){ .m = (uint32_t)(frames / MSF_FRAMES / 60), .s = (uint32_t)(frames / MSF_FRAMES % 60),
			     .f = (uint32_t)(frames % MSF_FRAMES) };
}

#endif
