// SPDX-License-Identifier: GPL-2.0-only
/*
 * DiscJuggler (.cdi): the tracks one behind the other, each with its pregap, and a descriptor behind them. The last
 * eight bytes of the file tell the version and where the descriptor begins. All numbers have their low byte first.
 */
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "image.h"
#include "msf.h"

#define VERSION_2	0x80000004
#define VERSION_3	0x80000005
#define VERSION_35	0x80000006

#define TRAILER_SIZE	8
#define TRACKS_MAX	99
#define INDICES_MAX	100
#define CDTEXT_FIELDS	18
#define PACK_SIZE	18
#define SECTORS_MAX	0x7FFFFF
#define DVD_SECTORS_MAX	4173824

/* The least between two sessions; what is nearer has no address that can be relied on. */
#define SESSION_GAP_MIN	4500

#define MEDIUM_DVD	0x38

/**
 * struct cdi_track - the descriptor of a track
 * @indices: the number of its indices
 * @pregap: sectors of its index 0, which are stored
 * @lengths: sectors of index 1 and further ones
 * @mode: 0 audio, 1, 2
 * @start: where its pregap begins on the disc, 150 for sector 0
 * @total: stored sectors
 * @read_mode: how they are stored
 * @control: its CONTROL nibble
 * @isrc: its ISRC or empty
 */
struct cdi_track {
	uint32_t indices;
	uint32_t pregap;
	uint32_t lengths[INDICES_MAX - 1];
	uint32_t mode;
	uint32_t start;
	uint32_t total;
	uint32_t read_mode;
	uint32_t control;
	char isrc[VCD_ISRC_LEN];
};

/**
 * struct cdi - a file that is being read
 * @image: the image that it becomes
 * @reader: the file
 * @version: VERSION_*
 * @at: where the descriptor is read next
 * @ended: the file ended before the descriptor did: what was read since is zeroes
 * @offset: where the next track is stored
 * @dvd: the disc is a DVD
 */
struct cdi {
	struct image *image;
	struct reader reader;
	uint32_t version;
	uint64_t at;
	bool ended;
	uint64_t offset;
	bool dvd;
};

/* How tracks are stored: by their read mode. */
static const struct {
	uint16_t form;
	uint16_t sub;
	uint16_t stride;
} storages[] = {
	{ VCD_FORM_USER_2048, 0, 2048 },
	{ VCD_FORM_MODE2_2336, 0, 2336 },
	{ VCD_FORM_RAW_2352, 0, 2352 },
	{ VCD_FORM_RAW_2352, VCD_FORM_SUB_Q_16, 2352 + 16 },
	{ VCD_FORM_RAW_2352, VCD_FORM_SUB_RAW_96, 2352 + 96 },
};

static void get(struct cdi *cdi, void *buf, size_t size)
{
	memset(buf, 0, size);
	if (!cdi->ended && reader_read(&cdi->reader, cdi->at, buf, size))
		cdi->ended = true;
	cdi->at += size;
}

static uint32_t get_8(struct cdi *cdi)
{
	uint8_t byte;

	get(cdi, &byte, sizeof(byte));
	return byte;
}

static uint32_t get_16(struct cdi *cdi)
{
	uint8_t bytes[2];

	get(cdi, bytes, sizeof(bytes));
	return get_le16(bytes);
}

static uint32_t get_32(struct cdi *cdi)
{
	uint8_t bytes[4];

	get(cdi, bytes, sizeof(bytes));
	return get_le32(bytes);
}

static void skip(struct cdi *cdi, uint32_t size)
{
	cdi->at += size;
}

/* Find the descriptor by the end of the file. */
static bool find_descriptor(const struct reader *reader, uint32_t *version, uint64_t *at)
{
	uint8_t trailer[TRAILER_SIZE];
	uint64_t offset;

	if (reader->size < TRAILER_SIZE || reader_read(reader, reader->size - TRAILER_SIZE, trailer, sizeof(trailer)))
		return false;
	*version = get_le32(trailer);
	offset = get_le32(trailer + 4);
	if (*version != VERSION_2 && *version != VERSION_3 && *version != VERSION_35)
		return false;
	if (!offset || offset > reader->size)
		return false;
	*at = *version == VERSION_35 ? reader->size - offset : offset;
	return true;
}

