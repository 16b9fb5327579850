// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sound that is in a file of its own. WAVE files that hold samples as a CD does are used as they are; everything else
 * is decoded by libsndfile into a temporary file.
 */
#include <inttypes.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "audiofile.h"
#include "lazy.h"
#include "scratch.h"
#include "text.h"

#define CD_RATE		44100
#define CD_CHANNELS	2
#define FRAME_BYTES	4
/* 99:59:74 */
#define CD_FRAMES_MAX	(CD_SECTORS_MAX * 588LL)
#define CHUNKS_MAX	1000
#define DECODE_FRAMES	4096

#define WAVE_PCM	1
#define WAVE_EXTENSIBLE	0xFFFE

LAZY(sf_open_fd);
LAZY(sf_close);
LAZY(sf_readf_float);
LAZY(sf_strerror);

static const struct lazy_function sndfile[] = {
	LAZY_FUNCTION(sf_open_fd),
	LAZY_FUNCTION(sf_close),
	LAZY_FUNCTION(sf_readf_float),
	LAZY_FUNCTION(sf_strerror),
};

/* Is this what a CD has? @fmt holds the 40 bytes that the chunk has at most, zeroes behind its end. */
static bool is_cd_format(const uint8_t *fmt)
{
	unsigned int tag = get_le16(fmt);

	/* The extended format has the tag in the first bytes of its GUID. */
	if (tag == WAVE_EXTENSIBLE)
		tag = get_le16(fmt + 18) == 16 ? get_le16(fmt + 24) : 0;
	return tag == WAVE_PCM && get_le16(fmt + 2) == CD_CHANNELS && get_le32(fmt + 4) == CD_RATE &&
	       get_le16(fmt + 12) == FRAME_BYTES && get_le16(fmt + 14) == 16;
}

/* Find the samples of a WAVE file; false when it is something else, or its samples are not as on a CD. */
static bool find_samples(const struct reader *reader, struct audio_samples *samples)
{
	uint8_t head[12], chunk[8], fmt[40] = { 0 };
	uint64_t at = sizeof(head);
	unsigned int i;

	if (reader_read(reader, 0, head, sizeof(head)) || memcmp(head, "RIFF", 4) || memcmp(head + 8, "WAVE", 4))
		return false;
	for (i = 0; i < CHUNKS_MAX && !reader_read(reader, at, chunk, sizeof(chunk)); i++) {
		uint32_t size = get_le32(chunk + 4);

		at += sizeof(chunk);
		if (!memcmp(chunk, "data", 4)) {
			samples->offset = at;
			samples->size = size;
			/* Who writes into a pipe does not know the size and fills in something large, or nothing. */
			if (size == 0 || size >= 0x7FFFF000)
				samples->size = reader->size - at;
			return is_cd_format(fmt);
		}
		if (!memcmp(chunk, "fmt ", 4) &&
		    reader_read(reader, at, fmt, size < sizeof(fmt) ? size : sizeof(fmt)))
			return false;
		at += (uint64_t)size + (size & 1);
	}
	return false;
}

static enum image_error use_in_place(struct image *image, const char *shown, struct audio_samples *samples)
{
	uint64_t size = image->files[samples->file].size;

	if (samples->offset > size || samples->size > size - samples->offset)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "names the file \"%s\", which is damaged: %" PRIu64
				  " bytes of samples should be in it, and %" PRIu64 " are",
				  shown, samples->size, size - samples->offset);
	samples->size -= samples->size % FRAME_BYTES;
	return IMAGE_OK;
}

static enum image_error check_info(struct image *image, const char *shown, const SF_INFO *info)
{
	if (info->samplerate != CD_RATE)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "names the file \"%s\", which has %d samples a second, and a CD has %d; convert it "
				  "first: sox IN -r %d OUT.wav", shown, info->samplerate, CD_RATE, CD_RATE);
	if (info->channels < 1 || info->channels > CD_CHANNELS)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "names the file \"%s\", which has %d channels, and a CD has %d; convert it first: "
				  "sox IN -c %d OUT.wav", shown, info->channels, CD_CHANNELS, CD_CHANNELS);
	if (info->frames > CD_FRAMES_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "names the file \"%s\", which is longer than a CD can be",
				  shown);
	return IMAGE_OK;
}

/* From -1 to 1, in which libsndfile gives any sample, exactly when it had 16 bits */
static void put_sample(uint8_t *to, float value)
{
	int sample;

	value *= 32768;
	if (value >= 32767)
		sample = 32767;
	else if (value <= -32768)
		sample = -32768;
	else if (value >= 0)
		sample = (int)(value + 0.5F);
	else if (value < 0)
		sample = (int)(value - 0.5F);
	else
		sample = 0; /* not a number */
	to[0] = (uint8_t)sample;
	to[1] = (uint8_t)((uint16_t)sample >> 8);
}

