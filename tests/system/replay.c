// SPDX-License-Identifier: GPL-2.0
/*
 * replay: the golden vectors of tests/unit/vectors, by SG_IO on a real drive.
 *
 *	replay FOLDER LIST VECTORS...
 *
 * For each vector a drive is brought into the state that it begins with, by the control device, ioctls of the CD-ROM
 * layer and commands alone; then its commands are sent. All discs are made from one sparse image in FOLDER, in which a
 * sector tells its address. What a plan of the engine would be is seen by what becomes of it: bytes of the image, a
 * tray that moves.
 *
 * A few states can't be brought about that way. LIST has the vectors that begin with one, as lines
 *
 *	FILE: REASON: NAME OF THE VECTOR
 *
 * and it is a failure if one of them could be replayed, or another could not.
 *
 * Nobody else may open the node meanwhile: that would take unit attentions away.
 */
#include <linux/vcd.h>
#include <stdint.h>
#include <unistd.h>

#include "replay.h"
#include "tap.h"

static const char *complaint;

#define EXPECT(condition, what)			\
	do {					\
		if (!(condition)) {		\
			complaint = (what);	\
			return false;		\
		}				\
	} while (0)

/* --- what comes of it --- */

/* What comes of a command: what the vector says, or what shows only when sectors of Mode 2 are read. */
struct outcome {
	bool check, has_lba;
	unsigned int key, asc, ascq;
	uint32_t lba;
	unsigned int len;	/* bytes of sectors, in @wanted */
};

static uint8_t wanted[TRANSFER_MAX + MMC_SECTOR_MAX];

/* What a read delivers, as far as the buffer takes it; made from the sectors of the image. */
static void make_sectors(const struct vec_step *step, const struct mmc_medium *medium, unsigned int room,
			 struct outcome *outcome)
{
	struct mmc_plan plan = {
		.kind = MMC_PLAN_READ, .sector_bytes = step->plan_bytes, .fields = step->plan_fields,
		.subchannel = step->plan_subchannel, .type = step->plan_type,
	};
	uint32_t lba = step->plan_lba, end = lba + step->plan_sectors;
	struct sector sector;
	int len;

	for (; lba < end && outcome->len < room; lba++) {
		fill_stored(&sector, medium, lba);
		len = mmc_sector_build(wanted + outcome->len, &plan, medium, lba, &sector.stored);
		if (len < 0) {
			*outcome = (struct outcome){
				.check = true, .has_lba = true, .key = MMC_KEY_ILLEGAL_REQUEST, .asc = 0x64, .lba = lba,
			};
			return;
		}
		outcome->len += len;
	}
	if (outcome->len > room)
		outcome->len = room;
}

static bool check_sense(const struct vec_step *step, const struct outcome *outcome, const struct answer *answer)
{
	uint8_t want[SENSE_ROOM] = {
		0x70, 0, outcome->key, 0, 0, 0, 0, 10, 0, 0, 0, 0, outcome->asc, outcome->ascq,
	};
	const struct sg_io_hdr *hdr = &answer->hdr;
	unsigned int len = outcome->check ? MMC_SENSE_LEN : 0;

	if (outcome->has_lba) {
		want[0] |= 0x80;
		want[3] = outcome->lba >> 24;
		want[4] = outcome->lba >> 16;
		want[5] = outcome->lba >> 8;
		want[6] = outcome->lba;
	}
	if (step->field_byte >= 0) {
		want[15] = (step->field_in_list ? 0x88 : 0xC8) | step->field_bit;
		want[17] = step->field_byte;
	}
	memset(want + len, UNTOUCHED, sizeof(want) - len);
	EXPECT(hdr->status == (outcome->check ? MMC_CHECK_CONDITION : MMC_GOOD), "wrong status");
	EXPECT(hdr->masked_status == hdr->status >> 1, "wrong masked status");
	EXPECT(!hdr->host_status && !hdr->msg_status, "the host or the transport complains");
	EXPECT(hdr->driver_status == (outcome->check ? 8 : 0), "wrong driver status");
	EXPECT(hdr->info == (outcome->check ? SG_INFO_CHECK : SG_INFO_OK), "wrong info");
	EXPECT(hdr->sb_len_wr == len, "wrong length of sense data");
	EXPECT(!memcmp(want, answer->sense, sizeof(want)), "wrong sense data");
	return true;
}

