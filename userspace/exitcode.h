/* SPDX-License-Identifier: GPL-2.0-only */
/* What vcdctl returns to the shell: sysexits.h where it has a number that fits. */
#ifndef VCD_EXITCODE_H
#define VCD_EXITCODE_H

#include <stddef.h>

enum exit_code {
	CODE_OK			= 0,
	CODE_FAILURE		= 1,
	CODE_USAGE		= 64,
	CODE_NOT_AN_IMAGE	= 65,
	CODE_NO_INPUT		= 66,
	CODE_DIFFERS		= 67,
	CODE_NOT_CHECKED	= 68,
	CODE_NO_MODULE		= 69,
	CODE_INTERNAL		= 70,
	CODE_NO_DRIVE		= 72,
	CODE_CANNOT_CREATE	= 73,
	CODE_INCOMPLETE		= 74,
	CODE_BUSY		= 75,
	CODE_NO_PERMISSION	= 77,
};

/**
 * struct exit_code_text - an exit code and what it means
 * @code: the code
 * @text: the meaning, for the help text and, word for word, the man page
 */
struct exit_code_text {
	enum exit_code code;
	const char *text;
};

extern const struct exit_code_text exit_code_texts[];
extern const size_t exit_code_count;

#endif /* VCD_EXITCODE_H */
