// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sound goes to ALSA, whose "default" leads to the sound server of the desktop (PipeWire, PulseAudio) where there is one
 * and to the sound card where there is none. Without its headers, vcdctl is built without that, and writes files only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_ALSA
#include <alsa/asoundlib.h>
#endif

#include "array.h"
#include "lazy.h"
#include "sound.h"

#define RATE		44100
#define CHANNELS	2
#define FRAME_BYTES	4
#define WAVE_HEADER	44
#define WAVE_MAX	(UINT32_MAX - WAVE_HEADER)

static bool fail(struct sound *sound, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(struct sound *sound, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(sound->reason, sizeof(sound->reason), format, args);
	va_end(args);
	return false;
}

#ifdef HAVE_ALSA
#define LIBRARY	"libasound.so.2"

LAZY(snd_pcm_open);
LAZY(snd_pcm_set_params);
LAZY(snd_pcm_writei);
LAZY(snd_pcm_recover);
LAZY(snd_pcm_prepare);
LAZY(snd_pcm_start);
LAZY(snd_pcm_state);
LAZY(snd_pcm_drain);
LAZY(snd_pcm_drop);
LAZY(snd_pcm_close);
LAZY(snd_strerror);
LAZY(snd_lib_error_set_handler);

static const struct lazy_function alsa[] = {
	LAZY_FUNCTION(snd_pcm_open),
	LAZY_FUNCTION(snd_pcm_set_params),
	LAZY_FUNCTION(snd_pcm_writei),
	LAZY_FUNCTION(snd_pcm_recover),
	LAZY_FUNCTION(snd_pcm_prepare),
	LAZY_FUNCTION(snd_pcm_start),
	LAZY_FUNCTION(snd_pcm_state),
	LAZY_FUNCTION(snd_pcm_drain),
	LAZY_FUNCTION(snd_pcm_drop),
	LAZY_FUNCTION(snd_pcm_close),
	LAZY_FUNCTION(snd_strerror),
	LAZY_FUNCTION(snd_lib_error_set_handler),
};

/* What goes wrong is told by who called; the library would print it line by line. */
static void quiet(const char *file, int line, const char *function, int err, const char *format, ...)
{
	(void)file;
	(void)line;
	(void)function;
	(void)err;
	(void)format;
}

/**
 * sound_open_device - let samples go to the sound card
 * @sound: filled; to be given to sound_close() whatever this function returns
 * @device: the name of a device of ALSA
 * @latency_ms: how much is kept in store for the card
 */
bool sound_open_device(struct sound *sound, const char *device, unsigned int latency_ms)
{
	snd_pcm_t *pcm;
	int err;

	*sound = (struct sound){ .fd = -1 };
	if (!lazy_load(LIBRARY, alsa, ARRAY_SIZE(alsa)))
		return fail(sound, "there is no sound without the library " LIBRARY "; install it (alsa-lib), or write "
			    "a file: --output");
	lazy_snd_lib_error_set_handler(quiet);
	err = lazy_snd_pcm_open(&pcm, device, SND_PCM_STREAM_PLAYBACK, 0);
	if (err < 0)
		return fail(sound, "cannot be opened: %s; aplay -L lists what there is", lazy_snd_strerror(err));
	sound->pcm = pcm;
	err = lazy_snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16_LE, SND_PCM_ACCESS_RW_INTERLEAVED, CHANNELS, RATE, 1,
				      latency_ms * 1000);
	if (err < 0)
		return fail(sound, "does not take the sound of a CD: %s", lazy_snd_strerror(err));
	return true;
}

/* A card that ran out of samples goes on with the next ones; a signal ends what was begun. */
static bool write_device(struct sound *sound, const uint8_t *samples, size_t frames)
{
	while (frames) {
		snd_pcm_sframes_t n = lazy_snd_pcm_writei(sound->pcm, samples, frames);

		if (n == -EINTR)
			return true;
		if (n < 0)
			n = lazy_snd_pcm_recover(sound->pcm, (int)n, 1);
		if (n < 0)
			return fail(sound, "takes no more sound: %s", lazy_snd_strerror((int)n));
		samples += n * FRAME_BYTES;
		frames -= (size_t)n;
	}
	return true;
}

static bool start_device(struct sound *sound)
{
	int err = 0;

	if (lazy_snd_pcm_state(sound->pcm) == SND_PCM_STATE_PREPARED)
		err = lazy_snd_pcm_start(sound->pcm);
	return err < 0 ? fail(sound, "does not begin: %s", lazy_snd_strerror(err)) : true;
}

static void drop_device(struct sound *sound)
{
	lazy_snd_pcm_drop(sound->pcm);
	lazy_snd_pcm_prepare(sound->pcm);
}

static bool finish_device(struct sound *sound)
{
	int err = lazy_snd_pcm_drain(sound->pcm);

	return err < 0 && err != -EINTR ? fail(sound, "does not end: %s", lazy_snd_strerror(err)) : true;
}

