// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nero images (.nrg): the sectors, and behind them a list of chunks, big-endian, whose place the last bytes of the file
 * tell. There is no specification; what is known was found out by looking at images.
 *
 * A session is described either track by track, written at once (ETNF, ETN2), or by a cue sheet (CUES, CUEX) and the
 * places of its tracks in the file (DAOI, DAOX). The first of each pair of names is that of version 1, with numbers of
 * 32 bits; the other is that of version 2, with 64.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "image.h"
#include "msf.h"

#define ID(a, b, c, d)	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum {
	ID_NERO = ID('N', 'E', 'R', 'O'),
	ID_NER5 = ID('N', 'E', 'R', '5'),
	ID_CUES = ID('C', 'U', 'E', 'S'),
	ID_CUEX = ID('C', 'U', 'E', 'X'),
	ID_DAOI = ID('D', 'A', 'O', 'I'),
	ID_DAOX = ID('D', 'A', 'O', 'X'),
	ID_ETNF = ID('E', 'T', 'N', 'F'),
	ID_ETN2 = ID('E', 'T', 'N', '2'),
	ID_SINF = ID('S', 'I', 'N', 'F'),
	ID_MTYP = ID('M', 'T', 'Y', 'P'),
	ID_CDTX = ID('C', 'D', 'T', 'X'),
	ID_END  = ID('E', 'N', 'D', '!'),
};

#define CHUNK_HEADER	8
#define CHUNKS_MAX	1000
#define DAO_HEADER	22
#define CUE_ENTRY	8
#define TRACKS_MAX	99
#define LEAD_OUT	0xAA
#define PACK_SIZE	18
/* Indices above 1 of a session that are kept; no disc has as many. */
#define MARKS_MAX	1000

/* Bits of the media type */
#define MEDIA_CD	0x00000401U
#define MEDIA_DVD	0x000C021CU	/* -R, +R, -RAM, -ROM, two layers */
#define MEDIA_BLU_RAY	0x00700000U

/* How far behind the earliest place a track written by itself may begin: at most the gap of a later session. */
#define DRIFT_MAX	11400

/**
 * struct mark - an index above 1 in a cue sheet
 * @track: number of the track
 * @index: number of the index
 * @start: where it is as the file has it
 */
struct mark {
	uint8_t track;
	uint8_t index;
	uint32_t start;
};

/**
 * struct cue - the cue sheet of a session
 * @known: which tracks are in it
 * @control: of each track: the CONTROL nibble
 * @start: of each track: index 1 as the file has it
 * @lead_out: the lead-out likewise
 * @marks: the places of entries for indices above 1 in the sheet, in their order
 * @mark_count: their number
 */
struct cue {
	bool known[TRACKS_MAX + 1];
	uint8_t control[TRACKS_MAX + 1];
	uint32_t start[TRACKS_MAX + 1];
	uint32_t lead_out;
	struct mark marks[MARKS_MAX];
	uint32_t mark_count;
};

/* How cue sheets give an address: version 2 as an LBA; of version 1 that and minute, second and frame are said. */
enum address {
	ADDRESS_LBA,
	ADDRESS_BINARY,
	ADDRESS_BCD,
	ADDRESS_UNKNOWN,
};

/**
 * struct record - a track as a chunk describes it
 * @pregap: where its pregap begins in the file
 * @start: where index 1 is
 * @end: where it ends
 * @sector_size: bytes from one sector to the next; 0: as usual for the mode
 * @code: mode and form of its sectors
 * @isrc: the ISRC, if there is one
 */
struct record {
	uint64_t pregap;
	uint64_t start;
	uint64_t end;
	uint32_t sector_size;
	uint8_t code;
	char isrc[VCD_ISRC_LEN];
};

/**
 * struct layout - how the sectors of a track are stored
 * @track: mode and control
 * @form: VCD_FORM_*
 * @stride: bytes from one sector to the next
 */