static bool cdi_probe(const struct image *image, const struct reader *reader)
{
	uint32_t version;
	uint8_t count[2];
	uint64_t at;

	(void)image;
	return find_descriptor(reader, &version, &at) && !reader_read(reader, at, count, sizeof(count)) &&
	       get_le16(count) >= 1 && get_le16(count) <= TRACKS_MAX;
}

static enum image_error damaged(struct cdi *cdi, const char *what)
{
	return image_fail(cdi->image, IMAGE_NOT_AN_IMAGE, "is damaged: the CDI descriptor of track %" PRIu32 " has %s",
			  cdi->image->track_count + 1, what);
}

/* What comes before the fields of a track: two marks, the name of a file, and what newer programs add. */
static enum image_error parse_head(struct cdi *cdi)
{
	static const uint8_t track_mark[] = { 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };
	uint8_t marks[2][sizeof(track_mark)];

	if (get_32(cdi))
		skip(cdi, 8);
	get(cdi, marks, sizeof(marks));
	if (memcmp(marks[0], track_mark, sizeof(track_mark)) || memcmp(marks[1], track_mark, sizeof(track_mark)))
		return damaged(cdi, "no mark at its start");
	skip(cdi, 4);
	skip(cdi, get_8(cdi));
	skip(cdi, 11 + 4 + 4);
	if (get_32(cdi) == 0x80000000) {
		skip(cdi, 6);
		cdi->dvd = get_16(cdi) == MEDIUM_DVD;
	}
	return IMAGE_OK;
}

/* Each block of CD-Text has 18 texts, with their lengths before them. */
static enum image_error skip_cdtext(struct cdi *cdi)
{
	uint32_t blocks = get_32(cdi), i;

	if (blocks > TRACKS_MAX)
		return damaged(cdi, "more CD-Text than there can be");
	for (i = 0; i < blocks * CDTEXT_FIELDS; i++)
		skip(cdi, get_8(cdi));
	return IMAGE_OK;
}

static void parse_isrc(struct cdi *cdi, struct cdi_track *track)
{
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char isrc[VCD_ISRC_LEN + 1] = "";

	get(cdi, isrc, VCD_ISRC_LEN);
	if (get_32(cdi) && strspn(isrc, allowed) == VCD_ISRC_LEN)
		memcpy(track->isrc, isrc, VCD_ISRC_LEN);
}

/* What comes behind the fields of a track, up to the next track or what closes a session. */
static void parse_foot(struct cdi *cdi)
{
	if (cdi->version == VERSION_2)
		return;
	skip(cdi, 5);
	if (get_32(cdi) == 0xFFFFFFFF)
		skip(cdi, 78);
}

static enum image_error parse_track(struct cdi *cdi, struct cdi_track *track)
{
	enum image_error error = parse_head(cdi);
	uint32_t i;

	if (error)
		return error;
	track->indices = get_16(cdi);
	if (track->indices < 1 || track->indices > INDICES_MAX)
		return damaged(cdi, "no number of indices that can be");
	track->pregap = get_32(cdi);
	for (i = 0; i < track->indices - 1; i++)
		track->lengths[i] = get_32(cdi);
	error = skip_cdtext(cdi);
	if (error)
		return error;
	skip(cdi, 2);
	track->mode = get_32(cdi);
	skip(cdi, 4 + 4 + 4);
	track->start = get_32(cdi);
	track->total = get_32(cdi);
	skip(cdi, 16);
	track->read_mode = get_32(cdi);
	track->control = get_32(cdi) & 0xF;
	skip(cdi, 9);
	parse_isrc(cdi, track);
	parse_foot(cdi);
	return IMAGE_OK;
}

static enum image_error check_track(struct cdi *cdi, struct cdi_track *track)
{
	static const uint8_t modes[] = { VCD_MODE_AUDIO, VCD_MODE_DATA, VCD_MODE_MODE2 };

