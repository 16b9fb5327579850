/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors that are text, in whatever encoding it was written. */
#ifndef VCD_TEXTFILE_H
#define VCD_TEXTFILE_H

#include "image.h"

/** TEXTFILE_MAX: the most bytes that a descriptor may have */
#define TEXTFILE_MAX	(1024 * 1024)
/** TEXTFILE_HEAD: as many bytes of a file tell whether it is a descriptor */
#define TEXTFILE_HEAD	16384

/**
 * struct textfile - the text of a descriptor
 * @utf8: the text, in memory of its own, ended by a NUL
 * @next: what textfile_line() gives next
 * @line: number of the line that it gave last, from 1 on
 * @legacy: it was not in Unicode, but in Windows-1252, of which ISO 8859-1 is a part
 */
struct textfile {
	char *utf8;
	char *next;
	unsigned int line;
	bool legacy;
};

enum image_error textfile_read(struct image *image, struct textfile *text);
bool textfile_read_head(const struct reader *reader, struct textfile *text);
char *textfile_line(struct textfile *text);
char *textfile_to_legacy(const char *utf8);
void textfile_free(struct textfile *text);

#endif /* VCD_TEXTFILE_H */
