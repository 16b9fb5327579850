/* SPDX-License-Identifier: GPL-2.0-only */
/* Several checksums of the same bytes at once. */
#ifndef VCD_CHECKSUM_H
#define VCD_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds of checksum */
enum checksum_kind {
	CHECKSUM_CRC32,
	CHECKSUM_MD5,
	CHECKSUM_SHA1,
	CHECKSUM_SHA256,
	CHECKSUM_SHA512,
	CHECKSUM_KINDS,
};

/** CHECKSUM_BIT() - a kind as a member of a set */
#define CHECKSUM_BIT(kind)	(1U << (kind))
/** CHECKSUM_USUAL: what is shown to people who ask for checksums */
#define CHECKSUM_USUAL		(CHECKSUM_BIT(CHECKSUM_CRC32) | CHECKSUM_BIT(CHECKSUM_MD5) | \
				 CHECKSUM_BIT(CHECKSUM_SHA1) | CHECKSUM_BIT(CHECKSUM_SHA256))
/** CHECKSUM_TEXT: room for the longest checksum in hexadecimal and a NUL */
#define CHECKSUM_TEXT		129

/**
 * struct checksum_texts - checksums in lower-case hexadecimal
 * @text: by kind; empty for those that were not made
 */
struct checksum_texts {
	char text[CHECKSUM_KINDS][CHECKSUM_TEXT];
};

struct checksums;

struct checksums *checksums_new(unsigned int kinds);
bool checksums_add(struct checksums *sums, const void *data, size_t len);
bool checksums_end(struct checksums *sums, struct checksum_texts *texts);
void checksums_free(struct checksums *sums);
const char *checksum_name(enum checksum_kind kind);

/** checksum_length() - the number of hexadecimal digits of a kind */
static inline size_t checksum_length(enum checksum_kind kind)
{
	static const unsigned char lengths[CHECKSUM_KINDS] = {
		[CHECKSUM_CRC32] = 8, [CHECKSUM_MD5] = 32, [CHECKSUM_SHA1] = 40, [CHECKSUM_SHA256] = 64,
		[CHECKSUM_SHA512] = 128,
	};

	return lengths[kind];
}

#endif /* VCD_CHECKSUM_H */
