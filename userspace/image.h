/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Image files: which format a file is in, and where the sectors of the disc are that it describes.
 *
 * A format is one file that defines one struct image_format, listed in the table in image.c.
 */
#ifndef VCD_IMAGE_H
#define VCD_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/vcd.h>

#include "content.h"
#include "reader.h"

/** CD_SECTORS_MAX: the last address that sub-channel Q of a CD can express is 99:59:74 */
#define CD_SECTORS_MAX	449849

struct image_format;

/**
 * enum image_error - why a file is not taken
 * @IMAGE_OK: it is taken
 * @IMAGE_CANNOT_OPEN: it does not exist, must not be read, is a directory and so on
 * @IMAGE_NOT_AN_IMAGE: it was read and is not an image, or a damaged one; or a descriptor names what is not there
 * @IMAGE_NO_MEMORY: no memory
 */
enum image_error {
	IMAGE_OK = 0,
	IMAGE_CANNOT_OPEN,
	IMAGE_NOT_AN_IMAGE,
	IMAGE_NO_MEMORY,
};

/** IMAGE_RAW: as a flag of image_open(): do not ask what is in the file, take it for sectors of 2048 bytes */
#define IMAGE_RAW	(1U << 0)

/**
 * struct image_options - what may be said about an image beside its name
 * @flags: IMAGE_RAW or 0
 * @cache_dir: where files go that have to be unpacked or decoded; NULL: $TMPDIR, or /var/tmp
 * @password: of an image that is encrypted, for libMirage; NULL: none was given
 * @progress: called now and then during work that takes time: what is done, how many bytes of how many (0: not known);
 *	NULL for nobody
 */
struct image_options {
	unsigned int flags;
	const char *cache_dir;
	const char *password;
	void (*progress)(const char *what, uint64_t done, uint64_t total);
};

/**
 * struct image_file - a file that holds sectors of the disc
 * @path: its name as given or as found in a descriptor
 * @source: its descriptor
 * @size: its size in bytes
 * @made: it was made of what another file holds, and @path is no name
 */
struct image_file {
	char *path;
	struct fd_source source;
	uint64_t size;
	bool made;
};

/**
 * struct image_bytes - a run of bytes in the files of an image
 * @file: index of the file
 * @offset: the first byte
 * @size: how many; 0: none
 */
struct image_bytes {
	uint32_t file;
	uint64_t offset;
	uint64_t size;
};

/**
 * struct image_dpm - measured angles of sectors ("data position measurement"), which protections of old games ask for
 * @points: how many; 0: none are in the image
 * @first: the sector of the first one
 * @distance: sectors from one to the next
 */
struct image_dpm {
	uint32_t points;
	uint32_t first;
	uint32_t distance;
};

/**
 * struct image - a disc as an image describes it
 * @path: the name as given
 * @format: the format that it is in
 * @files: the files; the first is @path itself
 * @file_count: their number
 * @packed: what files[0] was unpacked from: one file, or all parts
 * @packed_count: their number
 * @split: the disc is made up of parts, which are the files
 * @size: bytes of the image itself: all its parts together, or what came out if it is packed; not what a descriptor
 * names
 * @outer: while an image is opened that lies in a file system: the name as given; @path leads into the file system
 * @outer_len: so much of that name is the file that has the file system in it
 * @mount: while such an image is opened: the file system; otherwise -1
 * @parts: when the image is split: the parts, of which files[0] is made up while a format is asked for the disc
 * @extents: where the sectors are, in the form in which the kernel takes them
 * @extent_count: their number
 * @tracks: the tracks
 * @track_count: their number
 * @subchannels: where stored sub-channels are, in the form in which the kernel takes them
 * @subchannel_count: their number
 * @cdtext: packs of CD-Text
 * @cdtext_count: their number
 * @mcn: media catalogue number, 13 digits, or empty
 * @indices: where indices above 1 begin, in the form in which the kernel takes them
 * @index_count: their number
 * @dpm: angles that the image has; they are shown, and no drive of ours is as slow as they say
 * @payload: of a CHD: where the bytes are that its checksums are about
 * @sectors: length of the disc
 * @profile_hint: the profile that the format names, or VCD_PROFILE_AUTO
 * @content: what is on the disc
 * @options: what was said about it
 * @reason: when image_open() failed: a sentence about why, and what to do
 */