struct layout {
	struct vcd_track track;
	uint16_t form;
	uint16_t stride;
};

/**
 * struct nrg - an image while it is read
 * @image: the image
 * @reader: the file
 * @at: where the next chunk begins
 * @end: where the list of chunks ends
 * @wide: version 2
 * @has_session_ends: there are chunks that tell where sessions end
 * @new_session: the next track begins a session
 * @media: bits of the media type
 * @address: the form of addresses in cue sheets
 * @cue: the cue sheet read last
 * @cue_is_used: tracks have been read by it
 */
struct nrg {
	struct image *image;
	struct reader reader;
	uint64_t at;
	uint64_t end;
	bool wide;
	bool has_session_ends;
	bool new_session;
	uint32_t media;
	enum address address;
	struct cue cue;
	bool cue_is_used;
};

/**
 * struct chunk - a chunk of the list
 * @id: ID_*
 * @at: where what it holds begins
 * @size: how many bytes it holds
 */
struct chunk {
	uint32_t id;
	uint64_t at;
	uint32_t size;
};

/* Where the list of chunks is, by the last bytes: 12 of them in version 2, 8 in version 1. */
static bool find_chunks(const struct reader *reader, uint64_t *at, uint64_t *end, bool *wide)
{
	uint8_t foot[12];

	if (reader->size < sizeof(foot) || reader_read(reader, reader->size - sizeof(foot), foot, sizeof(foot)))
		return false;
	*wide = get_be32(foot) == ID_NER5;
	if (*wide) {
		*at = get_be64(foot + 4);
		*end = reader->size - 12;
		return true;
	}
	*at = get_be32(foot + 8);
	*end = reader->size - 8;
	return get_be32(foot + 4) == ID_NERO;
}

static bool nrg_probe(const struct image *image, const struct reader *reader)
{
	static const uint32_t ids[] = {
		ID_CUES, ID_CUEX, ID_DAOI, ID_DAOX, ID_ETNF, ID_ETN2, ID_SINF, ID_MTYP, ID_CDTX, ID_END,
	};
	uint64_t at, end;
	uint8_t id[4];
	bool wide;
	size_t i;

	(void)image;
	if (!find_chunks(reader, &at, &end, &wide) || reader_read(reader, at, id, sizeof(id)))
		return false;
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		if (get_be32(id) == ids[i])
			return true;
	return false;
}

static enum image_error read_bytes(struct nrg *nrg, uint64_t at, void *buf, size_t len)
{
	int err = reader_read(&nrg->reader, at, buf, len);

	if (!err)
		return IMAGE_OK;
	return image_fail(nrg->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
}

/* The next chunk; the list ends with one of its own, or where the last bytes of the file begin. */
static enum image_error next_chunk(struct nrg *nrg, struct chunk *chunk)
{
	uint8_t header[CHUNK_HEADER];
	enum image_error error;

	*chunk = (struct chunk){ .id = ID_END };
	if (nrg->at == nrg->end)
		return IMAGE_OK;
	if (nrg->at > nrg->end || nrg->end - nrg->at < CHUNK_HEADER)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "is damaged: its list of chunks should be at byte %"
				  PRIu64 ", and the file has %" PRIu64, nrg->at, nrg->reader.size);
	error = read_bytes(nrg, nrg->at, header, sizeof(header));
	if (error)
		return error;
	*chunk = (struct chunk){ get_be32(header), nrg->at + CHUNK_HEADER, get_be32(header + 4) };
	if (chunk->size > nrg->end - chunk->at)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: the chunk at byte %" PRIu64 " is said to have %" PRIu32
				  " bytes, more than there are",
				  nrg->at, chunk->size);
	nrg->at = chunk->at + chunk->size;
	return IMAGE_OK;
}

static enum image_error too_short(struct nrg *nrg, const char *what)
{
	return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "is damaged: the chunk with %s is too short", what);
}

static uint32_t from_bcd(uint32_t bcd)
{
	return (bcd >> 4) * 10 + (bcd & 15);
}

