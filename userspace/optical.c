// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "optical.h"
#include "vcdctl.h"

/**
 * optical_name - which node is meant?
 * @node: filled
 * @word: a path; "sr0" and "vcd0" are in /dev, and "0" is vcd0 as for other commands
 *
 * Return: false if the name is too long.
 */
bool optical_name(char node[OPTICAL_NODE_MAX], const char *word)
{
	const char *prefix = "";

	if (!strchr(word, '/'))
		prefix = word[0] && strspn(word, "0123456789") == strlen(word) ? "/dev/vcd" : "/dev/";
	return snprintf(node, OPTICAL_NODE_MAX, "%s%s", prefix, word) < OPTICAL_NODE_MAX;
}

static enum exit_code explain_open(const char *node)
{
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		complain(node, "there is no such drive");
		return CODE_NO_DRIVE;
	case EACCES:
	case EPERM:
		complain(node, "permission denied; join the group cdrom or use sudo");
		return CODE_NO_PERMISSION;
	case EBUSY:
		complain(node, "busy; try again later");
		return CODE_BUSY;
	default:
		complain(node, "%s", strerror(errno));
		return CODE_FAILURE;
	}
}

/**
 * optical_explain - say why a drive does not give its disc
 * @node: the drive
 * @error: what it answered, with errno for MMC_GONE
 */
enum exit_code optical_explain(const char *node, enum mmc_error error)
{
	switch (error) {
	case MMC_NOT_OPTICAL:
		complain(node, "is not an optical drive");
		return CODE_NO_DRIVE;
	case MMC_OPEN:
		complain(node, "the tray is open; close it and try again");
		return CODE_FAILURE;
	case MMC_NO_DISC:
		complain(node, "there is no disc in it");
		return CODE_FAILURE;
	case MMC_CHANGED:
		complain(node, "another disc was put in meanwhile, or the drive was reset");
		return CODE_FAILURE;
	case MMC_NOT_READY:
		complain(node, "the disc does not become ready");
		return CODE_FAILURE;
	case MMC_GONE:
		complain(node, "the drive does not answer: %s", strerror(errno));
		return CODE_FAILURE;
	default:
		complain(node, "the drive does not tell the length of the disc; is it blank?");
		return CODE_FAILURE;
	}
}

/**
 * optical_open - open a drive, and say why if that fails
 * @drive: to be closed by mmc_close() if this function returns CODE_OK, and only then
 * @node: its node
 */
enum exit_code optical_open(struct optical_drive *drive, const char *node)
{
	enum mmc_error error = mmc_open(drive, node);

	if (!error)
		return CODE_OK;
	return error == MMC_GONE ? explain_open(node) : optical_explain(node, error);
}
