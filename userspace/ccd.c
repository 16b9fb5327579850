// SPDX-License-Identifier: GPL-2.0-only
/*
 * CloneCD: a descriptor in text (.ccd), the sectors in a file beside it (.img, 2352 bytes each), and perhaps their
 * sub-channels in a third one (.sub, 96 bytes each).
 *
 * The descriptor is the TOC: an [Entry n] for each of its points, with absolute addresses, and a [TRACK n] with the
 * mode and the indices of each track. The files hold one session behind the other, without what is between them on the
 * disc.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "beside.h"
#include "crc16.h"
#include "image.h"
#include "msf.h"
#include "text.h"

/* A descriptor of 99 tracks has less than 50000 bytes, and CD-Text adds at most 2048 lines of 70. */
#define DESCRIPTOR_MAX	(1U << 20)

#define TRACKS_MAX	99
#define SECTOR_RAW	2352
#define SUB_PACKED	96
#define POINT_LEAD_OUT	0xA2
#define ABSENT		INT32_MIN

enum section { SECTION_OTHER, SECTION_DISC, SECTION_CDTEXT, SECTION_ENTRY, SECTION_TRACK };

/**
 * struct entry - an [Entry n]: a point of the TOC; fields that are not there are ABSENT
 * @line: where it begins
 */
struct entry {
	unsigned int line;
	int32_t session;
	int32_t point;
	int32_t adr;
	int32_t control;
	int32_t pmin;
	int32_t psec;
	int32_t pframe;
	int32_t plba;
};

/**
 * struct ccd_track - what is said about a track
 * @line: where its entry begins; 0: it has none
 * @session: its session
 * @control: its CONTROL nibble
 * @lba: its index 1
 * @mode: 0 audio, 1, 2, or ABSENT
 * @index: where its indices are, counted from the start of the session; or ABSENT
 * @pregap: sectors of index 0
 * @isrc: its ISRC or empty
 */
struct ccd_track {
	unsigned int line;
	uint32_t session;
	uint32_t control;
	uint32_t lba;
	int32_t mode;
	int32_t index[VCD_INDEX_MAX + 1];
	uint32_t pregap;
	char isrc[VCD_ISRC_LEN];
};

/**
 * struct ccd - a descriptor that is being read
 * @image: the image that it becomes
 * @line: number of the line
 * @section: what the line is in
 * @entry: the entry that it is in
 * @track: the track that it is in
 * @tracks: the tracks by their number
 * @lead_outs: the addresses of the lead-outs by session, or ABSENT
 * @img: index of the .img in the files of the image
 * @sub: index of the .sub, or VCD_FILE_NONE
 */
struct ccd {
	struct image *image;
	unsigned int line;
	enum section section;
	struct entry entry;
	struct ccd_track *track;
	struct ccd_track tracks[TRACKS_MAX + 1];
	int32_t lead_outs[TRACKS_MAX + 1];
	uint32_t img;
	uint32_t sub;
};

static bool ccd_probe(const struct image *image, const struct reader *reader)
{
	static const char mark[] = "[CloneCD]";
	char head[64] = { 0 };
	const char *p = head;

	(void)image;
	if (reader_read(reader, 0, head, reader->size < sizeof(head) - 1 ? (size_t)reader->size : sizeof(head) - 1))
		return false;
	if (!memcmp(p, "\xEF\xBB\xBF", 3))
		p += 3;
	p += strspn(p, " \t\r\n");
	return !strncasecmp(p, mark, sizeof(mark) - 1);
}

static enum image_error bad_value(struct ccd *ccd, const char *key, const char *value, const char *what)
{
	char shown[TEXT_MAX(40)];

	text_from_bytes(shown, sizeof(shown), (const uint8_t *)value, strlen(value));
	return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE, "line %u: %s \"%s\" is not %s; correct or delete the line",
			  ccd->line, key, shown, what);
}

/* No number in a descriptor has more than six digits. */
static enum image_error parse_number(struct ccd *ccd, const char *key, const char *value, int32_t *number)
{
	bool hex = !strncasecmp(value, "0x", 2);
	const char *digits = hex ? value + 2 : value + (*value == '-');
	size_t length = strlen(digits);

