// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl play */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drive.h"
#include "interrupt.h"
#include "module.h"
#include "msf.h"
#include "openimage.h"
#include "optical.h"
#include "player.h"
#include "progress.h"
#include "vcdctl.h"

/* How much is kept in store for the sound card: enough for a drive that has to spin up; little where it is to stop at once */
#define LATENCY_MS	500
#define FOLLOW_LATENCY_MS 250
#define FOLLOW_AHEAD	12
/* How often a drive is looked at that is followed: every three sectors, less often if nothing is in it */
#define STEP_MS		40
#define IDLE_STEPS	12
/* A look that took longer does not tell where the drive is now. */
#define LOOK_SECTORS	4
#define LOOK_TRIES	5

enum { OPTION_IMAGE = 256, OPTION_CACHE_DIR, OPTION_PASSWORD_FILE };

/**
 * struct play_options - the command line
 * @node: the drive
 * @output: a file for the sound, or NULL
 * @force: it may be there already
 * @device: the device of ALSA
 * @follow: follow what the drive plays
 * @path: the image in it, or NULL: as it is called where it was attached
 * @image: for image_open_with()
 */
struct play_options {
	char node[OPTICAL_NODE_MAX];
	const char *output;
	bool force;
	const char *device;
	bool follow;
	const char *path;
	struct image_options image;
};

static enum exit_code sound_failed(const struct play_options *options, const struct sound *sound)
{
	complain(options->output ? options->output : options->device, "%s", sound->reason);
	return options->output ? CODE_CANNOT_CREATE : CODE_FAILURE;
}

static enum exit_code open_sound(const struct play_options *options, struct sound *sound, uint64_t sectors)
{
	unsigned int latency = options->follow ? FOLLOW_LATENCY_MS : LATENCY_MS;
	bool good = options->output ? sound_open_file(sound, options->output, sectors, options->force) :
				      sound_open_device(sound, options->device, latency);

	return good ? CODE_OK : sound_failed(options, sound);
}

/* --- playing tracks --- */

static void show_progress(const struct player *player, const struct play_track *track, uint32_t lba)
{
	struct msf at = msf_from_frames(lba - track->start), length = msf_from_frames(track->end - track->start);
	static struct msf shown;
	static unsigned int number;

	(void)player;
	if (number == track->number && shown.m == at.m && shown.s == at.s)
		return;
	number = track->number;
	shown = at;
	fprintf(stderr, "\rtrack %u  %02u:%02u of %02u:%02u\033[K", number, at.m, at.s, length.m, length.s);
	fflush(stderr);
}

/* "3" or "3-5" */
static bool parse_tracks(const char *word, unsigned long *first, unsigned long *last)
{
	char *end;

	if (word[0] < '1' || word[0] > '9')
		return false;
	*first = *last = strtoul(word, &end, 10);
	if (*end == '-' && end[1] >= '1' && end[1] <= '9')
		*last = strtoul(end + 1, &end, 10);
	return !*end && *first <= *last && *last <= DISC_TRACKS_MAX;
}

static const struct disc_track *find_track(const struct disc *disc, unsigned long number)
{
	unsigned int i;

	for (i = 0; i < disc->track_count; i++)
		if (disc->tracks[i].number == number)
			return &disc->tracks[i];
	return NULL;
}

static enum exit_code add_tracks(struct player *player, const char *node, const struct disc *disc, unsigned long first,
				 unsigned long last)
{
	unsigned long number;

	for (number = first; number <= last; number++) {
		const struct disc_track *track = find_track(disc, number);

		if (!track) {
			complain(node, "the disc has no track %lu", number);
			return CODE_FAILURE;
		}
		if (player->track_count == DISC_TRACKS_MAX) {
			complain(node, "more than %d tracks at a time", DISC_TRACKS_MAX);
			return CODE_USAGE;
		}
		if (!player_add_track(player, disc, track)) {
			complain(node, "track %lu is data, not audio", number);
			return CODE_FAILURE;
		}
	}
	return CODE_OK;
}

