/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The drive that golden vectors are replayed on. There is one, so it is no argument; see replay.c.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <scsi/sg.h>
#include <stdbool.h>
#include <stdint.h>

#include "sector.h"
#include "vector.h"

/* As long as SG_IO of a block node lets a transfer be. */
#define TRANSFER_MAX	(4 * 1024 * 1024)
/* More than any answer that is no sectors. */
#define ROOM		(VEC_DATA + 64)
/* Frames that are waited for: a second. */
#define WAIT_MAX	75
/* Bytes behind the buffer that nobody may touch. */
#define FENCE		64
#define UNTOUCHED	0xA5
#define SENSE_ROOM	64

/* Media events, as GET EVENT STATUS NOTIFICATION and struct vec_nexus have them. */
enum { EJECT_REQUEST = 1, NEW_MEDIA, MEDIA_REMOVAL };

/* Where data goes: TRANSFER_MAX bytes and a fence. */
extern uint8_t *buffer;

/* An answer of the drive; its data is in the buffer. */
struct answer {
	struct sg_io_hdr hdr;
	uint8_t sense[SENSE_ROOM];
};

/* Make a drive that introduces itself like that, and the image of its discs in @folder. */
void make_drive(const char *folder, const struct vec_identity *id);
void remove_drive(void);

/* Send a command; data comes with it if @out_len is not 0. False: not even sent, see errno. */
bool send_command(struct answer *answer, const uint8_t *cdb, unsigned int cdb_len, const uint8_t *out,
		  unsigned int out_len, unsigned int room);

/* A command that prepares or looks, and has to succeed. Return the length of its data. */
unsigned int must(const char *what, const uint8_t *cdb, unsigned int cdb_len, const uint8_t *out,
		  unsigned int out_len);
#define MUST(what, ...)								\
	must(what, (const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }), NULL, 0)

#define CLASS_OPERATIONAL	0x02
#define CLASS_POWER		0x04
#define CLASS_MEDIA		0x10
/* Take the next event of a class; 0 if there is none. */
unsigned int take_event(uint8_t classes);
/* Take all unit attentions and media events, and keep them in @nexus. */
void take_nexus(struct vec_nexus *nexus);
/* What another process that has the node open has been told of since it was asked last. */
void ask_witness(struct vec_nexus *nexus);

/* VCD_STATE_* */
unsigned int state_bits(void);
/* MODE SENSE (10) of a page with its header. */
unsigned int sense_page(uint8_t code);
/* What the mode pages are before the first vector is what each begins with. */
void keep_mode_pages(void);

/* What a disc of a vector is made of, as the engine knows it. */
struct parts {
	struct mmc_track tracks[VEC_TRACKS];
	struct mmc_index indices[VEC_INDICES];
};
/* The disc of a vector as the engine knows it. */
void make_medium(struct mmc_medium *medium, struct parts *parts, const struct vec_disc *disc);

/* What the image holds of a sector. */
struct sector {
	struct mmc_stored stored;
	uint8_t main[MMC_RAW_SECTOR], sub[MMC_SUB_RAW_LEN], before[MMC_SUB_SPREAD][MMC_SUB_RAW_LEN];
};
void fill_stored(struct sector *sector, const struct mmc_medium *medium, uint32_t lba);
/* Its user data, of a sector that has 2048 bytes of it. */
void fill_user(uint8_t *user, const struct mmc_medium *medium, uint32_t lba);
/* See to it that sectors have it: the image is full of holes. They are ones that can be read. */
void write_sectors(const struct mmc_medium *medium, uint32_t lba, uint32_t sectors);

/* Is there a disc in the closed drive? */
bool readable(const struct vector *vec);
/* Does the command move the tray? */
bool tray_plan(const struct vec_step *step);
/* Why a vector can't be replayed; NULL if it can. */
const char *obstacle(const struct vector *vec);
/* Bring the drive into the state that a vector begins with. */
void bring_about(const struct vector *vec);

#endif /* REPLAY_H */
