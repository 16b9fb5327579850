/* SPDX-License-Identifier: GPL-2.0 */
/* Commands to drives by SG_IO, and what comes back. */
#ifndef ORACLE_DRIVE_H
#define ORACLE_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#define CDB_MAX		16
#define ROOM		(22 * 4096)	/* enough for all that a command may send; see room_for() */

struct command {
	uint8_t len, cdb[CDB_MAX];
};

enum direction { NO_DATA, DATA_IN, DATA_OUT };

/* A command of ours, as kernel/core/ops.h has it. */
struct op {
	uint8_t opcode, action, len, direction;
	bool by_action;
	uint8_t usage[CDB_MAX];
	const char *name;
};

/* All of them. */
extern const struct op ops[];
extern const unsigned int nr_ops;

struct answer {
	char outcome[16];	/* good, KEY/ASC/ASCQ in hexadecimal, or that it did not get through */
	uint8_t sense[32];
	unsigned int len;
	uint8_t *data;		/* ROOM bytes */
};

/* The entry of a command; NULL if it is none of ours. */
const struct op *find_op(const uint8_t *cdb);

/* Is a bit set that the command does not have? */
bool has_reserved_bits(const uint8_t *cdb, const struct op *op);

/* How many sectors a command reads; 0 if it reads none. */
uint32_t sectors_read(const uint8_t *cdb);

/* How large a buffer a command is sent with. */
unsigned int room_for(const uint8_t *cdb);

/* Send a command. The buffer is filled with @fill before. The length is what the kernel says. */
void send_once(int node, const struct command *command, uint8_t fill, struct answer *answer);

/* Send a command to a drive for which the kernel does not know how much it has sent. */
void send_twice(int node, const struct command *command, struct answer *answer);

#endif /* ORACLE_DRIVE_H */
