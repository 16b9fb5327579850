// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl info */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "content.h"
#include "discreport.h"
#include "drive.h"
#include "image.h"
#include "module.h"
#include "openimage.h"
#include "progress.h"
#include "report.h"
#include "vcdctl.h"

enum { OPTION_RAW = 256, OPTION_CACHE_DIR, OPTION_PASSWORD_FILE, OPTION_CHECKSUM };

/**
 * struct info_options - the command line
 * @image: for image_open_with()
 * @checksum: make checksums of an image
 * @json: print JSON
 */
struct info_options {
	struct image_options image;
	bool checksum;
	bool json;
};

static void report_size(struct report *report, uint64_t bytes, uint32_t sectors)
{
	report_number(report, "Size", bytes, "bytes");
	report_number(report, "Sectors", sectors, NULL);
}

static void report_file_systems(struct report *report, const struct content *content)
{
	const struct iso9660 *iso = &content->iso;
	char udf[32];

	report_begin_list(report, "File systems");
	if (iso->present)
		report_item(report, iso->high_sierra ? "High Sierra" : "ISO 9660");
	if (iso->joliet)
		report_item(report, "Joliet");
	if (iso->rock_ridge)
		report_item(report, "Rock Ridge");
	if (content->udf.revision) {
		/* The revision is in BCD: 0102h is 1.02. */
		snprintf(udf, sizeof(udf), "UDF %x.%02x", content->udf.revision >> 8, content->udf.revision & 0xFFU);
		report_item(report, udf);
	} else if (content->udf.present) {
		report_item(report, "UDF");
	}
	if (content->hfs.hfs)
		report_item(report, "HFS");
	if (content->hfs.hfs_plus)
		report_item(report, "HFS+");
	report_end_list(report);
}

static void report_partition_tables(struct report *report, const struct content *content)
{
	if (!content->tables.mbr && !content->tables.gpt && !content->hfs.partition_map)
		return;
	report_begin_list(report, "Partition tables");
	if (content->tables.mbr)
		report_item(report, "MBR");
	if (content->tables.gpt)
		report_item(report, "GPT");
	if (content->hfs.partition_map)
		report_item(report, "Apple");
	report_end_list(report);
	if (content->iso.present && content->tables.mbr)
		report_string(report, "Isohybrid", content->tables.boot_code ? "yes" : "yes, without boot code");
}

static void report_volume(struct report *report, const struct content *content)
{
	const struct iso9660 *iso = &content->iso;

	report_string(report, "Label", content_label(content));
	if (iso->joliet_volume[0] && strcmp(iso->joliet_volume, iso->volume))
		report_string(report, "Joliet label", iso->joliet_volume);
	if (iso->volume[0] && strcmp(iso->volume, content_label(content)))
		report_string(report, "ISO 9660 label", iso->volume);
	report_string(report, "Volume set", iso->volume_set[0] ? iso->volume_set : content->udf.volume_set);
	report_string(report, "System", iso->system);
	report_string(report, "Publisher", iso->publisher);
	report_string(report, "Preparer", iso->preparer);
	report_string(report, "Application", iso->application);
	report_string(report, "Created", iso->created);
	report_string(report, "Modified", iso->modified);
	if (iso->present)
		report_number(report, "Volume blocks", iso->blocks, NULL);
}

static void report_boot_entry(struct report *report, const struct eltorito_entry *entry)
{
	report_begin_entry(report);
	report_field_string(report, "platform", eltorito_platform(entry->platform));
	report_field_bool(report, "bootable", entry->bootable);
	report_field_string(report, "emulation", eltorito_emulation(entry->emulation));
	report_field_number(report, "load-segment", entry->load_segment);
	report_field_number(report, "sectors", entry->load_sectors);
	report_field_number(report, "lba", entry->lba);
	report_end_entry(report);
}

static void report_boot(struct report *report, const struct content *content)
{
	const struct eltorito *boot = &content->boot;
	unsigned int i;

	if (!boot->present)
		return;
	report_number(report, "Boot catalogue", boot->lba, NULL);
	if (!boot->checksum_ok)
		report_string(report, "Boot catalogue checksum", "wrong");
	report_begin_entries(report, "Boot images", "Boot image");
	for (i = 0; i < boot->kept; i++)
		report_boot_entry(report, &boot->entries[i]);
	report_end_entries(report);
	if (boot->count > boot->kept)
		report_number(report, "Further boot images", boot->count - boot->kept, NULL);
}

static void report_content(struct report *report, const struct content *content)
{
	report_file_systems(report, content);
	report_volume(report, content);
	report_partition_tables(report, content);
	report_boot(report, content);
}

/* Of all files: a descriptor alone is small. */
static uint64_t image_bytes(const struct image *image)
{
	uint64_t bytes = 0;
	uint32_t i;

	for (i = 0; i < image->file_count; i++)
		bytes += image->files[i].size;
	return bytes;
}

static void report_dpm(struct report *report, const struct image_dpm *dpm)
{
	if (!dpm->points)
		return;
	report_number(report, "DPM points", dpm->points, NULL);
	report_number(report, "DPM begins at", dpm->first, NULL);
	report_number(report, "DPM distance", dpm->distance, "sectors");
}

static enum exit_code info_of_image(const char *path, const struct info_options *options)
{
	struct image image;
	struct report report;
	enum exit_code code = open_image(&image, path, &options->image);

