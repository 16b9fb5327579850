// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer targets of the parsers of images: one for each format, by the name of the program, and one for all of them,
 * fuzz_image, where the first byte chooses the suffix of the file. The input is the file; beside it lie files that
 * descriptors may name. What a parser takes has to be what the kernel takes, and its sectors have to be readable.
 */
#include <errno.h>
#include <iconv.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "input.h"
#include "layout.h"
#include "lazy.h"
#include "memfile.h"
#include "mmc.h"
#include "rawreader.h"
#include "sparse.h"
#include "unpack.h"

/* Where a descriptor at the end of a file of sectors begins. */
#define BEFORE		(100ULL * 2448)
/* In so many tracks sectors are read. */
#define READ_TRACKS	4

/**
 * struct format - what the input of a target is
 * @name: the format
 * @suffix: what the name of the file ends with
 * @before: bytes of the file that are before the input
 * @sparse: the input is described as in sparse.h
 * @sound: the input is a file of sound that a descriptor names
 */
static const struct format {
	const char *name;
	const char *suffix;
	uint64_t before;
	bool sparse;
	bool sound;
} formats[] = {
	{ .name = "image" },
	{ .name = "cue", .suffix = "cue" },
	{ .name = "toc", .suffix = "toc" },
	{ .name = "ccd", .suffix = "ccd" },
	{ .name = "mds", .suffix = "mds" },
	{ .name = "nrg", .suffix = "nrg", .before = BEFORE },
	{ .name = "cdi", .suffix = "cdi", .before = BEFORE },
	{ .name = "chd", .suffix = "chd" },
	{ .name = "gzip", .suffix = "gz" },
	{ .name = "bzip2", .suffix = "bz2" },
	{ .name = "xz", .suffix = "xz" },
	{ .name = "zstd", .suffix = "zst" },
	{ .name = "cso", .suffix = "cso" },
	{ .name = "isz", .suffix = "isz" },
	{ .name = "ecm", .suffix = "ecm" },
	{ .name = "raw", .suffix = "bin", .sparse = true },
	{ .name = "iso", .suffix = "iso", .sparse = true },
	{ .name = "sound", .suffix = "cue", .sound = true },
};

static const char *const suffixes[] = {
	"cue", "ccd", "mds", "nrg", "toc", "cdi", "chd", "iso", "bin", "gz", "cso", "isz", "ecm", "zst", "xz", "bz2", "001",
};

static const struct format *format;

/* A stand-in for libsndfile, whose own parsers are not what is tested: the first bytes of a file are what is in it. */

bool __real_lazy_load(const char *library, const struct lazy_function *functions, size_t count);

static struct sound {
	sf_count_t left;
	int channels;
} sound;

static SNDFILE *fake_open_fd(int fd, int mode, SF_INFO *info, int close_desc)
{
	uint8_t head[4] = { 0 };

	REQUIRE(mode == SFM_READ && !close_desc);
	if (pread(fd, head, sizeof(head), 0) < 0 || head[0] & 0x80)
		return NULL;
	*info = (SF_INFO){
		.samplerate = head[0] & 0x40 ? 48000 : 44100, .channels = head[0] & 7, .frames = get_le16(head + 1) & 0x1FFF,
		.seekable = head[3] & 1,
	};
	sound = (struct sound){ .left = head[3] & 2 ? info->frames / 2 : info->frames, .channels = info->channels };
	return (SNDFILE *)&sound;
}

static int fake_close(SNDFILE *file)
{
	REQUIRE(file == (SNDFILE *)&sound);
	return 0;
}

static sf_count_t fake_readf_float(SNDFILE *file, float *to, sf_count_t frames)
{
	sf_count_t i;

	REQUIRE(file == (SNDFILE *)&sound);
	if (frames > sound.left)
		frames = sound.left;
	for (i = 0; i < frames * sound.channels; i++)
		to[i] = (float)(i % 2000) / 900 - 1.1F;
	sound.left -= frames;
	return frames;
}

static const char *fake_strerror(SNDFILE *file)
{
	(void)file;
	return "it is none";
}

bool __wrap_lazy_load(const char *library, const struct lazy_function *functions, size_t count)
{
	static const struct { const char *name; void *function; } fakes[] = {
		{ "sf_open_fd", fake_open_fd }, { "sf_close", fake_close }, { "sf_readf_float", fake_readf_float },
		{ "sf_strerror", fake_strerror },
	};
	size_t i, j;

	if (strncmp(library, "libsndfile", 10))
		return __real_lazy_load(library, functions, count);
	for (i = 0; i < count; i++) {
		for (j = 0; strcmp(functions[i].name, fakes[j].name); j++)
			REQUIRE(j + 1 < sizeof(fakes) / sizeof(fakes[0]));
		memcpy(functions[i].pointer, &fakes[j].function, sizeof(fakes[j].function));
	}
	return true;
}

