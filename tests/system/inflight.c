// SPDX-License-Identifier: GPL-2.0
/*
 * inflight: calls whose arguments change while the kernel reads them.
 *
 *	inflight SEED CALLS DRIVE IMAGE
 *		so many calls of each kind, on the disc in that drive, whose last track is of audio, and, with the
 *		control device, on the drive behind it, which has a disc, too. Two threads make them with the same memory; a third goes on changing it, from one value that passes
 *		the kernel's checks to another that passes and to some that don't.
 *
 * Who checks a number and then reads it again writes beyond something sooner or later. That is for KASAN to see; what is
 * looked for here is a byte changed that no call was ever pointed to, and an errno that is none of user space's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/vcd.h>
#include <pthread.h>
#include <scsi/sg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tap.h"

#define PAGE	4096u
#define DATA	(64 * PAGE)
#define FIELDS	64
#define CALLERS	2
#define VECTOR	8

/* What changes: an aligned number of @width bytes, which becomes one of @values. */
struct field {
	void *at;
	unsigned int width;
	unsigned int nr;
	uint64_t values[8];
};

/* What a kind of call has in memory. The kernel is never pointed to the pages that are canaries. */
static struct memory {
	uint8_t canary_before[PAGE];
	uint8_t data[DATA];
	uint8_t canary_between[PAGE];
	union {
		struct sg_io_hdr sg;
		struct cdrom_generic_command packet;
		struct cdrom_read_audio audio;
		struct cdrom_subchnl subchannel;
		struct cdrom_tocentry entry;
		struct vcd_attach attach;
		struct vcd_status status;
		struct vcd_tray tray;
		uint8_t bytes[PAGE];
	} call;
	uint8_t cdb[64];
	uint8_t sense[256];
	struct iovec vector[VECTOR + 1];
	struct vcd_file files[4];
	struct vcd_extent extents[8];
	struct vcd_track tracks[8];
	char name[256];
	uint8_t canary_behind[PAGE];
} *memory;

static struct field fields[FIELDS];
static unsigned int nr_fields;
static atomic_bool stop;
static atomic_ulong answers, errors, strange;
static atomic_int last_error;
static int node, control;
static unsigned long calls;
static uint64_t seed;

static uint32_t next(uint64_t *random)
{
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return (uint32_t)((*random * 2685821657736338717ULL) >> 32);
}

#define VARY(place, ...) \
	vary(&(place), sizeof(place), (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

/* The first value is what it begins with. */
static void vary(void *at, unsigned int width, const uint64_t *values, unsigned int nr)
{
	struct field *field = &fields[nr_fields++];

	if (nr_fields > FIELDS || nr > 8)
		tap_bail("too much varies");
	*field = (struct field){ .at = at, .width = width, .nr = nr };
	memcpy(field->values, values, nr * sizeof(*values));
	memcpy(at, values, width);
}

static void change(const struct field *field, uint64_t value)
{
	switch (field->width) {
	case 1:
		*(volatile uint8_t *)field->at = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)field->at = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)field->at = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)field->at = value;
	}
}

/* One or two at a time, and back to what passes: all of a call has to be right for the kernel to come to its end. */
static void *changer(void *arg)
{
	uint64_t random = seed | 1;
	volatile unsigned int wait;

	(void)arg;
	while (!stop) {
		const struct field *one = &fields[next(&random) % nr_fields];
		const struct field *other = next(&random) % 8 ? one : &fields[next(&random) % nr_fields];

		change(one, one->values[next(&random) % one->nr]);
		change(other, other->values[next(&random) % other->nr]);
		for (wait = next(&random) % 300; wait; wait--)
			;
		change(one, one->values[0]);
		change(other, other->values[0]);
		for (wait = next(&random) % 300; wait; wait--)
			;
	}
	return NULL;
}

struct kind {
	const char *name;
	unsigned long cmd;
	int *fd;
	void (*prepare)(void);
};

