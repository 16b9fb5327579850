/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Golden vectors: what a drive in a given state answers to a given command, byte by byte.
 *
 * This parser knows neither the engine nor a device; who replays the vectors does. The format of the files is
 * described in vectors/README.
 */
#ifndef VCD_TESTS_VECTOR_H
#define VCD_TESTS_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VEC_TRACKS = 99, VEC_STEPS = 8, VEC_EVENTS = 4, VEC_CDB = 32, VEC_OUT = 256, VEC_DATA = 8192, VEC_PACKS = 16,
       VEC_ISRC = 12, VEC_MCN = 13, VEC_INDICES = 16 };

enum vec_disc_kind { VEC_NO_DISC, VEC_CD, VEC_DVD, VEC_BD };

/* What the sectors of a track hold: audio without bit 2 of control, Mode 2 with "xa". */
enum vec_mode { VEC_AUDIO, VEC_MODE1, VEC_MODE2 };

struct vec_track {
	unsigned int number, session, control;
	enum vec_mode mode;
	uint32_t lba, pregap;
	char isrc[VEC_ISRC];
};

/* An index above 1 */
struct vec_index {
	unsigned int track, number;
	uint32_t lba;
};

struct vec_disc {
	enum vec_disc_kind kind;
	uint32_t sectors, layer0, speed;
	unsigned int nr_tracks;
	struct vec_track tracks[VEC_TRACKS];
	char mcn[VEC_MCN];
	unsigned int nr_indices;
	struct vec_index indices[VEC_INDICES];
	bool stored_subchannels;
	unsigned int nr_packs;		/* of CD-Text */
	uint8_t packs[VEC_PACKS][18];
};

struct vec_drive {
	bool open, prevent, persistent;
	int power, speed;	/* -1: not given */
};

struct vec_nexus {
	bool power_on, medium, mode, features;
	unsigned int nr_events;
	uint8_t events[VEC_EVENTS];
};

/* A byte of an answer: a value, or anything. */
enum vec_byte_kind { VEC_EXACT, VEC_ANY };

struct vec_byte {
	uint8_t kind, value;
};

/* The texts by which the drive under test introduces itself, without padding. */
struct vec_identity {
	const char *vendor, *product, *revision, *serial;
};

enum vec_plan { VEC_PLAN_NONE, VEC_PLAN_READ, VEC_PLAN_VERIFY, VEC_PLAN_COMPARE, VEC_PLAN_OPEN, VEC_PLAN_CLOSE };

/* A command and what it shall lead to. */
struct vec_step {
	int line;
	unsigned int cdb_len, out_len;
	unsigned int sent;		/* bytes that come with the command; those behind out are any */
	uint8_t cdb[VEC_CDB], out[VEC_OUT];
	uint32_t wait;			/* frames that pass before it */
	long room;			/* size of the buffer, -1: as large as the answer may be */

	bool check;			/* CHECK CONDITION, with: */
	unsigned int key, asc, ascq;
	int field_byte, field_bit;	/* -1: no field pointer */
	bool field_in_list;		/* it points into the data that came with the command, not into the CDB */
	bool has_lba;
	uint32_t lba;

	unsigned int data_len;
	struct vec_byte data[VEC_DATA];
	enum vec_plan plan;
	uint32_t plan_lba, plan_sectors, plan_bytes;
	unsigned int plan_fields, plan_subchannel, plan_type;
	bool plan_blocks;

	bool others_mode;		/* all others are to be told of changed mode pages */
	bool has_after, has_left;
	struct vec_drive after;		/* the drive afterwards */
	struct vec_nexus left;		/* what the nexus has not been told afterwards */
};

struct vector {
	char name[160], source[160];
	int line;
	struct vec_disc disc;
	struct vec_drive drive;
	struct vec_nexus nexus;
	unsigned int nr_steps;
	bool exact_clock;		/* what is told depends on the very frame */
	uint32_t wait;			/* frames that pass before the command that comes next */
	struct vec_step steps[VEC_STEPS];
};

struct vec_file;

/*
 * Open a file of vectors. Texts of @id are what "vendor" and the like stand for in the data. Errors of the file are
 * printed and end the program: a test that can't be read has not passed.
 */
struct vec_file *vec_open(const char *path, const struct vec_identity *id);

/* Read the next vector. Return false at the end of the file. */
bool vec_next(struct vec_file *file, struct vector *vec);

void vec_close(struct vec_file *file);

/* The sectors of track @i of a disc: up to the next track or the lead-out. */
uint32_t vec_track_sectors(const struct vec_disc *disc, unsigned int i);

#endif /* VCD_TESTS_VECTOR_H */