/* A CRC that is always right: nothing behind it is out of reach. */
uint16_t __wrap_crc16(uint16_t crc, const uint8_t *data, size_t len)
{
	(void)crc, (void)data, (void)len;
	return 0;
}

/* Kept open */
static iconv_t conversions[4];

static unsigned long images, images_taken;

static void print_counts(void)
{
	fprintf(stderr, "stat::images: %lu\nstat::images_taken: %lu\n", images, images_taken);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	size_t i;

	(void)argc;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (is_target((*argv)[0], formats[i].name))
			format = &formats[i];
	REQUIRE(format);
	setenv("TMPDIR", MEMFILE_FOLDER, 1);
	/* The C library would look for the tables each time anew. */
	for (i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++) {
		conversions[i] = iconv_open(i == 1 ? "CP1252" : "UTF-8", (const char *[]){ "CP1252", "UTF-8", "UTF-16LE", "UTF-16BE" }[i]);
		REQUIRE(conversions[i] != (iconv_t)-1);
	}
	unpack_limit = MEMFILE_SCRATCH_MAX / 8;
	atexit(print_counts);
	return 0;
}

static void fill_sectors(const struct memfile *file, uint64_t offset, uint8_t *buf, size_t len)
{
	static const uint8_t sync[16] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0, 1 };

	(void)file;
	memfile_overlay(buf, offset, len, sync, 0, sizeof(sync));
}

static void fill_sparse(const struct memfile *file, uint64_t offset, uint8_t *buf, size_t len)
{
	(void)file;
	sparse_fill(offset, buf, len);
}

/* What a descriptor may name */
static void add_others(void)
{
	static const struct memfile others[] = {
		{ .name = "a.bin", .size = 2000 * 2352, .fill = fill_sectors },
		{ .name = "a.img", .size = 2000 * 2448, .fill = fill_sectors },
		{ .name = "a.iso", .size = 2000 * 2048, .fill = fill_sectors },
		{ .name = "a.flac", .size = 1000, .data = (const uint8_t *)"\x02\xe8\x03\x01", .len = 4 },
		{ .name = "x.img", .size = 2000 * 2352, .fill = fill_sectors },
		{ .name = "x.sub", .size = 2000 * 96, .fill = fill_sectors },
		{ .name = "x.mdf", .size = 2000 * 2448, .fill = fill_sectors },
		{ .name = "x.002", .size = 100 * 2048, .fill = fill_sectors },
	};
	/* RIFF, WAVE, fmt: PCM, 2 channels, 44100 Hz, 16 bits; data */
	static const uint8_t wave[] = "RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\1\0\2\0\x44\xac\0\0\x10\xb1\2\0\4\0\x10\0data\0\0\0\0";
	static const uint8_t packs[3 * 18] = { 0x80, 0, 0, 0, 'D', 'i', 's', 'c', 0, 'O', 'n', 'e', 0 };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		memfile_add(&others[i]);
	memfile_add(&(struct memfile){ .name = "a.wav", .data = wave, .len = sizeof(wave) - 1, .size = 44 + 900 * 2352 });
	memfile_add(&(struct memfile){ .name = "a.cdt", .data = packs, .len = sizeof(packs), .size = 18 });
}