static bool is_bcd(uint32_t byte)
{
	return (byte >> 4) <= 9 && (byte & 15) <= 9;
}

static enum image_error read_cue(struct nrg *nrg, const struct chunk *chunk)
{
	uint32_t i;

	memset(&nrg->cue, 0, sizeof(nrg->cue));
	nrg->cue_is_used = false;
	/* At most 100 entries can be for one track; what a sheet has beyond the need of all is not looked at. */
	for (i = 0; i < chunk->size / CUE_ENTRY && i < 100 * (TRACKS_MAX + 2); i++) {
		uint8_t entry[CUE_ENTRY];
		uint32_t track;
		enum image_error error = read_bytes(nrg, chunk->at + (uint64_t)i * CUE_ENTRY, entry, sizeof(entry));

		if (error)
			return error;
		track = from_bcd(entry[1]);
		if (entry[1] == LEAD_OUT)
			nrg->cue.lead_out = get_be32(entry + 4);
		if (!is_bcd(entry[1]) || !track)
			continue;
		if (entry[2] > 1 && is_bcd(entry[2]) && nrg->cue.mark_count < MARKS_MAX)
			nrg->cue.marks[nrg->cue.mark_count++] = (struct mark){
				.track = (uint8_t)track, .index = (uint8_t)from_bcd(entry[2]),
				.start = get_be32(entry + 4),
			};
		if (entry[2] != 1)
			continue;
		nrg->cue.known[track] = true;
		nrg->cue.control[track] = entry[0] >> 4;
		nrg->cue.start[track] = get_be32(entry + 4);
	}
	return IMAGE_OK;
}

/* An address of a cue sheet as an LBA; false when it is none. */
static bool decode_address(enum address form, uint32_t raw, uint32_t *lba)
{
	uint32_t minute = raw >> 16 & 0xFF, second = raw >> 8 & 0xFF, frame = raw & 0xFF;

	if (form == ADDRESS_LBA) {
		*lba = raw;
		return true;
	}
	if (form == ADDRESS_UNKNOWN)
		return false;
	if (form == ADDRESS_BCD) {
		if (!is_bcd(minute) || !is_bcd(second) || !is_bcd(frame))
			return false;
		minute = from_bcd(minute);
		second = from_bcd(second);
		frame = from_bcd(frame);
	}
	if (!msf_valid(second, frame) || msf_to_frames(minute, second, frame) < MSF_PREGAP)
		return false;
	*lba = msf_to_frames(minute, second, frame) - MSF_PREGAP;
	return true;
}

/* The form is the one in which the lead-out is where the tracks before it end, as they are stored. */
static void settle_address(struct nrg *nrg)
{
	uint32_t lba, form;

	if (nrg->address != ADDRESS_UNKNOWN)
		return;
	for (form = ADDRESS_LBA; form <= ADDRESS_BCD; form++) {
		if (decode_address(form, nrg->cue.lead_out, &lba) && lba == nrg->image->sectors) {
			nrg->address = form;
			return;
		}
	}
}

