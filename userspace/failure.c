// SPDX-License-Identifier: GPL-2.0-only
/* What the errors of the control device mean, in sentences. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "drive.h"

#define ON(action)	(1U << (action))
#define ON_ANY		(~0U)
#define ON_DISC		(ON(ACTION_ATTACH) | ON(ACTION_SWAP))

/* Who a sentence is about. */
enum subject {
	ABOUT_DRIVE,
	ABOUT_IMAGE,
};

/**
 * struct failure - an error of a command
 * @err: the errno
 * @actions: the commands that it can come from: ON() bits. The first entry that fits counts.
 * @subject: what the sentence is about
 * @code: exit code
 * @text: the rest of the sentence
 */
struct failure {
	int err;
	unsigned int actions;
	enum subject subject;
	enum exit_code code;
	const char *text;
};

static const struct failure failures[] = {
	{ ENODEV,	ON_ANY,			ABOUT_DRIVE,	CODE_NO_DRIVE,
	  "there is no such drive; 'vcdctl list' shows those that there are, 'vcdctl create' makes one" },
	{ EEXIST,	ON(ACTION_ATTACH),	ABOUT_DRIVE,	CODE_FAILURE,
	  "there is a disc in it; 'vcdctl swap' replaces it, 'vcdctl detach' takes it out" },
	{ EEXIST,	ON(ACTION_CREATE),	ABOUT_DRIVE,	CODE_CANNOT_CREATE,
	  "there is such a drive already" },
	{ ENOMEDIUM,	ON(ACTION_SWAP),	ABOUT_DRIVE,	CODE_FAILURE,
	  "there is no disc to replace; use 'vcdctl attach'" },
	{ ENOMEDIUM,	ON_ANY,			ABOUT_DRIVE,	CODE_FAILURE,
	  "there is no disc in it" },
	{ ESTALE,	ON_ANY,			ABOUT_DRIVE,	CODE_FAILURE,
	  "another disc was put in meanwhile; look at it with 'vcdctl list' and decide again" },
	{ ENOSPC,	ON(ACTION_ATTACH),	ABOUT_DRIVE,	CODE_CANNOT_CREATE,
	  "no drive is empty and no more can be made; 'vcdctl detach' empties one" },
	{ ENOSPC,	ON_ANY,			ABOUT_DRIVE,	CODE_CANNOT_CREATE,
	  "no more drives can be made; 'vcdctl remove' takes one away" },
	{ EDQUOT,	ON(ACTION_CREATE),	ABOUT_DRIVE,	CODE_CANNOT_CREATE,
	  "you have made as many drives as a user may have; 'vcdctl remove' takes one away, and root may have more" },
	{ EDQUOT,	ON_ANY,			ABOUT_IMAGE,	CODE_CANNOT_CREATE,
	  "your discs, their files or your drives are as many as a user may have; 'vcdctl detach' takes a disc out, and "
	  "root may have more" },
	{ EINVAL,	ON(ACTION_CREATE),	ABOUT_DRIVE,	CODE_CANNOT_CREATE,
	  "no drive can have this number" },
	{ ELOOP,	ON_DISC,		ABOUT_IMAGE,	CODE_FAILURE,
	  "lies on the disc in this very drive, or on too many discs inside of discs; copy it elsewhere first" },
	{ EFBIG,	ON_DISC,		ABOUT_IMAGE,	CODE_NOT_AN_IMAGE,
	  "is larger than a disc of this profile can be; use --profile auto" },
	{ EOPNOTSUPP,	ON_DISC,		ABOUT_IMAGE,	CODE_FAILURE,
	  "needs something that the loaded kernel module cannot do; load the module of this version of vcdctl" },
	{ E2BIG,	ON_DISC,		ABOUT_IMAGE,	CODE_FAILURE,
	  "has more files, extents or tracks than the loaded kernel module takes" },
	{ EISDIR,	ON_DISC,		ABOUT_IMAGE,	CODE_NO_INPUT,
	  "is a directory" },
	{ ENODATA,	ON_DISC,		ABOUT_IMAGE,	CODE_NOT_AN_IMAGE,
	  "is empty" },
	{ ENOTBLK,	ON_DISC,		ABOUT_IMAGE,	CODE_NO_INPUT,
	  "is neither a regular file nor a block device" },
	{ EBADF,	ON_DISC,		ABOUT_IMAGE,	CODE_NO_INPUT,
	  "is not open for reading" },
	{ EINVAL,	ON_DISC,		ABOUT_IMAGE,	CODE_FAILURE,
	  "was refused by the kernel module; did the file shrink meanwhile?" },
	{ ETIMEDOUT,	ON(ACTION_SWAP),	ABOUT_DRIVE,	CODE_BUSY,
	  "the old disc is out, but reads of it have not returned; attach the new one when they have" },
	{ EINTR,	ON(ACTION_SWAP),	ABOUT_DRIVE,	CODE_FAILURE,
	  "interrupted; with --force the old disc may be out: see 'vcdctl list'" },
	{ ENOTTY,	ON_ANY,			ABOUT_DRIVE,	CODE_NO_MODULE,
	  "the loaded kernel module does not know this command; load the module of this version of vcdctl" },
	{ EOPNOTSUPP,	ON_ANY,			ABOUT_DRIVE,	CODE_NO_MODULE,
	  "the loaded kernel module does not know this option; load the module of this version of vcdctl" },
	{ E2BIG,	ON_ANY,			ABOUT_DRIVE,	CODE_NO_MODULE,
	  "the loaded kernel module is too old for this command; load the module of this version of vcdctl" },
	{ EFAULT,	ON_ANY,			ABOUT_DRIVE,	CODE_INTERNAL,
	  "the kernel module could not read the request; this is a bug" },
};