static void close_device(struct sound *sound)
{
	lazy_snd_pcm_close(sound->pcm);
}
#else
bool sound_open_device(struct sound *sound, const char *device, unsigned int latency_ms)
{
	(void)device;
	(void)latency_ms;
	*sound = (struct sound){ .fd = -1 };
	return fail(sound, "this vcdctl was built without sound (ALSA); write a file: --output");
}

static bool write_device(struct sound *sound, const uint8_t *samples, size_t frames)
{
	(void)samples;
	(void)frames;
	return fail(sound, "there is no sound");
}

static bool start_device(struct sound *sound)
{
	(void)sound;
	return true;
}

static void drop_device(struct sound *sound)
{
	(void)sound;
}

static bool finish_device(struct sound *sound)
{
	(void)sound;
	return true;
}

static void close_device(struct sound *sound)
{
	(void)sound;
}
#endif

static void put_le16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static void put_le32(uint8_t *p, uint32_t value)
{
	put_le16(p, value);
	put_le16(p + 2, value >> 16);
}

static bool write_file(struct sound *sound, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n = write(sound->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(sound, "cannot be written: %s", strerror(errno));
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* The header of a WAVE file with so many bytes of samples. */
static void make_header(uint8_t header[WAVE_HEADER], uint64_t bytes)
{
	memcpy(header, "RIFF....WAVEfmt ", 16);
	put_le32(header + 4, (uint32_t)bytes + WAVE_HEADER - 8);
	put_le32(header + 16, 16);
	put_le16(header + 20, 1);
	put_le16(header + 22, CHANNELS);
	put_le32(header + 24, RATE);
	put_le32(header + 28, RATE * FRAME_BYTES);
	put_le16(header + 32, FRAME_BYTES);
	put_le16(header + 34, 16);
	memcpy(header + 36, "data", 4);
	put_le32(header + 40, (uint32_t)bytes);
}

/**
 * sound_open_file - let samples go into a file
 * @sound: filled; to be given to sound_close() whatever this function returns
 * @path: a WAVE file; "-": standard output, where nothing but samples goes
 * @sectors: how many are going to be written, or 0 if that is not known
 * @replace: there may be a file of this name
 */
bool sound_open_file(struct sound *sound, const char *path, uint64_t sectors, bool replace)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_EXCL;
	uint8_t header[WAVE_HEADER];
	struct stat st;

	*sound = (struct sound){ .fd = -1, .wave = strcmp(path, "-"), .told = sectors * SOUND_SECTOR };
	if (!sound->wave) {
		sound->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		return sound->fd < 0 ? fail(sound, "cannot be written: %s", strerror(errno)) : true;
	}
	/* A pipe or /dev/null is there already. A file is made anew: it may be what the disc in the drive consists of. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		flags &= ~(O_CREAT | O_EXCL);
	else if (replace && unlink(path) && errno != ENOENT)
		return fail(sound, "cannot be replaced: %s", strerror(errno));
	sound->fd = open(path, flags, 0666);
	if (sound->fd < 0 && errno == EEXIST)
		return fail(sound, "is there already; --force replaces it");
	if (sound->fd < 0)
		return fail(sound, "cannot be written: %s", strerror(errno));
	make_header(header, sound->told);
	return write_file(sound, header, sizeof(header));
}

/**
 * sound_write - write samples
 * @sound: where they go
 * @samples: the samples
 * @sectors: of how many sectors they are
 *
 * Return: false with sound->reason when that failed. A sound card takes them only when it has room; a signal ends that.
 */
bool sound_write(struct sound *sound, const uint8_t *samples, uint32_t sectors)
{
	size_t bytes = (size_t)sectors * SOUND_SECTOR;
	bool good;

	if (sound->wave && sound->bytes + bytes > WAVE_MAX)
		return fail(sound, "a WAVE file cannot be longer");
	good = sound->pcm ? write_device(sound, samples, bytes / FRAME_BYTES) : write_file(sound, samples, bytes);
	if (good)
		sound->bytes += bytes;
	return good;
}

/** sound_start - let what was written be heard although the store is not full */
bool sound_start(struct sound *sound)
{
	return sound->pcm ? start_device(sound) : true;
}

/** sound_drop - what was written and has not been heard is not to be heard */
void sound_drop(struct sound *sound)
{
	if (sound->pcm)
		drop_device(sound);
}

/** sound_finish - wait until all has been heard, or complete the file; false with sound->reason when that failed */
bool sound_finish(struct sound *sound)
{
	uint8_t header[WAVE_HEADER];

	if (sound->pcm)
		return finish_device(sound);
	if (sound->wave && sound->bytes != sound->told) {
		make_header(header, sound->bytes);
		/* What is no file has the header that it got. */
		if (pwrite(sound->fd, header, sizeof(header), 0) < 0 && errno != ESPIPE)
			return fail(sound, "cannot be written: %s", strerror(errno));
	}
	return true;
}

/**
 * sound_close - let go of where samples go
 * @sound: as filled by one of the functions that open it
 */
void sound_close(struct sound *sound)
{
	if (sound->pcm)
		close_device(sound);
	if (sound->fd >= 0)
		close(sound->fd);
}