/* All of audio if none are named */
static enum exit_code choose_tracks(struct player *player, const char *node, const struct disc *disc, char **words,
				    int count)
{
	enum exit_code code = CODE_OK;
	unsigned long first, last;
	unsigned int i;
	int n;

	for (n = 0; !code && n < count; n++)
		if (parse_tracks(words[n], &first, &last))
			code = add_tracks(player, node, disc, first, last);
	for (i = 0; !count && i < disc->track_count; i++)
		player_add_track(player, disc, &disc->tracks[i]);
	if (!code && !player->track_count) {
		complain(node, "there is no audio on the disc");
		code = CODE_FAILURE;
	}
	return code;
}

static enum exit_code report(const struct play_options *options, const struct player *player, enum play_result result)
{
	switch (result) {
	case PLAY_STOPPED:
		return interrupt_end();
	case PLAY_DRIVE:
		return optical_explain(options->node, player->drive_error);
	case PLAY_SOUND:
		return sound_failed(options, player->sound);
	case PLAY_OK:
		break;
	}
	if (!player->missing)
		return CODE_OK;
	complain(options->node, "%" PRIu64 " sectors could not be read and were silent", player->missing);
	return CODE_INCOMPLETE;
}

static enum exit_code play_tracks(const struct play_options *options, struct player *player, struct sound *sound)
{
	enum play_result result;
	enum exit_code code = open_sound(options, sound, player_sectors(player));

	if (!code) {
		interrupt_catch();
		player->sound = sound;
		player->stopped = interrupted;
		player->progress = isatty(STDERR_FILENO) ? show_progress : NULL;
		result = player_run(player);
		if (player->progress)
			fputs("\r\033[K", stderr);
		/* As far as it has come, the file is whole. */
		if ((result == PLAY_STOPPED || result == PLAY_DRIVE) && options->output)
			sound_finish(sound);
		code = report(options, player, result);
	}
	sound_close(sound);
	return code;
}

static enum exit_code play(const struct play_options *options, char **words, int count)
{
	struct optical_drive drive;
	static struct player player;
	static struct disc disc;
	struct sound sound;
	enum exit_code code = optical_open(&drive, options->node);
	enum mmc_error error;

	if (code)
		return code;
	error = mmc_wait_ready(&drive);
	if (!error)
		error = disc_read(&disc, &drive);
	/* How long the pregaps are */
	if (!error && disc.cd)
		error = disc_read_details(&disc, &drive);
	player.drive = &drive;
	code = error ? optical_explain(options->node, error) :
		       choose_tracks(&player, options->node, &disc, words, count);
	if (!code)
		code = play_tracks(options, &player, &sound);
	mmc_close(&drive);
	return code;
}

/* --- following the drive --- */

/**
 * struct followed - a drive that is followed
 * @ctl: the control device
 * @index: its number
 * @drive: the drive
 * @generation: the disc for which @image is open; 0: none
 * @skipped: a disc of which it has been said why it is not followed; 0: none
 * @opened: there was one that is, or was, followed
 * @image: the image of the disc
 * @follower: what follows
 * @sound: where the sound goes
 */
struct followed {
	int ctl;
	int index;
	struct optical_drive drive;
	uint64_t generation;
	uint64_t skipped;
	bool opened;
	struct image image;
	struct follower follower;
	struct sound sound;
};

static uint64_t now_in_sectors(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MSF_FRAMES + (uint64_t)now.tv_nsec * MSF_FRAMES / 1000000000;
}

static void close_disc(struct followed *followed)
{
	if (!followed->generation)
		return;
	raw_reader_free(followed->follower.raw);
	image_close(&followed->image);
	followed->follower = (struct follower){ .sound = &followed->sound, .ahead = followed->follower.ahead };
	followed->generation = 0;
}

