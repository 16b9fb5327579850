/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of differences that are explained. A reason begins at the margin; below it stand the differences that it
 * explains, a line each, indented:
 *
 *	ORACLE DISC TRAY FIELD [unknown] [reserved] [lba:FIRST-LAST] [adr] [CDB]
 *
 * ORACLE is whose drive ours is compared with; DISC the name of a disc, or a pattern of names as of the shell; TRAY open
 * or closed; * is any. FIELD is
 *
 *	outcome:OURS>THEIRS	"good", KEY/ASC/ASCQ of the sense data, "host-N" if it did not get through; * is any
 *	pointer			sense data behind that: information, field pointer
 *	padding			theirs goes on with zeroes
 *	length			how many bytes come back, otherwise
 *	bytes[:N,N-M,...]	which bytes of those that both send
 *
 * CDB is its beginning in hexadecimal digits; a dot is any digit. unknown: the opcode is not in kernel/core/ops.h;
 * reserved: a bit is set that the command does not have; lba: the command reads a sector between these; adr: it reads
 * sub-channels, and Q holds something else: a position, a catalogue number, an ISRC.
 *
 * The first line of these that fits explains a difference, but for bytes, where all lines that fit do together. A line
 * that explains nothing any more is a failure.
 */
#ifndef ORACLE_RULES_H
#define ORACLE_RULES_H

#include "drive.h"

enum field { OUTCOME, POINTER, PADDING, LENGTH_OF_DATA, BYTES };

extern const char *const field_names[];

/* Where an answer came from. */
struct place {
	const char *oracle, *disc, *tray;
};

/* Two answers to the same command that differ in a field. */
struct difference {
	const struct place *place;
	const struct command *command;
	enum field field;
	const struct answer *ours, *theirs;
	uint8_t wrong[ROOM / 8];	/* BYTES: a bit for each that differs */
	uint8_t left[ROOM / 8];		/* those that are not explained */
};

/* Read the file. An error in it ends the program. */
void read_rules(const char *path);

/* Is a difference explained? Fills in what is left of its bytes. */
bool explained(struct difference *difference);

/* Find how two answers differ, and tell @found each difference. */
void compare(const struct place *place, const struct command *command, const struct answer *ours,
	     const struct answer *theirs, void (*found)(struct difference *difference));

/* Print the beginning of a line about a difference: as in the file, up to the CDB. */
void print_difference(const struct difference *difference);

/* Print what came back, from around byte @from on. */
void print_answer(const char *who, const struct answer *answer, unsigned int from);

/* Say which lines have explained nothing; return their number. */
unsigned int report_unused(void);

#endif /* ORACLE_RULES_H */
