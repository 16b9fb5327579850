// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "textfile.h"

#define LEGACY	"CP1252"

/* Any encoding here takes no more than three bytes of another for each of its own. */
#define EXPANSION	3

/* The end of a text, as programs for DOS write it */
#define CTRL_Z	0x1A

/*
 * The code page has no characters for some bytes, of which Japanese names are full. They are kept, as the control
 * characters that they are in ISO 8859-1, so that a name can become again what it was. Returns how many bytes of @in that
 * are; 0: it is none of these.
 */
static size_t keep_byte(const char *to, const char *from, const char *in, size_t len, char **out, size_t *room)
{
	uint8_t first = (uint8_t)in[0];

	if (!strcmp(from, LEGACY) && (first & 0xE0) == 0x80 && *room >= 2) {
		*(*out)++ = '\xC2';
		*(*out)++ = (char)first;
		*room -= 2;
		return 1;
	}
	if (!strcmp(to, LEGACY) && len >= 2 && first == 0xC2 && (in[1] & 0xE0) == 0x80) {
		*(*out)++ = in[1];
		(*room)--;
		return 2;
	}
	return 0;
}

/*
 * Convert @len bytes; what cannot be expressed becomes '?'. Returns memory with a NUL at its end, whose length is put
 * into @converted, or NULL with errno.
 */
static char *convert(const char *to, const char *from, size_t unit, const char *bytes, size_t len, size_t *converted)
{
	iconv_t conversion = iconv_open(to, from);
	size_t room = len * EXPANSION, done;
	char *in = (char *)bytes, *result, *out;

	if (conversion == (iconv_t)-1)
		return NULL;
	result = malloc(room + 1);
	for (out = result; result && len;) {
		if (iconv(conversion, &in, &len, &out, &room) != (size_t)-1)
			break;
		if (!room)
			break;
		done = keep_byte(to, from, in, len, &out, &room);
		if (!done) {
			*out++ = '?';
			room--;
			done = len < unit ? len : unit;
		}
		in += done;
		len -= done;
	}
	iconv_close(conversion);
	if (!result)
		return NULL;
	*out = '\0';
	*converted = (size_t)(out - result);
	return result;
}

/* How long a sequence of UTF-8 is by its first byte; 0: none can begin so */
static size_t sequence_length(uint8_t c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c < 0xE0)
		return 2;
	if (c >= 0xE0 && c < 0xF0)
		return 3;
	return c >= 0xF0 && c < 0xF5 ? 4 : 0;
}

static bool is_utf8(const uint8_t *p, size_t len)
{
	while (len) {
		size_t n = sequence_length(*p), i;

		if (!n || n > len)
			return false;
		for (i = 1; i < n; i++)
			if ((p[i] & 0xC0) != 0x80)
				return false;
		p += n;
		len -= n;
	}
	return true;
}

static char *copy_bytes(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy) {
		memcpy(copy, bytes, len);
		copy[len] = '\0';
	}
	return copy;
}

/* Find out the encoding; the length of what @text then has is put into @len. 0 or a negative errno. */
static int decode(struct textfile *text, const char *bytes, size_t *len)
{
	size_t size = *len;

	if (size >= 2 && !memcmp(bytes, "\xFF\xFE", 2)) {
		text->utf8 = convert("UTF-8", "UTF-16LE", 2, bytes + 2, size - 2, len);
	} else if (size >= 2 && !memcmp(bytes, "\xFE\xFF", 2)) {
		text->utf8 = convert("UTF-8", "UTF-16BE", 2, bytes + 2, size - 2, len);
	} else {
		size_t mark = size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;

		text->legacy = !is_utf8((const uint8_t *)bytes + mark, size - mark);
		if (text->legacy)
			text->utf8 = convert("UTF-8", LEGACY, 1, bytes + mark, size - mark, len);
		else
			text->utf8 = copy_bytes(bytes + mark, size - mark);
		if (!text->legacy)
			*len = size - mark;
	}
	text->next = text->utf8;
	if (text->utf8)
		return 0;
	return errno ? -errno : -ENOMEM;
}

static bool is_utf16(const char *bytes, size_t size)
{
	return size >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2));
}

/* What is no text need not be converted to see it. */
static bool may_be_text(const char *bytes, size_t size)
{
	return is_utf16(bytes, size) || !memchr(bytes, '\0', size);
}

static unsigned int line_of(const char *text, size_t len)
{
	unsigned int line = 1;
	size_t i;

	for (i = 0; i < len; i++)
		line += text[i] == '\n';
	return line;
}

/**
 * textfile_read - read the text of an image that is a descriptor
 * @image: the image, whose first file it is
 * @text: filled; to be given to textfile_free() whatever this function returns
 */
enum image_error textfile_read(struct image *image, struct textfile *text)
{
	const struct image_file *file = &image->files[0];
	struct reader reader = reader_from_fd(&file->source, file->size);
	size_t len = (size_t)file->size, stop;
	char *bytes, *end;
	int err;

	memset(text, 0, sizeof(*text));
	if (file->size > TEXTFILE_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is too long to be text that describes a disc");
	bytes = malloc(len);
	if (!bytes)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	err = reader_read(&reader, 0, bytes, len);
	if (!err)
		err = decode(text, bytes, &len);
	free(bytes);
	if (err)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
	end = memchr(text->utf8, CTRL_Z, len);
	if (end) {
		*end = '\0';
		len = (size_t)(end - text->utf8);
	}
	stop = strlen(text->utf8);
	if (stop != len)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "line %u: there is a byte 0, so this is not text (UTF-16 needs a byte order mark)",
				  line_of(text->utf8, stop));
	return IMAGE_OK;
}

/**
 * textfile_read_head - read the beginning of what may be a text
 * @reader: the file
 * @text: filled; to be given to textfile_free() if this function succeeds
 *
 * Return: is it text? The last line may be cut.
 */
bool textfile_read_head(const struct reader *reader, struct textfile *text)
{
	size_t len = reader->size < TEXTFILE_HEAD ? (size_t)reader->size : TEXTFILE_HEAD;
	char *bytes;
	bool decoded;

	memset(text, 0, sizeof(*text));
	if (reader->size > TEXTFILE_MAX)
		return false;
	bytes = malloc(len + 1);
	decoded = bytes && !reader_read(reader, 0, bytes, len) && may_be_text(bytes, len) &&
		  !decode(text, bytes, &len);
	free(bytes);
	if (decoded && strlen(text->utf8) == len)
		return true;
	textfile_free(text);
	return false;
}

/**
 * textfile_line - the next line of a text
 * @text: the text, which is changed
 *
 * Lines end with LF, CR LF or CR.
 *
 * Return: the line without its end and without spaces and TABs around it; NULL when there are no more.
 */
char *textfile_line(struct textfile *text)
{
	char *line = text->next, *end, *after;

	if (!line || !*line)
		return NULL;
	end = line + strcspn(line, "\r\n");
	after = end;
	if (*after)
		after += after[0] == '\r' && after[1] == '\n' ? 2 : 1;
	text->next = after;
	text->line++;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	return line + strspn(line, " \t");
}

/**
 * textfile_to_legacy - a part of a text as it was before it was converted, if it was @legacy
 * @utf8: the part
 *
 * Return: memory, or NULL if there is none.
 */
char *textfile_to_legacy(const char *utf8)
{
	size_t len;

	return convert(LEGACY, "UTF-8", 1, utf8, strlen(utf8), &len);
}

/**
 * textfile_free - let go of a text
 * @text: the text
 */
void textfile_free(struct textfile *text)
{
	free(text->utf8);
	memset(text, 0, sizeof(*text));
}
