// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHD files (.chd): what disc is in one.
 *
 * A CD has an entry of metadata for each track. Its sectors take CHD_FRAME bytes each, and tracks begin at multiples of
 * four of them. The first sector that is stored is sector 0 of the disc, as in the CUE sheets that such files are made
 * of.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "chd.h"
#include "crc16.h"

#define MAGIC		"MComprHD"
#define HEADER_SIZE	124
#define VERSION		5
#define SHA1_SIZE	20

/* Hunks of chdman have up to 1 MiB. No disc has more than 128 GB. */
#define HUNK_MAX	(16U << 20)
#define HUNKS_MAX	(1U << 25)
#define SIZE_MAX_DISC	(1ULL << 37)

#define TRACKS_MAX	99
#define TRACK_ALIGN	4
/* The two seconds before sector 0, which are not stored but may be named */
#define LEAD_PREGAP	150

/* An entry of metadata: tag, flags and length, offset of the next; then text. */
#define ENTRY_HEADER	16
#define ENTRIES_MAX	4096
#define ENTRY_TEXT_MAX	512
#define WORD_MAX	32

#define TAG(a, b, c, d)	((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/* How many sectors are looked at to find out how sub-channels are stored */
#define PROBE_SECTORS	75

/**
 * struct chd_mode - a type of track
 * @name: its name in the metadata
 * @mode: VCD_MODE_*
 * @form: what is stored of a sector
 */
struct chd_mode {
	const char *name;
	uint8_t mode;
	uint16_t form;
};