	if (code != CODE_OK)
		return code;
	report_begin(&report, options->json);
	report_string(&report, "Image", image.path);
	report_string(&report, "Format", image.format->title);
	report_size(&report, image_bytes(&image), image.sectors);
	if (image_missing_tail(&image))
		report_number(&report, "Zeroes added", image_missing_tail(&image), "bytes");
	report_string(&report, "Profile", profile_name(image_profile(&image)));
	report_number(&report, "Tracks", image.track_count, NULL);
	report_number(&report, "Sessions", image_sessions(&image), NULL);
	report_disc(&report, &image);
	report_dpm(&report, &image.dpm);
	report_content(&report, &image.content);
	if (options->checksum)
		code = report_checksums(&report, &image);
	report_end(&report);
	image_close(&image);
	return code;
}

static void report_status(struct report *report, const struct vcd_drive *drive)
{
	const struct vcd_status *status = &drive->status;
	char node[DRIVE_NODE_MAX], device[32], speed[SPEED_NAME_MAX];

	drive_node(node, status->index);
	snprintf(device, sizeof(device), "%u:%u", status->major, status->minor);
	report_string(report, "Drive", node);
	report_string(report, "Device", device);
	report_string(report, "Owner", user_name(status->drive_uid));
	report_string(report, "Tray", status->state & VCD_STATE_TRAY_OPEN ? "open" : "closed");
	report_bool(report, "Disc", status->state & VCD_STATE_DISC);
	report_bool(report, "Locked", status->state & VCD_STATE_LOCKED);
	report_bool(report, "Exclusive", status->state & VCD_STATE_EXCLUSIVE);
	report_bool(report, "Stale", status->state & VCD_STATE_STALE);
	report_bool(report, "Draining", status->state & VCD_STATE_DRAINING);
	report_number(report, "Openers", status->openers, NULL);
	if (!(status->state & VCD_STATE_DISC))
		return;
	report_string(report, "Image", drive->name);
	report_string(report, "User", user_name(status->disc_uid));
	report_size(report, (uint64_t)status->sectors * SECTOR_SIZE, status->sectors);
	report_string(report, "Profile", profile_name(status->profile));
	if (status->read_speed)
		report_string(report, "Speed", speed_name(speed, status->read_speed, status->profile));
	report_string(report, "Cache", cache_name(status->cache));
	report_number(report, "Tracks", status->tracks, NULL);
	report_number(report, "Sessions", status->sessions, NULL);
	report_number(report, "Files", status->files, NULL);
	report_number(report, "Generation", status->generation, NULL);
}

/* The disc is read through the drive: the image may be out of reach, or another file by now. */
static void report_loaded_disc(struct report *report, const struct vcd_status *status)
{
	char node[DRIVE_NODE_MAX];
	struct content content;
	int err = drive_read_content(status, &content);

	if (!err) {
		report_content(report, &content);
		return;
	}
	drive_node(node, status->index);
	complain(node, "what is on the disc cannot be shown: %s", strerror(-err));
}

static enum exit_code info_of_drive(int ctl, int index, const struct info_options *options)
{
	struct vcd_drive drive;
	struct report report;
	int err = vcd_status(ctl, index, &drive);

	if (err)
		return explain(&(struct request){ .action = ACTION_STATUS, .ctl = ctl, .index = index }, err);
	report_begin(&report, options->json);
	report_status(&report, &drive);
	if (drive.status.state & VCD_STATE_DISC && !(drive.status.state & VCD_STATE_TRAY_OPEN))
		report_loaded_disc(&report, &drive.status);
	report_end(&report);
	return CODE_OK;
}

/*
 * Is the word a drive of vcd? A block device is one if the kernel calls it vcd<N>, whatever its node is called; other
 * block devices are images.
 */
static bool is_drive(const char *word)
{
	char path[64], target[PATH_MAX];
	const char *name;
	struct stat st;
	ssize_t len;

	if (stat(word, &st))
		return drive_has_form(word);
	if (!S_ISBLK(st.st_mode))
		return false;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(st.st_rdev), minor(st.st_rdev));
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return drive_has_form(word);
	target[len] = '\0';
	name = strrchr(target, '/');
	return name && !strncmp(name, "/vcd", 4) && drive_has_form(name + 1);
}

enum exit_code cmd_info(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "cache-dir",	required_argument,	NULL,	OPTION_CACHE_DIR },
		{ "password-file", required_argument,	NULL,	OPTION_PASSWORD_FILE },
		{ "raw",	no_argument,		NULL,	OPTION_RAW },
		{ "checksum",	no_argument,		NULL,	OPTION_CHECKSUM },
		{ "json",	no_argument,		NULL,	'J' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct info_options options = { .image.progress = progress_show };
	enum exit_code code;
	int option, ctl, index;

	while ((option = next_option(command, argc, argv, "J", longs, &code)) != -1) {
		if (option == OPTION_STOP)
			return code;
		if (option == OPTION_RAW)
			options.image.flags |= IMAGE_RAW;
		if (option == OPTION_CACHE_DIR)
			options.image.cache_dir = optarg;
		if (option == OPTION_PASSWORD_FILE && !password_given(optarg, &options.image, &code))
			return code;
		if (option == OPTION_CHECKSUM)
			options.checksum = true;
		if (option == 'J')
			options.json = true;
	}
	if (argc - optind != 1)
		return wrong_usage(command,
				   argc == optind ? "no image or drive given" : "one image or drive at a time");
	if (!is_drive(argv[optind]))
		return info_of_image(argv[optind], &options);
	if (options.checksum)
		return wrong_usage(command, "--checksum is for images");
	ctl = control_open(&code);
	if (ctl < 0)
		return code;
	code = drive_find(ctl, argv[optind], &index);
	if (code == CODE_OK)
		code = info_of_drive(ctl, index, &options);
	close(ctl);
	return code;
}