/* Samples are read from the image: reading them from the drive would end its playing. */
static enum exit_code open_disc(struct followed *followed, const struct play_options *options,
				const struct vcd_drive *status)
{
	const char *path = options->path ? options->path : status->name;
	enum exit_code code = open_image(&followed->image, path, &options->image);

	if (code) {
		if (!options->path)
			complain(options->node, "the image of the disc in it is needed; name it with --image");
		return code;
	}
	followed->follower.image = &followed->image;
	followed->follower.raw = raw_reader_new(&followed->image);
	followed->generation = status->status.generation;
	code = CODE_NOT_AN_IMAGE;
	if (followed->follower.raw && followed->image.sectors == status->status.sectors) {
		return CODE_OK;
	} else if (followed->follower.raw) {
		complain(path, "is not the image of the disc in %s", options->node);
	} else if (errno == EINVAL) {
		complain(path, "is not the image of a CD: there is nothing on it to be played");
	} else {
		complain(path, "no memory");
		code = CODE_INTERNAL;
	}
	close_disc(followed);
	return code;
}

/* Is there a disc, and is its image open? */
static enum exit_code look_at_disc(struct followed *followed, const struct play_options *options)
{
	struct vcd_drive status;
	int err = vcd_status(followed->ctl, followed->index, &status);
	enum exit_code code;

	if (err) {
		complain(options->node, "%s", strerror(-err));
		return err == -ENODEV ? CODE_NO_DRIVE : CODE_FAILURE;
	}
	if (followed->generation && followed->generation != status.status.generation) {
		sound_drop(&followed->sound);
		close_disc(followed);
	}
	if (followed->generation || !status.name[0] || followed->skipped == status.status.generation)
		return CODE_OK;
	code = open_disc(followed, options, &status);
	if (!code)
		followed->opened = true;
	else if (followed->opened)
		followed->skipped = status.status.generation;
	/* After the first disc, one that cannot be followed is not the end. */
	return followed->opened ? CODE_OK : code;
}

/* Where is the drive, and when was that? */
static uint64_t look_at_mechanism(struct followed *followed, struct mmc_mechanism *mechanism)
{
	unsigned int try;
	uint64_t begun, end;

	for (try = 0; try < LOOK_TRIES; try++) {
		begun = now_in_sectors();
		if (mmc_read_mechanism(&followed->drive, mechanism))
			*mechanism = (struct mmc_mechanism){ 0 };
		end = now_in_sectors();
		if (end - begun <= LOOK_SECTORS)
			break;
	}
	return end;
}

static bool follow_step(struct followed *followed)
{
	struct mmc_volume volume = { .channels = { 1, 2 }, .level = { 255, 255 } }, asked;
	struct mmc_mechanism mechanism;
	uint64_t time = look_at_mechanism(followed, &mechanism);

	if (mechanism.plays && !mmc_read_volume(&followed->drive, &asked))
		volume = asked;
	return follower_step(&followed->follower, &mechanism, &volume, time);
}

static enum exit_code follow_until_stopped(struct followed *followed, const struct play_options *options)
{
	enum exit_code code = CODE_OK;
	unsigned int step;

	for (step = 0; !code && !interrupted(); step++) {
		if (step % IDLE_STEPS == 0)
			code = look_at_disc(followed, options);
		if (!code && followed->generation && !follow_step(followed))
			return sound_failed(options, &followed->sound);
		mmc_backend.sleep_ms(STEP_MS);
	}
	return code;
}

static enum exit_code follow_drive(struct followed *followed, const struct play_options *options)
{
	enum exit_code code = open_sound(options, &followed->sound, 0);

	if (!code) {
		interrupt_catch();
		followed->follower.sound = &followed->sound;
		followed->follower.ahead = options->output ? 0 : FOLLOW_AHEAD;
		code = follow_until_stopped(followed, options);
		sound_drop(&followed->sound);
		/* As far as it has come, a file is whole. */
		if (!sound_finish(&followed->sound) && !code)
			code = sound_failed(options, &followed->sound);
		close_disc(followed);
	}
	sound_close(&followed->sound);
	return code;
}

