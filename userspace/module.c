// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "array.h"
#include "lazy.h"
#include "libvcd.h"
#include "module.h"
#include "vcdctl.h"

#define MODULE	"vcd"

/** MODULE_NOT_FOUND: what module_load() returns when no module of that name is installed for this kernel */
#define MODULE_NOT_FOUND	(-ESRCH)

/** LIBRARY_MISSING: what module_load() returns when libkmod is not there */
#define LIBRARY_MISSING		(-ELIBACC)

LAZY(kmod_new);
LAZY(kmod_unref);
LAZY(kmod_module_new_from_lookup);
LAZY(kmod_list_next);
LAZY(kmod_module_get_module);
LAZY(kmod_module_probe_insert_module);
LAZY(kmod_module_unref);
LAZY(kmod_module_unref_list);

static const struct lazy_function kmod[] = {
	LAZY_FUNCTION(kmod_new),
	LAZY_FUNCTION(kmod_unref),
	LAZY_FUNCTION(kmod_module_new_from_lookup),
	LAZY_FUNCTION(kmod_list_next),
	LAZY_FUNCTION(kmod_module_get_module),
	LAZY_FUNCTION(kmod_module_probe_insert_module),
	LAZY_FUNCTION(kmod_module_unref),
	LAZY_FUNCTION(kmod_module_unref_list),
};

static int load_with_kmod(void)
{
	struct kmod_list *list = NULL, *item;
	struct kmod_ctx *ctx;
	int err;

	if (!lazy_load("libkmod.so.2", kmod, ARRAY_SIZE(kmod)))
		return LIBRARY_MISSING;
	ctx = lazy_kmod_new(NULL, NULL);
	if (!ctx)
		return -ENOMEM;
	err = lazy_kmod_module_new_from_lookup(ctx, MODULE, &list);
	if (err >= 0)
		err = list ? 0 : MODULE_NOT_FOUND;
	for (item = list; item; item = lazy_kmod_list_next(list, item)) {
		struct kmod_module *mod = lazy_kmod_module_get_module(item);

		if (!err)
			err = lazy_kmod_module_probe_insert_module(mod, 0, NULL, NULL, NULL, NULL);
		lazy_kmod_module_unref(mod);
	}
	lazy_kmod_module_unref_list(list);
	lazy_kmod_unref(ctx);
	return err;
}

int (*module_load)(void) = load_with_kmod;

static bool kernel_is_locked_down(void)
{
	char text[128] = "";
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");

	if (!file)
		return false;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return text[0] && !strstr(text, "[none]");
}

static enum exit_code explain_load(int err)
{
	struct utsname kernel;

	if (uname(&kernel))
		snprintf(kernel.release, sizeof(kernel.release), "?");
	switch (-err) {
	case ESRCH:
		complain("module " MODULE, "not installed for this kernel (%s); 'dkms status' shows what was built, "
			 "'make install' in the source installs it", kernel.release);
		break;
	case ELIBACC:
		complain("module " MODULE,
			 "not loaded, and libkmod, which could load it, is missing; run: modprobe " MODULE);
		break;
	case EKEYREJECTED:
	case ENOKEY:
	case EBADMSG:
		complain("module " MODULE,
				 "the kernel only loads signed modules (Secure Boot), and does not know the key "
			 "of this one; enrol the key with 'mokutil --import', see the section "
			 "SECURE BOOT of vcdctl(8)");
		break;
	case EPERM:
	case EACCES:
		if (kernel_is_locked_down())
			complain("module " MODULE,
				 "the kernel is locked down and only loads signed modules (Secure Boot); "
				 "see the section SECURE BOOT of vcdctl(8)");
		else
			complain("module " MODULE,
				 "this process must not load modules; load it outside of the container "
				 "or sandbox: modprobe " MODULE);
		break;
	case ENOENT:
		complain("module " MODULE, "the kernel lacks something that it needs, most likely the module cdrom "
			 "(a kernel package for the cloud leaves it out); the last lines of 'dmesg' name it");
		break;
	case ENOEXEC:
	case EINVAL:
		complain("module " MODULE, "was built for another kernel than this one (%s); build it again: "
			 "'dkms autoinstall' or 'make install'", kernel.release);
		break;
	default:
		complain("module " MODULE, "cannot be loaded: %s; the last lines of 'dmesg' may say why",
			 strerror(-err));
		break;
	}
	return CODE_NO_MODULE;
}

/* The module makes its node before its loading ends; /dev may still be something that the kernel does not fill. */
static enum exit_code explain_missing_node(void)
{
	char number[32] = "";
	FILE *file = fopen("/sys/class/misc/vcd-control/dev", "re");

	if (file) {
		if (!fgets(number, sizeof(number), file))
			number[0] = '\0';
		fclose(file);
		number[strcspn(number, "\n")] = '\0';
	}
	if (number[0])
		complain(VCD_CONTROL_NODE, "the module is loaded, but the node is missing (device %s); "
			 "is this a container without devtmpfs?", number);
	else
		complain(VCD_CONTROL_NODE, "missing, although the module is loaded");
	return CODE_NO_MODULE;
}

static bool is_missing(int err)
{
	return err == -ENOENT || err == -ENXIO || err == -ENODEV;
}

/**
 * control_open - open the control device, and complain if that fails
 * @code: filled on failure
 *
 * If the node does not exist and the caller is root, the module is loaded.
 *
 * Return: a descriptor or a negative errno.
 */
int control_open(enum exit_code *code)
{
	int fd = vcd_open();
	int err;

	if (is_missing(fd) && access("/sys/module/" MODULE, F_OK)) {
		if (geteuid()) {
			complain(VCD_CONTROL_NODE,
				 "missing: the module " MODULE " is not loaded; run: sudo modprobe " MODULE);
			*code = CODE_NO_MODULE;
			return fd;
		}
		err = module_load();
		if (err) {
			*code = explain_load(err);
			return err;
		}
		fd = vcd_open();
	}
	if (fd >= 0)
		return fd;
	if (is_missing(fd)) {
		*code = explain_missing_node();
	} else if (fd == -EACCES || fd == -EPERM) {
		complain(VCD_CONTROL_NODE, "permission denied; be in the group cdrom, log in at the seat, or use sudo");
		*code = CODE_NO_PERMISSION;
	} else {
		complain(VCD_CONTROL_NODE, "%s", strerror(-fd));
		*code = CODE_FAILURE;
	}
	return fd;
}