	if (!length || length > 6 || strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != length)
		return bad_value(ccd, key, value, "a number that can stand here");
	*number = (int32_t)strtol(value, NULL, hex ? 16 : 10);
	return IMAGE_OK;
}

static enum image_error parse_mcn(struct ccd *ccd, const char *value)
{
	if (!*value)
		return IMAGE_OK;
	if (strlen(value) != VCD_MCN_LEN || strspn(value, "0123456789") != VCD_MCN_LEN)
		return bad_value(ccd, "CATALOG", value, "a catalogue number of 13 digits");
	memcpy(ccd->image->mcn, value, VCD_MCN_LEN);
	return IMAGE_OK;
}

static enum image_error parse_disc(struct ccd *ccd, const char *key, const char *value)
{
	int32_t scrambled;
	enum image_error error;

	if (!strcasecmp(key, "CATALOG"))
		return parse_mcn(ccd, value);
	if (strcasecmp(key, "DataTracksScrambled"))
		return IMAGE_OK;
	error = parse_number(ccd, key, value, &scrambled);
	if (!error && scrambled)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: the data is stored scrambled, which cannot be attached; read the disc "
				  "again without that option", ccd->line);
	return error;
}

/* Entry n=80 00 00 00 ...: the 16 bytes of a pack without its CRC, or all 18. */
static enum image_error parse_pack(struct ccd *ccd, const char *key, const char *value)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	struct vcd_cdtext pack;
	const char *p = value;
	size_t count = 0;
	uint16_t crc;

	if (strncasecmp(key, "Entry ", 6))
		return IMAGE_OK;
	while (*p && count < sizeof(pack.pack)) {
		char digits[3] = "";
		size_t n = strspn(p, hex);

		if (!n || n > 2 || (p[n] && p[n] != ' '))
			break;
		memcpy(digits, p, n);
		pack.pack[count++] = (uint8_t)strtoul(digits, NULL, 16);
		p += n;
		p += strspn(p, " ");
	}
	if (*p || (count != 16 && count != 18))
		return bad_value(ccd, key, value, "a pack of CD-Text: 16 or 18 bytes in hexadecimal");
	if (count == 16) {
		crc = crc16_cd(pack.pack, 16);
		pack.pack[16] = (uint8_t)(crc >> 8);
		pack.pack[17] = (uint8_t)crc;
	}
	return image_add_cdtext(ccd->image, &pack);
}

static enum image_error parse_entry(struct ccd *ccd, const char *key, const char *value)
{
	struct entry *entry = &ccd->entry;
	const struct {
		const char *key;
		int32_t *number;
	} fields[] = {
		{ "Session", &entry->session }, { "Point", &entry->point }, { "ADR", &entry->adr },
		{ "Control", &entry->control }, { "PMin", &entry->pmin }, { "PSec", &entry->psec },
		{ "PFrame", &entry->pframe }, { "PLBA", &entry->plba },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcasecmp(key, fields[i].key))
			return parse_number(ccd, key, value, fields[i].number);
	return IMAGE_OK;
}

static enum image_error parse_isrc(struct ccd *ccd, const char *value)
{
	size_t i;

	if (!*value)
		return IMAGE_OK;
	for (i = 0; i < VCD_ISRC_LEN && value[i]; i++) {
		char c = value[i] >= 'a' && value[i] <= 'z' ? (char)(value[i] - 'a' + 'A') : value[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			break;
		ccd->track->isrc[i] = c;
	}
	if (i == VCD_ISRC_LEN && !value[i])
		return IMAGE_OK;
	return bad_value(ccd, "ISRC", value, "an ISRC of 12 letters and digits");
}

static enum image_error parse_index(struct ccd *ccd, const char *key, const char *value)
{
	int32_t number;
	enum image_error error = parse_number(ccd, "the number of an index", key + 6, &number);

	if (error)
		return error;
	if (number < 0 || number > VCD_INDEX_MAX)
		return bad_value(ccd, "the number of an index", key + 6, "from 0 to 99");
	return parse_number(ccd, key, value, &ccd->track->index[number]);
}

static enum image_error parse_track(struct ccd *ccd, const char *key, const char *value)
{
	if (!strcasecmp(key, "MODE"))
		return parse_number(ccd, key, value, &ccd->track->mode);
	if (!strncasecmp(key, "INDEX ", 6))
		return parse_index(ccd, key, value);
	if (!strcasecmp(key, "ISRC"))
		return parse_isrc(ccd, value);
	return IMAGE_OK;
}

/* Where the point of an entry leads; the sum of minutes, seconds and frames counts only if there is no address. */
static enum image_error entry_address(struct ccd *ccd, const struct entry *entry, uint32_t *lba)
{
	int64_t address = entry->plba;