static const struct chd_mode modes[] = {
	{ "MODE1", VCD_MODE_DATA, VCD_FORM_USER_2048 },
	{ "MODE1/2048", VCD_MODE_DATA, VCD_FORM_USER_2048 },
	{ "MODE1_RAW", VCD_MODE_DATA, VCD_FORM_RAW_2352 },
	{ "MODE1/2352", VCD_MODE_DATA, VCD_FORM_RAW_2352 },
	{ "MODE2", VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
	{ "MODE2/2336", VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
	{ "MODE2_FORM1", VCD_MODE_MODE2, VCD_FORM_USER_2048 },
	{ "MODE2/2048", VCD_MODE_MODE2, VCD_FORM_USER_2048 },
	{ "MODE2_FORM_MIX", VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
	{ "MODE2_RAW", VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
	{ "MODE2/2352", VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
	{ "AUDIO", VCD_MODE_AUDIO, VCD_FORM_AUDIO_BE_2352 },
};

/**
 * struct chd_track - a track as the metadata tells it
 * @mode: its type
 * @frames: sectors that are stored
 * @pregap: sectors of index 0
 * @postgap: sectors of zeroes behind those that are stored
 * @pregap_stored: are those of @pregap among @frames?
 * @has_sub: are sub-channels stored?
 */
struct chd_track {
	const struct chd_mode *mode;
	uint32_t frames;
	uint32_t pregap;
	uint32_t postgap;
	bool pregap_stored;
	bool has_sub;
};

/**
 * struct chd_disc - what the metadata tells
 * @tracks: the tracks of a CD
 * @count: their number
 * @dvd: is it said to be a DVD?
 */
struct chd_disc {
	struct chd_track tracks[TRACKS_MAX];
	uint32_t count;
	bool dvd;
};

static bool chd_probe(const struct image *image, const struct reader *reader)
{
	char magic[sizeof(MAGIC) - 1];

	(void)image;
	return !reader_read(reader, 0, magic, sizeof(magic)) && !memcmp(magic, MAGIC, sizeof(magic));
}

static enum image_error cannot_read(const struct chd *chd, int err, const char *what)
{
	if (err == -ENODATA)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is truncated: its %s is not in it", what);
	return image_fail(chd->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
}

static enum image_error check_version(const struct chd *chd)
{
	uint8_t header[16];
	uint32_t version;
	int err = reader_read(&chd->reader, 0, header, sizeof(header));

	if (err)
		return cannot_read(chd, err, "header");
	version = get_be32(header + 12);
	if (version == VERSION && get_be32(header + 8) == HEADER_SIZE)
		return IMAGE_OK;
	if (version && version < VERSION)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
				  "is a CHD of version %" PRIu32 "; make one of version %d of it first: "
				  "chdman copy -i IN -o OUT", version, VERSION);
	return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
			  "is a CHD of version %" PRIu32 ", which is not known here, or damaged", version);
}

static enum image_error check_sizes(struct chd *chd)
{
	uint64_t hunks;

	if (!chd->hunk_size || !chd->unit_size || chd->hunk_size > HUNK_MAX || chd->hunk_size % chd->unit_size ||
	    !chd->size)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: %" PRIu64 " bytes in hunks of %" PRIu32
				  " and units of %" PRIu32 " cannot be", chd->size, chd->hunk_size, chd->unit_size);
	hunks = chd->size / chd->hunk_size + (chd->size % chd->hunk_size ? 1 : 0);
	if (chd->size > SIZE_MAX_DISC || hunks > HUNKS_MAX)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged, or not a disc: there are %" PRIu64
				  " bytes in %" PRIu64 " hunks in it", chd->size, hunks);
	chd->hunk_count = (uint32_t)hunks;
	return IMAGE_OK;
}

static enum image_error read_header(struct chd *chd)
{
	static const uint8_t none[SHA1_SIZE];
	uint8_t header[HEADER_SIZE];
	unsigned int i;
	int err = reader_read(&chd->reader, 0, header, sizeof(header));

	if (err)
		return cannot_read(chd, err, "header");
	for (i = 0; i < CHD_CODECS; i++)
		chd->codecs[i] = get_be32(header + 16 + 4 * i);
	chd->size = get_be64(header + 32);
	chd->map = get_be64(header + 40);
	chd->metadata = get_be64(header + 48);
	chd->hunk_size = get_be32(header + 56);
	chd->unit_size = get_be32(header + 60);
	if (memcmp(header + 104, none, sizeof(none)))
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "holds only what differs from another CHD; put both "
				  "together first: chdman copy -i IN -ip PARENT -o OUT");
	return check_sizes(chd);
}

/* The word behind a key and a colon; false if there is none, or none that short */
static bool find_word(const char *text, const char *key, char word[WORD_MAX])
{
	size_t length = strlen(key), n, i;

	for (;;) {
		text += strspn(text, " ");
		n = strcspn(text, " ");
		if (!n)
			return false;
		if (n > length && !strncmp(text, key, length) && text[length] == ':')
			break;
		text += n;
	}
	text += length + 1;
	n -= length + 1;
	if (n >= WORD_MAX)
		return false;
	/* It may be shown to people. */
	for (i = 0; i < n; i++)
		word[i] = text[i] > ' ' && text[i] <= '~' ? text[i] : '?';
	word[n] = '\0';
	return true;
}

static bool find_number(const char *text, const char *key, uint32_t *number)
{
	char word[WORD_MAX];
	const char *p = word;

	if (!find_word(text, key, word) || !*p)
		return false;
	for (*number = 0; *p; p++) {
		if (*p < '0' || *p > '9' || *number > 99999999)
			return false;
		*number = *number * 10 + (uint32_t)(*p - '0');
	}
	return true;
}

static const struct chd_mode *find_mode(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	return NULL;
}

static enum image_error bad_track(const struct chd *chd, const struct chd_disc *disc)
{
	return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: what its metadata says about track %" PRIu32
			  " is wrong", disc->count + 1);
}

/* In the first version of these entries there are no gaps. */
static bool read_gaps(const char *text, struct chd_track *track)
{
	char type[WORD_MAX];

	if (!find_number(text, "PREGAP", &track->pregap) || !find_word(text, "PGTYPE", type) ||
	    !find_number(text, "POSTGAP", &track->postgap))
		return false;
	track->pregap_stored = type[0] == 'V' && track->pregap;
	return !track->pregap_stored || track->pregap < track->frames;
}

