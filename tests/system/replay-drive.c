// SPDX-License-Identifier: GPL-2.0
/*
 * The drive that golden vectors are replayed on, and how it gets into the state that a vector begins with.
 */
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/vcd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replay.h"
#include "tap.h"

static struct {
	int ctl, node, index, image;
	struct vec_disc disc;		/* what lies in it, on an open tray too */
	pid_t witness;			/* another process that has the node open */
	int question, answer;		/* pipes to it and from it */
} drive;

uint8_t *buffer;

/* --- commands --- */

/* Send a command; data comes with it if @out_len is not 0. False: not even sent, see errno. */
bool send_command(struct answer *answer, const uint8_t *cdb, unsigned int cdb_len, const uint8_t *out,
		  unsigned int out_len, unsigned int room)
{
	struct sg_io_hdr *hdr = &answer->hdr;

	memset(answer, 0, sizeof(*answer));
	memset(answer->sense, UNTOUCHED, sizeof(answer->sense));
	memset(buffer, UNTOUCHED, room + FENCE);
	hdr->interface_id = 'S';
	hdr->cmdp = (uint8_t *)cdb;
	hdr->cmd_len = cdb_len;
	hdr->sbp = answer->sense;
	hdr->mx_sb_len = sizeof(answer->sense);
	hdr->timeout = 60000;
	hdr->dxfer_direction = SG_DXFER_FROM_DEV;
	hdr->dxferp = buffer;
	hdr->dxfer_len = room;
	if (out_len) {
		hdr->dxfer_direction = SG_DXFER_TO_DEV;
		hdr->dxferp = (uint8_t *)out;
		hdr->dxfer_len = out_len;
	} else if (!room) {
		hdr->dxfer_direction = SG_DXFER_NONE;
	}
	return !ioctl(drive.node, SG_IO, hdr);
}

/* A command that prepares or looks, and has to succeed. Return the length of its data. */
unsigned int must(const char *what, const uint8_t *cdb, unsigned int cdb_len, const uint8_t *out,
		  unsigned int out_len)
{
	struct answer answer;

	if (!send_command(&answer, cdb, cdb_len, out, out_len, out_len ? 0 : ROOM))
		tap_bail("%s", what);
	if (answer.hdr.status)
		tap_bail("%s: sense %x/%02x/%02x", what, answer.sense[2], answer.sense[12], answer.sense[13]);
	return answer.hdr.dxfer_len - answer.hdr.resid;
}

static void must_ioctl(const char *name, unsigned long number, unsigned long argument)
{
	if (ioctl(drive.node, number, argument) < 0)
		tap_bail("%s", name);
}

/* Take the next event of a class; 0 if there is none. */
unsigned int take_event(uint8_t classes)
{
	if (MUST("GET EVENT STATUS NOTIFICATION", 0x4A, 1, 0, 0, classes, 0, 0, 0, 8, 0) < 8)
		tap_bail("GET EVENT STATUS NOTIFICATION: a short answer");
	return buffer[4] & 0x0F;
}

/* Take all unit attentions and media events, and keep them in @nexus. */
void take_nexus(struct vec_nexus *nexus)
{
	unsigned int event, i;

	memset(nexus, 0, sizeof(*nexus));
	for (i = 0; i < 8; i++) {
		MUST("REQUEST SENSE", 0x03, 0, 0, 0, 18, 0);
		if (!(buffer[2] & 0x0F))
			break;
		nexus->power_on |= buffer[12] == 0x29;
		nexus->medium |= buffer[12] == 0x28;
		nexus->mode |= buffer[12] == 0x2A;
	}
	while (take_event(CLASS_OPERATIONAL) && i++ < 8)
		nexus->features = true;
	while (nexus->nr_events < VEC_EVENTS && (event = take_event(CLASS_MEDIA)))
		nexus->events[nexus->nr_events++] = event;
}

static void quiet(void)
{
	struct vec_nexus nexus;

	take_nexus(&nexus);
}

/* --- another party --- */

/* Each process is a nexus. Whenever this one is asked, it tells what attentions it has been given since. */
static void be_witness(const char *path)
{
	struct vec_nexus nexus;
	char question;

	drive.node = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (drive.node < 0)
		tap_bail("%s", path);
	while (read(drive.question, &question, 1) == 1) {
		take_nexus(&nexus);
		if (write(drive.answer, &nexus, sizeof(nexus)) != sizeof(nexus))
			break;
	}
	_exit(0);
}

