/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reply builder: every byte that a command answers goes through it.
 *
 * It counts all bytes of the complete answer and stores those that there is room for. So a length field tells the
 * length of the complete answer however short the allocation length was, nothing is written behind the buffer, and
 * no byte of the answer is left as it was found.
 */
#ifndef VCD_CORE_REPLY_H
#define VCD_CORE_REPLY_H

#include "port.h"

/**
 * struct mmc_out - an answer under construction
 * @buf: where its bytes go; may be NULL if @room is 0
 * @room: how many bytes may be stored
 * @len: length of the complete answer so far
 */
struct mmc_out {
	u8 *buf;
	u32 room;
	u32 len;
};

void mmc_out_init(struct mmc_out *out, u8 *buf, u32 room);
u32 mmc_out_stored(const struct mmc_out *out);

void mmc_put8(struct mmc_out *out, u32 value);
void mmc_put16(struct mmc_out *out, u32 value);
void mmc_put24(struct mmc_out *out, u32 value);
void mmc_put32(struct mmc_out *out, u32 value);
void mmc_put_zero(struct mmc_out *out, u32 count);
void mmc_put_bytes(struct mmc_out *out, const void *bytes, u32 count);
void mmc_put_text(struct mmc_out *out, const char *text, u32 len, u32 width);

void mmc_patch8(struct mmc_out *out, u32 at, u32 value);
void mmc_patch16(struct mmc_out *out, u32 at, u32 value);
void mmc_patch32(struct mmc_out *out, u32 at, u32 value);

#endif /* VCD_CORE_REPLY_H */