static enum image_error read_track(const struct chd *chd, struct chd_disc *disc, const char *text, bool gaps)
{
	struct chd_track track = { .mode = NULL };
	char type[WORD_MAX], sub[WORD_MAX];
	uint32_t number;

	if (disc->count == TRACKS_MAX)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: has more than %d tracks", TRACKS_MAX);
	if (!find_number(text, "TRACK", &number) || number != disc->count + 1 || !find_word(text, "TYPE", type) ||
	    !find_word(text, "SUBTYPE", sub) || !find_number(text, "FRAMES", &track.frames) || !track.frames)
		return bad_track(chd, disc);
	if (gaps && !read_gaps(text, &track))
		return bad_track(chd, disc);
	track.mode = find_mode(type);
	if (!track.mode)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
				  "cannot be attached: track %" PRIu32 " is of the type %s", number, type);
	track.has_sub = strcmp(sub, "NONE") != 0;
	disc->tracks[disc->count++] = track;
	return IMAGE_OK;
}

static enum image_error read_text(const struct chd *chd, uint64_t at, uint32_t len, char text[ENTRY_TEXT_MAX])
{
	int err;

	if (len >= ENTRY_TEXT_MAX)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: what its metadata says about a track has %" PRIu32 " bytes", len);
	err = reader_read(&chd->reader, at, text, len);
	if (err)
		return cannot_read(chd, err, "metadata");
	text[len] = '\0';
	return IMAGE_OK;
}

static enum image_error read_entry(const struct chd *chd, struct chd_disc *disc, uint32_t tag, uint64_t at,
				   uint32_t len)
{
	enum image_error error;
	char text[ENTRY_TEXT_MAX];

	switch (tag) {
	case TAG('C', 'H', 'T', 'R'):
	case TAG('C', 'H', 'T', '2'):
		error = read_text(chd, at, len, text);
		return error ? error : read_track(chd, disc, text, tag == TAG('C', 'H', 'T', '2'));
	case TAG('D', 'V', 'D', ' '):
		disc->dvd = true;
		return IMAGE_OK;
	case TAG('C', 'H', 'C', 'D'):
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "has an outdated list of tracks; renew it first: "
				  "chdman copy -i IN -o OUT");
	case TAG('C', 'H', 'G', 'T'):
	case TAG('C', 'H', 'G', 'D'):
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "not attached: this is a GD-ROM (Dreamcast, "
				  "Naomi), whose tracks lie where no drive for CDs can read");
	case TAG('G', 'D', 'D', 'D'):
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "not attached: this is a hard disk, not a disc; "
				  "use a loop device for what chdman extracthd makes of it");
	case TAG('A', 'V', 'A', 'V'):
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
				  "not attached: this is a LaserDisc, which holds video only");
	default:
		return IMAGE_OK;
	}
}

static enum image_error read_metadata(const struct chd *chd, struct chd_disc *disc)
{
	uint64_t at = chd->metadata;
	unsigned int entries;

	for (entries = 0; at; entries++) {
		uint8_t header[ENTRY_HEADER];
		enum image_error error;
		int err = reader_read(&chd->reader, at, header, sizeof(header));

		if (err)
			return cannot_read(chd, err, "metadata");
		if (entries == ENTRIES_MAX)
			return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: its metadata has no end");
		error = read_entry(chd, disc, get_be32(header), at + sizeof(header), get_be32(header + 4) & 0xFFFFFF);
		if (error)
			return error;
		at = get_be64(header + 8);
	}
	return IMAGE_OK;
}

/* Before anything is unpacked: do the tracks fit? */
static enum image_error check_tracks(const struct chd *chd, const struct chd_disc *disc)
{
	uint64_t frames = 0;
	uint32_t i;