/**
 * struct decoding - a file that is being decoded
 * @sound: the file, as libsndfile has it
 * @info: what is in it
 * @file: where the samples go: an index into image->files
 * @shown: its name, fit to be printed
 * @in: samples as they come
 * @out: samples as they are on a CD
 */
struct decoding {
	SNDFILE *sound;
	SF_INFO info;
	uint32_t file;
	const char *shown;
	float in[DECODE_FRAMES * CD_CHANNELS];
	uint8_t out[DECODE_FRAMES * FRAME_BYTES];
};

static enum image_error decode_frames(struct image *image, struct decoding *decoding)
{
	int channels = decoding->info.channels;
	sf_count_t done = 0, n, i;
	enum image_error error;

	for (;;) {
		n = lazy_sf_readf_float(decoding->sound, decoding->in, DECODE_FRAMES);
		if (n <= 0)
			break;
		for (i = 0; i < n; i++) {
			put_sample(decoding->out + i * FRAME_BYTES, decoding->in[i * channels]);
			put_sample(decoding->out + i * FRAME_BYTES + 2, decoding->in[i * channels + channels - 1]);
		}
		error = image_scratch_write(image, decoding->file, decoding->out, (size_t)n * FRAME_BYTES,
					    (uint64_t)done * FRAME_BYTES);
		if (error)
			return error;
		done += n;
		if (done > CD_FRAMES_MAX)
			return image_fail(image, IMAGE_NOT_AN_IMAGE,
					  "names the file \"%s\", which is longer than a CD can be", decoding->shown);
		if (image->options.progress)
			image->options.progress(decoding->shown, (uint64_t)done * FRAME_BYTES,
						(uint64_t)decoding->info.frames * FRAME_BYTES);
	}
	if (done < decoding->info.frames && decoding->info.seekable)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "names the file \"%s\", which is damaged: it ends after %" PRId64 " of %" PRId64
				  " samples",
				  decoding->shown, (int64_t)done, (int64_t)decoding->info.frames);
	if (!done)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "names the file \"%s\", and there is no sound in it",
				  decoding->shown);
	return IMAGE_OK;
}

/* The temporary file, added last, stands for the one that it was decoded from. */
static void take_place(struct image *image, uint32_t file)
{
	struct image_file decoded = image->files[image->file_count - 1];

	image->files[image->file_count - 1] = image->files[file];
	image->files[file] = decoded;
	image_drop_file(image);
}

static enum image_error decode_into_scratch(struct image *image, struct decoding *decoding,
					    struct audio_samples *samples)
{
	uint64_t size = (uint64_t)(decoding->info.frames > 0 ? decoding->info.frames : 0) * FRAME_BYTES;
	enum image_error error;

	error = image_add_scratch(image, size, &decoding->file);
	if (!error)
		error = decode_frames(image, decoding);
	if (!error)
		error = image_scratch_done(image, decoding->file);
	if (error)
		return error;
	take_place(image, samples->file);
	samples->offset = 0;
	samples->size = image->files[samples->file].size;
	return IMAGE_OK;
}

static enum image_error decode(struct image *image, const char *shown, struct audio_samples *samples)
{
	struct decoding *decoding;
	enum image_error error;

	if (!lazy_load("libsndfile.so.1", sndfile, ARRAY_SIZE(sndfile)))
		return image_fail(image, IMAGE_CANNOT_OPEN,
				  "names the file \"%s\", which has to be decoded: install libsndfile (libsndfile1), "
				  "or convert it first: sox IN -r 44100 -c 2 -b 16 OUT.wav", shown);
	decoding = calloc(1, sizeof(*decoding));
	if (!decoding)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	decoding->shown = shown;
	decoding->sound = lazy_sf_open_fd(image->files[samples->file].source.fd, SFM_READ, &decoding->info, 0);
	if (!decoding->sound) {
		error = image_fail(image, IMAGE_NOT_AN_IMAGE,
				   "names the file \"%s\", which is no sound that can be decoded: %s", shown,
				   lazy_sf_strerror(NULL));
		goto out;
	}
	error = check_info(image, shown, &decoding->info);
	if (!error)
		error = decode_into_scratch(image, decoding, samples);
	lazy_sf_close(decoding->sound);
out:
	free(decoding);
	return error;
}

/**
 * audiofile_read - find or make the samples of a file of sound
 * @image: the image; the file was added last. If it has to be decoded, a temporary file takes its place.
 * @name: its name, for messages and for who asked for progress
 * @samples: out: where the samples are
 */
enum image_error audiofile_read(struct image *image, const char *name, struct audio_samples *samples)
{
	char shown[TEXT_MAX(100)];
	struct reader reader;

	text_from_bytes(shown, sizeof(shown), (const uint8_t *)name, strlen(name));
	samples->file = image->file_count - 1;
	reader = reader_from_fd(&image->files[samples->file].source, image->files[samples->file].size);
	if (find_samples(&reader, samples))
		return use_in_place(image, shown, samples);
	return decode(image, shown, samples);
}
