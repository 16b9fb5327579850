// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of checksums. A line is "<digits>  <name>" or "<digits> *<name>", or "SHA256 (<name>) = <digits>" as the BSDs
 * have it, or the digits alone. How many digits there are says which checksum it is.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sums.h"

/* A hexadecimal number at the beginning of a text: its kind by its length, which is returned; 0: none. */
static size_t parse_digits(const char *text, struct sums_entry *entry)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF"), i;
	unsigned int kind;

	/* CRC-32 is left out: eight digits can be many things. */
	for (kind = CHECKSUM_MD5; kind < CHECKSUM_KINDS; kind++) {
		if (checksum_length((enum checksum_kind)kind) != len)
			continue;
		entry->kind = (enum checksum_kind)kind;
		for (i = 0; i < len; i++)
			entry->digits[i] = (char)tolower((unsigned char)text[i]);
		entry->digits[len] = '\0';
		return len;
	}
	return 0;
}

static bool copy_name(struct sums_entry *entry, const char *name, size_t len)
{
	if (len >= sizeof(entry->name))
		return false;
	memcpy(entry->name, name, len);
	entry->name[len] = '\0';
	return true;
}

static bool parse_bsd(const char *line, struct sums_entry *entry)
{
	const char *open = strstr(line, " ("), *end = NULL, *found;

	if (!open)
		return false;
	for (found = strstr(open, ") = "); found; found = strstr(found + 1, ") = "))
		end = found;
	return end && parse_digits(end + 4, entry) && copy_name(entry, open + 2, (size_t)(end - open - 2));
}

/**
 * sums_parse - take a line apart
 * @line: the line, with or without its end
 * @entry: filled
 *
 * Return: false if it is a comment, a signature, or anything else.
 */
bool sums_parse(const char *line, struct sums_entry *entry)
{
	size_t len = parse_digits(line, entry), end;
	const char *name = line + len;

	if (!len)
		return parse_bsd(line, entry);
	end = strcspn(name, "\r\n");
	if (!end) {
		entry->name[0] = '\0';
		return true;
	}
	if (end < 3 || name[0] != ' ' || (name[1] != ' ' && name[1] != '*'))
		return false;
	return copy_name(entry, name + 2, end - 2);
}

/**
 * sums_next - the next line that is a checksum
 * @stream: the file
 * @entry: filled
 *
 * Return: false at the end.
 */
bool sums_next(FILE *stream, struct sums_entry *entry)
{
	char line[4096 + CHECKSUM_TEXT + 4];

	while (fgets(line, sizeof(line), stream))
		if (sums_parse(line, entry))
			return true;
	return false;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/**
 * sums_is_for - is a line about a file?
 * @entry: the line
 * @path: name of the file; folders do not count
 */
bool sums_is_for(const struct sums_entry *entry, const char *path)
{
	return !strcmp(last_component(entry->name), last_component(path));
}