	if (entry->plba == ABSENT) {
		if (entry->pmin == ABSENT || entry->psec == ABSENT || entry->pframe == ABSENT)
			return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
					  "line %u: this entry has no PLBA", entry->line);
		address = ((int64_t)entry->pmin * 60 + entry->psec) * MSF_FRAMES + entry->pframe - MSF_PREGAP;
	}
	if (address < 0 || address > CD_SECTORS_MAX)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: this entry leads to sector %" PRId64 ", which no "
				  "CD has", entry->line, address);
	*lba = (uint32_t)address;
	return IMAGE_OK;
}

static enum image_error take_track(struct ccd *ccd, const struct entry *entry)
{
	struct ccd_track *track = &ccd->tracks[entry->point];

	if (track->line)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: track %" PRId32 " has an entry in line %u already",
				  entry->line, entry->point, track->line);
	if (entry->control < 0 || entry->control > 0xF)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE, "line %u: this entry has no Control that fits",
				  entry->line);
	track->line = entry->line;
	track->session = (uint32_t)entry->session;
	track->control = (uint32_t)entry->control;
	return entry_address(ccd, entry, &track->lba);
}

/* An entry is complete. Only position entries are of interest, and of these tracks and lead-outs. */
static enum image_error end_entry(struct ccd *ccd)
{
	const struct entry *entry = &ccd->entry;
	enum image_error error;
	uint32_t lba;

	if (entry->point == ABSENT)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE, "line %u: this entry has no Point", entry->line);
	if ((entry->adr != ABSENT && entry->adr != 1) || (entry->point >= 0xA0 && entry->point != POINT_LEAD_OUT))
		return IMAGE_OK;
	if (entry->session < 1 || entry->session > TRACKS_MAX)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE, "line %u: this entry has no Session from 1 to %d",
				  entry->line, TRACKS_MAX);
	if (entry->point >= 1 && entry->point <= TRACKS_MAX)
		return take_track(ccd, entry);
	if (entry->point != POINT_LEAD_OUT)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: this entry is for track %" PRId32 ", and there "
				  "are only 1 to %d", entry->line, entry->point, TRACKS_MAX);
	error = entry_address(ccd, entry, &lba);
	if (!error)
		ccd->lead_outs[entry->session] = (int32_t)lba;
	return error;
}

static enum image_error end_section(struct ccd *ccd)
{
	enum section section = ccd->section;

	ccd->section = SECTION_OTHER;
	return section == SECTION_ENTRY ? end_entry(ccd) : IMAGE_OK;
}

static enum image_error begin_track_section(struct ccd *ccd, const char *name)
{
	int32_t number;
	enum image_error error = parse_number(ccd, "the number of a track", name, &number);

	if (error)
		return error;
	if (number < 1 || number > TRACKS_MAX)
		return bad_value(ccd, "the number of a track", name, "from 1 to 99");
	ccd->track = &ccd->tracks[number];
	ccd->section = SECTION_TRACK;
	return IMAGE_OK;
}

static enum image_error begin_section(struct ccd *ccd, const char *name)
{
	enum image_error error = end_section(ccd);

	if (error)
		return error;
	if (!strcasecmp(name, "Disc"))
		ccd->section = SECTION_DISC;
	else if (!strcasecmp(name, "CDText"))
		ccd->section = SECTION_CDTEXT;
	else if (!strncasecmp(name, "TRACK ", 6))
		return begin_track_section(ccd, name + 6);
	else if (!strncasecmp(name, "Entry ", 6)) {
		ccd->section = SECTION_ENTRY;
		ccd->entry = (struct entry){
			.line = ccd->line, .session = ABSENT, .point = ABSENT, .adr = ABSENT, .control = ABSENT,
			.pmin = ABSENT, .psec = ABSENT, .pframe = ABSENT, .plba = ABSENT,
		};
	}
	return IMAGE_OK;
}