/* What the kernel asks of a disc, as kernel/disc.c has it asked */
static void check_disc(const struct image *image)
{
	struct mmc_track *tracks = calloc(image->track_count, sizeof(*tracks));
	struct mmc_extent *extents = calloc(image->extent_count, sizeof(*extents));
	struct mmc_extent *subs = calloc(image->subchannel_count + 1, sizeof(*subs));
	struct mmc_index *indices = calloc(image->index_count + 1, sizeof(*indices));
	uint64_t *bytes = calloc(image->file_count, sizeof(*bytes));
	struct mmc_medium medium = {
		.tracks = tracks, .nr_tracks = (u8)image->track_count, .sectors = image->sectors,
		.nr_cdtext = image->cdtext_count, .cdtext = (const u8 *)image->cdtext,
		.subchannels = image->subchannel_count > 0,
		.indices = indices, .nr_indices = image->index_count,
	};
	struct mmc_layout layout = { extents, image->extent_count }, sub = { subs, image->subchannel_count };
	uint32_t i;

	REQUIRE(image->track_count && image->track_count <= MMC_TRACKS_MAX);
	for (i = 0; i < image->track_count; i++) {
		const struct vcd_track *from = &image->tracks[i];

		tracks[i] = (struct mmc_track){ from->lba, from->sectors, from->number, from->session, from->control, from->mode,
						from->pregap, "" };
		memcpy(tracks[i].isrc, from->isrc, sizeof(tracks[i].isrc));
	}
	for (i = 0; i < image->extent_count + image->subchannel_count; i++) {
		bool main_channel = i < image->extent_count;
		const struct vcd_extent *from = main_channel ? &image->extents[i] : &image->subchannels[i - image->extent_count];

		*(main_channel ? &extents[i] : &subs[i - image->extent_count]) = (struct mmc_extent){
			.offset = from->offset, .lba = from->lba, .sectors = from->sectors, .file = from->file,
			.tail = (u16)from->tail, .stride = from->stride, .form = (u8)from->form,
		};
	}
	for (i = 0; i < image->index_count; i++)
		indices[i] = (struct mmc_index){ image->indices[i].lba, image->indices[i].track, image->indices[i].index };
	for (i = 0; i < image->file_count; i++)
		bytes[i] = image->files[i].size;
	memcpy(medium.mcn, image->mcn, sizeof(medium.mcn));
	medium.sessions = tracks[image->track_count - 1].session;
	medium.profile = (u16)image_profile(image);
	/* That a disc is too large is for the kernel to say: it depends on the profile that is asked for. */
	if (medium.sectors <= mmc_sectors_max(medium.profile)) {
		REQUIRE(mmc_medium_valid(&medium));
		REQUIRE(mmc_layout_check(&layout, &medium, bytes, image->file_count) == MMC_LAYOUT_OK);
		REQUIRE(mmc_layout_check_sub(&sub, medium.sectors, bytes, image->file_count) == MMC_LAYOUT_OK);
	}
	free(bytes);
	free(indices);
	free(subs);
	free(extents);
	free(tracks);
}

/* Sectors at the ends of each track, made up or not */
static void read_sectors(const struct image *image)
{
	struct raw_reader *raw = image_profile(image) == VCD_PROFILE_CD_ROM ? raw_reader_new(image) : NULL;
	uint8_t sector[RAW_SECTOR], sub[RAW_SUBCHANNEL];
	enum raw_check result;
	uint32_t i;

	for (i = 0; raw && i < image->track_count && i < READ_TRACKS; i++) {
		uint32_t first = raw_reader_start(raw, i), end = raw_reader_end(raw, i);

		REQUIRE(first < end && end <= image->sectors);
		REQUIRE(!raw_reader_read(raw, first, sector, sub));
		REQUIRE(!raw_reader_read(raw, end - 1, sector, sub));
		REQUIRE(!raw_reader_check(raw, first, &result));
	}
	raw_reader_free(raw);
}

/* A reason is a line of text. */
static void check_reason(const char *reason)
{
	REQUIRE(reason[0]);
	for (; *reason; reason++)
		REQUIRE((unsigned char)*reason >= ' ' && *reason != 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char cue[] = "FILE \"a\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
	const char *suffix = format->suffix;
	struct image image;
	char path[64];

	if (!size)
		return 0;
	if (!suffix) {
		suffix = suffixes[data[0] % (sizeof(suffixes) / sizeof(suffixes[0]))];
		data++;
		size--;
	}
	snprintf(path, sizeof(path), MEMFILE_FOLDER "x.%s", suffix);
	memfile_reset();
	if (format->sparse) {
		sparse_read(data, size);
		memfile_add(&(struct memfile){ .name = path + sizeof(MEMFILE_FOLDER) - 1, .size = sparse_size(), .fill = fill_sparse });
	} else if (format->sound) {
		memfile_add(&(struct memfile){ .name = path + sizeof(MEMFILE_FOLDER) - 1, .data = (const uint8_t *)cue, .len = sizeof(cue) - 1,
					       .size = sizeof(cue) - 1 });
		memfile_add(&(struct memfile){ .name = "a", .data = data, .len = size, .size = size });
	} else {
		memfile_add(&(struct memfile){ .name = path + sizeof(MEMFILE_FOLDER) - 1, .data = data, .len = size, .at = format->before,
					       .size = format->before + size });
	}
	add_others();
	images++;
	if (image_open(&image, path, 0) == IMAGE_OK) {
		images_taken++;
		check_disc(&image);
		read_sectors(&image);
	} else {
		check_reason(image.reason);
		if (getenv("SAY"))
			fprintf(stderr, "%s\n", image.reason);
	}
	image_close(&image);
	REQUIRE(!memfile_open_files());
	return 0;
}
