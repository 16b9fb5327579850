// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images that nothing here reads and libMirage does: its sectors are asked for one by one, and go to a temporary file. It
 * is loaded when no format of ours is in a file, and in a process of its own, for a broken file makes it abort, crash or
 * never end. Built without its headers, vcdctl does without it.
 */
#include <string.h>

#include <mirage/mirage.h>

#include "apart.h"
#include "array.h"
#include "image.h"
#include "lazy.h"
#include "scratch.h"

/* What goes with the headers */
#define SONAME_(major)	"libmirage.so." #major
#define SONAME(major)	SONAME_(major)
#define LIBRARY		SONAME(MIRAGE_SOVERSION_MAJOR)
#define NAME		"libMirage"

#define RAW_SIZE	2352
#define SUB_SIZE	96
/* How many sectors are asked for between two reports of progress */
#define PROGRESS_STEP	1024
/* No disc has more. */
#define SECTORS_MAX	(1 << 26)

LAZY(mirage_initialize);
LAZY(mirage_get_parsers_info);
LAZY(mirage_get_parsers_type);
LAZY(mirage_context_create_input_stream);
LAZY(mirage_context_get_type);
LAZY(mirage_contextual_set_context);
LAZY(mirage_parser_load_image);
LAZY(mirage_disc_get_medium_type);
LAZY(mirage_disc_layout_get_length);
LAZY(mirage_disc_get_number_of_sessions);
LAZY(mirage_disc_get_session_by_index);
LAZY(mirage_session_get_number_of_tracks);
LAZY(mirage_session_get_track_by_index);
LAZY(mirage_session_get_mcn);
LAZY(mirage_session_get_cdtext_data);
LAZY(mirage_track_find_fragment_with_subchannel);
LAZY(mirage_track_get_ctl);
LAZY(mirage_track_get_index_by_number);
LAZY(mirage_track_get_isrc);
LAZY(mirage_track_get_number_of_indices);
LAZY(mirage_track_get_sector);
LAZY(mirage_track_get_sector_type);
LAZY(mirage_track_get_track_start);
LAZY(mirage_track_layout_get_length);
LAZY(mirage_track_layout_get_start_sector);
LAZY(mirage_index_get_address);
LAZY(mirage_sector_get_sync);
LAZY(mirage_sector_get_header);
LAZY(mirage_sector_get_subheader);
LAZY(mirage_sector_get_data);
LAZY(mirage_sector_get_edc_ecc);
LAZY(mirage_sector_get_subchannel);
LAZY(mirage_filter_stream_get_type);
LAZY(g_object_new);
LAZY(g_object_unref);
LAZY(g_type_check_instance_is_a);
LAZY(g_type_name_from_instance);
LAZY(g_free);
LAZY(g_clear_error);
LAZY(g_strdup);
LAZY(mirage_context_set_password_function);
LAZY(g_log_set_default_handler);

