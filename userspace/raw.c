// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raw dumps: the main channel of a CD as it is on the disc, sector by sector, with or without the sub-channel behind
 * each (the .bin of a CUE sheet, .img, .mdf). No descriptor is needed: the sectors say themselves what they are.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "crc16.h"
#include "image.h"
#include "msf.h"

#define RAW_SIZE	2352
#define MODE2_SIZE	2336
#define SYNC_SIZE	12
#define SUB_SIZE	96
#define Q_SIZE		12

/* A track of a CD lasts at least four seconds (ECMA-130 20); less than that without sync is damage. */
#define TRACK_MIN	300
/* The two seconds before sector 0 */
#define VOLUME_SECTOR	16

/**
 * struct layout - how a raw dump stores sectors
 * @stride: bytes from one sector to the next; 0: this is no raw dump
 * @form: VCD_FORM_* of the main channel
 * @mode: VCD_MODE_* of the first track
 * @sub: is there a sub-channel that can be made sense of?
 * @sub_form: its VCD_FORM_*
 * @skip: sectors of the file that lie before sector 0 of the disc
 * @sectors: whole sectors of the file
 * @data: how many of them are of the data track; audio follows
 */
struct layout {
	uint16_t stride;
	uint16_t form;
	uint8_t mode;
	bool sub;
	uint16_t sub_form;
	uint32_t skip;
	uint32_t sectors;
	uint32_t data;
};

static const uint8_t sync_pattern[SYNC_SIZE] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };

/* The sync pattern and the header of a sector; false also for one that is not in the file. */
static bool read_header(const struct reader *reader, const struct layout *layout, uint32_t index,
			uint8_t head[SYNC_SIZE + 4])
{
	return !reader_read(reader, (uint64_t)index * layout->stride, head, SYNC_SIZE + 4) &&
	       !memcmp(head, sync_pattern, SYNC_SIZE);
}

static bool is_data(const struct reader *reader, const struct layout *layout, uint32_t index)
{
	uint8_t head[SYNC_SIZE + 4];

	return read_header(reader, layout, index, head) && (head[15] == 1 || head[15] == 2);
}

/* Does the header say that this sector is minute 0, @second, frame 0? */
static bool is_second(const struct reader *reader, const struct layout *layout, uint32_t index, uint8_t second)
{
	uint8_t head[SYNC_SIZE + 4];

	return read_header(reader, layout, index, head) && head[12] == 0 && head[13] == second && head[14] == 0;
}

static bool q_is_valid(const uint8_t q[Q_SIZE])
{
	return crc16_cd(q, Q_SIZE - 2) == get_be16(q + Q_SIZE - 2);
}

/* Q of P to W interleaved: bit 6 of each byte */
static void gather_q(const uint8_t sub[SUB_SIZE], uint8_t q[Q_SIZE])
{
	int i;

	memset(q, 0, Q_SIZE);
	for (i = 0; i < SUB_SIZE; i++)
		q[i / 8] = (uint8_t)(q[i / 8] | (sub[i] >> 6 & 1) << (7 - i % 8));
}

/* Which of the forms makes sense of the sub-channel? If none does, the sub-channel is made up from the tracks. */
static void find_subchannel(const struct reader *reader, struct layout *layout)
{
	uint32_t index = layout->sectors > VOLUME_SECTOR ? VOLUME_SECTOR : 0;
	size_t size = layout->stride - RAW_SIZE;
	uint8_t sub[SUB_SIZE], q[Q_SIZE];

	if (layout->stride <= RAW_SIZE || size > sizeof(sub) ||
	    reader_read(reader, (uint64_t)index * layout->stride + RAW_SIZE, sub, size))
		return;
	if (size == 16) {
		layout->sub = q_is_valid(sub);
		layout->sub_form = VCD_FORM_SUB_Q_16;
		return;
	}
	gather_q(sub, q);
	if (q_is_valid(q)) {
		layout->sub = true;
		layout->sub_form = VCD_FORM_SUB_RAW_96;
	} else if (q_is_valid(sub + Q_SIZE)) {
		layout->sub = true;
		layout->sub_form = VCD_FORM_SUB_PACKED_96;
	}
}

/* Where the data track ends if the last sector is none of it. The first sector is, that has been seen. */
static uint32_t find_end_of_data(const struct reader *reader, const struct layout *layout)
{
	uint32_t data = 0, audio = layout->sectors - 1;

	if (is_data(reader, layout, audio))
		return layout->sectors;
	while (audio - data > 1) {
		uint32_t middle = data + (audio - data) / 2;

		if (is_data(reader, layout, middle))
			data = middle;
		else
			audio = middle;
	}
	return layout->sectors - audio < TRACK_MIN ? layout->sectors : audio;
}

static bool has_sync(const struct reader *reader, struct layout *layout)
{
	uint8_t head[SYNC_SIZE + 4];
	uint32_t look[] = { 1, VOLUME_SECTOR };
	size_t i;

	if (!layout->sectors || !is_data(reader, layout, 0))
		return false;
	for (i = 0; i < ARRAY_SIZE(look); i++)
		if (look[i] < layout->sectors && !is_data(reader, layout, look[i]))
			return false;
	layout->skip = is_second(reader, layout, 0, 0) && is_second(reader, layout, MSF_PREGAP, 2) ? MSF_PREGAP : 0;
	if (!read_header(reader, layout, layout->sectors > VOLUME_SECTOR ? VOLUME_SECTOR : 0, head))
		return false;
	layout->form = VCD_FORM_RAW_2352;
	layout->mode = head[15] == 1 ? VCD_MODE_DATA : VCD_MODE_MODE2;
	layout->data = find_end_of_data(reader, layout);
	find_subchannel(reader, layout);
	return true;
}