	if (chd->unit_size != CHD_FRAME)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: it is of a CD, and has %" PRIu32
				  " bytes for each sector, not %d", chd->unit_size, CHD_FRAME);
	for (i = 0; i < disc->count; i++) {
		frames = (frames + TRACK_ALIGN - 1) / TRACK_ALIGN * TRACK_ALIGN;
		frames += disc->tracks[i].frames;
	}
	if (frames <= chd->size / CHD_FRAME)
		return IMAGE_OK;
	return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
			  "is damaged: its tracks have %" PRIu64 " sectors, and only %" PRIu64 " are in it", frames,
			  chd->size / CHD_FRAME);
}

static uint8_t raw_q_byte(const uint8_t *sub, unsigned int index)
{
	uint8_t byte = 0;
	unsigned int i;

	for (i = 0; i < 8; i++)
		byte = (uint8_t)(byte << 1 | (sub[index * 8 + i] >> 6 & 1));
	return byte;
}

/* Its CRC is stored inverted. */
static bool is_q(const uint8_t q[12])
{
	return crc16_cd(q, 10) == get_be16(q + 10);
}

/*
 * The metadata has two words for sub-channels, and those who write such files do not mean the same by them. But
 * sub-channel Q has a checksum. Where no sector has one that is right there are only R to W, and what is stored would
 * make Q unusable.
 *
 * Return: VCD_FORM_SUB_*, or -1 if the sub-channels are not to be used.
 */
static int sub_form(const struct image *image, const struct vcd_extent *run)
{
	const struct image_file *file = &image->files[run->file];
	struct reader reader = reader_from_fd(&file->source, file->size);
	uint8_t sub[96], q[12];
	uint32_t i, n;

	for (i = 0; i < run->sectors && i < PROBE_SECTORS; i++) {
		if (reader_read(&reader, run->offset + (uint64_t)i * run->stride, sub, sizeof(sub)))
			return -1;
		if (is_q(sub + 12))
			return VCD_FORM_SUB_PACKED_96;
		for (n = 0; n < sizeof(q); n++)
			q[n] = raw_q_byte(sub, n);
		if (is_q(q))
			return VCD_FORM_SUB_RAW_96;
	}
	return -1;
}

/* Behind the main channel, however long that is, the sub-channel is stored. */
static enum image_error append_sub(struct image *image, const struct vcd_extent *run)
{
	struct vcd_extent sub = *run;
	int form;

	if (!run->sectors)
		return IMAGE_OK;
	sub.offset += form_size(run->form);
	form = sub_form(image, &sub);
	if (form < 0)
		return IMAGE_OK;
	sub.form = (uint16_t)form;
	return image_append_subchannel(image, &sub);
}

static enum image_error append_sectors(struct image *image, const struct chd_track *track, struct vcd_extent *run,
				       uint32_t sectors)
{
	enum image_error error;

	run->lba = image->sectors;
	run->sectors = sectors;
	error = image_append(image, run);
	if (!error && track->has_sub)
		error = append_sub(image, run);
	run->offset += (uint64_t)sectors * run->stride;
	return error;
}

/*
 * What is before index 1. The first track may name the two seconds before sector 0. If they are stored, and it is a
 * track of data, they are left out, since file systems count from sector 0. Sound that is stored before index 1 is
 * heard from sector 0 on.
 */
static enum image_error append_pregap(struct image *image, const struct chd_track *track, struct vcd_extent *run,
				      uint32_t *pregap)
{
	uint32_t skip = 0;

	if (!image->track_count && !track->pregap_stored)
		skip = track->pregap < LEAD_PREGAP ? track->pregap : LEAD_PREGAP;
	else if (!image->track_count && track->mode->mode != VCD_MODE_AUDIO && track->pregap >= LEAD_PREGAP)
		skip = LEAD_PREGAP;
	*pregap = track->pregap - skip;
	if (!track->pregap_stored)
		return image_append_zeroes(image, *pregap);
	run->offset += (uint64_t)skip * run->stride;
	return append_sectors(image, track, run, *pregap);
}

static enum image_error append_track(struct image *image, const struct chd_track *track, struct vcd_extent run)
{
	struct vcd_track added = {
		.mode = track->mode->mode,
		.control = track->mode->mode == VCD_MODE_AUDIO ? 0 : 4,
	};
	enum image_error error = append_pregap(image, track, &run, &added.pregap);