/* Cut the blanks off both ends of a text. */
static char *strip(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static enum image_error parse_line(struct ccd *ccd, char *text)
{
	static enum image_error (*const parsers[])(struct ccd *ccd, const char *key, const char *value) = {
		[SECTION_DISC] = parse_disc, [SECTION_CDTEXT] = parse_pack, [SECTION_ENTRY] = parse_entry,
		[SECTION_TRACK] = parse_track,
	};
	char *line = strip(text), *value;
	size_t length = strlen(line);

	if (!length)
		return IMAGE_OK;
	if (line[0] == '[') {
		if (line[length - 1] != ']')
			return bad_value(ccd, "the section", line, "closed by a bracket");
		line[length - 1] = '\0';
		return begin_section(ccd, strip(line + 1));
	}
	if (!parsers[ccd->section])
		return IMAGE_OK;
	value = strchr(line, '=');
	if (!value)
		return bad_value(ccd, "the text", line, "of the form KEY=VALUE");
	*value++ = '\0';
	return parsers[ccd->section](ccd, strip(line), strip(value));
}

static enum image_error parse_text(struct ccd *ccd, char *text, size_t size)
{
	char *line = text, *end = text + size;
	enum image_error error;

	if (size >= 3 && !memcmp(line, "\xEF\xBB\xBF", 3))
		line += 3;
	while (line < end) {
		char *next = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((next ? next : end) - line);

		ccd->line++;
		if (memchr(line, '\0', length))
			return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE, "line %u: this is not text", ccd->line);
		line[length] = '\0';
		error = parse_line(ccd, line);
		if (error)
			return error;
		line += length + 1;
	}
	return end_section(ccd);
}

static enum image_error read_descriptor(struct ccd *ccd)
{
	const struct image_file *file = &ccd->image->files[0];
	struct reader reader = reader_from_fd(&file->source, file->size);
	enum image_error error;
	size_t size;
	char *text;
	int err;

	if (file->size > DESCRIPTOR_MAX)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "has %" PRIu64 " bytes, far more than any CCD descriptor",
				  file->size);
	size = (size_t)file->size;
	text = malloc(size + 1);
	if (!text)
		return image_fail(ccd->image, IMAGE_NO_MEMORY, "no memory");
	err = reader_read(&reader, 0, text, size);
	if (err)
		error = image_fail(ccd->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
	else
		error = parse_text(ccd, text, size);
	free(text);
	return error;
}

/* Open the file that has the name of the descriptor with another ending. */
static enum image_error open_sibling(struct image *image, const char *suffix)
{
	const char *slash = strrchr(image->path, '/'), *name = slash ? slash + 1 : image->path;
	const char *dot = strrchr(name, '.');
	int length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
	enum image_error error;
	char *sibling;

	if (asprintf(&sibling, "%.*s%s", length, name, suffix) < 0)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	error = image_add_beside(image, sibling);
	free(sibling);
	return error;
}

static enum image_error open_files(struct ccd *ccd)
{
	struct image *image = ccd->image;
	enum image_error error;

	ccd->img = image->file_count;
	error = open_sibling(image, ".img");
	if (error)
		return error;
	ccd->sub = image->file_count;
	error = open_sibling(image, ".sub");
	/* A .sub need not be there, but one that is there is to be of use. */
	if (error == IMAGE_NOT_AN_IMAGE && image->file_count == ccd->sub) {
		ccd->sub = VCD_FILE_NONE;
		error = IMAGE_OK;
	}
	return error;
}

static struct ccd_track *next_track(struct ccd *ccd, const struct ccd_track *track)
{
	struct ccd_track *next = track ? &ccd->tracks[track - ccd->tracks + 1] : &ccd->tracks[1];

	for (; next <= &ccd->tracks[TRACKS_MAX]; next++)
		if (next->line)
			return next;
	return NULL;
}

/*
 * How many sectors before index 1 belong to a track. The first track of a session often has no index 0; what is stored
 * before its index 1 then is as long as the number of that, which counts from the start of the session.
 */
static enum image_error find_pregap(struct ccd *ccd, struct ccd_track *track, const struct ccd_track *before)
{
	int32_t zero = track->index[0], one = track->index[1];
	bool first = !before || before->session != track->session;

