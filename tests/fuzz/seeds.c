// SPDX-License-Identifier: GPL-2.0
/*
 * seeds FOLDER FILE.vec ...: writes inputs for fuzz_engine, made of golden vectors: one for all vectors of a file that
 * are about the same two discs, with their commands one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vector.h"

/* The bits of a command's first byte; see fuzz_engine.c. */
#define WHAT_INSERTED	0x01
#define WHAT_DISC_A	0x08
#define WHAT_DISC_B	0x10
#define WHAT_NO_DISC	0x18
#define WHAT_ROOM	0x20
#define WHAT_TRAY	0x40
#define WHAT_LENGTH	0x80
#define OUT_KEPT	254

/* Those of a track and of a disc. */
#define TRACK_AUDIO	0x04
#define TRACK_LONG	0x10
#define TRACK_SESSION	0x20
#define TRACK_XA	0x40
#define TRACK_PREGAP	0x80
#define DISC_LAYERS	0x01
#define DISC_SPEED	0x02
#define DISC_MCN	0x04
#define DISC_CDTEXT	0x08
#define DISC_SUB	0x10
#define DISC_INDICES	0x20
#define INDEX_FIRST	0x80
#define INDEX_LONG	0x40

static const struct vec_identity texts = { .vendor = "", .product = "", .revision = "", .serial = "" };

static void put(FILE *to, uint32_t value, unsigned int bytes)
{
	while (bytes--)
		fputc(value >> (bytes * 8) & 0xFF, to);
}

/* Each from the one before it in its track, or from index 1. */
static void put_indices(FILE *to, const struct vec_disc *disc)
{
	unsigned int i;

	put(to, disc->nr_indices, 1);
	for (i = 0; i < disc->nr_indices; i++) {
		const struct vec_index *index = &disc->indices[i];
		unsigned int place = index->track - disc->tracks[0].number;

		put(to, INDEX_LONG | (index->number == 2 ? INDEX_FIRST : 0), 1);
		if (index->number == 2)
			put(to, place, 1);
		put(to, index->lba - (index->number == 2 ? disc->tracks[place].lba : index[-1].lba), 4);
	}
}

static void put_disc(FILE *to, const struct vec_disc *disc)
{
	unsigned int i;

	put(to, disc->kind ? disc->kind - 1u : 0, 1);
	put(to, disc->nr_tracks ? disc->tracks[0].number - 1 : 0, 1);
	put(to, disc->nr_tracks ? disc->nr_tracks - 1 : 0, 1);
	for (i = 0; i < disc->nr_tracks; i++) {
		const struct vec_track *track = &disc->tracks[i];

		put(to, TRACK_LONG | (track->control & 0xB) | (track->mode == VEC_AUDIO ? TRACK_AUDIO : 0) |
		    (track->mode == VEC_MODE2 ? TRACK_XA : 0) | (track->pregap || track->isrc[0] ? TRACK_PREGAP : 0) |
		    (i && track->session != track[-1].session ? TRACK_SESSION : 0), 1);
		put(to, vec_track_sectors(disc, i) - 1, 4);
		if (track->pregap || track->isrc[0])
			put(to, (track->isrc[0] ? 0x8000 : 0) | track->pregap, 2);
	}
	if (!disc->nr_tracks)
		put(to, 0, 1);
	put(to, (disc->layer0 ? DISC_LAYERS : 0) | (disc->speed ? DISC_SPEED : 0) | (disc->mcn[0] ? DISC_MCN : 0) |
	    (disc->nr_packs ? DISC_CDTEXT : 0) | (disc->stored_subchannels ? DISC_SUB : 0) |
	    (disc->nr_indices ? DISC_INDICES : 0), 1);
	if (disc->nr_packs)
		put(to, disc->nr_packs, 1);
	if (disc->nr_indices)
		put_indices(to, disc);
}