/* A sub-header of Mode 2 stands twice. */
static bool has_subheader(const struct reader *reader, uint32_t index)
{
	uint8_t head[8];

	return !reader_read(reader, (uint64_t)index * MODE2_SIZE, head, sizeof(head)) && !memcmp(head, head + 4, 4);
}

/* Without sync only the volume descriptor of ISO 9660 shows for certain how long the sectors are. */
static bool is_mode2(const struct reader *reader, struct layout *layout)
{
	uint8_t volume[5];

	if (layout->sectors <= VOLUME_SECTOR || !has_subheader(reader, 0) || !has_subheader(reader, 1) ||
	    !has_subheader(reader, VOLUME_SECTOR) || !has_subheader(reader, layout->sectors - 1))
		return false;
	if (reader_read(reader, VOLUME_SECTOR * MODE2_SIZE + 8 + 1, volume, sizeof(volume)) ||
	    memcmp(volume, "CD001", sizeof(volume)))
		return false;
	layout->form = VCD_FORM_MODE2_2336;
	layout->mode = VCD_MODE_MODE2;
	layout->data = layout->sectors;
	return true;
}

static struct layout find_layout(const struct reader *reader)
{
	static const uint16_t strides[] = { RAW_SIZE, RAW_SIZE + SUB_SIZE, RAW_SIZE + 16, MODE2_SIZE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(strides); i++) {
		struct layout layout = { .stride = strides[i] };

		if (reader->size / strides[i] > INT32_MAX)
			continue;
		layout.sectors = (uint32_t)(reader->size / strides[i]);
		if (strides[i] == MODE2_SIZE ? is_mode2(reader, &layout) : has_sync(reader, &layout))
			return layout;
	}
	return (struct layout){ 0 };
}

static struct reader first_file(const struct image *image)
{
	return reader_from_fd(&image->files[0].source, image->files[0].size);
}

static bool raw_probe(const struct image *image, const struct reader *reader)
{
	(void)image;
	return find_layout(reader).stride != 0;
}

/* Sectors @from to @to of the file; what is left of the file behind the last one is a sector that is cut off. */
static enum image_error append(struct image *image, const struct layout *layout, uint32_t from, uint32_t to)
{
	uint64_t rest = image->files[0].size - (uint64_t)layout->sectors * layout->stride;
	struct vcd_extent run = {
		.sectors = to - from,
		.stride = layout->stride,
		.form = layout->form,
		.offset = (uint64_t)from * layout->stride,
	};

	if (rest && to == layout->sectors) {
		run.sectors++;
		run.tail = rest < form_size(layout->form) ? (uint32_t)rest : 0;
	}
	return image_append(image, &run);
}

static enum image_error append_subchannel(struct image *image, const struct layout *layout)
{
	struct vcd_extent run = {
		.sectors = layout->sectors - layout->skip,
		.stride = layout->stride,
		.form = layout->sub_form,
		.offset = (uint64_t)layout->skip * layout->stride + RAW_SIZE,
	};

	return layout->sub ? image_append_subchannel(image, &run) : IMAGE_OK;
}

static enum image_error raw_open(struct image *image)
{
	struct reader reader = first_file(image);
	struct layout layout = find_layout(&reader);
	struct vcd_track track = { .control = 4, .mode = layout.mode };
	enum image_error error;

	if (!layout.stride)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has changed while it was read");
	error = image_begin_track(image, &track);
	if (!error)
		error = append(image, &layout, layout.skip, layout.data);
	if (!error && layout.data < layout.sectors) {
		error = image_begin_track(image, &(struct vcd_track){ .mode = VCD_MODE_AUDIO });
		if (!error)
			error = append(image, &layout, layout.data, layout.sectors);
	}
	if (!error)
		error = append_subchannel(image, &layout);
	if (!error)
		error = image_end_tracks(image);
	/* Only CDs have such sectors, also if the disc is longer than it should be. */
	if (!error && image->sectors <= CD_SECTORS_MAX)
		image->profile_hint = VCD_PROFILE_CD_ROM;
	return error;
}

const struct image_format raw_format = {
	.name = "raw",
	.title = "raw sectors of a CD",
	.probe = raw_probe,
	.open = raw_open,
};

/* Samples have no mark. The file's name tells, if its size fits and nothing else is known of it. */
static bool audio_probe(const struct image *image, const struct reader *reader)
{
	static const char *const suffixes[] = { ".bin", ".cdda", ".cdr", ".pcm", ".raw" };
	size_t length = strlen(image->path), i;

	if (reader->size % RAW_SIZE || reader->size / RAW_SIZE > INT32_MAX || content_is_known(&image->content) ||
	    foreign_describe(reader, false))
		return false;
	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t n = strlen(suffixes[i]);

		if (length > n && !strcasecmp(image->path + length - n, suffixes[i]))
			return true;
	}
	return false;
}

static enum image_error audio_open(struct image *image)
{
	struct vcd_extent run = {
		.sectors = (uint32_t)(image->files[0].size / RAW_SIZE),
		.form = VCD_FORM_RAW_2352,
	};
	enum image_error error = image_begin_track(image, &(struct vcd_track){ .mode = VCD_MODE_AUDIO });

	if (!error)
		error = image_append(image, &run);
	return error ? error : image_end_tracks(image);
}

const struct image_format audio_format = {
	.name = "audio",
	.title = "samples of an audio CD",
	.probe = audio_probe,
	.open = audio_open,
};