static bool check_data(const struct vec_step *step, const struct outcome *outcome, const struct answer *answer)
{
	const struct sg_io_hdr *hdr = &answer->hdr;
	unsigned int room = hdr->dxfer_len, len = step->data_len, i;

	if (hdr->dxfer_direction == SG_DXFER_TO_DEV) {
		EXPECT(hdr->resid == (int)(outcome->check ? room : 0), "wrong residual of data that was sent");
		return true;
	}
	if (step->plan == VEC_PLAN_READ) {
		len = outcome->len;
		EXPECT(!memcmp(buffer, wanted, len), "wrong bytes of a sector");
	}
	EXPECT(hdr->resid == (int)(room - len), "wrong length of data");
	for (i = 0; i < step->data_len; i++)
		EXPECT(step->data[i].kind == VEC_ANY || buffer[i] == step->data[i].value, "wrong data");
	for (i = len; i < room + FENCE; i++)
		EXPECT(buffer[i] == UNTOUCHED, "bytes behind the answer are changed");
	return true;
}

static unsigned int room_for(const struct vec_step *step)
{
	unsigned long long room = ROOM;

	if (step->room >= 0)
		return step->room;
	if (step->plan == VEC_PLAN_READ)
		room = (unsigned long long)step->plan_sectors * step->plan_bytes + FENCE;
	return room < TRANSFER_MAX ? room : TRANSFER_MAX;
}

/* The data that goes with a command: where it is to be compared, that of the disc. */
static uint8_t *data_out(const struct vec_step *step, const struct mmc_medium *medium)
{
	static uint8_t data[TRANSFER_MAX];
	unsigned int i;

	memset(data, 0, step->sent);
	memcpy(data, step->out, step->out_len);
	if (step->plan != VEC_PLAN_COMPARE)
		return data;
	write_sectors(medium, step->plan_lba, step->plan_sectors);
	for (i = 0; i < step->plan_sectors; i++)
		fill_user(data + i * MMC_BLOCK, medium, step->plan_lba + i);
	return data;
}

/* With another byte in the last sector, the same command does not find that the disc has. */
static bool check_miscompare(const struct vec_step *step, uint8_t *data)
{
	struct answer answer;

	data[step->plan_sectors * MMC_BLOCK - 1] ^= 1;
	if (!send_command(&answer, step->cdb, step->cdb_len, data, step->sent, 0) ||
	    answer.hdr.status != MMC_CHECK_CONDITION || answer.sense[2] != MMC_KEY_MISCOMPARE ||
	    answer.sense[12] != 0x1D) {
		printf("# line %d: other data is taken for that of the disc\n", step->line);
		return false;
	}
	return true;
}

/* How many sectors of a plan can go into so much room; some may be shorter than planned. */
static uint32_t sectors_in(const struct vec_step *step, unsigned int room)
{
	uint32_t most = TRANSFER_MAX / MMC_BLOCK;
	uint32_t sectors = (room + step->plan_bytes - 1) / step->plan_bytes;

	if (step->plan_sectors <= most)
		return step->plan_sectors;
	return sectors < step->plan_sectors ? sectors : step->plan_sectors;
}

/* Waits until so many frames have passed on the clock of the drive, too, which may be a tick behind. */
static void wait_frames(uint32_t frames)
{
	usleep((frames + 2) * 1000000ull / MMC_FRAMES_PER_SECOND);
}

