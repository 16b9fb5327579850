// SPDX-License-Identifier: GPL-2.0
/*
 * The reply builder. See reply.h.
 */
#include "reply.h"

/**
 * mmc_out_init - begin an answer
 * @out: the answer
 * @buf: where its bytes go
 * @room: how many of them may be stored: the smaller of the allocation length and the size of @buf
 */
void mmc_out_init(struct mmc_out *out, u8 *buf, u32 room)
{
	out->buf = buf;
	out->room = room;
	out->len = 0;
}

/** mmc_out_stored - how many bytes of the answer found room */
u32 mmc_out_stored(const struct mmc_out *out)
{
	return min_t(u32, out->len, out->room);
}

/* Store a byte of the answer at @at, if there is room for it. */
static void store(struct mmc_out *out, u32 at, u32 value)
{
	if (at < out->room)
		out->buf[at] = (u8)value;
}

/** mmc_put8 - append a byte */
void mmc_put8(struct mmc_out *out, u32 value)
{
	store(out, out->len++, value);
}

/** mmc_put16 - append two bytes, the high one first */
void mmc_put16(struct mmc_out *out, u32 value)
{
	mmc_put8(out, value >> 8);
	mmc_put8(out, value);
}

/** mmc_put24 - append three bytes, the high one first */
void mmc_put24(struct mmc_out *out, u32 value)
{
	mmc_put8(out, value >> 16);
	mmc_put16(out, value);
}

/** mmc_put32 - append four bytes, the high one first */
void mmc_put32(struct mmc_out *out, u32 value)
{
	mmc_put16(out, value >> 16);
	mmc_put16(out, value);
}

/* How many of the next @count bytes there is room for. */
static u32 fitting(const struct mmc_out *out, u32 count)
{
	return out->len < out->room ? min_t(u32, count, out->room - out->len) : 0;
}

/** mmc_put_zero - append @count zero bytes */
void mmc_put_zero(struct mmc_out *out, u32 count)
{
	u32 fit = fitting(out, count);

	if (fit)
		memset(out->buf + out->len, 0, fit);
	out->len += count;
}

/** mmc_put_bytes - append @count bytes */
void mmc_put_bytes(struct mmc_out *out, const void *bytes, u32 count)
{
	u32 fit = fitting(out, count);

	if (fit)
		memcpy(out->buf + out->len, bytes, fit);
	out->len += count;
}

/**
 * mmc_put_text - append a text field
 * @out: the answer
 * @text: the text; needs no NUL
 * @len: its length
 * @width: the width of the field: a longer text is cut, a shorter one padded with spaces
 */
void mmc_put_text(struct mmc_out *out, const char *text, u32 len, u32 width)
{
	u32 i;

	for (i = 0; i < width; i++)
		mmc_put8(out, i < len ? (u8)text[i] : ' ');
}

/** mmc_patch8 - overwrite the byte at offset @at */
void mmc_patch8(struct mmc_out *out, u32 at, u32 value)
{
	store(out, at, value);
}

/** mmc_patch16 - overwrite two bytes at offset @at, the high one first */
void mmc_patch16(struct mmc_out *out, u32 at, u32 value)
{
	store(out, at, value >> 8);
	store(out, at + 1, value);
}

/** mmc_patch32 - overwrite four bytes at offset @at, the high one first */
void mmc_patch32(struct mmc_out *out, u32 at, u32 value)
{
	mmc_patch16(out, at, value >> 16);
	mmc_patch16(out, at + 2, value);
}