static void *caller(void *arg)
{
	const struct kind *kind = arg;
	unsigned long i;

	/* Longer, where the thread that changes it does not run at the same time. */
	for (i = 0; i < calls || (i < 100 * calls && (answers < calls / 8 || errors < calls / 8)); i++) {
		if (ioctl(*kind->fd, kind->cmd, &memory->call) >= 0) {
			answers++;
			continue;
		}
		errors++;
		last_error = errno;
		if (errno <= 0 || errno >= 512)
			strange++;
	}
	return NULL;
}

/* --- kinds of calls ------------------------------------------------------------------------------------------ */

#define POINTER(p)	((uint64_t)(uintptr_t)(p))

static void vary_cdb(uint8_t *cdb)
{
	VARY(cdb[0], 0x12, 0x28, 0x43, 0x46, 0x5A, 0xBE, 0xA8, 0x51);
	VARY(cdb[4], 36, 0, 255);
	VARY(cdb[5], 0, 16, 255);
	VARY(cdb[7], 0, 1, 255);
	VARY(cdb[8], 4, 0, 32, 255);
	VARY(cdb[9], 0, 0x10, 0xF8);
}

/* All but where the data goes */
static void vary_sg(struct sg_io_hdr *sg)
{
	VARY(sg->interface_id, 'S', 'S', 'S', 0);
	VARY(sg->dxfer_direction, (uint32_t)SG_DXFER_FROM_DEV, (uint32_t)SG_DXFER_TO_DEV, (uint32_t)SG_DXFER_NONE);
	VARY(sg->cmd_len, 16, 6, 10, 12, 0, 17, 255);
	VARY(sg->mx_sb_len, 32, 0, 18, 255);
	VARY(sg->dxfer_len, 2048, 0, 36, 65536, DATA - PAGE, 0xFFFFFFFF);
	VARY(sg->cmdp, POINTER(memory->cdb), 0, POINTER(memory->cdb) + 1);
	VARY(sg->sbp, POINTER(memory->sense), 0);
	VARY(sg->timeout, 1000, 0, 0xFFFFFFFF);
	VARY(sg->flags, 0, SG_FLAG_DIRECT_IO);
	vary_cdb(memory->cdb);
}

static void prepare_sg(void)
{
	struct sg_io_hdr *sg = &memory->call.sg;

	vary_sg(sg);
	VARY(sg->dxferp, POINTER(memory->data), 0, POINTER(memory->data) + 7);
}

/* Never a count of 0: the vector itself would be filled, and lead anywhere. */
static void prepare_vector(void)
{
	struct sg_io_hdr *sg = &memory->call.sg;
	unsigned int i;

	vary_sg(sg);
	VARY(sg->iovec_count, 4, 1, 2, VECTOR, 0xFFFF);
	VARY(sg->dxferp, POINTER(memory->vector), 0, POINTER(&memory->vector[1]));
	for (i = 0; i < VECTOR / 2; i++) {
		VARY(memory->vector[i].iov_base, POINTER(memory->data) + i * 16 * PAGE, POINTER(memory->data));
		VARY(memory->vector[i].iov_len, 4096, 0, 100, 65536, ~0ULL);
	}
}

static void prepare_packet(void)
{
	struct cdrom_generic_command *packet = &memory->call.packet;

	vary_cdb(packet->cmd);
	VARY(packet->buflen, 2048, 0, 36, 65536, DATA, 0xFFFFFFFF);
	VARY(packet->buffer, POINTER(memory->data), 0);
	VARY(packet->sense, POINTER(memory->sense), 0);
	VARY(packet->data_direction, CGC_DATA_READ, CGC_DATA_WRITE, CGC_DATA_NONE, 200);
	VARY(packet->timeout, 1000, 0);
}

static uint32_t audio_lba;

static void prepare_audio(void)
{
	struct cdrom_read_audio *audio = &memory->call.audio;

	VARY(audio->addr.lba, audio_lba, 16, 0x7FFFFFFF, 0xFFFFFFFF);
	VARY(audio->addr_format, CDROM_LBA, CDROM_MSF, 0);
	VARY(audio->nframes, 4, 0, 75, 110, 0x7FFFFFFF, 0xFFFFFFFF);
	VARY(audio->buf, POINTER(memory->data), 0);
}

