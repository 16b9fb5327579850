// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl attach, vcdctl swap */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "image.h"
#include "module.h"
#include "openimage.h"
#include "progress.h"
#include "report.h"
#include "settle.h"
#include "vcdctl.h"

/**
 * struct attach_options - the command line
 * @drive: name of the drive, or NULL
 * @profile: VCD_PROFILE_*
 * @speed: limit of the read speed in times the single speed, or 0
 * @cache: VCD_CACHE_*
 * @image: for image_open_with()
 * @flags: VCD_ATTACH_*
 * @json: print JSON
 */
struct attach_options {
	const char *drive;
	uint32_t profile;
	double speed;
	uint32_t cache;
	struct image_options image;
	uint32_t flags;
	bool json;
};

enum { OPTION_RAW = 256, OPTION_CACHE_DIR, OPTION_PASSWORD_FILE };

static int run_attach(const struct request *request)
{
	return vcd_attach(request->ctl, request->arg);
}

static struct vcd_file *file_table(const struct image *image)
{
	struct vcd_file *files = calloc(image->file_count, sizeof(*files));
	uint32_t i;

	for (i = 0; files && i < image->file_count; i++)
		files[i].fd = image->files[i].source.fd;
	return files;
}

/* One without elements is all zeroes, as in a structure of a time when there was none. */
static struct vcd_array array(const void *elements, uint32_t count, size_t element)
{
	if (!count)
		return (struct vcd_array){ 0 };
	return (struct vcd_array){ .ptr = (uintptr_t)elements, .count = count, .elem_size = (uint32_t)element };
}

/* A module that does not know indices above 1 makes the same disc without them. */
static uint32_t count_indices(int ctl, const struct image *image)
{
	struct vcd_info info;

	if (!image->index_count || vcd_info(ctl, &info) || !(info.features & VCD_FEATURE_INDICES))
		return 0;
	return image->index_count;
}

/* Give the image to the kernel; fills @attach with where it went. */
static enum exit_code hand_over(int ctl, int index, const struct image *image, const struct attach_options *options,
				struct vcd_attach *attach)
{
	struct vcd_file *files = file_table(image);
	struct request request = {
		.action = options->flags & VCD_ATTACH_SWAP ? ACTION_SWAP : ACTION_ATTACH,
		.ctl = ctl,
		.index = index,
		.run = run_attach,
		.image = image->path,
		.arg = attach,
	};
	enum exit_code code;

	if (!files) {
		complain(image->path, "no memory");
		return CODE_INTERNAL;
	}
	*attach = (struct vcd_attach){
		.flags = options->flags,
		.index = index,
		.profile = options->profile ? options->profile : image->profile_hint,
		.files = array(files, image->file_count, sizeof(*files)),
		.extents = array(image->extents, image->extent_count, sizeof(*image->extents)),
		.tracks = array(image->tracks, image->track_count, sizeof(*image->tracks)),
		.name = (uintptr_t)image->path,
		.name_len = (uint32_t)strlen(image->path),
		.sectors = image->sectors,
		.read_speed = speed_limit(options->speed, options->profile ? options->profile : image_profile(image)),
		.cache = options->cache,
		.subchannels = array(image->subchannels, image->subchannel_count, sizeof(*image->subchannels)),
		.cdtext = array(image->cdtext, image->cdtext_count, sizeof(*image->cdtext)),
		.indices = array(image->indices, count_indices(ctl, image), sizeof(*image->indices)),
	};
	memcpy(attach->mcn, image->mcn, sizeof(attach->mcn));
	code = drive_run(&request);
	free(files);
	return code;
}

static void add_medium(struct json_object *object, const struct vcd_status *status)
{
	char speed[SPEED_NAME_MAX];

	json_object_object_add(object, "profile", json_object_new_string(profile_name(status->profile)));
	if (status->read_speed) {
		speed_name(speed, status->read_speed, status->profile);
		json_object_object_add(object, "speed", json_object_new_string(speed));
	}
	json_object_object_add(object, "cache", json_object_new_string(cache_name(status->cache)));
}

