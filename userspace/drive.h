/* SPDX-License-Identifier: GPL-2.0-only */
/* Drives as the command line names them, and commands on them that wait for a busy drive. */
#ifndef VCD_DRIVE_H
#define VCD_DRIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "content.h"
#include "vcdctl.h"

/** DRIVE_NODE_MAX: room for the name of a node */
#define DRIVE_NODE_MAX	32

/**
 * enum action - what was to be done with a drive, for messages
 */
enum action {
	ACTION_CREATE,
	ACTION_REMOVE,
	ACTION_ATTACH,
	ACTION_SWAP,
	ACTION_DETACH,
	ACTION_OPEN,
	ACTION_CLOSE,
	ACTION_BUTTON,
	ACTION_STATUS,
};

/**
 * struct request - a command to a drive
 * @action: what it does
 * @ctl: the control device
 * @index: the drive, or VCD_ANY
 * @run: does it; 0 or a negative errno
 * @flags: for @run
 * @generation: for @run: the disc that is meant, or 0
 * @image: name of the image for messages, or NULL
 * @arg: for @run
 */
struct request {
	enum action action;
	int ctl;
	int index;
	int (*run)(const struct request *request);
	uint32_t flags;
	uint64_t generation;
	const char *image;
	void *arg;
};

/**
 * struct selection - drives to go through
 * @indices: their numbers
 * @count: how many
 */
struct selection {
	int *indices;
	size_t count;
};

bool drive_has_form(const char *word);
enum exit_code drive_find(int ctl, const char *word, int *index);
void drive_node(char node[DRIVE_NODE_MAX], int index);
int drive_read_content(const struct vcd_status *status, struct content *content);
enum exit_code drive_run(const struct request *request);
enum exit_code drive_run_each(const struct request *request, const struct selection *selection);
enum exit_code selection_from_words(struct selection *selection, int ctl, char *const *words, int count);
enum exit_code selection_of_all(struct selection *selection, int ctl, bool (*wanted)(const struct vcd_drive *drive));
void selection_free(struct selection *selection);

/* failure.c */
const char *user_name(uid_t uid);
enum exit_code explain(const struct request *request, int err);
enum exit_code explain_busy(const struct request *request, const char *holders, size_t hidden);

#endif /* VCD_DRIVE_H */