/* How the sectors are stored by a mode code; Nero's own names for most of them are not known. */
static enum image_error choose_layout(struct nrg *nrg, const struct record *record, unsigned int number,
				      struct layout *layout)
{
	static const struct {
		uint8_t code;
		uint8_t mode;
		uint16_t size;
	} codes[] = {
		{ 0x00, VCD_MODE_DATA, 2048 },
		{ 0x02, VCD_MODE_MODE2, 2048 },
		{ 0x03, VCD_MODE_MODE2, 2336 },
		{ 0x05, VCD_MODE_DATA, 2352 },
		{ 0x06, VCD_MODE_MODE2, 2352 },
		{ 0x07, VCD_MODE_AUDIO, 2352 },
		{ 0x0F, VCD_MODE_DATA, 2448 },
		{ 0x10, VCD_MODE_AUDIO, 2448 },
		{ 0x11, VCD_MODE_MODE2, 2448 },
		{ 0x20, VCD_MODE_MODE2, 2336 },
	};
	uint32_t size = record->sector_size;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes) && codes[i].code != record->code; i++)
		;
	if (i == ARRAY_SIZE(codes))
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "has a track %u in a mode that is not known: %02Xh",
				  number, record->code);
	if (!size)
		size = codes[i].size;
	*layout = (struct layout){ .track.mode = codes[i].mode, .stride = (uint16_t)size };
	layout->track.control = codes[i].mode == VCD_MODE_AUDIO ? 0 : 4;
	if (size == 2352 || size == 2448)
		layout->form = VCD_FORM_RAW_2352;
	else if (size == 2048 && codes[i].mode != VCD_MODE_AUDIO)
		layout->form = VCD_FORM_USER_2048;
	else if (size == 2336 && codes[i].mode == VCD_MODE_MODE2)
		layout->form = VCD_FORM_MODE2_2336;
	else
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: track %u has mode %02Xh and sectors of %" PRIu32 " bytes", number,
				  record->code, size);
	return IMAGE_OK;
}

/* Do the bytes of a track lie in the file, and are they whole sectors? */
static enum image_error check_record(struct nrg *nrg, const struct record *record, unsigned int number, uint32_t size)
{
	if (record->pregap > record->start || record->start > record->end)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "is damaged: track %u ends before it begins", number);
	if (record->end > nrg->reader.size)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "is damaged: track %u should end at byte %" PRIu64
				  ", and the file has %" PRIu64, number, record->end, nrg->reader.size);
	if ((record->start - record->pregap) % size || (record->end - record->start) % size)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: track %u is not made of sectors of %" PRIu32 " bytes", number, size);
	if ((record->end - record->pregap) / size > UINT32_MAX)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "has more sectors than any disc can have");
	return IMAGE_OK;
}

/* Append what lies between two places in the file, with its sub-channel if there is one. */
static enum image_error append(struct nrg *nrg, const struct layout *layout, uint64_t from, uint64_t to)
{
	struct vcd_extent run = {
		.lba = nrg->image->sectors,
		.sectors = (uint32_t)((to - from) / layout->stride),
		.stride = layout->stride,
		.form = layout->form,
		.offset = from,
	};
	enum image_error error = image_append(nrg->image, &run);

	if (error || layout->stride != 2448)
		return error;
	run.form = VCD_FORM_SUB_RAW_96;
	run.offset += 2352;
	return image_append_subchannel(nrg->image, &run);
}

static enum image_error pad_to(struct nrg *nrg, uint32_t lba)
{
	return lba > nrg->image->sectors ? image_append_zeroes(nrg->image, lba - nrg->image->sectors) : IMAGE_OK;
}

/* The gap between two sessions, where the cue sheet says that the later one begins. */
static enum image_error append_gap(struct nrg *nrg, struct record *record, unsigned int number, uint32_t size)
{
	uint64_t pregap = (record->start - record->pregap) / size;
	uint32_t lba;

	if (number > TRACKS_MAX || !nrg->cue.known[number] ||
	    !decode_address(nrg->address, nrg->cue.start[number], &lba)) {
		record->pregap = record->start;
		return image_begin_session(nrg->image);
	}
	if (pregap > MSF_PREGAP) {
		pregap = MSF_PREGAP;
		record->pregap = record->start - pregap * size;
	}
	if (lba < nrg->image->sectors + pregap)
		return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: track %u begins at sector %" PRIu32
				  ", and the session before it ends at sector %" PRIu32,
				  number, lba, nrg->image->sectors);
	return pad_to(nrg, lba - (uint32_t)pregap);
}

/* Does a track begin a session? The first one of the disc does not count: there is nothing before it. */
static bool begins_session(struct nrg *nrg, struct vcd_track *track)
{
	const struct image *image = nrg->image;
	bool begins = nrg->new_session && image->track_count;

	nrg->new_session = false;
	if (begins)
		track->session = image->tracks[image->track_count - 1].session + 1;
	return begins;
}