static void make_witness(const char *path)
{
	int question[2], answer[2];

	if (pipe2(question, O_CLOEXEC) || pipe2(answer, O_CLOEXEC))
		tap_bail("a pipe");
	fflush(stdout);
	drive.witness = fork();
	if (drive.witness < 0)
		tap_bail("fork");
	drive.question = question[!!drive.witness];
	drive.answer = answer[!drive.witness];
	close(question[!drive.witness]);
	close(answer[!!drive.witness]);
	if (!drive.witness)
		be_witness(path);
}

void ask_witness(struct vec_nexus *nexus)
{
	if (write(drive.question, "?", 1) != 1 || read(drive.answer, nexus, sizeof(*nexus)) != sizeof(*nexus))
		tap_bail("the other process does not answer");
}

/* --- the drive --- */

unsigned int state_bits(void)
{
	struct vcd_status status = { .size = sizeof(status), .index = drive.index };

	if (ioctl(drive.ctl, VCD_IOC_STATUS, &status))
		tap_bail("VCD_IOC_STATUS");
	return status.state;
}

static void move_tray(bool open)
{
	struct vcd_tray tray = {
		.size = sizeof(tray), .flags = open ? VCD_TRAY_FORCE : 0, .index = drive.index,
		.action = open ? VCD_TRAY_OPEN : VCD_TRAY_CLOSE,
	};

	if (ioctl(drive.ctl, VCD_IOC_TRAY, &tray))
		tap_bail("VCD_IOC_TRAY");
}

static void press_button(void)
{
	struct vcd_tray tray = { .size = sizeof(tray), .index = drive.index, .action = VCD_TRAY_BUTTON };

	if (ioctl(drive.ctl, VCD_IOC_TRAY, &tray))
		tap_bail("VCD_TRAY_BUTTON");
}