/* The kernel lets everybody have a drive play, but not everybody ask for its mechanism. */
static enum exit_code may_follow(struct followed *followed, const struct play_options *options)
{
	struct mmc_mechanism mechanism;

	if (mmc_read_mechanism(&followed->drive, &mechanism) != MMC_GONE || errno != EPERM)
		return CODE_OK;
	complain(options->node, "only root may ask where it plays, so --follow has to be run by root");
	return CODE_NO_PERMISSION;
}

/* Until a signal comes, which is how it is meant to end */
static enum exit_code follow(struct play_options *options, const char *word)
{
	static struct followed followed;
	enum exit_code code;

	followed.ctl = control_open(&code);
	if (followed.ctl < 0)
		return code;
	code = drive_find(followed.ctl, word, &followed.index);
	if (!code) {
		drive_node(options->node, followed.index);
		code = optical_open(&followed.drive, options->node);
	}
	if (!code) {
		code = may_follow(&followed, options);
		if (!code)
			code = follow_drive(&followed, options);
		mmc_close(&followed.drive);
	}
	close(followed.ctl);
	return code;
}

/* --- the command line --- */

/* Returns false when the command is to end at once, with @code. */
static bool read_options(const struct command *command, int argc, char **argv, struct play_options *options,
			 enum exit_code *code)
{
	static const struct option longs[] = {
		{ "output",	required_argument,	NULL,	'o' },
		{ "force",	no_argument,		NULL,	'f' },
		{ "device",	required_argument,	NULL,	'D' },
		{ "follow",	no_argument,		NULL,	'F' },
		{ "image",	required_argument,	NULL,	OPTION_IMAGE },
		{ "cache-dir",	required_argument,	NULL,	OPTION_CACHE_DIR },
		{ "password-file", required_argument,	NULL,	OPTION_PASSWORD_FILE },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	int option;

	while ((option = next_option(command, argc, argv, "o:fD:F", longs, code)) != -1) {
		switch (option) {
		case OPTION_STOP:
			return false;
		case 'o':
			options->output = optarg;
			break;
		case 'f':
			options->force = true;
			break;
		case 'D':
			options->device = optarg;
			break;
		case 'F':
			options->follow = true;
			break;
		case OPTION_IMAGE:
			options->path = optarg;
			break;
		case OPTION_CACHE_DIR:
			options->image.cache_dir = optarg;
			break;
		case OPTION_PASSWORD_FILE:
			if (password_given(optarg, &options->image, code))
				break;
			return false;
		}
	}
	return true;
}

static bool check_words(const struct command *command, int argc, char **argv, struct play_options *options,
			enum exit_code *code)
{
	unsigned long first, last;
	int i;

	*code = CODE_USAGE;
	if (argc == optind) {
		wrong_usage(command, "no drive given");
		return false;
	}
	if (options->follow && argc - optind > 1) {
		wrong_usage(command, "with --follow it is the drive that chooses the tracks");
		return false;
	}
	if (!options->follow && (options->path || options->image.cache_dir || options->image.password)) {
		wrong_usage(command, "--image, --cache-dir and --password-file go with --follow");
		return false;
	}
	for (i = optind + 1; i < argc; i++) {
		if (!parse_tracks(argv[i], &first, &last)) {
			wrong_usage(command, "'%s' is no track; examples are 3 and 3-5", argv[i]);
			return false;
		}
	}
	if (!optical_name(options->node, argv[optind])) {
		wrong_usage(command, "the name of the drive is too long");
		return false;
	}
	return true;
}

enum exit_code cmd_play(const struct command *command, int argc, char **argv)
{
	static struct play_options options = { .device = "default", .image.progress = progress_show };
	enum exit_code code;

	if (!read_options(command, argc, argv, &options, &code) || !check_words(command, argc, argv, &options, &code))
		return code;
	if (options.follow)
		return follow(&options, argv[optind]);
	return play(&options, argv + optind + 1, argc - optind - 1);
}