	if (cdi->ended)
		return image_fail(cdi->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: the file ends before its CDI descriptor does");
	if (track->mode >= ARRAY_SIZE(modes))
		return damaged(cdi, "a mode that is unknown");
	if (track->read_mode >= ARRAY_SIZE(storages))
		return damaged(cdi, "sectors of an unknown size");
	track->mode = modes[track->mode];
	if ((storages[track->read_mode].form == VCD_FORM_USER_2048 && track->mode == VCD_MODE_AUDIO) ||
	    (storages[track->read_mode].form == VCD_FORM_MODE2_2336 && track->mode != VCD_MODE_MODE2))
		return damaged(cdi, "sectors of a size that does not fit its mode");
	if (track->total > SECTORS_MAX || track->pregap >= track->total)
		return damaged(cdi, "no sectors, or more than there can be");
	track->control = track->mode == VCD_MODE_AUDIO ? track->control & ~4U : track->control | 4;
	return IMAGE_OK;
}

static enum image_error append(struct cdi *cdi, const struct cdi_track *track, uint32_t sectors)
{
	struct vcd_extent run = { .lba = cdi->image->sectors, .sectors = sectors, .offset = cdi->offset };
	enum image_error error;

	run.form = storages[track->read_mode].form;
	run.stride = storages[track->read_mode].stride;
	cdi->offset += (uint64_t)sectors * run.stride;
	error = image_append(cdi->image, &run);
	if (error || !storages[track->read_mode].sub)
		return error;
	run.offset += form_size(run.form);
	run.form = storages[track->read_mode].sub;
	return image_append_subchannel(cdi->image, &run);
}

/* Leave stored sectors of a pregap out. */
static void leave_out(struct cdi *cdi, struct cdi_track *track, uint32_t sectors)
{
	cdi->offset += (uint64_t)sectors * storages[track->read_mode].stride;
	track->pregap -= sectors;
	track->total -= sectors;
}

/*
 * What is before the first track of a session. The 150 sectors before sector 0 are stored, and those of a pregap
 * between sessions; the rest of what is between sessions is not.
 */
static enum image_error begin_session(struct cdi *cdi, struct cdi_track *track)
{
	struct image *image = cdi->image;
	int64_t gap = (int64_t)track->start - MSF_PREGAP - image->sectors;

	if (!image->track_count) {
		leave_out(cdi, track, track->pregap < MSF_PREGAP ? track->pregap : MSF_PREGAP);
		return IMAGE_OK;
	}
	if (track->pregap > MSF_PREGAP)
		return damaged(cdi, "a pregap longer than the one between sessions");
	if (gap >= SESSION_GAP_MIN && gap <= SECTORS_MAX)
		return image_append_zeroes(image, (uint32_t)gap);
	leave_out(cdi, track, track->pregap);
	return image_begin_session(image);
}

/* Each index lies behind the one before it by the length of that. */
static enum image_error add_indices(struct cdi *cdi, const struct cdi_track *parsed)
{
	const struct vcd_track *track = &cdi->image->tracks[cdi->image->track_count - 1];
	struct vcd_index index = { .lba = track->lba, .track = track->number, .index = 2 };
	enum image_error error = IMAGE_OK;
	uint32_t i;

	for (i = 0; !error && i + 2 < parsed->indices && parsed->lengths[i] <= SECTORS_MAX; i++, index.index++) {
		index.lba += parsed->lengths[i];
		error = image_add_index(cdi->image, &index);
	}
	return error;
}

static enum image_error add_track(struct cdi *cdi, uint32_t session, bool first)
{
	struct cdi_track track = { 0 };
	struct vcd_track added = { .session = (uint8_t)session };
	enum image_error error = parse_track(cdi, &track);