static bool run_step(const struct vector *vec, const struct vec_step *step)
{
	static struct parts parts;
	struct outcome outcome = {
		.check = step->check, .has_lba = step->has_lba, .key = step->key, .asc = step->asc, .ascq = step->ascq,
		.lba = step->lba,
	};
	unsigned int room = room_for(step), i;
	struct mmc_medium medium;
	struct answer answer;
	uint8_t *data;

	if (vec->disc.kind)
		make_medium(&medium, &parts, &vec->disc);
	if (step->wait)
		wait_frames(step->wait);
	data = data_out(step, &medium);
	if (step->plan == VEC_PLAN_READ) {
		write_sectors(&medium, step->plan_lba, sectors_in(step, room));
		make_sectors(step, &medium, room, &outcome);
	}
	if (!send_command(&answer, step->cdb, step->cdb_len, data, step->sent, room)) {
		printf("# line %d: SG_IO: %s\n", step->line, strerror(errno));
		return false;
	}
	if (check_sense(step, &outcome, &answer) && check_data(step, &outcome, &answer))
		return step->plan != VEC_PLAN_COMPARE || check_miscompare(step, data);
	printf("# line %d: %s\n# status %02x, residual %d of %u, sense", step->line, complaint, answer.hdr.status,
	       answer.hdr.resid, answer.hdr.dxfer_len);
	for (i = 0; i < answer.hdr.sb_len_wr; i++)
		printf(" %02x", answer.sense[i]);
	printf("\n# data");
	for (i = 0; i < answer.hdr.dxfer_len && i < 96; i++)
		printf(" %02x", buffer[i]);
	printf("\n");
	return false;
}

/* --- the drive afterwards --- */

/* What is left to be told, with what a tray that has moved brings about. */
static bool check_left(const struct vector *vec, const struct vec_step *step, const struct vec_nexus *got)
{
	struct vec_nexus want = step->left;

	if (step->plan == VEC_PLAN_OPEN && readable(vec)) {
		want.medium = false;
		want.features = true;
		want.events[want.nr_events++] = MEDIA_REMOVAL;
	} else if (step->plan == VEC_PLAN_CLOSE && vec->disc.kind) {
		/* Who closes the tray by a command needs not be told. */
		want.medium = false;
		want.features = true;
		want.events[want.nr_events++] = NEW_MEDIA;
	}
	EXPECT(got->power_on == want.power_on && got->medium == want.medium && got->mode == want.mode,
	       "left: wrong unit attention");
	EXPECT(got->features == want.features, "left: wrong operational change");
	EXPECT(got->nr_events == want.nr_events && !memcmp(got->events, want.events, want.nr_events),
	       "left: wrong events");
	return true;
}

static bool check_locks(const struct vec_drive *want)
{
	bool persistent;

	EXPECT(!!(state_bits() & VCD_STATE_LOCKED) == (want->prevent || want->persistent), "after: wrong lock");
	take_event(CLASS_OPERATIONAL);
	persistent = buffer[5] & 0x80;
	EXPECT(persistent == want->persistent, "after: wrong persistent prevention");
	if (!persistent)
		return true;
	/* Only without it the other shows. */
	MUST("PREVENT ALLOW MEDIUM REMOVAL", 0x1E, 0, 0, 0, 2, 0);
	EXPECT(!!(state_bits() & VCD_STATE_LOCKED) == want->prevent, "after: wrong prevention");
	return true;
}

/* Have other parties been told of changed mode pages, if any of the commands up to @step says so? */
static bool check_others(const struct vector *vec, const struct vec_step *step)
{
	const struct vec_step *before;
	struct vec_nexus other;
	bool mode = false;

	for (before = vec->steps; before <= step; before++)
		mode |= before->others_mode;
	ask_witness(&other);
	EXPECT(other.mode == mode, "others: wrong unit attention");
	return true;
}

/* Look at the drive after a command. That takes what waits for the nexus, so no other command can follow. */
static bool look(const struct vector *vec, const struct vec_step *step)
{
	const struct vec_drive *want = &step->after;
	bool is_open = state_bits() & VCD_STATE_TRAY_OPEN;
	struct vec_nexus left;

	take_nexus(&left);
	if (tray_plan(step))
		EXPECT(is_open == (step->plan == VEC_PLAN_OPEN), "the tray has not moved");
	else
		EXPECT(is_open == (step->has_after ? want->open : vec->drive.open), "after: wrong tray");
	if ((step->has_left || (tray_plan(step) && vec->nr_steps == 1)) && !check_left(vec, step, &left))
		return false;
	if (!check_others(vec, step))
		return false;
	if (!step->has_after)
		return true;
	if (!check_locks(want))
		return false;
	take_event(CLASS_POWER);
	EXPECT(want->power < 0 || buffer[5] == want->power, "after: wrong power condition");
	sense_page(0x2A);
	EXPECT(want->speed < 0 || mmc_get16(buffer + 8 + 14) == want->speed, "after: wrong speed");
	return true;
}

