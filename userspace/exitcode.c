// SPDX-License-Identifier: GPL-2.0-only
#include "array.h"
#include "exitcode.h"

const struct exit_code_text exit_code_texts[] = {
	{ CODE_OK,		"success" },
	{ CODE_FAILURE,		"failure of a kind not listed here" },
	{ CODE_USAGE,		"wrong usage" },
	{ CODE_NOT_AN_IMAGE,	"the file is not a disc image, or not one that can be attached" },
	{ CODE_NO_INPUT,	"the image cannot be opened" },
	{ CODE_DIFFERS,		"the image is damaged: it differs from a checksum, or from what it says of itself" },
	{ CODE_NOT_CHECKED,	"there is nothing to check the image against" },
	{ CODE_NO_MODULE,	"the kernel module is missing or cannot be loaded" },
	{ CODE_INTERNAL,	"internal error" },
	{ CODE_NO_DRIVE,	"there is no such drive" },
	{ CODE_CANNOT_CREATE,	"the drive or the file cannot be made" },
	{ CODE_INCOMPLETE,	"sectors of the disc could not be read" },
	{ CODE_BUSY,		"the drive is busy; try again later" },
	{ CODE_NO_PERMISSION,	"permission denied" },
};

const size_t exit_code_count = ARRAY_SIZE(exit_code_texts);
