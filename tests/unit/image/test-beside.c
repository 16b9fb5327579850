// SPDX-License-Identifier: GPL-2.0-only
/* Which files a descriptor can name, and that nothing happens to the others */
#include <sys/stat.h>

#include "folder.h"
#include "text.h"

/* Open a cue sheet that names a file, and look for a piece of the reason. */
static void expect_named(const char *name, enum image_error expected, const char *reason)
{
	char sheet[512];
	enum image_error error;
	struct image image;

	snprintf(sheet, sizeof(sheet), "FILE \"%s\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n", name);
	write_bytes("disc.cue", sheet, strlen(sheet));
	/* A file that blocks is to end the test. */
	alarm(20);
	error = image_open(&image, in_folder("disc.cue"), 0);
	alarm(0);
	if (error != expected || (error && !strstr(image.reason, reason)))
		fail_msg("%s: error %d, '%s' instead of '%s'", name, (int)error, image.reason, reason);
	image_close(&image);
}

static void write_disc(const char *name)
{
	static uint8_t sectors[4 * 2352];

	memset(sectors, 0x55, sizeof(sectors));
	write_bytes(name, sectors, sizeof(sectors));
}

static void elsewhere(void **state)
{
	char up[600];

	(void)state;
	write_disc("disc.bin");
	expect_named("disc.bin", IMAGE_OK, NULL);
	expect_named("DISC.BIN", IMAGE_OK, NULL);
	expect_named("C:\\images\\disc.bin", IMAGE_OK, NULL);
	snprintf(up, sizeof(up), "../%s/disc.bin", strrchr(folder, '/') + 1);
	expect_named(up, IMAGE_OK, NULL);
	expect_named(in_folder("disc.bin"), IMAGE_OK, NULL);
	expect_named("other.bin", IMAGE_NOT_AN_IMAGE, "\"other.bin\", which is not there");
}

static void no_files(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo.bin"), 0600), 0);
	expect_named("fifo.bin", IMAGE_CANNOT_OPEN, "\"fifo.bin\", which is neither a regular file");
	expect_named("FIFO.BIN", IMAGE_CANNOT_OPEN, "which is neither a regular file");
	expect_named("/dev/zero", IMAGE_CANNOT_OPEN, "\"/dev/zero\", which is a device");
	expect_named("/dev/../dev/tty", IMAGE_CANNOT_OPEN, "which is a device");
	expect_named(".", IMAGE_CANNOT_OPEN, "which is a directory");
	expect_named("..", IMAGE_CANNOT_OPEN, "which is a directory");
	expect_named("/proc/self/mem", IMAGE_NOT_AN_IMAGE, "which is empty");
	expect_named("/proc/self/cwd", IMAGE_CANNOT_OPEN, "which is a directory");
	expect_named("-", IMAGE_NOT_AN_IMAGE, "\"-\", which is not there");
}

/* A descriptor can name itself; there is not one sector in it. */
static void itself(void **state)
{
	(void)state;
	expect_named("disc.cue", IMAGE_NOT_AN_IMAGE, "");
}

static void packed(void **state)
{
	static uint8_t data[4 * 2352 + 1] = { 0x1F, 0x8B, 8 };

	(void)state;
	write_bytes("disc.bin.gz", data, sizeof(data));
	expect_named("disc.bin.gz", IMAGE_NOT_AN_IMAGE, "\"disc.bin.gz\", which is packed (gzip)");
	/* Whole sectors that begin alike are sectors. */
	write_bytes("disc.bin", data, sizeof(data) - 1);
	expect_named("disc.bin", IMAGE_OK, NULL);
	memcpy(data, "ECM", 4);
	write_bytes("disc.bin.ecm", data, sizeof(data));
	expect_named("disc.bin.ecm", IMAGE_NOT_AN_IMAGE, "which is packed (ECM)");
}

/* Nothing that a descriptor says reaches a terminal as a control character. */
static void control_characters(void **state)
{
	char text[] = "a\x1b[2Jb\nc\x7f" "d\xC3\xA9";
	struct image image;
	const char *p;

	(void)state;
	text_defuse(text);
	assert_string_equal(text, "a?[2Jb?c?d\xC3\xA9");
	memset(&image, 0, sizeof(image));
	image_explain(&image, "line %d: \"%s\"\r", 1, "\a\x1b]0;title\a");
	assert_string_equal(image.reason, "line 1: \"??]0;title?\"?");
	write_bytes("x\x1b[31m.cue", "FILE \"\x1b[31m\" \x1b[2J\nTRACK\x1b 0\x1b\n", 28);
	assert_int_equal(image_open(&image, in_folder("x\x1b[31m.cue"), 0), IMAGE_NOT_AN_IMAGE);
	for (p = image.reason; *p; p++)
		assert_true((unsigned char)*p >= ' ' && *p != 0x7F);
	image_close(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elsewhere),
		cmocka_unit_test(no_files),
		cmocka_unit_test(itself),
		cmocka_unit_test(packed),
		cmocka_unit_test(control_characters),
	};

	if (!make_folder())
		return 1;
	RUN(tests);
}