	if (!error)
		error = check_track(cdi, &track);
	if (!error && first)
		error = begin_session(cdi, &track);
	if (!error)
		error = append(cdi, &track, track.pregap);
	if (error)
		return error;
	added.mode = (uint8_t)track.mode;
	added.control = (uint8_t)track.control;
	added.pregap = track.pregap;
	memcpy(added.isrc, track.isrc, sizeof(added.isrc));
	error = image_begin_track(cdi->image, &added);
	/* A DVD has no indices, whatever the descriptor says. */
	if (!error && !cdi->dvd)
		error = add_indices(cdi, &track);
	return error ? error : append(cdi, &track, track.total - track.pregap);
}

/* Packs as they are in the lead-in */
static enum image_error add_cdtext(struct cdi *cdi, uint32_t size)
{
	enum image_error error = IMAGE_OK;
	struct vcd_cdtext pack;

	for (; !error && size >= PACK_SIZE; size -= PACK_SIZE) {
		get(cdi, pack.pack, PACK_SIZE);
		if (cdi->ended || (pack.pack[0] & 0xF0) != 0x80)
			break;
		error = image_add_cdtext(cdi->image, &pack);
	}
	return error;
}

/*
 * Behind the last session there is one without tracks, and then what is said of the disc. Where this does not end where
 * the file does, it was written by a program that has something else there, and what it says is not known.
 */
static enum image_error parse_disc(struct cdi *cdi)
{
	struct image *image = cdi->image;
	char mcn[sizeof(image->mcn)] = "";
	uint32_t has_mcn, cdtext;
	uint64_t at;

	if (cdi->version == VERSION_2 || get_16(cdi) || parse_head(cdi))
		return IMAGE_OK;
	skip(cdi, 4);
	skip(cdi, get_8(cdi));
	skip(cdi, 9);
	get(cdi, mcn, VCD_MCN_LEN);
	has_mcn = get_32(cdi);
	cdtext = get_32(cdi);
	at = cdi->at;
	if (cdi->ended || cdtext > cdi->reader.size || at + cdtext + 8 + TRAILER_SIZE != cdi->reader.size)
		return IMAGE_OK;
	if (has_mcn && strspn(mcn, "0123456789") == VCD_MCN_LEN)
		memcpy(image->mcn, mcn, sizeof(mcn));
	return add_cdtext(cdi, cdtext);
}

static enum image_error add_sessions(struct cdi *cdi)
{
	uint32_t sessions = get_16(cdi), i, j;
	enum image_error error;

	for (i = 0; i < sessions; i++) {
		uint32_t tracks = get_16(cdi);

		if (!tracks || tracks > TRACKS_MAX)
			return image_fail(cdi->image, IMAGE_NOT_AN_IMAGE, "is damaged: session %" PRIu32 " has %" PRIu32
					  " tracks by its CDI descriptor", i + 1, tracks);
		for (j = 0; j < tracks; j++) {
			error = add_track(cdi, i + 1, j == 0);
			if (error)
				return error;
		}
		skip(cdi, cdi->version == VERSION_2 ? 12 : 13);
	}
	return image_end_tracks(cdi->image);
}

static enum image_error cdi_open(struct image *image)
{
	struct fd_source source = image->files[0].source;
	struct cdi cdi = { .image = image };
	enum image_error error;

	cdi.reader = reader_from_fd(&source, image->files[0].size);
	if (!find_descriptor(&cdi.reader, &cdi.version, &cdi.at))
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is damaged: it has no CDI descriptor any more");
	error = add_sessions(&cdi);
	if (!error)
		error = parse_disc(&cdi);
	if (error)
		return error;
	/* Older versions don't tell a DVD from a CD, but by their size. */
	if (!cdi.dvd && image->sectors <= CD_SECTORS_MAX)
		image->profile_hint = VCD_PROFILE_CD_ROM;
	else if (cdi.dvd && image->profile_hint == VCD_PROFILE_AUTO && image->sectors <= DVD_SECTORS_MAX)
		image->profile_hint = VCD_PROFILE_DVD_ROM;
	return IMAGE_OK;
}

const struct image_format cdi_format = {
	.name = "cdi",
	.title = "DiscJuggler",
	.probe = cdi_probe,
	.open = cdi_open,
};