static enum image_error add_dao_track(struct nrg *nrg, struct record *record, unsigned int number)
{
	struct image *image = nrg->image;
	struct layout layout;
	enum image_error error = choose_layout(nrg, record, number, &layout);

	if (!error)
		error = check_record(nrg, record, number, layout.stride);
	if (error)
		return error;
	if (!image->track_count) {
		uint64_t before = (uint64_t)MSF_PREGAP * layout.stride;

		/* The two seconds before sector 0 are stored as well. */
		record->pregap += record->start - record->pregap < before ? record->start - record->pregap : before;
		layout.track.number = (uint8_t)number;
	}
	if (begins_session(nrg, &layout.track))
		error = append_gap(nrg, record, number, layout.stride);
	if (!error)
		error = append(nrg, &layout, record->pregap, record->start);
	if (error)
		return error;
	layout.track.pregap = (uint32_t)((record->start - record->pregap) / layout.stride);
	memcpy(layout.track.isrc, record->isrc, sizeof(record->isrc));
	if (nrg->cue.known[number])
		layout.track.control |= nrg->cue.control[number] & (layout.track.mode == VCD_MODE_AUDIO ? 0xB : 2);
	error = image_begin_track(image, &layout.track);
	return error ? error : append(nrg, &layout, record->start, record->end);
}

/* An ISRC or a catalogue number: so many digits and capital letters, or nothing. */
static void copy_code(char *to, const uint8_t *from, size_t len, bool letters)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isdigit(from[i]) && !(letters && isupper(from[i])))
			return;
	memcpy(to, from, len);
}

static void read_mcn(struct nrg *nrg, const uint8_t *mcn)
{
	static const char none[] = "0000000000000";

	if (memcmp(mcn, none, VCD_MCN_LEN))
		copy_code(nrg->image->mcn, mcn, VCD_MCN_LEN, false);
}

static void decode_record(const uint8_t *p, bool wide, struct record *record)
{
	*record = (struct record){ .sector_size = get_be16(p + 12), .code = p[14] };
	copy_code(record->isrc, p, VCD_ISRC_LEN, true);
	record->pregap = wide ? get_be64(p + 18) : get_be32(p + 18);
	record->start = wide ? get_be64(p + 26) : get_be32(p + 22);
	record->end = wide ? get_be64(p + 34) : get_be32(p + 26);
}

/* Tracks are numbered on from session to session; the first of the disc may have any number. */
static unsigned int next_number(const struct nrg *nrg, unsigned int first)
{
	const struct image *image = nrg->image;

	if (image->track_count)
		return image->tracks[image->track_count - 1].number + 1;
	return first && first <= TRACKS_MAX ? first : 1;
}

/* Indices above 1 are as far from index 1 on the disc as they are in the cue sheet. */
static enum image_error add_indices(struct nrg *nrg)
{
	const struct image *image = nrg->image;
	enum image_error error = IMAGE_OK;
	uint32_t i, j;

	for (i = 0; !error && i < nrg->cue.mark_count; i++) {
		const struct mark *mark = &nrg->cue.marks[i];
		struct vcd_index index = { .track = mark->track, .index = mark->index };
		uint32_t first, lba, sectors;

		for (j = 0; j < image->track_count && image->tracks[j].number != mark->track; j++)
			;
		if (j == image->track_count || !nrg->cue.known[mark->track] ||
		    !decode_address(nrg->address, nrg->cue.start[mark->track], &first) ||
		    !decode_address(nrg->address, mark->start, &lba))
			continue;
		/* The last one has no end yet. */
		sectors = j + 1 < image->track_count ? image->tracks[j].sectors : image->sectors - image->tracks[j].lba;
		if (lba - first > sectors + MSF_PREGAP)
			continue;
		index.lba = image->tracks[j].lba + (lba - first);
		error = image_add_index(nrg->image, &index);
	}
	return error;
}

