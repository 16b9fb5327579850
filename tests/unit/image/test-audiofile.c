// SPDX-License-Identifier: GPL-2.0-only
/* Files of sound: which are used as they are, what decoding makes of the others, where it is written */
#include <math.h>
#include <sndfile.h>
#include <sys/statvfs.h>

#include "audiofile.h"
#include "marks.h"
#include "scratch.h"

#define FRAMES	5000

static int16_t sound[FRAMES * 2];

static void fill_sound(void)
{
	unsigned int seed = 1, i;

	for (i = 0; i < FRAMES * 2; i++)
		sound[i] = (int16_t)rand_r(&seed);
	sound[0] = -32768;
	sound[1] = 32767;
}

static void write_sound(const char *name, int format, int rate, int channels)
{
	SF_INFO info = { .samplerate = rate, .channels = channels, .format = format };
	SNDFILE *file = sf_open(in_folder(name), SFM_WRITE, &info);

	assert_non_null(file);
	sf_command(file, SFC_SET_SCALE_INT_FLOAT_WRITE, NULL, SF_TRUE);
	assert_int_equal(sf_writef_short(file, sound, FRAMES), FRAMES);
	assert_int_equal(sf_close(file), 0);
}

static unsigned int progress_calls;

static void progress(const char *what, uint64_t done, uint64_t total)
{
	assert_string_equal(what, "sound");
	assert_int_equal(total, FRAMES * 4);
	assert_true(done > 0 && done <= total);
	progress_calls++;
}

static enum image_error read_sound(struct image *image, const char *name, struct audio_samples *samples)
{
	memset(image, 0, sizeof(*image));
	image->options.cache_dir = folder;
	image->options.progress = progress;
	progress_calls = 0;
	assert_int_equal(image_add_file(image, in_folder(name)), IMAGE_OK);
	return audiofile_read(image, name, samples);
}

static void check_samples(const struct image *image, const struct audio_samples *samples, int channels)
{
	uint8_t data[FRAMES * 4];
	size_t i;

	assert_int_equal(samples->size, FRAMES * 4);
	assert_int_equal(pread(image->files[samples->file].source.fd, data, sizeof(data), (off_t)samples->offset),
			 sizeof(data));
	for (i = 0; i < FRAMES * 2; i++)
		assert_int_equal((int16_t)get_le16(data + i * 2), sound[channels == 1 ? i / 2 : i]);
}

static void wave_in_place(void **state)
{
	/* A chunk of an odd length lies before the samples. */
	static const uint8_t head[] = "RIFF\xff\xff\xff\xffWAVEjunk\3\0\0\0abc\0fmt \x10\0\0\0\1\0\2\0\x44\xAC\0\0"
				      "\x10\xB1\2\0\4\0\x10\0data\x20\x4E\0\0";
	uint8_t file[sizeof(head) - 1 + sizeof(sound) + 3] = { 0 };
	struct audio_samples samples;
	struct image image;
	int i;

	(void)state;
	memcpy(file, head, sizeof(head) - 1);
	for (i = 0; i < FRAMES * 2; i++)
		put_le16(file + sizeof(head) - 1 + i * 2, (uint16_t)sound[i]);
	write_bytes("sound", file, sizeof(file));
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_OK);
	assert_int_equal(samples.offset, sizeof(head) - 1);
	assert_string_equal(image.files[samples.file].path, in_folder("sound"));
	check_samples(&image, &samples, 2);
	image_close(&image);
	/* A size that was not known: all the rest, but for a sample that is not whole */
	memset(file + sizeof(head) - 5, 0xFF, 4);
	write_bytes("sound", file, sizeof(file));
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_OK);
	check_samples(&image, &samples, 2);
	image_close(&image);
	/* Samples that are missing */
	put_le32(file + sizeof(head) - 5, 0x4E24);
	write_bytes("sound", file, sizeof(file));
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "20004 bytes of samples should be in it, and 20003 are"));
	image_close(&image);
}

static void extensible_wave_in_place(void **state)
{
	struct audio_samples samples;
	struct image image;

	(void)state;
	write_sound("sound", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 44100, 2);
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_OK);
	assert_true(samples.offset > 0);
	check_samples(&image, &samples, 2);
	image_close(&image);
}

static void decoded(void **state)
{
	static const struct { int format; int channels; } cases[] = {
		{ SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2 },
		{ SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1 },
		{ SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 2 },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1 },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_24, 2 },
		{ SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2 },
	};
	struct audio_samples samples;
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_sound("sound", cases[i].format, 44100, cases[i].channels);
		if (read_sound(&image, "sound", &samples))
			fail_msg("format %zu: %s", i, image.reason);
		assert_int_equal(samples.offset, 0);
		assert_int_equal(image.file_count, 1);
		assert_string_equal(image.files[samples.file].path, "(unpacked)");
		assert_int_equal(image.files[samples.file].size, FRAMES * 4);
		assert_true(progress_calls > 0);
		check_samples(&image, &samples, cases[i].channels);
		image_close(&image);
	}
}

/* What the library makes of a file, in @out; two channels */
static void library_read(const char *name, int16_t *out)
{
	SF_INFO info = { 0 };
	SNDFILE *file = sf_open(in_folder(name), SFM_READ, &info);
	float frames[FRAMES * 2];
	size_t i;

	assert_non_null(file);
	assert_int_equal(sf_readf_float(file, frames, FRAMES), FRAMES);
	for (i = 0; i < FRAMES * 2; i++)
		out[i] = (int16_t)fmaxf(-32768, fminf(32767, frames[i] * 32768));
	assert_int_equal(sf_close(file), 0);
}