static const struct lazy_function functions[] = {
	LAZY_FUNCTION(mirage_initialize),
	LAZY_FUNCTION(mirage_get_parsers_info),
	LAZY_FUNCTION(mirage_get_parsers_type),
	LAZY_FUNCTION(mirage_context_create_input_stream),
	LAZY_FUNCTION(mirage_context_get_type),
	LAZY_FUNCTION(mirage_contextual_set_context),
	LAZY_FUNCTION(mirage_parser_load_image),
	LAZY_FUNCTION(mirage_disc_get_medium_type),
	LAZY_FUNCTION(mirage_disc_layout_get_length),
	LAZY_FUNCTION(mirage_disc_get_number_of_sessions),
	LAZY_FUNCTION(mirage_disc_get_session_by_index),
	LAZY_FUNCTION(mirage_session_get_number_of_tracks),
	LAZY_FUNCTION(mirage_session_get_track_by_index),
	LAZY_FUNCTION(mirage_session_get_mcn),
	LAZY_FUNCTION(mirage_session_get_cdtext_data),
	LAZY_FUNCTION(mirage_track_find_fragment_with_subchannel),
	LAZY_FUNCTION(mirage_track_get_ctl),
	LAZY_FUNCTION(mirage_track_get_index_by_number),
	LAZY_FUNCTION(mirage_track_get_isrc),
	LAZY_FUNCTION(mirage_track_get_number_of_indices),
	LAZY_FUNCTION(mirage_track_get_sector),
	LAZY_FUNCTION(mirage_track_get_sector_type),
	LAZY_FUNCTION(mirage_track_get_track_start),
	LAZY_FUNCTION(mirage_track_layout_get_length),
	LAZY_FUNCTION(mirage_track_layout_get_start_sector),
	LAZY_FUNCTION(mirage_index_get_address),
	LAZY_FUNCTION(mirage_sector_get_sync),
	LAZY_FUNCTION(mirage_sector_get_header),
	LAZY_FUNCTION(mirage_sector_get_subheader),
	LAZY_FUNCTION(mirage_sector_get_data),
	LAZY_FUNCTION(mirage_sector_get_edc_ecc),
	LAZY_FUNCTION(mirage_sector_get_subchannel),
	LAZY_FUNCTION(mirage_filter_stream_get_type),
	LAZY_FUNCTION(g_object_new),
	LAZY_FUNCTION(g_object_unref),
	LAZY_FUNCTION(g_type_check_instance_is_a),
	LAZY_FUNCTION(g_type_name_from_instance),
	LAZY_FUNCTION(g_free),
	LAZY_FUNCTION(g_clear_error),
	LAZY_FUNCTION(g_strdup),
	LAZY_FUNCTION(mirage_context_set_password_function),
	LAZY_FUNCTION(g_log_set_default_handler),
};

/**
 * struct copying - a disc that is copied out of the library
 * @image: where it goes
 * @disc: the disc
 * @track: the track that is copied
 * @file: index of the temporary file
 * @size: how many bytes are in it
 * @form: what is stored of a sector: all of it of a CD, user data of others
 * @has_sub: has that track sub-channels?
 * @done: how many sectors have been copied
 * @total: how many there are
 */
struct copying {
	struct image *image;
	MirageDisc *disc;
	MirageTrack *track;
	uint32_t file;
	uint64_t size;
	uint16_t form;
	bool has_sub;
	uint32_t done;
	uint32_t total;
};

/* Plain sectors are ours to judge, unless they come out of a file that is known to be packed in a way that we don't read. */
static bool is_ours(const MirageParserInfo *info)
{
	return !strcmp(info->id, "PARSER-ISO") || !strcmp(info->id, "PARSER-HD");
}

/* Before 3.3, what comes out of MDX is a disc without a sector. */
static bool is_broken(const MirageParserInfo *info)
{
	return MIRAGE_VERSION_MAJOR == 3 && MIRAGE_VERSION_MINOR < 3 && !strcmp(info->id, "PARSER-MDX");
}

/* MacBinary has no mark to know it by but a checksum, and the library takes it only if a disk image is in it. */
static bool is_packed(const struct image *image, MirageStream *stream)
{
	const struct image_file *file = &image->files[0];
	struct reader reader = reader_from_fd(&file->source, file->size);
	GTypeInstance *instance = (GTypeInstance *)stream;

	return lazy_g_type_check_instance_is_a(instance, lazy_mirage_filter_stream_get_type()) &&
	       (foreign_describe(&reader, true) ||
		!strcmp(lazy_g_type_name_from_instance(instance), "MirageFilterStreamMacBinary"));
}

/**
 * struct asking - what the library is told when it asks for a password
 * @password: that one; NULL: none
 * @asked: it has asked
 */
struct asking {
	const char *password;
	bool asked;
};

static gchar *answer(gpointer data)
{
	struct asking *asking = data;

	asking->asked = true;
	return asking->password ? lazy_g_strdup(asking->password) : NULL;
}

/*
 * What asks for a password is an image without doubt. What else the library says of a file that it does not take is of use
 * to nobody who does not know its formats.
 */