	if (!error)
		error = image_begin_track(image, &added);
	if (!error)
		error = append_sectors(image, track, &run, track->frames - (track->pregap_stored ? track->pregap : 0));
	return error ? error : image_append_zeroes(image, track->postgap);
}

static enum image_error append_cd(struct chd *chd, const struct chd_disc *disc, uint32_t file, uint64_t offset)
{
	uint64_t frame = 0;
	uint32_t i;

	for (i = 0; i < disc->count; i++) {
		const struct chd_track *track = &disc->tracks[i];
		struct vcd_extent run = {
			.file = file,
			.form = track->mode->form,
			.stride = CHD_FRAME,
			.offset = offset + frame * CHD_FRAME,
		};
		enum image_error error = append_track(chd->image, track, run);

		if (error)
			return error;
		frame = (frame + track->frames + TRACK_ALIGN - 1) / TRACK_ALIGN * TRACK_ALIGN;
	}
	return image_end_tracks(chd->image);
}

static enum image_error append_dvd(struct chd *chd, const struct chd_disc *disc, uint32_t file, uint64_t offset)
{
	struct image *image = chd->image;
	struct vcd_track track = { .mode = VCD_MODE_DATA, .control = 4 };
	struct vcd_extent run = {
		.file = file,
		.form = VCD_FORM_USER_2048,
		.offset = offset,
		.sectors = (uint32_t)((chd->size + SECTOR_SIZE - 1) / SECTOR_SIZE),
		.tail = (uint32_t)(chd->size % SECTOR_SIZE),
	};
	enum image_error error = image_begin_track(image, &track);

	if (!error)
		error = image_append(image, &run);
	if (!error)
		error = image_end_tracks(image);
	if (!error && disc->dvd && profile_for_sectors(image->sectors) == VCD_PROFILE_CD_ROM)
		image->profile_hint = VCD_PROFILE_DVD_ROM;
	return error;
}

/* Discs of 2048 bytes a sector have been made without any metadata. */
static enum image_error check_plain(const struct chd *chd, const struct chd_disc *disc)
{
	if (disc->dvd || chd->unit_size == SECTOR_SIZE)
		return IMAGE_OK;
	return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
			  "not attached: it has neither tracks nor sectors of %d bytes; it is not a disc, or damaged",
			  SECTOR_SIZE);
}

static enum image_error open_disc(struct chd *chd, const struct chd_disc *disc)
{
	enum image_error error = disc->count ? check_tracks(chd, disc) : check_plain(chd, disc);
	uint64_t offset;
	uint32_t file;

	if (!error)
		error = chd_read_map(chd);
	if (!error)
		error = chd_unpack(chd, &file, &offset);
	if (error)
		return error;
	/* Of a file in parts, not all that is needed to check it is in the first one. */
	if (!chd->image->parts)
		chd->image->payload = (struct image_bytes){ .file = file, .offset = offset, .size = chd->size };
	return disc->count ? append_cd(chd, disc, file, offset) : append_dvd(chd, disc, file, offset);
}

static enum image_error chd_open(struct image *image)
{
	/* A copy: the array of files moves when one is added. */
	struct fd_source source = image->files[0].source;
	struct chd chd = { .image = image, .reader = reader_from_fd(&source, image->files[0].size) };
	struct chd_disc *disc;
	enum image_error error;

	error = check_version(&chd);
	if (!error)
		error = read_header(&chd);
	if (error)
		return error;
	disc = calloc(1, sizeof(*disc));
	if (!disc)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	error = read_metadata(&chd, disc);
	if (!error)
		error = open_disc(&chd, disc);
	free(chd.hunks);
	free(disc);
	return error;
}

const struct image_format chd_format = {
	.name = "chd",
	.title = "CHD (compressed hunks of data)",
	.probe = chd_probe,
	.open = chd_open,
};