/* What takes a disc away from those who use it, for each command. */
static const char *force_advice(enum action action)
{
	switch (action) {
	case ACTION_SWAP:
	case ACTION_DETACH:
	case ACTION_OPEN:
		return "unmount the disc or end the program, or add --force (readers then get errors)";
	case ACTION_REMOVE:
		return "unmount and detach the disc, end the program, or add --force (readers then get errors)";
	default:
		return "try again later";
	}
}

/**
 * user_name - the name of a user
 * @uid: the user
 *
 * Return: the name, or the number if there is no name; valid until the next call.
 */
const char *user_name(uid_t uid)
{
	static char name[64];
	struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(name, sizeof(name), "%s", user->pw_name);
	else
		snprintf(name, sizeof(name), "%u", uid);
	return name;
}

static const char *subject_name(const struct request *request, enum subject subject, char node[DRIVE_NODE_MAX])
{
	if (subject == ABOUT_IMAGE && request->image)
		return request->image;
	if (request->index < 0)
		return NULL;
	drive_node(node, request->index);
	return node;
}

static enum exit_code explain_permission(const struct request *request)
{
	char node[DRIVE_NODE_MAX];
	const char *subject = subject_name(request, ABOUT_DRIVE, node);
	struct vcd_drive drive;

	if (request->index < 0 || vcd_status(request->ctl, request->index, &drive))
		complain(subject, "permission denied; use sudo");
	else if (drive.status.state & VCD_STATE_DISC && drive.status.disc_uid != geteuid())
		complain(subject, "the disc was attached by user %s; ask them or root",
			 user_name(drive.status.disc_uid));
	else
		complain(subject, "the drive was made by user %s; ask them or root", user_name(drive.status.drive_uid));
	return CODE_NO_PERMISSION;
}

/**
 * explain - say why a command to a drive failed
 * @request: the command
 * @err: a negative errno
 *
 * Return: the exit code.
 */
enum exit_code explain(const struct request *request, int err)
{
	char node[DRIVE_NODE_MAX];
	size_t i;

	if (err == -EPERM || err == -EACCES)
		return explain_permission(request);
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		const struct failure *failure = &failures[i];

		if (failure->err != -err || !(failure->actions & ON(request->action)))
			continue;
		complain(subject_name(request, failure->subject, node), "%s", failure->text);
		return failure->code;
	}
	complain(subject_name(request, ABOUT_DRIVE, node), "%s", strerror(-err));
	return CODE_FAILURE;
}

/* Nothing goes in before the reads have returned, whoever else holds the drive. For what goes out they don't matter. */
static bool is_draining(const struct request *request)
{
	struct vcd_drive drive;

	if (ON(request->action) & (ON(ACTION_DETACH) | ON(ACTION_OPEN)))
		return false;
	return request->index >= 0 && !vcd_status(request->ctl, request->index, &drive) &&
	       drive.status.state & VCD_STATE_DRAINING;
}

/**
 * explain_busy - say who holds a drive
 * @request: the command that found it busy
 * @holders: who holds it, or NULL or empty if that is not known
 * @hidden: number of processes that could not be looked at
 *
 * Return: the exit code.
 */
enum exit_code explain_busy(const struct request *request, const char *holders, size_t hidden)
{
	char node[DRIVE_NODE_MAX];
	const char *subject = subject_name(request, ABOUT_DRIVE, node);

	if (is_draining(request))
		complain(subject,
			 "busy: reads of a disc that was taken out by force have not returned yet; try again later");
	else if (holders && holders[0])
		complain(subject, "busy: %s; %s", holders, force_advice(request->action));
	else if (request->action == ACTION_REMOVE)
		complain(subject, "busy: there is a disc in it, or it is open; %s", force_advice(request->action));
	else
		complain(subject, "busy, and nobody is seen who holds it; %s", force_advice(request->action));
	if (hidden && !(holders && holders[0]))
		complain(subject, "%zu processes could not be looked at; root sees them all", hidden);
	return CODE_BUSY;
}
