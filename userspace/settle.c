// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "drive.h"
#include "libvcd.h"
#include "settle.h"

#define NODE_WAIT_MS	3000
#define UDEV_WAIT_MS	2000
#define STEP_MS		10
long settle_limit_ms = NODE_WAIT_MS;

/* Multicast groups: the uevents of the kernel, and the same ones when udev is done with them. */
#define KERNEL_GROUP	1
#define UDEV_GROUP	2

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long deadline(long wait_ms)
{
	return now_ms() + (wait_ms < settle_limit_ms ? wait_ms : settle_limit_ms);
}

/**
 * udev_runs - is there somebody who will look at new discs?
 *
 * The node of udev's control socket stays when udev ends, so it does not tell; that somebody listens there does. Who
 * may not ask takes it that there is somebody.
 */
bool udev_runs(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/udev/control" };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool runs;

	if (fd < 0)
		return false;
	runs = !connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	       (errno != ECONNREFUSED && errno != ENOENT);
	close(fd);
	return runs;
}

/**
 * settle_begin - start to listen, before the drive is changed
 * @settle: to be given to settle_end()
 */
void settle_begin(struct settle *settle)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP | UDEV_GROUP };

	settle->socket = -1;
	if (!udev_runs())
		return;
	settle->socket = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (settle->socket >= 0 && bind(settle->socket, (struct sockaddr *)&address, sizeof(address)))
		settle_end(settle);
}

/**
 * settle_end - stop listening
 * @settle: what was being waited for
 */
void settle_end(struct settle *settle)
{
	if (settle->socket >= 0)
		close(settle->socket);
	settle->socket = -1;
}

static bool node_is_there(const char *node, const struct vcd_status *status)
{
	struct stat st;

	return !stat(node, &st) && S_ISBLK(st.st_mode) && st.st_rdev == makedev(status->major, status->minor);
}

static void wait_for_node(int ctl, int index)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	long end = deadline(NODE_WAIT_MS);
	char node[DRIVE_NODE_MAX];
	struct vcd_drive drive;

	if (vcd_status(ctl, index, &drive))
		return;
	drive_node(node, index);
	while (!node_is_there(node, &drive.status) && now_ms() < end)
		nanosleep(&step, NULL);
}

/**
 * struct heard - what was heard of a drive
 * @changed: the kernel said that the disc has changed
 * @last: number of the kernel's last event
 * @done: number of the last event that udev has dealt with
 */
struct heard {
	bool changed;
	unsigned long long last;
	unsigned long long done;
};

/* A message is a list of KEY=VALUE strings, each with a NUL: the value of a key, or NULL. @message ends with a NUL. */
static const char *property(const char *message, size_t len, const char *key)
{
	const char *at = message, *end = message + len;
	size_t size = strlen(key);

	for (; at < end; at += strlen(at) + 1)
		if (!strncmp(at, key, size) && at[size] == '=')
			return at + size + 1;
	return NULL;
}

static void hear_event(const char *message, size_t len, bool from_udev, const char *node, struct heard *heard)
{
	const char *name = property(message, len, "DEVNAME"), *number = property(message, len, "SEQNUM");

	/* The kernel's names have no folder. */
	if (name && !strncmp(name, "/dev/", 5))
		name += 5;
	if (!name || !number || strcmp(name, node + 5))
		return;
	if (from_udev) {
		heard->done = strtoull(number, NULL, 10);
	} else {
		heard->last = strtoull(number, NULL, 10);
		heard->changed |= property(message, len, "DISK_MEDIA_CHANGE") != NULL;
	}
}

/* The messages of udev begin with a header that says where the properties are; those of the kernel with "add@...". */
static void hear(int socket_fd, const char *node, struct heard *heard)
{
	struct { char prefix[8]; uint32_t magic, header_size, offset, size; } header;
	char message[16384 + 1];
	ssize_t len;

	while ((len = recv(socket_fd, message, sizeof(message) - 1, 0)) > 0) {
		message[len] = '\0';
		memset(&header, 0, sizeof(header));
		memcpy(&header, message, (size_t)len < sizeof(header) ? (size_t)len : sizeof(header));
		if (memcmp(header.prefix, "libudev", 8))
			hear_event(message, (size_t)len, false, node, heard);
		else if (header.offset < (size_t)len)
			hear_event(message + header.offset, (size_t)len - header.offset, true, node, heard);
	}
}

static void wait_for_udev(const struct settle *settle, int index)
{
	struct pollfd poll_fd = { .fd = settle->socket, .events = POLLIN };
	long now, end = deadline(UDEV_WAIT_MS);
	struct heard heard = { 0 };
	char node[DRIVE_NODE_MAX];

	/* The kernel sends its event before the command returns: without one there is nothing to wait for. */
	drive_node(node, index);
	hear(settle->socket, node, &heard);
	while (heard.changed && heard.done < heard.last) {
		now = now_ms();
		if (now >= end || poll(&poll_fd, 1, (int)(end - now)) < 0)
			return;
		hear(settle->socket, node, &heard);
	}
}

/**
 * settle_wait - wait, for a bounded time, until a drive whose disc may have changed is there for everybody
 * @settle: from settle_begin()
 * @ctl: the control device
 * @index: the drive
 */
void settle_wait(struct settle *settle, int ctl, int index)
{
	wait_for_node(ctl, index);
	if (settle->socket >= 0)
		wait_for_udev(settle, index);
}
