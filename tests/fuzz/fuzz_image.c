// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing of the parsers of images. The first byte of an input chooses the suffix of a file, the rest is what is in it;
 * beside it lie files that descriptors may name. What a parser takes has to be what the kernel takes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "layout.h"
#include "mmc.h"

#define REQUIRE(condition)	do { if (!(condition)) __builtin_trap(); } while (0)

static const char *const suffixes[] = {
	"cue", "ccd", "mds", "nrg", "toc", "cdi", "chd", "iso", "bin", "gz", "cso", "isz", "ecm", "zst", "xz", "bz2", "001",
};

static char folder[64];

static void clean_up(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command))
		_exit(1);
}

static void make_file(const char *name, size_t size)
{
	static const unsigned char sync[16] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0, 1 };
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	REQUIRE(fd >= 0 && write(fd, sync, sizeof(sync)) == sizeof(sync) && !ftruncate(fd, (off_t)size));
	close(fd);
}

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/dev/shm/vcd-fuzz-XXXXXX");
	REQUIRE(mkdtemp(folder));
	atexit(clean_up);
	make_file("a.bin", 2000 * 2352);
	make_file("a.img", 2000 * 2352);
	make_file("x.img", 2000 * 2352);
	make_file("x.sub", 2000 * 96);
	make_file("x.mdf", 2000 * 2448);
	make_file("a.iso", 2000 * 2048);
	make_file("x.002", 100 * 2048);
	setenv("TMPDIR", folder, 1);
}

/* What the kernel asks of a disc, as kernel/disc.c has it asked */
static void check_disc(const struct image *image)
{
	struct mmc_track *tracks = calloc(image->track_count, sizeof(*tracks));
	struct mmc_extent *extents = calloc(image->extent_count, sizeof(*extents));
	struct mmc_extent *subs = calloc(image->subchannel_count + 1, sizeof(*subs));
	uint64_t *bytes = calloc(image->file_count, sizeof(*bytes));
	struct mmc_medium medium = {
		.tracks = tracks, .nr_tracks = (u8)image->track_count, .sectors = image->sectors,
		.nr_cdtext = image->cdtext_count, .cdtext = (const u8 *)image->cdtext,
		.subchannels = image->subchannel_count > 0,
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
	free(subs);
	free(extents);
	free(tracks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[128];
	struct image image;
	int fd;

	if (!size)
		return 0;
	if (!folder[0])
		make_folder();
	snprintf(path, sizeof(path), "%s/x.%s", folder, suffixes[data[0] % (sizeof(suffixes) / sizeof(suffixes[0]))]);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	REQUIRE(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
	close(fd);
	if (image_open(&image, path, 0) == IMAGE_OK)
		check_disc(&image);
	else
		REQUIRE(image.reason[0]);
	image_close(&image);
	unlink(path);
	return 0;
}
