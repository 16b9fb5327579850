// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands and its index. The rows stand in ops.h.
 */
#include "engine.h"

#define MMC_NO_DATA			.direction = MMC_DIR_NONE
#define MMC_DATA_IN(at, size)		.direction = MMC_DIR_IN, .alloc_at = (at), .alloc_len = (size)
#define MMC_DATA_OUT(at, size)		.direction = MMC_DIR_OUT, .alloc_at = (at), .alloc_len = (size)

/* What OP and OP_ACTION have in common. */
#define ROW(code, handler, bits, longest, title, spec, ...)					\
	.opcode = (code),									\
	.cdb_len = 1 + sizeof((const u8[]){ __VA_ARGS__ }),					\
	.flags = (bits),									\
	.reply_max = (longest),									\
	.usage = { (code), __VA_ARGS__ },							\
	.run = (handler),									\
	.name = (title),									\
	.clause = (spec)

#define OP(code, handler, bits, data, longest, title, spec, discs, depth, ...)			\
	{ data, ROW(code, handler, bits, longest, title, spec, __VA_ARGS__) },
#define OP_ACTION(code, sa, handler, bits, data, longest, title, spec, discs, depth, ...)	\
	{ data, ROW(code, handler, (bits) | MMC_BY_ACTION, longest, title, spec, __VA_ARGS__),	\
	  .action = (sa) },

/** mmc_ops - all commands, those of one opcode side by side */
const struct mmc_op mmc_ops[] = {
#include "ops.h"
};

/** mmc_nr_ops - the number of rows in mmc_ops */
const u32 mmc_nr_ops = ARRAY_SIZE(mmc_ops);

#undef OP
#undef OP_ACTION

/* Row numbers: the row of an opcode is called after the opcode. */
#define OP(code, ...)			ROW_##code,
#define OP_ACTION(code, action, ...)	ROW_##code,

enum {
#include "ops.h"
};

#undef OP
#undef OP_ACTION

#define OP(code, ...)			[code] = ROW_##code + 1,
#define OP_ACTION(code, action, ...)	[code] = ROW_##code + 1,

/* For each opcode 1 + the number of its first row, or 0. */
static const u8 first_row[256] = {
#include "ops.h"
};

/** mmc_op_first - the first row of an opcode, NULL if the drive does not know it */
const struct mmc_op *mmc_op_first(u8 opcode)
{
	u8 row = first_row[opcode];

	return row ? &mmc_ops[row - 1] : NULL;
}

/**
 * mmc_op_find - the row of a command
 * @cdb: its CDB
 * @cdb_len: the length of that
 *
 * Return: the row; NULL if the opcode or its service action is unknown or the CDB is too short for it.
 */
const struct mmc_op *mmc_op_find(const u8 *cdb, u32 cdb_len)
{
	const struct mmc_op *op = cdb_len ? mmc_op_first(cdb[0]) : NULL;

	for (; op && op < mmc_ops + mmc_nr_ops && op->opcode == cdb[0]; op++) {
		if (cdb_len < op->cdb_len)
			continue;
		if (!(op->flags & MMC_BY_ACTION) || op->action == (cdb[1] & MMC_ACTION_MASK))
			return op;
	}
	return NULL;
}

/**
 * mmc_op_alloc - how many bytes a command allows its answer
 * @op: the command
 * @cdb: its CDB
 *
 * Return: the allocation length, or the length of the longest answer if the CDB has no such field.
 */
u32 mmc_op_alloc(const struct mmc_op *op, const u8 *cdb)
{
	const u8 *field = cdb + op->alloc_at;
	u32 alloc = 0;
	u32 i;

	if (!op->alloc_len)
		return op->reply_max;
	for (i = 0; i < op->alloc_len; i++)
		alloc = alloc << 8 | field[i];
	return alloc;
}
