// SPDX-License-Identifier: GPL-2.0
/*
 * play: the ioctls of the uniform CD-ROM layer that play audio.
 *
 *	play all TRACK-2 TRACK-3 LEAD-OUT NODE	all of them, on a disc whose tracks 2 and 3 are audio without a pregap, of
 *						three seconds at least; track 1 is data
 *	play start LBA SECTORS NODE		play, and leave it at that
 *	play status NODE			print the audio status and the LBA
 */
#include <fcntl.h>
#include <linux/cdrom.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define FRAMES	75
/* How far the clock of the drive, which counts ticks, may be from ours, in frames. */
#define SLACK	3

static int fd;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void sleep_frames(unsigned int frames)
{
	usleep(frames * 1000000ull / FRAMES);
}

static struct cdrom_subchnl look(void)
{
	struct cdrom_subchnl sub = { .cdsc_format = CDROM_LBA };

	if (ioctl(fd, CDROMSUBCHNL, &sub))
		tap_bail("CDROMSUBCHNL");
	return sub;
}

static void status_is(int want, const char *name)
{
	tap_is(look().cdsc_audiostatus, want, name);
}

static struct cdrom_msf msf(int from, int to)
{
	from += CD_MSF_OFFSET;
	to += CD_MSF_OFFSET;
	return (struct cdrom_msf){
		.cdmsf_min0 = from / 4500, .cdmsf_sec0 = from / FRAMES % 60, .cdmsf_frame0 = from % FRAMES,
		.cdmsf_min1 = to / 4500, .cdmsf_sec1 = to / FRAMES % 60, .cdmsf_frame1 = to % FRAMES,
	};
}

/* The drive plays, and has come as far as it must have since it was at @from, between the times @early and @late. */
static void check_way(int from, double early, double late, const char *name)
{
	double before = now();
	struct cdrom_subchnl sub = look();
	double after = now();
	int least = from + (int)((before - late) * FRAMES) - SLACK;
	int most = from + (int)((after - early) * FRAMES) + SLACK;
	int lba = sub.cdsc_absaddr.lba;

	if (!tap(sub.cdsc_audiostatus == CDROM_AUDIO_PLAY && lba >= from && lba >= least && lba <= most, "%s", name))
		printf("# status %x at %d, not %x from %d to %d\n", sub.cdsc_audiostatus, lba, CDROM_AUDIO_PLAY, least,
		       most);
}

static void test_play(int start, int end)
{
	struct cdrom_msf range = msf(start, end);
	double early, late;

	status_is(CDROM_AUDIO_NO_STATUS, "CDROMSUBCHNL: nothing plays");
	early = now();
	tap_errno(ioctl(fd, CDROMPLAYMSF, &range), 0, "CDROMPLAYMSF");
	late = now();
	check_way(start, early, late, "CDROMPLAYMSF: it plays");
	sleep_frames(40);
	check_way(start, early, late, "CDROMPLAYMSF: it plays on, with the time");
}

static void test_pause(void)
{
	struct cdrom_subchnl paused, later;
	double early, late;

	tap_errno(ioctl(fd, CDROMPAUSE), 0, "CDROMPAUSE");
	paused = look();
	tap_is(paused.cdsc_audiostatus, CDROM_AUDIO_PAUSED, "CDROMPAUSE: it is paused");
	tap(paused.cdsc_trk == 2 && paused.cdsc_ind == 1, "CDROMPAUSE: in track 2, index 1");
	sleep_frames(40);
	later = look();
	tap_is(later.cdsc_absaddr.lba, paused.cdsc_absaddr.lba, "CDROMPAUSE: it stays where it is");
	tap_errno(ioctl(fd, CDROMPAUSE), 0, "CDROMPAUSE once more");
	early = now();
	tap_errno(ioctl(fd, CDROMRESUME), 0, "CDROMRESUME");
	late = now();
	sleep_frames(20);
	check_way(paused.cdsc_absaddr.lba, early, late, "CDROMRESUME: it goes on from there");
	tap_errno(ioctl(fd, CDROMRESUME), 0, "CDROMRESUME once more");
}

static void test_stop(void)
{
	tap_errno(ioctl(fd, CDROMSTART), 0, "CDROMSTART");
	status_is(CDROM_AUDIO_PLAY, "CDROMSTART: it still plays");
	tap_errno(ioctl(fd, CDROMSTOP), 0, "CDROMSTOP");
	status_is(CDROM_AUDIO_NO_STATUS, "CDROMSTOP: it does not play");
	tap_errno(ioctl(fd, CDROMPAUSE), EIO, "CDROMPAUSE: there is nothing to pause");
	tap_errno(ioctl(fd, CDROMRESUME), EIO, "CDROMRESUME: there is nothing to resume");
}