/* What these leave of two tones is what the library says; a short MP3 file has gaps. */
static void lossy(void **state)
{
	static const int formats[] = { SF_FORMAT_OGG | SF_FORMAT_VORBIS, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III };
	int16_t wanted[FRAMES * 2], got;
	struct audio_samples samples;
	uint8_t data[FRAMES * 4];
	struct image image;
	size_t i, n;
	long away;

	(void)state;
	for (i = 0; i < FRAMES * 2; i++)
		sound[i] = (int16_t)(10000 * sin((double)(i / 2) * (i % 2 ? 0.05 : 0.03)));
	for (n = 0; n < sizeof(formats) / sizeof(formats[0]); n++) {
		write_sound("sound", formats[n], 44100, 2);
		library_read("sound", wanted);
		if (read_sound(&image, "sound", &samples))
			fail_msg("format %zu: %s", n, image.reason);
		assert_string_equal(image.files[samples.file].path, "(unpacked)");
		assert_int_equal(samples.size, FRAMES * 4);
		assert_int_equal(pread(image.files[samples.file].source.fd, data, sizeof(data), (off_t)samples.offset),
				 sizeof(data));
		for (i = 0, away = 0; i < FRAMES * 2; i++) {
			got = (int16_t)get_le16(data + i * 2);
			assert_true(abs(got - wanted[i]) <= 1);
			away += labs(got - sound[i]);
		}
		assert_true(away / (FRAMES * 2) < (n ? 5000 : 300));
		image_close(&image);
	}
	fill_sound();
}

static void refused(void **state)
{
	struct audio_samples samples;
	struct image image;

	(void)state;
	write_sound("sound", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 2);
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "48000 samples a second"));
	assert_non_null(strstr(image.reason, "sox IN -r 44100"));
	image_close(&image);
	write_sound("sound", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 22050, 2);
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "22050 samples a second"));
	image_close(&image);
	write_string("sound", "this is not sound, but a line of text that is longer than any head");
	assert_int_equal(read_sound(&image, "sound", &samples), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "no sound that can be decoded"));
	image_close(&image);
}

/* Whatever is cut off or changed, the sanitizers stay silent and what comes out lies in a file. */
static void mutations(void **state)
{
	static const int formats[] = {
		SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
	};
	unsigned int seed = 20270101, round, i;
	struct audio_samples samples;
	uint8_t good[8192], bad[8192];
	struct image image;
	size_t size, n;
	FILE *file;

	(void)state;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		write_sound("good", formats[i], 44100, 2);
		file = fopen(in_folder("good"), "r");
		assert_non_null(file);
		size = fread(good, 1, sizeof(good), file);
		assert_true(size > 1000);
		fclose(file);
		for (round = 0; round < 300; round++) {
			memcpy(bad, good, size);
			for (n = (unsigned int)rand_r(&seed) % 5; n; n--)
				bad[(unsigned int)rand_r(&seed) % 80] = (uint8_t)rand_r(&seed);
			write_bytes("sound", bad, 1 + (unsigned int)rand_r(&seed) % (round % 2 ? size : 100));
			memset(&image, 0, sizeof(image));
			image.options.cache_dir = folder;
			assert_int_equal(image_add_file(&image, in_folder("sound")), IMAGE_OK);
			if (!audiofile_read(&image, "sound", &samples)) {
				assert_true(samples.file < image.file_count);
				assert_true(samples.offset + samples.size <= image.files[samples.file].size);
			}
			image_close(&image);
		}
	}
}

static void scratch(void **state)
{
	struct image image = { .options.cache_dir = folder };
	struct statvfs fs;
	uint32_t file;

	(void)state;
	assert_int_equal(image_add_scratch(&image, 100, &file), IMAGE_OK);
	assert_int_equal(file, 0);
	assert_int_equal(write(image.files[0].source.fd, "abc", 3), 3);
	assert_int_equal(image_scratch_done(&image, file), IMAGE_OK);
	assert_int_equal(image.files[0].size, 3);
	assert_int_equal(statvfs(folder, &fs), 0);
	assert_int_equal(image_add_scratch(&image, ((uint64_t)fs.f_blocks + 1) * fs.f_frsize, &file),
			 IMAGE_CANNOT_OPEN);
	assert_non_null(strstr(image.reason, "MiB are needed"));
	image.options.cache_dir = "/nonexistent";
	assert_int_equal(image_add_scratch(&image, 1, &file), IMAGE_CANNOT_OPEN);
	assert_non_null(strstr(image.reason, "/nonexistent"));
	assert_int_equal(image.file_count, 1);
	/* Nothing of it is left in the folder, and the environment is asked when nobody says where. */
	image.options.cache_dir = NULL;
	setenv("TMPDIR", "/nonexistent/either", 1);
	assert_int_equal(image_add_scratch(&image, 1, &file), IMAGE_CANNOT_OPEN);
	assert_non_null(strstr(image.reason, "/nonexistent/either"));
	image_close(&image);
	unlink(in_folder("sound"));
	unlink(in_folder("good"));
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(wave_in_place),
		cmocka_unit_test(extensible_wave_in_place),
		cmocka_unit_test(decoded),
		cmocka_unit_test(lossy),
		cmocka_unit_test(refused),
		cmocka_unit_test(mutations),
		cmocka_unit_test(scratch),
	};

	if (!make_folder())
		return 1;
	fill_sound();
	RUN(tests);
}
