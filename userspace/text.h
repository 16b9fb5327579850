/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings as discs store them, made fit to be printed: valid UTF-8 without control characters. */
#ifndef VCD_TEXT_H
#define VCD_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** TEXT_MAX: room for @len characters of a disc, each at most three bytes of UTF-8 (four for a pair), and a NUL */
#define TEXT_MAX(len)	((len) * 3 + 1)

void text_defuse(char *text);
char *text_to_utf8(const char *text);
void text_from_bytes(char *to, size_t size, const uint8_t *from, size_t len);
void text_from_ucs2be(char *to, size_t size, const uint8_t *from, size_t len);
void text_from_dstring(char *to, size_t size, const uint8_t *from, size_t len);

#endif /* VCD_TEXT_H */