static void begin_list(struct nrg *nrg)
{
	/* Without chunks that end a session every list of tracks is one. */
	if (!nrg->has_session_ends)
		nrg->new_session = true;
}

static enum image_error read_dao(struct nrg *nrg, const struct chunk *chunk)
{
	uint32_t size = nrg->wide ? 42 : 30, count, i;
	uint8_t header[DAO_HEADER];
	enum image_error error;

	if (chunk->size < DAO_HEADER + size)
		return too_short(nrg, "the places of tracks (DAO)");
	error = read_bytes(nrg, chunk->at, header, sizeof(header));
	if (error)
		return error;
	if (nrg->cue_is_used)
		memset(&nrg->cue, 0, sizeof(nrg->cue));
	nrg->cue_is_used = true;
	if (!nrg->image->mcn[0])
		read_mcn(nrg, header + 4);
	begin_list(nrg);
	count = (chunk->size - DAO_HEADER) / size;
	for (i = 0; i < count; i++) {
		unsigned int number = next_number(nrg, header[20]);
		uint8_t entry[42];
		struct record record;

		if (number > TRACKS_MAX)
			return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "has more than %d tracks", TRACKS_MAX);
		error = read_bytes(nrg, chunk->at + DAO_HEADER + (uint64_t)i * size, entry, size);
		if (error)
			return error;
		decode_record(entry, nrg->wide, &record);
		error = add_dao_track(nrg, &record, number);
		if (error)
			return error;
	}
	settle_address(nrg);
	return add_indices(nrg);
}

/*
 * A track that was written by itself has a pregap of two seconds, which is not stored. The address beside it is that on
 * the disc in some images; in others it counts only what is stored, and then lies before the end of the last track.
 */
static enum image_error add_tao_track(struct nrg *nrg, struct record *record, uint32_t lba)
{
	struct image *image = nrg->image;
	unsigned int number = next_number(nrg, 1);
	struct layout layout;
	uint32_t earliest;
	enum image_error error = choose_layout(nrg, record, number, &layout);

	if (!error)
		error = check_record(nrg, record, number, layout.stride);
	if (!error && begins_session(nrg, &layout.track))
		error = image_begin_session(image);
	else if (!error && image->track_count)
		layout.track.pregap = MSF_PREGAP;
	if (error)
		return error;
	earliest = image->sectors + layout.track.pregap;
	if (image->track_count && lba > earliest && lba - earliest <= DRIFT_MAX)
		error = pad_to(nrg, lba - layout.track.pregap);
	if (!error)
		error = image_append_zeroes(image, layout.track.pregap);
	if (!error)
		error = image_begin_track(image, &layout.track);
	return error ? error : append(nrg, &layout, record->start, record->end);
}

static enum image_error read_etn(struct nrg *nrg, const struct chunk *chunk)
{
	uint32_t size = nrg->wide ? 32 : 20, i;
	enum image_error error;

	if (chunk->size < size)
		return too_short(nrg, "the places of tracks (ETN)");
	begin_list(nrg);
	for (i = 0; i < chunk->size / size; i++) {
		uint8_t entry[32];
		struct record record = { 0 };
		uint64_t length;

		error = read_bytes(nrg, chunk->at + (uint64_t)i * size, entry, size);
		if (error)
			return error;
		record.start = nrg->wide ? get_be64(entry) : get_be32(entry);
		length = nrg->wide ? get_be64(entry + 8) : get_be32(entry + 4);
		record.pregap = record.start;
		record.end = length > UINT64_MAX - record.start ? UINT64_MAX : record.start + length;
		record.code = nrg->wide ? entry[19] : entry[11];
		error = add_tao_track(nrg, &record, get_be32(entry + (nrg->wide ? 20 : 12)));
		if (error)
			return error;
	}
	return IMAGE_OK;
}