	if (!before) {
		track->pregap = track->lba;
		return IMAGE_OK;
	}
	if (zero == ABSENT && first && one > 0 && one <= MSF_PREGAP)
		zero = 0;
	if (zero == ABSENT || one == ABSENT)
		return IMAGE_OK;
	if (zero < 0 || one < zero || (uint32_t)(one - zero) > track->lba || (first && one - zero > MSF_PREGAP))
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: the indices of track %d do not fit: INDEX 0 is %"
				  PRId32 ", INDEX 1 is %" PRId32, track->line, (int)(track - ccd->tracks), zero, one);
	track->pregap = (uint32_t)(one - zero);
	return IMAGE_OK;
}

static enum image_error check_order(struct ccd *ccd, const struct ccd_track *track, const struct ccd_track *before)
{
	uint32_t session = before ? before->session : 0;

	if (track->session != session && track->session != session + 1)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: a track of session %" PRIu32 " follows one of "
				  "session %" PRIu32, track->line, track->session, session);
	if (before && track->lba - track->pregap <= before->lba)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: track %d begins before the one before it does",
				  track->line, (int)(track - ccd->tracks));
	return IMAGE_OK;
}

static enum image_error check_tracks(struct ccd *ccd)
{
	struct ccd_track *track, *before = NULL;
	enum image_error error = IMAGE_OK;

	for (track = next_track(ccd, NULL); track && !error; track = next_track(ccd, track)) {
		error = find_pregap(ccd, track, before);
		if (!error)
			error = check_order(ccd, track, before);
		before = track;
	}
	if (!error && !before)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE, "has no tracks: no [Entry n] is for one");
	return error;
}

/* The mode that the header of a data sector tells; what the descriptor says is sometimes wrong. */
static uint8_t data_mode(struct ccd *ccd, const struct ccd_track *track, uint64_t offset)
{
	static const uint8_t sync[12] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };
	const struct image_file *file = &ccd->image->files[ccd->img];
	struct reader reader = reader_from_fd(&file->source, file->size);
	uint8_t header[16];

	if (!reader_read(&reader, offset, header, sizeof(header)) && !memcmp(header, sync, sizeof(sync)) &&
	    (header[15] == 1 || header[15] == 2))
		return header[15] == 2 ? VCD_MODE_MODE2 : VCD_MODE_DATA;
	return track->mode == 2 ? VCD_MODE_MODE2 : VCD_MODE_DATA;
}

/* A run of sectors: its address is where the disc ends so far, and @base tells where sector 0 would be in the files. */
static enum image_error append(struct ccd *ccd, uint32_t end, int64_t base)
{
	struct image *image = ccd->image;
	struct vcd_extent run = { .lba = image->sectors, .sectors = end - image->sectors };
	uint64_t sector = (uint64_t)(base + image->sectors);
	enum image_error error;

	run.file = ccd->img;
	run.form = VCD_FORM_RAW_2352;
	run.offset = sector * SECTOR_RAW;
	error = image_append(image, &run);
	if (error || ccd->sub == VCD_FILE_NONE || !run.sectors)
		return error;
	if ((sector + run.sectors) * SUB_PACKED > image->files[ccd->sub].size)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "has sub-channels in %s, which is too short; move that file away "
				  "to attach the disc without them", image->files[ccd->sub].path);
	run.file = ccd->sub;
	run.form = VCD_FORM_SUB_PACKED_96;
	run.offset = sector * SUB_PACKED;
	return image_append_subchannel(image, &run);
}

/* Further indices are as far from index 1 on the disc as they are in the descriptor. */
static enum image_error add_indices(struct ccd *ccd, const struct ccd_track *track)
{
	enum image_error error = IMAGE_OK;
	int i;

	for (i = 2; !error && i <= VCD_INDEX_MAX && track->index[1] != ABSENT && track->index[i] != ABSENT; i++) {
		int64_t lba = (int64_t)track->lba + track->index[i] - track->index[1];
		struct vcd_index index = { .track = (uint8_t)(track - ccd->tracks), .index = (uint8_t)i };

		if (lba <= track->lba || lba > CD_SECTORS_MAX)
			break;
		index.lba = (uint32_t)lba;
		error = image_add_index(ccd->image, &index);
	}
	return error;
}