static void explain(struct image *image, const struct asking *asking, const GError *error)
{
	if (asking->asked && !asking->password)
		image_explain(image, "is encrypted; put its password into a file, and name that with --password-file");
	else if (asking->asked && error)
		image_explain(image, "is not taken by libMirage with this password: %s", error->message);
}

/* The library's own way to load an image, but for plain sectors. NULL: there is none for it. */
static MirageDisc *load_with(MirageContext *context, MirageStream *stream, bool packed, const struct asking *asking,
			     GError **error)
{
	MirageStream *streams[] = { stream, NULL };
	const MirageParserInfo *info;
	const GType *types;
	MirageDisc *disc = NULL;
	gint count, i;

	if (!lazy_mirage_get_parsers_type(&types, &count, NULL) || !lazy_mirage_get_parsers_info(&info, &count, NULL))
		return NULL;
	/* Who asks for a password has found out that it is the right one. */
	for (i = 0; !disc && !asking->asked && i < count; i++) {
		void *parser;

		if ((!packed && is_ours(&info[i])) || is_broken(&info[i]))
			continue;
		parser = lazy_g_object_new(types[i], NULL);
		lazy_mirage_contextual_set_context(parser, context);
		lazy_g_clear_error(error);
		disc = lazy_mirage_parser_load_image(parser, streams, error);
		lazy_g_object_unref(parser);
	}
	return disc;
}

/* The library warns of its own slips, over good images as well. What is wrong with a bad one it returns. */
static void discard(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)data;
}

static MirageDisc *load_disc(struct image *image)
{
	/* The disc keeps the context, and the context who answers */
	static struct asking asking;
	MirageContext *context;
	MirageStream *stream;
	MirageDisc *disc = NULL;
	GError *error = NULL;

	asking = (struct asking){ .password = image->options.password };
	lazy_g_log_set_default_handler(discard, NULL);
	if (!lazy_mirage_initialize(NULL))
		return NULL;
	context = lazy_g_object_new(lazy_mirage_context_get_type(), NULL);
	lazy_mirage_context_set_password_function(context, answer, &asking, NULL);
	stream = lazy_mirage_context_create_input_stream(context, image->path, &error);
	if (stream) {
		/* By what unpacks it, and that is content */
		asking.asked = false;
		disc = load_with(context, stream, is_packed(image, stream), &asking, &error);
		lazy_g_object_unref(stream);
	}
	if (!disc)
		explain(image, &asking, error);
	lazy_g_clear_error(&error);
	lazy_g_object_unref(context);
	return disc;
}

static enum image_error probe_apart(struct image *image)
{
	return load_disc(image) ? IMAGE_OK : IMAGE_NOT_AN_IMAGE;
}

/*
 * It opens the file by its name once more, so that has to be all there is to it. What the library crashes over is in one of
 * its formats: mirage_open() finds the same, and says so.
 */
static bool mirage_probe(const struct image *image, const struct reader *reader)
{
	struct image probed = *image;

	(void)reader;
	if (image->outer || image->parts || strcmp(image->files[0].path, image->path) || !strcmp(image->path, "-"))
		return false;
	/* Before there is another process: most machines don't have it. */
	if (!lazy_load(LIBRARY, functions, ARRAY_SIZE(functions)))
		return false;
	probed.reason[0] = '\0';
	return !apart_run(&probed, NAME, probe_apart) || probed.reason[0];
}

static bool is_cd(const struct copying *copying)
{
	return copying->form == VCD_FORM_RAW_2352;
}

/* From one sector to the next in the temporary file */
static uint32_t stride_of(const struct copying *copying)
{
	return form_size(copying->form) + (copying->has_sub ? SUB_SIZE : 0);
}

typedef gboolean (*get_part)(MirageSector *sector, const guint8 **buf, gint *len, GError **error);