struct image {
	char *path;
	const struct image_format *format;
	struct image_file *files;
	uint32_t file_count;
	struct image_file *packed;
	uint32_t packed_count;
	bool split;
	uint64_t size;
	char *outer;
	size_t outer_len;
	int mount;
	struct fd_part *parts;
	struct vcd_extent *extents;
	uint32_t extent_count;
	struct vcd_track *tracks;
	uint32_t track_count;
	struct vcd_extent *subchannels;
	uint32_t subchannel_count;
	struct vcd_cdtext *cdtext;
	uint32_t cdtext_count;
	char mcn[16];
	struct vcd_index *indices;
	uint32_t index_count;
	struct image_dpm dpm;
	struct image_bytes payload;
	uint32_t sectors;
	uint32_t profile_hint;
	struct content content;
	struct image_options options;
	char reason[512];
};

/**
 * struct image_format - a format of image files
 * @name: a word for it
 * @title: how a person calls it
 * @suffix: what a file's name ends with, for formats that @probe cannot tell; NULL if it can
 * @is_other: is a file with that suffix in another format, by what it begins with? NULL if there is none to mistake it for
 * @probe: does the image's first file look like one? Asked of every format in the order of the table.
 * @open: fill extents, tracks and sectors by the functions of tracks.c, and open further files
 */
struct image_format {
	const char *name;
	const char *title;
	const char *suffix;
	bool (*is_other)(const struct reader *reader);
	bool (*probe)(const struct image *image, const struct reader *reader);
	enum image_error (*open)(struct image *image);
};

extern const struct image_format cue_format;
extern const struct image_format audio_format;
extern const struct image_format chd_format;
extern const struct image_format iso_format;
extern const struct image_format raw_format;
extern const struct image_format ccd_format;
extern const struct image_format mds_format;
extern const struct image_format cdi_format;
extern const struct image_format nrg_format;
extern const struct image_format toc_format;
/* Asked last, and only for what no other takes; with HAVE_MIRAGE */
extern const struct image_format mirage_format;

enum image_error image_open(struct image *image, const char *path, unsigned int flags);
enum image_error image_open_with(struct image *image, const char *path, const struct image_options *options);
void image_close(struct image *image);
enum image_error image_add_file(struct image *image, const char *path);
enum image_error image_adopt_file(struct image *image, const char *path, int fd);
void image_drop_file(struct image *image);
bool image_is_no_text(const struct reader *reader);
enum image_error image_add_extent(struct image *image, const struct vcd_extent *extent);
enum image_error image_add_track(struct image *image, const struct vcd_track *track);
enum image_error image_add_subchannel(struct image *image, const struct vcd_extent *extent);
enum image_error image_add_index(struct image *image, const struct vcd_index *index);
enum image_error image_add_cdtext(struct image *image, const struct vcd_cdtext *pack);
void image_explain(struct image *image, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * image_fail - note why an image is not taken
 * @image: the image
 * @error: returned; who reads the caller, compilers too, sees that it is
 * @...: for image_explain()
 */
#define image_fail(image, error, ...)	(image_explain(image, __VA_ARGS__), (error))

struct reader image_reader(const struct image *image);
uint32_t image_missing_tail(const struct image *image);
uint32_t image_sessions(const struct image *image);
uint32_t image_profile(const struct image *image);

/* tracks.c */
uint32_t form_size(uint32_t form);
uint32_t form_user_offset(uint32_t form, uint32_t mode);
uint32_t image_mode_at(const struct image *image, uint32_t lba);
enum image_error image_append(struct image *image, const struct vcd_extent *run);
enum image_error image_append_zeroes(struct image *image, uint32_t sectors);
enum image_error image_append_subchannel(struct image *image, const struct vcd_extent *run);
enum image_error image_begin_track(struct image *image, const struct vcd_track *track);
enum image_error image_begin_session(struct image *image);
enum image_error image_end_tracks(struct image *image);

/* foreign.c */
const char *foreign_describe(const struct reader *reader, bool only_certain);

/* profile.c */

/** SPEED_NAME_MAX: room for what speed_name() makes */
#define SPEED_NAME_MAX	32

uint32_t profile_for_sectors(uint32_t sectors);
const char *profile_name(uint32_t profile);
uint32_t profile_for_content(const struct content *content, uint32_t sectors);
bool profile_from_option(const char *word, uint32_t *profile, uint32_t *flags);
bool speed_from_option(const char *word, double *times);
uint32_t speed_limit(double times, uint32_t profile);
const char *speed_name(char name[SPEED_NAME_MAX], uint32_t speed, uint32_t profile);
const char *cache_name(uint32_t cache);
bool cache_from_option(const char *word, uint32_t *cache);

#endif /* VCD_IMAGE_H */