/* The packs of the lead-in; some have the header of four bytes in which drives report them. */
static enum image_error read_cdtext(struct nrg *nrg, const struct chunk *chunk)
{
	uint32_t skip = chunk->size % PACK_SIZE == 4 ? 4 : 0, i;

	for (i = 0; i < (chunk->size - skip) / PACK_SIZE; i++) {
		struct vcd_cdtext pack;
		enum image_error error =
			read_bytes(nrg, chunk->at + skip + (uint64_t)i * PACK_SIZE, pack.pack, PACK_SIZE);

		if (!error && (pack.pack[0] & 0xF0) != 0x80)
			return IMAGE_OK;
		if (!error)
			error = image_add_cdtext(nrg->image, &pack);
		if (error)
			return error;
	}
	return IMAGE_OK;
}

static enum image_error read_media(struct nrg *nrg, const struct chunk *chunk)
{
	uint8_t bits[4];
	enum image_error error;

	if (chunk->size < sizeof(bits))
		return too_short(nrg, "the type of the medium (MTYP)");
	error = read_bytes(nrg, chunk->at, bits, sizeof(bits));
	nrg->media = error ? 0 : get_be32(bits);
	return error;
}

static enum image_error read_chunk(struct nrg *nrg, const struct chunk *chunk)
{
	switch (chunk->id) {
	case ID_CUES:
	case ID_CUEX:
		return read_cue(nrg, chunk);
	case ID_DAOI:
	case ID_DAOX:
		return read_dao(nrg, chunk);
	case ID_ETNF:
	case ID_ETN2:
		return read_etn(nrg, chunk);
	case ID_SINF:
		/* It has the number of tracks, which the lists before it tell as well. */
		nrg->new_session = true;
		return IMAGE_OK;
	case ID_CDTX:
		return read_cdtext(nrg, chunk);
	case ID_MTYP:
		return read_media(nrg, chunk);
	default:
		return IMAGE_OK;
	}
}

/* Go through the list of chunks: to read them, or only to see whether there are ends of sessions. */
static enum image_error walk(struct nrg *nrg, uint64_t at, bool read)
{
	struct chunk chunk;
	enum image_error error;
	unsigned int i;

	nrg->at = at;
	for (i = 0; i < CHUNKS_MAX; i++) {
		error = next_chunk(nrg, &chunk);
		if (error || chunk.id == ID_END)
			return error;
		if (chunk.id == ID_SINF)
			nrg->has_session_ends = true;
		error = read ? read_chunk(nrg, &chunk) : IMAGE_OK;
		if (error)
			return error;
	}
	return image_fail(nrg->image, IMAGE_NOT_AN_IMAGE, "is damaged: its list of chunks does not end");
}

static enum image_error nrg_open(struct image *image)
{
	struct nrg nrg = { .image = image };
	enum image_error error;
	uint64_t at;

	nrg.reader = reader_from_fd(&image->files[0].source, image->files[0].size);
	if (!find_chunks(&nrg.reader, &at, &nrg.end, &nrg.wide))
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "is not a Nero image: the mark NERO or NER5 at its end is missing; "
				  "perhaps only a part of the file is here");
	nrg.address = nrg.wide ? ADDRESS_LBA : ADDRESS_UNKNOWN;
	error = walk(&nrg, at, false);
	if (!error)
		error = walk(&nrg, at, true);
	if (!error)
		error = image_end_tracks(image);
	if (error || image->profile_hint != VCD_PROFILE_AUTO || nrg.media & MEDIA_CD)
		return error;
	if (nrg.media & MEDIA_DVD)
		image->profile_hint = VCD_PROFILE_DVD_ROM;
	else if (nrg.media & MEDIA_BLU_RAY)
		image->profile_hint = VCD_PROFILE_BD_ROM;
	return IMAGE_OK;
}

const struct image_format nrg_format = {
	.name = "nrg",
	.title = "Nero image",
	.suffix = ".nrg",
	.probe = nrg_probe,
	.open = nrg_open,
};