static enum image_error add_track(struct ccd *ccd, const struct ccd_track *track, uint32_t end, int64_t base)
{
	struct vcd_track added = {
		.number = (uint8_t)(track - ccd->tracks),
		.session = (uint8_t)track->session,
		.control = (uint8_t)track->control,
		.pregap = track->pregap,
	};
	enum image_error error;

	memcpy(added.isrc, track->isrc, sizeof(added.isrc));
	added.mode = VCD_MODE_AUDIO;
	if (track->control & 4)
		added.mode = data_mode(ccd, track, (uint64_t)(base + track->lba) * SECTOR_RAW);
	error = append(ccd, track->lba, base);
	if (!error)
		error = image_begin_track(ccd->image, &added);
	if (!error)
		error = add_indices(ccd, track);
	return error ? error : append(ccd, end, base);
}

/*
 * Where the sectors of a session end. A lead-out is missing only in descriptors that were written by hand; the last
 * session then lasts as long as the file.
 */
static enum image_error find_lead_out(struct ccd *ccd, const struct ccd_track *last, int64_t base, uint32_t *end)
{
	int64_t lead_out = ccd->lead_outs[last->session];

	if (lead_out == ABSENT && !next_track(ccd, last))
		lead_out = (int64_t)(ccd->image->files[ccd->img].size / SECTOR_RAW) - base;
	if (lead_out <= last->lba || lead_out > CD_SECTORS_MAX)
		return image_fail(ccd->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: session %" PRIu32 " has no lead-out behind its last "
				  "track", last->line, last->session);
	*end = (uint32_t)lead_out;
	return IMAGE_OK;
}

/*
 * Where a session begins in the files, less its address. What is between sessions is not stored, unless the file is as
 * long as the disc.
 */
static int64_t session_base(const struct ccd *ccd, uint32_t start, uint64_t stored)
{
	const struct ccd_track *last = NULL, *track;

	for (track = &ccd->tracks[1]; track <= &ccd->tracks[TRACKS_MAX]; track++)
		if (track->line)
			last = track;
	if (last && ccd->lead_outs[last->session] > 0 &&
	    ccd->image->files[ccd->img].size / SECTOR_RAW >= (uint32_t)ccd->lead_outs[last->session])
		return 0;
	return (int64_t)stored - start;
}

static enum image_error add_tracks(struct ccd *ccd)
{
	const struct ccd_track *track, *before = NULL, *next;
	struct image *image = ccd->image;
	enum image_error error = IMAGE_OK;
	int64_t base = 0;
	uint32_t end = 0;

	for (track = next_track(ccd, NULL); track && !error; before = track, track = next) {
		uint32_t start = track->lba - track->pregap;

		next = next_track(ccd, track);
		if (before && before->session != track->session) {
			if (start < image->sectors)
				return image_fail(image, IMAGE_NOT_AN_IMAGE,
						  "line %u: session %" PRIu32 " begins before the "
						  "end of the one before it", track->line, track->session);
			base = session_base(ccd, start, (uint64_t)(base + image->sectors));
			error = image_append_zeroes(image, start - image->sectors);
			if (error)
				return error;
		}
		if (next && next->session == track->session)
			end = next->lba - next->pregap;
		else
			error = find_lead_out(ccd, track, base, &end);
		if (!error)
			error = add_track(ccd, track, end, base);
	}
	return error;
}

static enum image_error ccd_open(struct image *image)
{
	struct ccd *ccd = calloc(1, sizeof(*ccd));
	enum image_error error;
	unsigned int i, j;

	if (!ccd)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	ccd->image = image;
	for (i = 0; i <= TRACKS_MAX; i++) {
		ccd->lead_outs[i] = ABSENT;
		ccd->tracks[i].mode = ABSENT;
		for (j = 0; j <= VCD_INDEX_MAX; j++)
			ccd->tracks[i].index[j] = ABSENT;
	}
	error = read_descriptor(ccd);
	if (!error)
		error = check_tracks(ccd);
	if (!error)
		error = open_files(ccd);
	if (!error)
		error = add_tracks(ccd);
	if (!error)
		error = image_end_tracks(image);
	if (!error)
		image->profile_hint = VCD_PROFILE_CD_ROM;
	free(ccd);
	return error;
}

const struct image_format ccd_format = {
	.name = "ccd",
	.title = "CloneCD",
	.probe = ccd_probe,
	.open = ccd_open,
};