/* A sector of a CD in its parts, of which not every one has all; of other discs the user data */
static size_t main_channel(struct copying *copying, MirageSector *sector, uint8_t raw[RAW_SIZE])
{
	const get_part all[] = {
		lazy_mirage_sector_get_sync, lazy_mirage_sector_get_header, lazy_mirage_sector_get_subheader,
		lazy_mirage_sector_get_data, lazy_mirage_sector_get_edc_ecc,
	};
	size_t size = 0, i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		const guint8 *part;
		gint len;

		if (!is_cd(copying) && all[i] != lazy_mirage_sector_get_data)
			continue;
		if (!all[i](sector, &part, &len, NULL) || len < 0 || (size_t)len > RAW_SIZE - size)
			continue;
		memcpy(raw + size, part, (size_t)len);
		size += (size_t)len;
	}
	return size;
}

static enum image_error copy_sector(struct copying *copying, int address)
{
	const size_t expected = form_size(copying->form);
	MirageSector *sector = lazy_mirage_track_get_sector(copying->track, address, TRUE, NULL);
	uint8_t raw[RAW_SIZE + SUB_SIZE] = { 0 };
	const guint8 *sub;
	enum image_error error;
	size_t size;
	gint len;

	if (!sector)
		return image_fail(copying->image, IMAGE_NOT_AN_IMAGE, "is damaged: libMirage has no sector %d", address);
	size = main_channel(copying, sector, raw);
	if (copying->has_sub && lazy_mirage_sector_get_subchannel(sector, MIRAGE_SUBCHANNEL_PW, &sub, &len, NULL) &&
	    len == SUB_SIZE)
		memcpy(raw + RAW_SIZE, sub, SUB_SIZE);
	lazy_g_object_unref(sector);
	if (size != expected)
		return image_fail(copying->image, IMAGE_NOT_AN_IMAGE, "is damaged, or not of sectors of %zu bytes: libMirage "
				  "has %zu of sector %d", expected, size, address);
	error = image_scratch_write(copying->image, copying->file, raw, stride_of(copying), copying->size);
	copying->size += stride_of(copying);
	return error;
}

static void go_on(const struct copying *copying)
{
	const struct image_options *options = &copying->image->options;

	if (copying->done % PROGRESS_STEP)
		return;
	apart_go_on();
	if (options->progress)
		options->progress("unpacking", (uint64_t)copying->done * stride_of(copying),
				  (uint64_t)copying->total * stride_of(copying));
}

/* Append sectors from @from on, so that the next one is @to. All are of one mode. */
static enum image_error append(struct copying *copying, int64_t from, int64_t to)
{
	struct vcd_extent run = {
		.lba = copying->image->sectors,
		.sectors = (uint32_t)(to - from),
		.file = copying->file,
		.stride = (uint16_t)stride_of(copying),
		.form = copying->form,
		.offset = copying->size,
	};
	enum image_error error = IMAGE_OK;

	if (from < 0 || to < from || to - from > copying->total - copying->done)
		return image_fail(copying->image, IMAGE_NOT_AN_IMAGE, "is damaged: its tracks are longer than the disc");
	for (; !error && from < to; from++, copying->done++) {
		go_on(copying);
		error = copy_sector(copying, (int)from);
	}
	if (!error)
		error = image_scratch_done(copying->image, copying->file);
	if (!error)
		error = image_append(copying->image, &run);
	if (error || !copying->has_sub)
		return error;
	run.form = VCD_FORM_SUB_RAW_96;
	run.offset += RAW_SIZE;
	return image_append_subchannel(copying->image, &run);
}

static uint8_t mode_of(MirageSectorType type)
{
	switch (type) {
	case MIRAGE_SECTOR_AUDIO:
		return VCD_MODE_AUDIO;
	case MIRAGE_SECTOR_MODE2:
	case MIRAGE_SECTOR_MODE2_FORM1:
	case MIRAGE_SECTOR_MODE2_FORM2:
	case MIRAGE_SECTOR_MODE2_MIXED:
		return VCD_MODE_MODE2;
	default:
		return VCD_MODE_DATA;
	}
}

