// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "text.h"

#define REPLACEMENT	0xFFFD

/**
 * struct out - a string under construction
 * @to: the buffer
 * @size: its size
 * @len: bytes written so far, without a NUL
 * @trimmed: length up to the last character that is not a space
 */
struct out {
	char *to;
	size_t size;
	size_t len;
	size_t trimmed;
};

static size_t utf8_encode(char buf[4], uint32_t c)
{
	if (c < 0x80) {
		buf[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		buf[0] = (char)(0xC0 | c >> 6);
		buf[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		buf[0] = (char)(0xE0 | c >> 12);
		buf[1] = (char)(0x80 | (c >> 6 & 0x3F));
		buf[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	buf[0] = (char)(0xF0 | c >> 18);
	buf[1] = (char)(0x80 | (c >> 12 & 0x3F));
	buf[2] = (char)(0x80 | (c >> 6 & 0x3F));
	buf[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/* A character that does not fit is dropped whole, and so is everything behind it. */
static bool put(struct out *out, uint32_t c)
{
	char buf[4] = { 0 };
	size_t n;

	if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF)
		c = REPLACEMENT;
	/* Marks that change the direction of a line would let a label rearrange what is printed around it. */
	if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029)
		c = REPLACEMENT;
	n = utf8_encode(buf, c);
	if (out->len + n + 1 > out->size)
		return false;
	memcpy(out->to + out->len, buf, n);
	out->len += n;
	if (c != ' ')
		out->trimmed = out->len;
	return true;
}

static void finish(struct out *out)
{
	if (out->size)
		out->to[out->trimmed] = '\0';
}

/* Decode one character of UTF-8; returns its length, 0 when the bytes are not UTF-8. */
static size_t utf8_decode(const uint8_t *p, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	if ((p[0] & 0xE0) == 0xC0)
		n = 2;
	else if ((p[0] & 0xF0) == 0xE0)
		n = 3;
	else if ((p[0] & 0xF8) == 0xF0)
		n = 4;
	else
		return 0;
	if (n > len)
		return 0;
	*c = p[0] & (0xFF >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3F);
	}
	return *c < least[n] ? 0 : n;
}

/* The length of a control character in UTF-8: those of ASCII, and those of ISO 8859-1 from 80h on; 0: it is none. */
static size_t control_length(const char *text)
{
	if (((unsigned char)*text < 0x20 && *text) || *text == 0x7F)
		return 1;
	return text[0] == '\xC2' && (text[1] & 0xE0) == 0x80 ? 2 : 0;
}

/**
 * text_defuse - take out of a message what would steer a terminal
 * @text: the message; names of files and words of descriptors in it can hold any byte
 *
 * Control characters become question marks.
 */
void text_defuse(char *text)
{
	size_t n;

	for (; *text; text += n ? n : 1) {
		n = control_length(text);
		memset(text, '?', n);
	}
}

/**
 * text_to_utf8 - what is to be UTF-8, as JSON is
 * @text: a name of a file, say
 *
 * What is no UTF-8 becomes the replacement character, byte for byte.
 *
 * Return: memory, or NULL if there is none.
 */
char *text_to_utf8(const char *text)
{
	size_t left = strlen(text), len = 0;
	char *utf8 = malloc(left * 3 + 1);

	if (!utf8)
		return NULL;
	while (left) {
		uint32_t c;
		size_t n = utf8_decode((const uint8_t *)text, left, &c);

		if (!n || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
			c = REPLACEMENT;
		len += utf8_encode(utf8 + len, c);
		text += n ? n : 1;
		left -= n ? n : 1;
	}
	utf8[len] = '\0';
	return utf8;
}

/**
 * text_from_bytes - a string of 8-bit characters
 * @to: where it goes; always ends with a NUL
 * @size: size of @to
 * @from: the bytes; ends at the first NUL
 * @len: the most bytes to look at
 *
 * The standards allow ASCII only; writers put UTF-8 there, or the code page of the day. UTF-8 is kept, any other byte
 * becomes the replacement character. Trailing spaces, which pad the fields, are dropped.
 */
void text_from_bytes(char *to, size_t size, const uint8_t *from, size_t len)
{
	struct out out = { .to = to, .size = size };

	while (len && *from) {
		uint32_t c;
		size_t n = utf8_decode(from, len, &c);

		if (!n) {
			n = 1;
			c = REPLACEMENT;
		}
		if (!put(&out, c))
			break;
		from += n;
		len -= n;
	}
	finish(&out);
}

/**
 * text_from_ucs2be - a string of 16-bit characters, high byte first (Joliet, UDF)
 * @to: where it goes; always ends with a NUL
 * @size: size of @to
 * @from: the bytes; ends at the first character 0
 * @len: the most bytes to look at
 */
void text_from_ucs2be(char *to, size_t size, const uint8_t *from, size_t len)
{
	struct out out = { .to = to, .size = size };

	while (len >= 2) {
		uint32_t c = get_be16(from);

		if (!c)
			break;
		if (c >= 0xD800 && c < 0xDC00 && len >= 4) {
			uint32_t low = get_be16(from + 2);

			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				from += 2;
				len -= 2;
			}
		}
		if (!put(&out, c))
			break;
		from += 2;
		len -= 2;
	}
	finish(&out);
}

/**
 * text_from_dstring - an OSTA compressed Unicode string with its length in the last byte (UDF 2.1.3)
 * @to: where it goes; always ends with a NUL
 * @size: size of @to
 * @from: the field
 * @len: its size
 */
void text_from_dstring(char *to, size_t size, const uint8_t *from, size_t len)
{
	struct out out = { .to = to, .size = size };
	size_t used, i;

	if (len < 2) {
		finish(&out);
		return;
	}
	used = from[len - 1];
	if (used > len - 1)
		used = len - 1;
	if (used > 1 && from[0] == 16) {
		text_from_ucs2be(to, size, from + 1, used - 1);
		return;
	}
	if (used > 1 && from[0] == 8) {
		for (i = 1; i < used && from[i]; i++)
			if (!put(&out, from[i]))
				break;
	}
	finish(&out);
}