static void print_json(int ctl, const struct image *image, const struct vcd_attach *attach)
{
	struct json_object *object = json_object_new_object();
	char node[DRIVE_NODE_MAX];
	struct vcd_drive drive;

	drive_node(node, attach->index);
	json_object_object_add(object, "node", json_object_new_string(node));
	json_object_object_add(object, "index", json_object_new_int(attach->index));
	json_object_object_add(object, "image", report_json_string(image->path));
	json_object_object_add(object, "format", json_object_new_string(image->format->name));
	json_object_object_add(object, "sectors", json_object_new_int64(image->sectors));
	if (!vcd_status(ctl, attach->index, &drive))
		add_medium(object, &drive.status);
	json_object_object_add(object, "generation", json_object_new_uint64(attach->generation));
	report_json(object);
}

/* Does the module know what the command line asks for? */
static enum exit_code check_features(int ctl, const struct attach_options *options)
{
	struct vcd_info info;
	const char *unknown;

	if (options->speed <= 0 && options->cache == VCD_CACHE_AUTO)
		return CODE_OK;
	if (vcd_info(ctl, &info))
		info.features = 0;
	if (options->speed > 0 && !(info.features & VCD_FEATURE_READ_SPEED))
		unknown = "--speed";
	else if (options->cache != VCD_CACHE_AUTO && !(info.features & VCD_FEATURE_CACHE))
		unknown = "--cache";
	else
		return CODE_OK;
	complain(unknown, "the loaded kernel module does not know this option;"
		 " load the module of this version of vcdctl");
	return CODE_NO_MODULE;
}

/* Does the module take as much as the image has? */
static enum exit_code check_limits(int ctl, const struct image *image)
{
	struct vcd_info info;
	const char *what;
	uint32_t have, most;

	if (vcd_info(ctl, &info))
		return CODE_OK;
	if (image->file_count > info.max_files) {
		what = "files";
		have = image->file_count;
		most = info.max_files;
	} else if (image->extent_count > info.max_extents || image->subchannel_count > info.max_extents) {
		what = "pieces";
		have = image->extent_count > image->subchannel_count ? image->extent_count : image->subchannel_count;
		most = info.max_extents;
	} else {
		return CODE_OK;
	}
	complain(image->path, "is made of %" PRIu32 " %s, and the kernel module takes %" PRIu32 " of a disc; "
		 "make one file of it first: vcdctl convert", have, what, most);
	return CODE_FAILURE;
}

static enum exit_code attach_to(int ctl, const struct image *image, const struct attach_options *options)
{
	struct vcd_attach attach;
	struct settle settle;
	enum exit_code code;
	int index = VCD_ANY;

	code = options->drive ? drive_find(ctl, options->drive, &index) : CODE_OK;
	if (code != CODE_OK)
		return code;
	code = check_features(ctl, options);
	if (code == CODE_OK)
		code = check_limits(ctl, image);
	if (code != CODE_OK)
		return code;
	settle_begin(&settle);
	code = hand_over(ctl, index, image, options, &attach);
	if (code == CODE_OK) {
		settle_wait(&settle, ctl, attach.index);
		if (options->json)
			print_json(ctl, image, &attach);
		else
			printf("/dev/vcd%d\n", attach.index);
	}
	settle_end(&settle);
	return code;
}

static enum exit_code attach_image(const char *path, const struct attach_options *options)
{
	enum exit_code code;
	struct image image;
	int ctl;

	if (strlen(path) > VCD_NAME_MAX) {
		complain(path, "the name is too long");
		return CODE_NO_INPUT;
	}
	code = open_image(&image, path, &options->image);
	if (code != CODE_OK)
		return code;
	ctl = control_open(&code);
	if (ctl >= 0) {
		code = attach_to(ctl, &image, options);
		if (code == CODE_OK && image_missing_tail(&image))
			complain(path, "the last sector is cut off: %" PRIu32
				 " bytes of zeroes were added to fill it", image_missing_tail(&image));
		close(ctl);
	}
	image_close(&image);
	return code;
}