static unsigned int cdb_length(uint8_t opcode)
{
	static const uint8_t length[8] = { 6, 10, 10, 6, 16, 12, 6, 6 };

	return length[opcode >> 5];
}

static void put_step(FILE *to, const struct vec_step *step, unsigned int what)
{
	if (step->room >= 0 && step->room < 256)
		what |= WHAT_ROOM;
	if (step->cdb_len != cdb_length(step->cdb[0]))
		what |= WHAT_LENGTH;
	put(to, what, 1);
	if (what & WHAT_ROOM)
		put(to, (uint32_t)step->room, 1);
	if (what & WHAT_LENGTH)
		put(to, step->cdb_len - 1, 1);
	fwrite(step->cdb, 1, step->cdb_len, to);
	if (step->sent > step->out_len) {
		put(to, OUT_KEPT, 1);
		put(to, step->sent, 4);
	} else {
		put(to, step->out_len, 1);
		fwrite(step->out, 1, step->out_len, to);
	}
}

static void put_vector(FILE *to, const struct vector *vec, bool second)
{
	unsigned int what = !vec->disc.kind ? WHAT_NO_DISC : second ? WHAT_DISC_B : WHAT_DISC_A;
	unsigned int i;

	if (vec->nexus.medium || vec->nexus.nr_events)
		what |= WHAT_INSERTED;
	for (i = 0; i < vec->nr_steps; i++) {
		put_step(to, &vec->steps[i], what | (vec->drive.open && !i ? WHAT_TRAY : 0));
		what &= ~(unsigned int)WHAT_INSERTED;
	}
	/* Where the vector left the tray open, the next one shall find it closed. */
	if (vec->drive.open && vec->steps[0].plan != VEC_PLAN_CLOSE)
		put_step(to, &vec->steps[0], what | WHAT_TRAY);
}

static bool same_disc(const struct vec_disc *one, const struct vec_disc *other)
{
	return !memcmp(one, other, sizeof(*one));
}

/* The discs that the vectors of a file are about. A vector without a disc goes with the first. */
struct discs {
	unsigned int count;
	struct vec_disc all[64];
};

static unsigned int number_of(struct discs *discs, const struct vec_disc *disc)
{
	unsigned int i;

	for (i = 0; i < discs->count; i++) {
		if (!disc->kind || same_disc(&discs->all[i], disc))
			return i;
	}
	if (discs->count == 64)
		abort();
	discs->all[discs->count++] = *disc;
	return i;
}

static void list_discs(const char *path, struct discs *discs)
{
	struct vec_file *file = vec_open(path, &texts);
	static struct vector vec;

	memset(discs, 0, sizeof(*discs));
	while (vec_next(file, &vec))
		number_of(discs, &vec.disc);
	vec_close(file);
}

/* Write a seed of the vectors about the discs @first and @first + 1 of a file. */
static void write_seed(const char *folder, const char *path, struct discs *discs, unsigned int first)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct vec_file *file = vec_open(path, &texts);
	static struct vector vec;
	char name[4096];
	FILE *to;

	snprintf(name, sizeof(name), "%s/%.*s-%u", folder, (int)strcspn(base, "."), base, first / 2);
	to = fopen(name, "w");
	if (!to) {
		perror(name);
		exit(1);
	}
	put(to, 10, 1);
	put_disc(to, &discs->all[first]);
	put_disc(to, &discs->all[first + 1 < discs->count ? first + 1 : 0]);
	while (vec_next(file, &vec)) {
		unsigned int disc = number_of(discs, &vec.disc);

		if (disc / 2 == first / 2)
			put_vector(to, &vec, disc % 2);
	}
	vec_close(file);
	if (fclose(to)) {
		perror(name);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct discs discs;
	unsigned int first;
	int i;

	for (i = 2; i < argc; i++) {
		list_discs(argv[i], &discs);
		for (first = 0; first < discs.count; first += 2)
			write_seed(argv[1], argv[i], &discs, first);
	}
	return argc < 3;
}
