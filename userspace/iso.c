// SPDX-License-Identifier: GPL-2.0-only
/* Plain images: the 2048 bytes of user data of each sector, one after the other, from sector 0 on (.iso). */
#include <inttypes.h>

#include "image.h"

static bool iso_probe(const struct image *image, const struct reader *reader)
{
	(void)reader;
	return content_is_known(&image->content);
}

static enum image_error iso_open(struct image *image)
{
	uint64_t size = image->files[0].size;
	uint64_t sectors = size / SECTOR_SIZE + (size % SECTOR_SIZE ? 1 : 0);
	struct vcd_extent extent = {
		.stride = SECTOR_SIZE,
		.form = VCD_FORM_USER_2048,
		.tail = (uint32_t)(size % SECTOR_SIZE),
	};
	struct vcd_track track = { .number = 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA };
	enum image_error error;

	if (sectors > UINT32_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has %" PRIu64 " bytes, more than any disc can have",
				  size);
	image->sectors = (uint32_t)sectors;
	extent.sectors = image->sectors;
	track.sectors = image->sectors;
	error = image_add_extent(image, &extent);
	return error ? error : image_add_track(image, &track);
}

const struct image_format iso_format = {
	.name = "iso",
	.title = "plain sectors of 2048 bytes",
	.probe = iso_probe,
	.open = iso_open,
};