static void prepare_subchannel(void)
{
	VARY(memory->call.subchannel.cdsc_format, CDROM_MSF, CDROM_LBA, 0, 255);
}

static void prepare_entry(void)
{
	VARY(memory->call.entry.cdte_format, CDROM_MSF, CDROM_LBA, 0, 255);
	VARY(memory->call.entry.cdte_track, 1, 0xAA, 0, 99, 255);
}

static int image;
static uint32_t image_sectors, other_drive;

static void prepare_attach(void)
{
	struct vcd_attach *attach = &memory->call.attach;
	uint32_t half = image_sectors / 2;
	unsigned int i;

	VARY(attach->size, sizeof(*attach), 0, sizeof(*attach) - 8, sizeof(*attach) + 64, 0xFFFFFFFF);
	VARY(attach->index, other_drive);
	VARY(attach->flags, VCD_ATTACH_SWAP | VCD_ATTACH_FORCE, 0, 255);
	VARY(attach->sectors, 2 * half, half, 0, 0xFFFFFFFF);
	VARY(attach->profile, VCD_PROFILE_AUTO, VCD_PROFILE_CD_ROM, 99);
	VARY(attach->files.ptr, POINTER(memory->files), 0);
	VARY(attach->files.count, 1, 0, 4, 256, 0xFFFFFFFF);
	VARY(attach->files.elem_size, sizeof(struct vcd_file), 0, 1, 0xFFFFFFFF);
	VARY(attach->extents.ptr, POINTER(memory->extents), 0);
	VARY(attach->extents.count, 2, 0, 1, 8, 4096, 0xFFFFFFFF);
	VARY(attach->extents.elem_size, sizeof(struct vcd_extent), 0, 8, 0xFFFFFFFF);
	VARY(attach->tracks.ptr, POINTER(memory->tracks), 0);
	VARY(attach->tracks.count, 1, 0, 2, 8, 100, 0xFFFFFFFF);
	VARY(attach->tracks.elem_size, sizeof(struct vcd_track), 0, 8, 0xFFFFFFFF);
	VARY(attach->name, POINTER(memory->name), 0);
	VARY(attach->name_len, 8, 0, 255, 4096, 0xFFFFFFFF);
	memory->tracks[0] = (struct vcd_track){ .number = 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA };
	VARY(memory->tracks[0].sectors, 2 * half, half, 0, 0xFFFFFFFF);
	VARY(memory->files[0].fd, (uint32_t)image, (uint32_t)control, 0xFFFFFFFF);
	for (i = 0; i < 2; i++) {
		VARY(memory->extents[i].lba, i * half, half, 0xFFFFFFFF);
		VARY(memory->extents[i].sectors, half, 0, 2 * half, 0xFFFFFFFF);
		VARY(memory->extents[i].stride, 2048, 0, 2352, 0xFFFFFFFF);
		VARY(memory->extents[i].offset, (uint64_t)i * half * 2048, ~0ULL);
	}
	memcpy(memory->name, "inflight", 8);
}

static void prepare_status(void)
{
	struct vcd_status *status = &memory->call.status;

	VARY(status->size, sizeof(*status), 0, 16, sizeof(*status) + 64, 0xFFFFFFFF);
	VARY(status->index, other_drive, 0, 0xFFFFFFFF);
	VARY(status->flags, VCD_STATUS_NEXT, 0, 255);
	VARY(status->name, POINTER(memory->name), 0);
	VARY(status->name_size, sizeof(memory->name), 0, 1, 8);
}

static void prepare_tray(void)
{
	struct vcd_tray *tray = &memory->call.tray;

	VARY(tray->size, sizeof(*tray), 0, sizeof(*tray) + 8, 0xFFFFFFFF);
	VARY(tray->index, other_drive, 0xFFFFFFFF);
	VARY(tray->action, VCD_TRAY_OPEN, VCD_TRAY_CLOSE, 99);
	VARY(tray->flags, 0, 1, 255);
}

