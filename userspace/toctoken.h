/* SPDX-License-Identifier: GPL-2.0-only */
/* The words, numbers and strings of a TOC file of cdrdao. */
#ifndef VCD_TOCTOKEN_H
#define VCD_TOCTOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** TOC_NUMBER_MAX: numbers above that are taken for this one; no file is as long */
#define TOC_NUMBER_MAX	(1ULL << 60)

/**
 * enum toctoken_kind - what stands in the text
 * @TOCTOKEN_END: nothing more
 * @TOCTOKEN_WORD: letters, digits and underscores, the first no digit
 * @TOCTOKEN_NUMBER: digits
 * @TOCTOKEN_STRING: what stands between quotation marks
 * @TOCTOKEN_MARK: a single character that is none of these
 * @TOCTOKEN_OPEN_STRING: a string without a quotation mark at its end
 */
enum toctoken_kind {
	TOCTOKEN_END,
	TOCTOKEN_WORD,
	TOCTOKEN_NUMBER,
	TOCTOKEN_STRING,
	TOCTOKEN_MARK,
	TOCTOKEN_OPEN_STRING,
};

/**
 * struct toctoken - where the reading is, and what stands there
 * @at: behind the token
 * @end: end of the text
 * @line: line of the token, from 1 on
 * @kind: what it is
 * @text: it, as a string; of a string what it means, escapes resolved. Lives until the next one.
 * @len: length of @text
 * @number: its value, TOC_NUMBER_MAX at most
 */
struct toctoken {
	const char *at;
	const char *end;
	unsigned int line;
	enum toctoken_kind kind;
	char *text;
	size_t len;
	uint64_t number;
};

bool toctoken_start(struct toctoken *token, const char *text, size_t len);
void toctoken_free(struct toctoken *token);
void toctoken_next(struct toctoken *token);
bool toctoken_is(const struct toctoken *token, const char *word);
char *toctoken_utf8(const struct toctoken *token);

#endif /* VCD_TOCTOKEN_H */
