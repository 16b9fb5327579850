/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drive 0 and two discs, A and B, for programs that lead it from state to state and look whether it is in the one that
 * it says. Nobody else may use the drives meanwhile.
 */
#ifndef TESTDRIVE_H
#define TESTDRIVE_H

#include <linux/vcd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECTOR		2048
/* How much of a disc is read to find out which it is; images are at least twice as long. */
#define PIECE_SECTORS	64
#define PIECE		(PIECE_SECTORS * SECTOR)

/** enum drive_state - what is in it; with the letter of the disc where there is one */
enum drive_state { NO_MODULE, NO_DRIVE, EMPTY, DISC_A, DISC_B, OPEN_A };

extern const char * const drive_state_names[];

/**
 * struct test_image - an image
 * @path: the file; the name under which it is attached begins with this
 * @fd: open for reading
 * @bytes: all of it
 * @sectors: how many it has
 */
struct test_image {
	const char *path;
	int fd;
	uint8_t *bytes;
	uint32_t sectors;
};

extern struct test_image images[2];
/** drive_control - the control device, or -1 while the module is not loaded */
extern int drive_control;
/** drive_wrong - a drive gave other bytes than it should have, or none where there should have been some */
extern bool drive_wrong;
/** drive_cache - VCD_CACHE_* for the discs that drive_attach() makes */
extern uint32_t drive_cache;
/** drive_buf - room for PIECE bytes, aligned */
extern uint8_t *drive_buf;

void drive_begin(const char *module, const char *image_a, const char *image_b);
void drive_is(const void *bytes, unsigned int image, uint32_t lba, size_t len);
enum drive_state drive_look(void);
void drive_bring(enum drive_state wanted);
const char *drive_node_path(void);
int drive_open(int flags);
void drive_close_control(void);

int drive_load(const char *parameters);
int drive_unload(void);
int drive_create(void);
int drive_remove(unsigned int flags);
int drive_attach(int index, unsigned int image, unsigned int flags);
int drive_detach(void);
int drive_tray(unsigned int action);
int drive_status(struct vcd_status *status, char *name, unsigned int size);

#endif /* TESTDRIVE_H */