static const struct kind kinds[] = {
	{ "SG_IO", SG_IO, &node, prepare_sg },
	{ "SG_IO with a vector", SG_IO, &node, prepare_vector },
	{ "CDROM_SEND_PACKET", CDROM_SEND_PACKET, &node, prepare_packet },
	{ "CDROMREADAUDIO", CDROMREADAUDIO, &node, prepare_audio },
	{ "CDROMSUBCHNL", CDROMSUBCHNL, &node, prepare_subchannel },
	{ "CDROMREADTOCENTRY", CDROMREADTOCENTRY, &node, prepare_entry },
	{ "VCD_IOC_ATTACH", VCD_IOC_ATTACH, &control, prepare_attach },
	{ "VCD_IOC_STATUS", VCD_IOC_STATUS, &control, prepare_status },
	{ "VCD_IOC_TRAY", VCD_IOC_TRAY, &control, prepare_tray },
};

/* Where the last track begins */
static uint32_t last_track(void)
{
	struct cdrom_tocentry entry = { .cdte_format = CDROM_LBA };
	struct cdrom_tochdr header;

	if (ioctl(node, CDROMREADTOCHDR, &header))
		tap_bail("CDROMREADTOCHDR");
	entry.cdte_track = header.cdth_trk1;
	if (ioctl(node, CDROMREADTOCENTRY, &entry) || (entry.cdte_ctrl & CDROM_DATA_TRACK))
		tap_bail("CDROMREADTOCENTRY");
	return (uint32_t)entry.cdte_addr.lba;
}

/* --- all of it ----------------------------------------------------------------------------------------------- */

static bool all_is(const uint8_t *page, uint8_t value)
{
	unsigned int i;

	for (i = 0; i < PAGE; i++)
		if (page[i] != value)
			return false;
	return true;
}

static void run(const struct kind *kind)
{
	pthread_t threads[CALLERS], changing;
	unsigned int i;

	memset(memory, 0, sizeof(*memory));
	memset(memory->canary_before, 0xC5, PAGE);
	memset(memory->canary_between, 0xC5, PAGE);
	memset(memory->canary_behind, 0xC5, PAGE);
	nr_fields = 0;
	answers = errors = strange = 0;
	stop = false;
	kind->prepare();
	if (pthread_create(&changing, NULL, changer, NULL))
		tap_bail("pthread_create");
	for (i = 0; i < CALLERS; i++)
		if (pthread_create(&threads[i], NULL, caller, (void *)kind))
			tap_bail("pthread_create");
	for (i = 0; i < CALLERS; i++)
		pthread_join(threads[i], NULL);
	stop = true;
	pthread_join(changing, NULL);
	printf("# %s: %lu answers, %lu errors, the last one %s\n", kind->name, (unsigned long)answers,
	       (unsigned long)errors, strerrorname_np(last_error));
	tap(!strange && answers && errors && all_is(memory->canary_before, 0xC5) &&
	    all_is(memory->canary_between, 0xC5) && all_is(memory->canary_behind, 0xC5),
	    "%s: nothing but what it is pointed to is changed, some calls are answered, some refused", kind->name);
}

int main(int argc, char **argv)
{
	char path[32];
	struct stat st;
	unsigned int i;

	if (argc != 5)
		tap_bail("usage: inflight SEED CALLS DRIVE IMAGE");
	seed = (strtoull(argv[1], NULL, 0) + 1) * 0x9E3779B97F4A7C15ULL;
	calls = strtoul(argv[2], NULL, 0) / CALLERS;
	other_drive = (uint32_t)strtoul(argv[3], NULL, 0) + 1;
	snprintf(path, sizeof(path), "/dev/vcd%s", argv[3]);
	node = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	control = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	image = open(argv[4], O_RDONLY | O_CLOEXEC);
	if (node < 0 || control < 0 || image < 0 || fstat(image, &st))
		tap_bail("%s, %s or %s", path, VCD_CONTROL_NODE, argv[4]);
	image_sectors = (uint32_t)(st.st_size / 2048);
	audio_lba = last_track();
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		tap_bail("mmap");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		run(&kinds[i]);
	return tap_failed != 0;
}