static void test_tracks(int second, int third)
{
	struct cdrom_ti tracks = { .cdti_trk0 = 3, .cdti_ind0 = 1, .cdti_trk1 = 3, .cdti_ind1 = 1 };
	struct cdrom_subchnl sub;
	double early = now(), late;

	tap_errno(ioctl(fd, CDROMPLAYTRKIND, &tracks), 0, "CDROMPLAYTRKIND");
	late = now();
	check_way(third, early, late, "CDROMPLAYTRKIND: it plays the track");
	sub = look();
	tap_is(sub.cdsc_trk, 3, "CDROMPLAYTRKIND: that track");
	tracks = (struct cdrom_ti){ .cdti_trk0 = 2, .cdti_trk1 = 2 };
	early = now();
	tap_errno(ioctl(fd, CDROMPLAYTRKIND, &tracks), 0, "CDROMPLAYTRKIND of another track");
	late = now();
	check_way(second, early, late, "CDROMPLAYTRKIND: it plays the other");
	tracks = (struct cdrom_ti){ .cdti_trk0 = 1, .cdti_ind0 = 1, .cdti_trk1 = 1, .cdti_ind1 = 1 };
	tap_errno(ioctl(fd, CDROMPLAYTRKIND, &tracks), EIO, "CDROMPLAYTRKIND of a data track");
	status_is(CDROM_AUDIO_PLAY, "CDROMPLAYTRKIND of a data track: the other still plays");
}

static void test_end(int end)
{
	struct cdrom_blk last = { .from = end - 30, .len = 30 };
	struct cdrom_blk beyond = { .from = end - 30, .len = 31 };
	struct cdrom_msf data = msf(0, 30);

	tap_errno(ioctl(fd, CDROMPLAYBLK, &last), 0, "CDROMPLAYBLK");
	sleep_frames(30 + SLACK);
	status_is(CDROM_AUDIO_COMPLETED, "CDROMPLAYBLK: it comes to its end");
	status_is(CDROM_AUDIO_NO_STATUS, "CDROMPLAYBLK: that is told once");
	tap_is(look().cdsc_absaddr.lba, end - 1, "CDROMPLAYBLK: the last sector is where it stays");
	tap_errno(ioctl(fd, CDROMPLAYBLK, &beyond), EIO, "CDROMPLAYBLK across the lead-out");
	tap_errno(ioctl(fd, CDROMPLAYMSF, &data), EIO, "CDROMPLAYMSF of data");
	status_is(CDROM_AUDIO_NO_STATUS, "CDROMPLAYMSF of data: nothing plays");
}

static void test_volume(void)
{
	struct cdrom_volctrl full, half, got;

	tap_errno(ioctl(fd, CDROMVOLREAD, &full), 0, "CDROMVOLREAD");
	tap(full.channel0 == 255 && full.channel1 == 255, "CDROMVOLREAD: full volume");
	half = full;
	half.channel0 = 128;
	half.channel1 = 0;
	tap_errno(ioctl(fd, CDROMVOLCTRL, &half), 0, "CDROMVOLCTRL");
	tap_errno(ioctl(fd, CDROMVOLREAD, &got), 0, "CDROMVOLREAD after CDROMVOLCTRL");
	tap(got.channel0 == 128 && got.channel1 == 0, "CDROMVOLCTRL: what has been set is there");
	tap_errno(ioctl(fd, CDROMVOLCTRL, &full), 0, "CDROMVOLCTRL back to full volume");
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	struct cdrom_subchnl sub;

	fd = argc > 2 ? open(argv[argc - 1], O_RDONLY | O_NONBLOCK) : -1;
	if (fd < 0)
		tap_bail("%s", argv[argc - 1]);
	if (!strcmp(what, "all") && argc == 6) {
		test_play(atoi(argv[2]), atoi(argv[3]));
		test_pause();
		test_stop();
		test_tracks(atoi(argv[2]), atoi(argv[3]));
		test_end(atoi(argv[4]));
		test_volume();
		return tap_failed > 0;
	}
	if (!strcmp(what, "start") && argc == 5) {
		struct cdrom_blk blk = { .from = atoi(argv[2]), .len = atoi(argv[3]) };

		if (ioctl(fd, CDROMPLAYBLK, &blk))
			tap_bail("CDROMPLAYBLK");
		return 0;
	}
	if (!strcmp(what, "status") && argc == 3) {
		sub = look();
		printf("%02x %d\n", sub.cdsc_audiostatus, sub.cdsc_absaddr.lba);
		return 0;
	}
	fprintf(stderr, "play: see the head of play.c\n");
	return 2;
}