/* Those above 1, of which the library counts the first, index 2, as number 0 */
static enum image_error add_indices(struct copying *copying, uint32_t lba, int track_start)
{
	const struct vcd_track *track = &copying->image->tracks[copying->image->track_count - 1];
	gint count = lazy_mirage_track_get_number_of_indices(copying->track), i;
	enum image_error error = IMAGE_OK;

	for (i = 2; !error && i < count + 2 && i <= VCD_INDEX_MAX; i++) {
		MirageIndex *index = lazy_mirage_track_get_index_by_number(copying->track, i - 2, NULL);
		int address;

		if (!index)
			continue;
		address = lazy_mirage_index_get_address(index);
		lazy_g_object_unref(index);
		if (address > track_start)
			error = image_add_index(copying->image, &(struct vcd_index){
				.lba = lba + (uint32_t)(address - track_start), .track = track->number, .index = (uint8_t)i });
	}
	return error;
}

/* A code of so many digits, or digits and capitals; the library hands on whatever is stored. */
static bool is_code(const char *code, size_t len, const char *characters)
{
	return code && strlen(code) == len && strspn(code, characters) == len;
}

static bool has_subchannel(MirageTrack *track)
{
	MirageFragment *fragment = lazy_mirage_track_find_fragment_with_subchannel(track, NULL);

	if (fragment)
		lazy_g_object_unref(fragment);
	return fragment;
}

/* What goes before index 1. The pregap of the first track of a session is not on the disc, or does not count. */
static enum image_error begin_track(struct copying *copying, int64_t start, int64_t index_1, bool first_of_session,
				    struct vcd_track *track)
{
	struct image *image = copying->image;
	bool first = !image->track_count;
	enum image_error error;

	if (first_of_session && !first) {
		track->session = (uint8_t)(image_sessions(image) + 1);
		return image_begin_session(image);
	}
	if (first && start < 0)
		start = 0;
	error = start < index_1 ? append(copying, start, index_1) : IMAGE_OK;
	track->pregap = first ? image->sectors : (uint32_t)(index_1 - start);
	return error;
}

static enum image_error copy_track(struct copying *copying, bool first_of_session)
{
	int64_t start = lazy_mirage_track_layout_get_start_sector(copying->track);
	int track_start = lazy_mirage_track_get_track_start(copying->track);
	int64_t index_1 = start + track_start, end = start + lazy_mirage_track_layout_get_length(copying->track);
	const char *isrc = lazy_mirage_track_get_isrc(copying->track);
	struct vcd_track track = {
		.mode = mode_of(lazy_mirage_track_get_sector_type(copying->track)),
		.control = (uint8_t)(lazy_mirage_track_get_ctl(copying->track) & 0xF),
	};
	enum image_error error;
	uint32_t lba;