static bool run_steps(const struct vector *vec, unsigned int steps)
{
	unsigned int bits, i;

	bring_about(vec);
	bits = state_bits();
	if (!(bits & VCD_STATE_DISC) != !vec->disc.kind || !(bits & VCD_STATE_TRAY_OPEN) != !vec->drive.open ||
	    !(bits & VCD_STATE_LOCKED) != !(vec->drive.prevent || vec->drive.persistent)) {
		printf("# the drive is not as it has to be: state %x\n", bits);
		return false;
	}
	for (i = 0; i < steps; i++) {
		if (!run_step(vec, &vec->steps[i]))
			return false;
	}
	if (look(vec, &vec->steps[steps - 1]))
		return true;
	printf("# line %d: %s\n", vec->steps[steps - 1].line, complaint);
	return false;
}

/* Wherever it is said how the drive is after a command, it is replayed up to there. */
static bool run_vector(const struct vector *vec)
{
	unsigned int i;

	for (i = 1; i < vec->nr_steps; i++) {
		const struct vec_step *step = &vec->steps[i - 1];

		if ((step->has_after || step->has_left) && !run_steps(vec, i))
			return false;
	}
	return run_steps(vec, vec->nr_steps);
}

/* --- the list of those that can't be replayed --- */

static struct {
	char line[320];
	bool seen;
} list[256];
static unsigned int nr_list;

static void read_list(const char *path)
{
	FILE *stream = fopen(path, "r");

	if (!stream)
		tap_bail("%s", path);
	while (nr_list < sizeof(list) / sizeof(list[0]) && fgets(list[nr_list].line, sizeof(list[0].line), stream)) {
		list[nr_list].line[strcspn(list[nr_list].line, "\n")] = 0;
		if (list[nr_list].line[0] && list[nr_list].line[0] != '#')
			nr_list++;
	}
	if (!feof(stream))
		tap_bail("%s is too long", path);
	fclose(stream);
}

static bool in_list(const char *file, const char *reason, const char *name)
{
	char want[320];
	unsigned int i;

	snprintf(want, sizeof(want), "%s: %s: %s", file, reason, name);
	for (i = 0; i < nr_list; i++) {
		if (strcmp(list[i].line, want))
			continue;
		list[i].seen = true;
		return true;
	}
	return false;
}

/* --- all of it --- */

static void replay_file(const char *path, const struct vec_identity *id)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct vec_file *file = vec_open(path, id);
	unsigned int replayed = 0, failed = 0, skipped = 0;
	static struct vector vec;

	while (vec_next(file, &vec)) {
		const char *reason = obstacle(&vec);

		if (reason) {
			skipped++;
			if (!in_list(name, reason, vec.name))
				failed += !tap(false, "%s can't be replayed: %s: %s", name, reason, vec.name);
			continue;
		}
		replayed++;
		if (!run_vector(&vec))
			failed += !tap(false, "%s:%d: %s", name, vec.line, vec.name);
	}
	vec_close(file);
	tap(replayed && !failed, "%s: %u vectors replayed, %u can't be", name, replayed, skipped);
}

int main(int argc, char **argv)
{
	/* As run_vectors has it: the serial number is ten characters long. */
	static const struct vec_identity id = { "VCD", "Virtual Drive", "1.0", "VCD0000001" };
	unsigned int i;
	int n;

	if (sizeof(long) == 4)
		tap_suffix = " (32 bits)";
	if (argc < 4) {
		fprintf(stderr, "replay: see the head of replay.c\n");
		return 2;
	}
	read_list(argv[2]);
	make_drive(argv[1], &id);
	keep_mode_pages();
	for (n = 3; n < argc; n++)
		replay_file(argv[n], &id);
	for (i = 0; i < nr_list; i++) {
		if (!list[i].seen)
			tap(false, "listed as one that can't be replayed: %s", list[i].line);
	}
	remove_drive();
	return tap_failed > 0;
}