/* Returns false when the command is to end at once, with @code. */
static bool read_options(const struct command *command, int argc, char **argv, const char *shorts,
			 const struct option *longs, struct attach_options *options, enum exit_code *code)
{
	int option;

	while ((option = next_option(command, argc, argv, shorts, longs, code)) != -1) {
		switch (option) {
		case OPTION_STOP:
			return false;
		case 'd':
			options->drive = optarg;
			break;
		case 'f':
			options->flags |= VCD_ATTACH_FORCE;
			break;
		case 'p':
			if (profile_from_option(optarg, &options->profile, &options->flags))
				break;
			*code = wrong_usage(command, "unknown profile '%s'; there are auto, cd, dvd, dvd-dl and bd",
					    optarg);
			return false;
		case 's':
			if (speed_from_option(optarg, &options->speed))
				break;
			*code = wrong_usage(command, "'%s' is no speed; an example is 8x", optarg);
			return false;
		case 'c':
			if (cache_from_option(optarg, &options->cache))
				break;
			*code = wrong_usage(command, "unknown cache '%s'; there are auto, page and none", optarg);
			return false;
		case OPTION_RAW:
			options->image.flags |= IMAGE_RAW;
			break;
		case OPTION_CACHE_DIR:
			options->image.cache_dir = optarg;
			break;
		case OPTION_PASSWORD_FILE:
			if (password_given(optarg, &options->image, code))
				break;
			return false;
		case 'J':
			options->json = true;
			break;
		}
	}
	return true;
}

enum exit_code cmd_attach(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "drive",	required_argument,	NULL,	'd' },
		{ "profile",	required_argument,	NULL,	'p' },
		{ "speed",	required_argument,	NULL,	's' },
		{ "cache",	required_argument,	NULL,	'c' },
		{ "cache-dir",	required_argument,	NULL,	OPTION_CACHE_DIR },
		{ "password-file", required_argument,	NULL,	OPTION_PASSWORD_FILE },
		{ "raw",	no_argument,		NULL,	OPTION_RAW },
		{ "json",	no_argument,		NULL,	'J' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct attach_options options = { .profile = VCD_PROFILE_AUTO, .image.progress = progress_show };
	enum exit_code code;

	if (!read_options(command, argc, argv, "d:p:s:c:J", longs, &options, &code))
		return code;
	if (argc - optind != 1)
		return wrong_usage(command, argc == optind ? "no image given" : "one image at a time");
	if (!options.drive)
		options.flags |= VCD_ATTACH_CREATE;
	return attach_image(argv[optind], &options);
}

enum exit_code cmd_swap(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "force",	no_argument,		NULL,	'f' },
		{ "profile",	required_argument,	NULL,	'p' },
		{ "speed",	required_argument,	NULL,	's' },
		{ "cache",	required_argument,	NULL,	'c' },
		{ "cache-dir",	required_argument,	NULL,	OPTION_CACHE_DIR },
		{ "password-file", required_argument,	NULL,	OPTION_PASSWORD_FILE },
		{ "raw",	no_argument,		NULL,	OPTION_RAW },
		{ "json",	no_argument,		NULL,	'J' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct attach_options options = {
		.profile = VCD_PROFILE_AUTO,
		.image.progress = progress_show,
		.flags = VCD_ATTACH_SWAP,
	};
	enum exit_code code;

	if (!read_options(command, argc, argv, "fp:s:c:J", longs, &options, &code))
		return code;
	if (argc - optind != 2)
		return wrong_usage(command, "a drive and an image are needed");
	options.drive = argv[optind];
	return attach_image(argv[optind + 1], &options);
}
