// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "toctoken.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/**
 * toctoken_start - begin to read a text
 * @token: filled; its first token is to be asked for by toctoken_next(). To be given to toctoken_free().
 * @text: the text; must live as long
 * @len: its length
 *
 * Return: false when there is no memory.
 */
bool toctoken_start(struct toctoken *token, const char *text, size_t len)
{
	*token = (struct toctoken){ .at = text, .end = text + len, .line = 1 };
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		token->at += 3;
	/* No token is longer than the text. */
	token->text = malloc(len + 1);
	return token->text;
}

/**
 * toctoken_free - let go of what toctoken_start() took
 * @token: the token
 */
void toctoken_free(struct toctoken *token)
{
	free(token->text);
	token->text = NULL;
}

/* Skip blanks, ends of lines and comments, which begin with two slashes. */
static void skip(struct toctoken *token)
{
	for (; token->at < token->end; token->at++) {
		char c = *token->at;

		if (c == '\n') {
			token->line++;
		} else if (c == '/' && token->end - token->at > 1 && token->at[1] == '/') {
			while (token->end - token->at > 1 && token->at[1] != '\n')
				token->at++;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			return;
		}
	}
}

/* A backslash stands for itself unless another one, a quotation mark or three octal digits follow. */
static char unescape(struct toctoken *token)
{
	const char *p = token->at;
	size_t left = (size_t)(token->end - p);

	if (p[0] == '\\' && left > 1 && (p[1] == '"' || p[1] == '\\')) {
		token->at += 2;
		return p[1];
	}
	if (p[0] == '\\' && left > 3 && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
	    p[3] >= '0' && p[3] <= '7') {
		token->at += 4;
		return (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
	}
	token->at++;
	return p[0];
}

static void read_string(struct toctoken *token)
{
	token->kind = TOCTOKEN_OPEN_STRING;
	token->at++;
	while (token->at < token->end && *token->at != '\n' && *token->at != '"')
		token->text[token->len++] = unescape(token);
	if (token->at < token->end && *token->at == '"') {
		token->at++;
		token->kind = TOCTOKEN_STRING;
	}
}

static void read_number(struct toctoken *token)
{
	token->kind = TOCTOKEN_NUMBER;
	token->number = 0;
	for (; token->at < token->end && is_digit(*token->at); token->at++) {
		token->number = token->number * 10 + (uint64_t)(*token->at - '0');
		if (token->number > TOC_NUMBER_MAX)
			token->number = TOC_NUMBER_MAX;
		token->text[token->len++] = *token->at;
	}
}

/**
 * toctoken_next - read the next token
 * @token: the token; changed
 */
void toctoken_next(struct toctoken *token)
{
	skip(token);
	token->len = 0;
	if (token->at == token->end) {
		token->kind = TOCTOKEN_END;
	} else if (*token->at == '"') {
		read_string(token);
	} else if (is_digit(*token->at)) {
		read_number(token);
	} else if (is_letter(*token->at)) {
		token->kind = TOCTOKEN_WORD;
		while (token->at < token->end && (is_letter(*token->at) || is_digit(*token->at)))
			token->text[token->len++] = *token->at++;
	} else {
		token->kind = TOCTOKEN_MARK;
		token->text[token->len++] = *token->at++;
	}
	token->text[token->len] = '\0';
}

/**
 * toctoken_is - is it this word, or this mark?
 * @token: the token
 * @word: letters or a single other character
 */
bool toctoken_is(const struct toctoken *token, const char *word)
{
	return (token->kind == TOCTOKEN_WORD || token->kind == TOCTOKEN_MARK) && !strcmp(token->text, word);
}

static bool is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		unsigned int more = *p < 0x80 ? 0 : *p < 0xC2 ? 4 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : *p < 0xF5 ? 3 : 4;

		if (more == 4)
			return false;
		for (p++; more; more--, p++)
			if ((*p & 0xC0) != 0x80)
				return false;
	}
	return true;
}

/**
 * toctoken_utf8 - a string in UTF-8
 * @token: a string; UTF-8 or, as CD-Text is on the disc, ISO 8859-1
 *
 * Return: to be freed; NULL when there is no memory.
 */
char *toctoken_utf8(const struct toctoken *token)
{
	char *utf8 = malloc(2 * token->len + 1), *to = utf8;
	const char *from;

	if (!utf8)
		return NULL;
	if (is_utf8(token->text))
		return strcpy(utf8, token->text);
	for (from = token->text; *from; from++) {
		unsigned char c = (unsigned char)*from;

		if (c >= 0x80) {
			*to++ = (char)(0xC0 | c >> 6);
			c = 0x80 | (c & 0x3F);
		}
		*to++ = (char)c;
	}
	*to = '\0';
	return utf8;
}