/* A disc that has not changed lies where it is; unused parts are zero in both. */
static bool same_disc(const struct vec_disc *a, const struct vec_disc *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static void take_out(void)
{
	struct vcd_detach detach = { .size = sizeof(detach), .flags = VCD_DETACH_FORCE, .index = drive.index };

	if (drive.disc.kind && ioctl(drive.ctl, VCD_IOC_DETACH, &detach))
		tap_bail("VCD_IOC_DETACH");
	memset(&drive.disc, 0, sizeof(drive.disc));
}

/* --- discs --- */

/*
 * What the image holds of the sectors of each mode, and where: the first forms at 0, others far behind. Of Mode 2 it is
 * Form 1.
 */
static const struct {
	uint16_t form, size, user;
	uint64_t offset;
} images[] = {
	[MMC_TRACK_AUDIO] = { VCD_FORM_RAW_2352, 2352, 0, 4ULL << 30 },
	[MMC_TRACK_DATA] = { VCD_FORM_USER_2048, 2048, 0, 0 },
	[MMC_TRACK_MODE2] = { VCD_FORM_MODE2_2336, 2336, 8, 8ULL << 30 },
};
#define SUB_OFFSET	(12ULL << 30)
#define SUB_SIZE	96

void make_medium(struct mmc_medium *medium, struct parts *parts, const struct vec_disc *disc)
{
	static const uint16_t profiles[] = { 0, MMC_PROFILE_CD_ROM, MMC_PROFILE_DVD_ROM, MMC_PROFILE_BD_ROM };
	static const uint8_t modes[] = {
		[VEC_AUDIO] = MMC_TRACK_AUDIO, [VEC_MODE1] = MMC_TRACK_DATA, [VEC_MODE2] = MMC_TRACK_MODE2,
	};
	unsigned int i;

	for (i = 0; i < disc->nr_tracks; i++) {
		const struct vec_track *track = &disc->tracks[i];

		parts->tracks[i] = (struct mmc_track){
			.lba = track->lba, .sectors = vec_track_sectors(disc, i), .number = track->number,
			.session = track->session, .control = track->control, .mode = modes[track->mode],
			.pregap = track->pregap,
		};
		memcpy(parts->tracks[i].isrc, track->isrc, sizeof(parts->tracks[i].isrc));
	}
	for (i = 0; i < disc->nr_indices; i++) {
		parts->indices[i] = (struct mmc_index){
			.lba = disc->indices[i].lba, .track = disc->indices[i].track, .number = disc->indices[i].number,
		};
	}
	*medium = (struct mmc_medium){
		.tracks = parts->tracks, .nr_tracks = disc->nr_tracks, .profile = profiles[disc->kind],
		.indices = parts->indices, .nr_indices = disc->nr_indices,
		.sectors = disc->sectors, .sessions = parts->tracks[disc->nr_tracks - 1].session,
		.subchannels = disc->stored_subchannels,
	};
	memcpy(medium->mcn, disc->mcn, sizeof(medium->mcn));
}

/* Where the sectors of a disc are: an extent for each run of one mode. Return how many. */
static unsigned int make_extents(struct vcd_extent *extents, const struct mmc_medium *medium)
{
	unsigned int count = 0;
	uint32_t lba, next;

	for (lba = 0; lba < medium->sectors; lba = next) {
		enum mmc_track_mode mode = mmc_sector_mode(medium, lba);
		struct vcd_extent *extent = &extents[count++];

		next = mmc_same_mode(medium, lba);
		*extent = (struct vcd_extent){ .lba = lba, .sectors = next - lba };
		if (mode == MMC_TRACK_NONE) {
			extent->file = VCD_FILE_NONE;
			extent->stride = MMC_BLOCK;
			continue;
		}
		extent->form = images[mode].form;
		extent->stride = images[mode].size;
		extent->offset = images[mode].offset + (uint64_t)lba * images[mode].size;
	}
	return count;
}

/* Have a disc in the closed drive; put it in unless that is the case. False: the control device takes none such. */
static bool put_in(const struct vec_disc *disc)
{
	static struct parts parts;
	static struct vcd_track to[VEC_TRACKS];
	static struct vcd_index indices[VEC_INDICES];
	static struct vcd_extent extents[2 * VEC_TRACKS];
	struct mmc_medium medium;
	struct vcd_file file = { .fd = drive.image };
	struct vcd_extent sub = {
		.sectors = disc->sectors, .stride = SUB_SIZE, .form = VCD_FORM_SUB_RAW_96, .offset = SUB_OFFSET,
	};
	struct vcd_attach attach = {
		.size = sizeof(attach), .index = drive.index, .read_speed = disc->speed,
		.files = { (uintptr_t)&file, 1, sizeof(file) },
		.tracks = { (uintptr_t)to, disc->nr_tracks, sizeof(to[0]) },
		.subchannels = { (uintptr_t)&sub, disc->stored_subchannels, sizeof(sub) },
		.cdtext = { (uintptr_t)disc->packs, disc->nr_packs, sizeof(struct vcd_cdtext) },
		.indices = { (uintptr_t)indices, disc->nr_indices, sizeof(indices[0]) },
		.sectors = disc->sectors,
	};
	unsigned int i;

	if (same_disc(disc, &drive.disc)) {
		move_tray(false);
		return true;
	}
	make_medium(&medium, &parts, disc);
	attach.profile = medium.profile;
	attach.extents = (struct vcd_array){ (uintptr_t)extents, make_extents(extents, &medium), sizeof(extents[0]) };
	memcpy(attach.mcn, disc->mcn, sizeof(disc->mcn));
	for (i = 0; i < disc->nr_tracks; i++) {
		const struct mmc_track *track = &parts.tracks[i];

		to[i] = (struct vcd_track){
			.lba = track->lba, .sectors = track->sectors, .number = track->number,
			.session = track->session, .control = track->control, .mode = track->mode,
			.pregap = track->pregap,
		};
		memcpy(to[i].isrc, track->isrc, sizeof(to[i].isrc));
	}
	for (i = 0; i < disc->nr_indices; i++) {
		indices[i] = (struct vcd_index){
			.lba = parts.indices[i].lba, .track = parts.indices[i].track, .index = parts.indices[i].number,
		};
	}
	if (drive.disc.kind)
		attach.flags = VCD_ATTACH_SWAP | VCD_ATTACH_FORCE;
	if (ioctl(drive.ctl, VCD_IOC_ATTACH, &attach)) {
		if (errno == EOPNOTSUPP)
			return false;
		tap_bail("VCD_IOC_ATTACH");
	}
	drive.disc = *disc;
	return true;
}

/* Something that tells its address and is not regular. */
static void fill(uint8_t *bytes, unsigned int len, uint32_t lba)
{
	unsigned int i;

	for (i = 0; i < len; i += 4) {
		uint32_t word = (lba + 1) * 0x9E3779B1u ^ i * 0x85EBCA6Bu;

		memcpy(bytes + i, &word, 4);
	}
}

void fill_stored(struct sector *sector, const struct mmc_medium *medium, uint32_t lba)
{
	static const uint8_t subheader[8] = { 0, 0, 0x08, 0, 0, 0, 0x08, 0 };
	enum mmc_track_mode mode = mmc_sector_mode(medium, lba);
	uint32_t i;

	sector->stored = (struct mmc_stored){ .form = (enum mmc_form)images[mode].form, .data = sector->main };
	fill(sector->main, images[mode].size, lba);
	if (mode == MMC_TRACK_MODE2)
		memcpy(sector->main, subheader, sizeof(subheader));
	if (!medium->subchannels)
		return;
	fill(sector->sub, SUB_SIZE, ~lba);
	sector->stored.subform = MMC_FORM_SUB_RAW;
	sector->stored.sub = sector->sub;
	for (i = 0; i < MMC_SUB_SPREAD && i < lba; i++) {
		fill(sector->before[i], SUB_SIZE, ~(lba - 1 - i));
		sector->stored.before[i] = sector->before[i];
	}
}

void fill_user(uint8_t *user, const struct mmc_medium *medium, uint32_t lba)
{
	struct sector sector;

	fill_stored(&sector, medium, lba);
	memcpy(user, sector.main + images[mmc_sector_mode(medium, lba)].user, MMC_BLOCK);
}

static void write_sub(uint32_t lba, const uint8_t *sub)
{
	if (pwrite(drive.image, sub, SUB_SIZE, (off_t)(SUB_OFFSET + (uint64_t)lba * SUB_SIZE)) != SUB_SIZE)
		tap_bail("the image");
}

void write_sectors(const struct mmc_medium *medium, uint32_t lba, uint32_t sectors)
{
	struct sector sector;
	uint32_t i;

	for (; sectors; lba++, sectors--) {
		enum mmc_track_mode mode = mmc_sector_mode(medium, lba);
		uint16_t size = images[mode].size;

		fill_stored(&sector, medium, lba);
		if (pwrite(drive.image, sector.main, size, (off_t)(images[mode].offset + (uint64_t)lba * size)) != size)
			tap_bail("the image");
		if (sector.stored.sub)
			write_sub(lba, sector.sub);
		for (i = 0; i < MMC_SUB_SPREAD; i++)
			if (sector.stored.before[i])
				write_sub(lba - 1 - i, sector.before[i]);
	}
}

/* --- mode pages --- */

static struct {
	uint8_t code, len;
	uint8_t values[64];	/* behind the header of MODE SELECT (10), which is zero */
} mode_pages[] = { { .code = 0x01 }, { .code = 0x08 }, { .code = 0x0D }, { .code = 0x0E } };

#define MODE_PAGES	(sizeof(mode_pages) / sizeof(mode_pages[0]))

unsigned int sense_page(uint8_t code)
{
	return MUST("MODE SENSE (10)", 0x5A, 8, code, 0, 0, 0, 0, 0, 64, 0);
}

void keep_mode_pages(void)
{
	unsigned int i;

	for (i = 0; i < MODE_PAGES; i++) {
		mode_pages[i].len = sense_page(mode_pages[i].code);
		memcpy(mode_pages[i].values + 8, buffer + 8, mode_pages[i].len - 8);
	}
}

/* Nothing waits, so the commands are not refused. */
static void reset_mode_pages(void)
{
	unsigned int i;

	for (i = 0; i < MODE_PAGES; i++) {
		uint8_t cdb[10] = { 0x55, 0x10, [8] = mode_pages[i].len };

		sense_page(mode_pages[i].code);
		if (memcmp(buffer + 8, mode_pages[i].values + 8, mode_pages[i].len - 8))
			must("MODE SELECT (10)", cdb, sizeof(cdb), mode_pages[i].values, mode_pages[i].len);
	}
}

/* Have the kernel change a mode page, and change it back: the users of SG_IO are told. */
static void change_mode_by_kernel(void)
{
	struct cdrom_volctrl was, other;

	must_ioctl("CDROMVOLREAD", CDROMVOLREAD, (uintptr_t)&was);
	other = was;
	other.channel0 ^= 0x55;
	must_ioctl("CDROMVOLCTRL", CDROMVOLCTRL, (uintptr_t)&other);
	must_ioctl("CDROMVOLCTRL", CDROMVOLCTRL, (uintptr_t)&was);
}

/* --- the state that a vector begins with --- */

bool readable(const struct vector *vec)
{
	return vec->disc.kind && !vec->drive.open;
}

bool tray_plan(const struct vec_step *step)
{
	return step->plan == VEC_PLAN_OPEN || step->plan == VEC_PLAN_CLOSE;
}

/*
 * Is a disc readable before the first event, so that the last one leaves what the vector has? False in @possible if no
 * start does.
 */
static bool readable_at_first(const struct vector *vec, bool *possible)
{
	bool now = readable(vec);
	unsigned int i;

	*possible = true;
	for (i = vec->nexus.nr_events; i-- > 0;) {
		if (vec->nexus.events[i] == EJECT_REQUEST)
			continue;
		if (now != (vec->nexus.events[i] == NEW_MEDIA))
			*possible = false;
		now = !now;
	}
	return now;
}

/* Why a vector can't be replayed; NULL if it can. */
const char *obstacle(const struct vector *vec)
{
	bool possible;
	unsigned int i;

	if (vec->exact_clock)
		return "no clock is that exact";
	for (i = 0; i < vec->nr_steps; i++) {
		if (vec->steps[i].wait > WAIT_MAX)
			return "it takes too long";
		if (vec->steps[i].cdb_len < 6)
			return "SG_IO wants 6 bytes of CDB";
		if (vec->steps[i].sent > TRANSFER_MAX)
			return "more data than SG_IO takes";
		if (tray_plan(&vec->steps[i]) && i + 1 < vec->nr_steps)
			return "the tray moves before the last command";
	}
	if (vec->disc.layer0 != mmc_layer0_for_size(vec->disc.kind == VEC_DVD ? MMC_PROFILE_DVD_ROM : MMC_PROFILE_NONE,
						    vec->disc.sectors))
		return "the kernel decides where layers end";
	readable_at_first(vec, &possible);
	if (!possible)
		return "the events do not lead there";
	if (vec->nexus.medium && !readable(vec))
		return "attention for a medium that is not there";
	if (vec->nexus.features && !vec->nexus.nr_events && !readable(vec))
		return "features change with the medium alone";
	if (vec->disc.kind && !put_in(&vec->disc))
		return "the control device takes no such disc";
	return NULL;
}

/* Close the tray over the disc in it. */
static void load(const struct vector *vec)
{
	/* A command would take the unit attention that follows. */
	if (vec->drive.persistent)
		MUST("PREVENT ALLOW MEDIUM REMOVAL", 0x1E, 0, 0, 0, 3, 0);
	move_tray(false);
}

static void make_events(const struct vector *vec)
{
	unsigned int i;

	for (i = 0; i < vec->nexus.nr_events; i++) {
		switch (vec->nexus.events[i]) {
		case NEW_MEDIA:
			load(vec);
			break;
		case MEDIA_REMOVAL:
			move_tray(true);
			break;
		case EJECT_REQUEST:
			must_ioctl("CDROM_LOCKDOOR", CDROM_LOCKDOOR, 1);
			press_button();
			must_ioctl("CDROM_LOCKDOOR", CDROM_LOCKDOOR, 0);
			break;
		}
	}
}

static bool has_event(const struct vector *vec, uint8_t event)
{
	return memchr(vec->nexus.events, event, vec->nexus.nr_events);
}

/* Unlocked, the speed of the vector, mode pages as they were; nothing waits. */
static void reset_drive(const struct vector *vec)
{
	unsigned int speed = vec->drive.speed >= 0 ? vec->drive.speed : 0xFFFF;

	quiet();
	must_ioctl("CDROM_LOCKDOOR", CDROM_LOCKDOOR, 0);
	MUST("PREVENT ALLOW MEDIUM REMOVAL", 0x1E, 0, 0, 0, 0, 0);
	MUST("PREVENT ALLOW MEDIUM REMOVAL", 0x1E, 0, 0, 0, 2, 0);
	MUST("SET CD SPEED", 0xBB, 0, speed >> 8, speed, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0);
	reset_mode_pages();
}

void bring_about(const struct vector *vec)
{
	static const struct vec_disc any = {
		.kind = VEC_CD, .sectors = 2430, .nr_tracks = 1,
		.tracks = { { .number = 1, .session = 1, .control = 4, .mode = VEC_MODE1 } },
	};
	static const uint8_t power[] = { 0x10, 0x10, 0x20, 0x30, 0x50 };
	bool possible, first = readable_at_first(vec, &possible);
	struct vec_nexus taken;

	reset_drive(vec);
	if (vec->disc.kind || vec->nexus.nr_events) {
		put_in(vec->disc.kind ? &vec->disc : &any);
		quiet();
		/* What a command finds as the current address */
		MUST("SEEK (10)", 0x2B, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	}
	MUST("START STOP UNIT", 0x1B, 0, 0, 0, power[vec->drive.power > 0 ? vec->drive.power : 0], 0);
	if (!first)
		move_tray(true);
	if ((vec->nexus.medium || vec->nexus.features) && !has_event(vec, NEW_MEDIA)) {
		move_tray(true);
		load(vec);
		while (take_event(CLASS_MEDIA))
			;
	} else {
		quiet();
	}
	make_events(vec);
	if (!vec->disc.kind) {
		take_out();
		move_tray(vec->drive.open);
	}
	while (!vec->nexus.features && take_event(CLASS_OPERATIONAL))
		;
	if (!vec->nexus.medium) {
		MUST("REQUEST SENSE", 0x03, 0, 0, 0, 18, 0);
		if (vec->drive.persistent)
			MUST("PREVENT ALLOW MEDIUM REMOVAL", 0x1E, 0, 0, 0, 3, 0);
	}
	if (vec->drive.prevent)
		must_ioctl("CDROM_LOCKDOOR", CDROM_LOCKDOOR, 1);
	if (vec->nexus.mode)
		change_mode_by_kernel();
	if (vec->nexus.power_on)
		must_ioctl("CDROMRESET", CDROMRESET, 0);
	ask_witness(&taken);
}

void make_drive(const char *folder, const struct vec_identity *id)
{
	struct vcd_create create = { .size = sizeof(create), .index = VCD_ANY };
	char path[256];

	buffer = malloc(TRANSFER_MAX + FENCE);
	if (!buffer)
		tap_bail("memory");
	memcpy(create.vendor, id->vendor, strlen(id->vendor));
	memcpy(create.product, id->product, strlen(id->product));
	memcpy(create.revision, id->revision, strlen(id->revision));
	memcpy(create.serial, id->serial, strlen(id->serial));
	drive.ctl = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	if (drive.ctl < 0 || ioctl(drive.ctl, VCD_IOC_CREATE, &create))
		tap_bail(VCD_CONTROL_NODE);
	drive.index = create.index;
	snprintf(path, sizeof(path), "/dev/vcd%d", drive.index);
	drive.node = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (drive.node < 0)
		tap_bail("%s", path);
	make_witness(path);
	snprintf(path, sizeof(path), "%s/replay", folder);
	drive.image = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (drive.image < 0 || ftruncate(drive.image, (off_t)mmc_sectors_max(MMC_PROFILE_BD_ROM) * MMC_BLOCK))
		tap_bail("%s", path);
	unlink(path);
}

void remove_drive(void)
{
	struct vcd_remove rm = { .size = sizeof(rm), .flags = VCD_REMOVE_FORCE, .index = drive.index };

	close(drive.node);
	close(drive.question);
	waitpid(drive.witness, NULL, 0);
	if (ioctl(drive.ctl, VCD_IOC_REMOVE, &rm))
		tap_bail("VCD_IOC_REMOVE");
}