	copying->has_sub = is_cd(copying) && has_subchannel(copying->track);
	/* Where sub-channels are stored it is looked for there. */
	if (!copying->has_sub && is_code(isrc, sizeof(track.isrc), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		memcpy(track.isrc, isrc, sizeof(track.isrc));
	error = begin_track(copying, start, index_1, first_of_session, &track);
	lba = copying->image->sectors;
	if (!error)
		error = image_begin_track(copying->image, &track);
	if (!error)
		error = append(copying, index_1, end);
	return error || !is_cd(copying) ? error : add_indices(copying, lba, track_start);
}

static enum image_error copy_cdtext(struct copying *copying, MirageSession *session)
{
	struct vcd_cdtext pack;
	enum image_error error = IMAGE_OK;
	guint8 *data = NULL;
	gint len = 0, at;

	if (!lazy_mirage_session_get_cdtext_data(session, &data, &len, NULL) || !data)
		return IMAGE_OK;
	for (at = 0; !error && at + (gint)sizeof(pack) <= len; at += sizeof(pack)) {
		memcpy(pack.pack, data + at, sizeof(pack));
		error = image_add_cdtext(copying->image, &pack);
	}
	lazy_g_free(data);
	return error;
}

static enum image_error copy_session(struct copying *copying, MirageSession *session, bool first)
{
	gint count = lazy_mirage_session_get_number_of_tracks(session), i;
	const char *mcn = lazy_mirage_session_get_mcn(session);
	enum image_error error = IMAGE_OK;

	if (first && is_cd(copying))
		error = copy_cdtext(copying, session);
	for (i = 0; !error && i < count; i++) {
		copying->track = lazy_mirage_session_get_track_by_index(session, i, NULL);
		if (!copying->track)
			return image_fail(copying->image, IMAGE_NOT_AN_IMAGE, "is damaged: libMirage has no track %d", i);
		error = copy_track(copying, !i);
		lazy_g_object_unref(copying->track);
	}
	if (!error && first && is_cd(copying) && !copying->image->subchannel_count &&
	    is_code(mcn, VCD_MCN_LEN, "0123456789"))
		memcpy(copying->image->mcn, mcn, VCD_MCN_LEN);
	return error;
}

/* The kind of disc, where the image says it of one that is so small that nothing else does */
static uint32_t profile_of(MirageMediumType medium, uint32_t sectors)
{
	uint32_t profile = VCD_PROFILE_AUTO;

	if (medium == MIRAGE_MEDIUM_DVD)
		profile = VCD_PROFILE_DVD_ROM;
	else if (medium == MIRAGE_MEDIUM_BD)
		profile = VCD_PROFILE_BD_ROM;
	return profile > profile_for_sectors(sectors) ? profile : VCD_PROFILE_AUTO;
}

static enum image_error copy_disc(struct copying *copying)
{
	MirageMediumType medium = lazy_mirage_disc_get_medium_type(copying->disc);
	gint count = lazy_mirage_disc_get_number_of_sessions(copying->disc), i;
	gint sectors = lazy_mirage_disc_layout_get_length(copying->disc);
	bool cd = medium == MIRAGE_MEDIUM_CD;
	enum image_error error;

	/* That of a CD may begin with the two seconds before sector 0. */
	if (sectors <= 0 || sectors > (cd ? CD_SECTORS_MAX + 150 : SECTORS_MAX))
		return image_fail(copying->image, IMAGE_NOT_AN_IMAGE, "is damaged: libMirage finds %d sectors in it",
				  sectors);
	copying->form = cd ? VCD_FORM_RAW_2352 : VCD_FORM_USER_2048;
	copying->total = (uint32_t)sectors;
	error = image_scratch_room(copying->image, copying->file,
				   (uint64_t)sectors * (cd ? RAW_SIZE + SUB_SIZE : SECTOR_SIZE));
	for (i = 0; !error && i < count; i++) {
		MirageSession *session = lazy_mirage_disc_get_session_by_index(copying->disc, i, NULL);

		if (!session)
			return image_fail(copying->image, IMAGE_NOT_AN_IMAGE, "is damaged: libMirage has no session %d", i);
		error = copy_session(copying, session, !i);
		lazy_g_object_unref(session);
	}
	if (!error)
		error = image_end_tracks(copying->image);
	if (!error && !cd)
		copying->image->profile_hint = profile_of(medium, copying->image->sectors);
	return error;
}

static enum image_error open_apart(struct image *image)
{
	struct copying copying = { .image = image, .disc = load_disc(image), .file = image->file_count - 1 };

	if (!copying.disc)
		return image->reason[0] ? IMAGE_NOT_AN_IMAGE :
			image_fail(image, IMAGE_NOT_AN_IMAGE, "is not taken by libMirage any more");
	return copy_disc(&copying);
}

static enum image_error mirage_open(struct image *image)
{
	uint32_t file;
	enum image_error error = image_add_scratch(image, 0, &file);

	if (!error)
		error = apart_run(image, NAME, open_apart);
	return error ? error : image_scratch_done(image, file);
}

const struct image_format mirage_format = {
	.name = "mirage",
	.title = "read by libMirage",
	.probe = mirage_probe,
	.open = mirage_open,
};
