// SPDX-License-Identifier: GPL-2.0
/*
 * discs: what a drive of ours and one of CDemu's say of the same image, and what they read from it.
 *
 *	discs [-a] [-p] DIFFERENCES -- DISC OURS THEIRS [DISC OURS THEIRS]...
 *
 * OURS and THEIRS are nodes with the image DISC. Compared are the tables of contents, CD-Text, catalogue number and
 * ISRCs, information about disc and tracks, and each sector: READ (10), READ CD of the main channel alone and with the
 * sub-channels raw and formatted, and at some places other parts of it. Of what lies between two sessions the first and
 * the last sectors are read. Every difference has to be in the file DIFFERENCES, and all that stands there has to
 * differ; see rules.h. A line of results for each disc; sectors that differ in the same way are told as one, with the
 * numbers of the first and the last. With -a, differences that are listed are shown as well; with -p, these are not all
 * the discs, and nothing is said of what stands in the file in vain.
 *
 * CDemu's adapter does not tell how much was sent, so most commands are sent to it twice; see send_twice().
 */
#include <fcntl.h>
#include <unistd.h>

#include "drive.h"
#include "rules.h"
#include "tap.h"

#define BATCH		30	/* sectors that are read at once */
#define BEYOND		20	/* sectors that are read behind a lead-out's first, and before a session's pregap */
#define PREGAP		150
#define RANGES_MAX	100
#define GROUPS_MAX	64
#define FILL		0xA5
#define LEADOUT		0xAA

/* --- differences that are alike, as one --- */

/* What sectors have in common that differ in the same way */
static struct group {
	struct difference difference;
	struct command command;
	struct answer ours, theirs;
	uint32_t last;
	unsigned int count;
} groups[GROUPS_MAX];
static unsigned int nr_groups;

static bool show_listed;
static unsigned int sent, listed, unlisted;

static uint32_t address(const struct command *command)
{
	return (uint32_t)command->cdb[2] << 24 | command->cdb[3] << 16 | command->cdb[4] << 8 | command->cdb[5];
}

/* Two commands that read a sector each, and differ in nothing else */
static bool alike(const struct command *one, const struct command *other)
{
	return sectors_read(one->cdb) == 1 && one->cdb[0] == other->cdb[0] && one->cdb[1] == other->cdb[1] &&
	       !memcmp(one->cdb + 6, other->cdb + 6, 6);
}

static bool same_difference(const struct difference *one, const struct difference *other)
{
	return one->field == other->field && !strcmp(one->ours->outcome, other->ours->outcome) &&
	       !strcmp(one->theirs->outcome, other->theirs->outcome) &&
	       !memcmp(one->left, other->left, sizeof(one->left)) && alike(one->command, other->command);
}

static struct answer copy_of(const struct answer *answer)
{
	struct answer copy = *answer;

	copy.data = malloc(answer->len + 1);
	if (!copy.data)
		tap_bail("an answer");
	memcpy(copy.data, answer->data, answer->len);
	return copy;
}

static void add_group(const struct difference *difference)
{
	struct group *group;
	unsigned int i;

	for (i = 0; i < nr_groups; i++) {
		group = &groups[i];
		if (!same_difference(&group->difference, difference))
			continue;
		group->last = address(difference->command);
		group->count++;
		return;
	}
	if (nr_groups == GROUPS_MAX)
		return;
	group = &groups[nr_groups++];
	group->difference = *difference;
	group->command = *difference->command;
	group->ours = copy_of(difference->ours);
	group->theirs = copy_of(difference->theirs);
	group->difference.command = &group->command;
	group->difference.ours = &group->ours;
	group->difference.theirs = &group->theirs;
	group->last = address(difference->command);
	group->count = 1;
}

static unsigned int first_left(const struct difference *difference)
{
	unsigned int i;

	for (i = 0; i < ROOM; i++)
		if (difference->left[i / 8] >> i % 8 & 1)
			return i;
	return 0;
}

static void report_groups(void)
{
	unsigned int i;

	for (i = 0; i < nr_groups; i++) {
		struct group *group = &groups[i];
		unsigned int from = first_left(&group->difference);

		printf("not ok - ");
		print_difference(&group->difference);
		if (group->count > 1)
			printf(" and %u more, to %u", group->count - 1, group->last);
		printf("\n");
		print_answer("ours", &group->ours, from);
		print_answer("theirs", &group->theirs, from);
		free(group->ours.data);
		free(group->theirs.data);
	}
	tap_failed += nr_groups;
	nr_groups = 0;
}

static void differs(struct difference *difference)
{
	bool covered = explained(difference);

	listed += covered;
	unlisted += !covered;
	if (!covered)
		add_group(difference);
	if (!covered || !show_listed)
		return;
	printf("# listed: ");
	print_difference(difference);
	printf("\n");
}

/* --- asking --- */

struct pair {
	struct place place;
	int ours, theirs;
};

static uint8_t data[2][ROOM] __attribute__((aligned(4096)));

static void ask(const struct pair *pair, const struct command *command)
{
	struct answer ours = { .data = data[0] }, theirs = { .data = data[1] };

	send_once(pair->ours, command, 0, &ours);
	send_twice(pair->theirs, command, &theirs);
	compare(&pair->place, command, &ours, &theirs, differs);
	sent++;
}

/* --- sectors --- */

static struct command reading(const struct command *how, uint32_t lba, unsigned int sectors)
{
	struct command command = *how;

	command.cdb[2] = lba >> 24;
	command.cdb[3] = lba >> 16;
	command.cdb[4] = lba >> 8;
	command.cdb[5] = lba;
	command.cdb[8] = sectors;
	return command;
}

/* What both have sent of several sectors, one after the other. */
static void compare_each(const struct pair *pair, const struct command *how, uint32_t first, unsigned int count,
			 const struct answer *ours, const struct answer *theirs)
{
	unsigned int len = ours->len / count, i;

	for (i = 0; i < count; i++) {
		struct command command = reading(how, first + i, 1);
		struct answer mine = *ours, other = *theirs;

		mine.len = len;
		mine.data += i * len;
		other.len = len;
		other.data += i * len;
		compare(&pair->place, &command, &mine, &other, differs);
		sent++;
	}
}

/* Has a drive sent as much as ours has? */
static bool same_length(const struct answer *ours, const struct answer *theirs, unsigned int room)
{
	unsigned int i;

	for (i = ours->len; i < room && theirs->data[i] == FILL;)
		i++;
	return i == room;
}

/*
 * Several at once. Where they are refused in the same way, the first and the last one stand for all; where else they
 * can't be taken apart, each is read again.
 */
static void ask_batch(const struct pair *pair, const struct command *how, uint32_t first, unsigned int count)
{
	struct answer ours = { .data = data[0] }, theirs = { .data = data[1] };
	struct command command = reading(how, first, count);
	bool refused, good;
	unsigned int i;

	send_once(pair->ours, &command, FILL, &ours);
	send_once(pair->theirs, &command, FILL, &theirs);
	good = !strcmp(ours.outcome, "good") && !strcmp(theirs.outcome, "good");
	if (good && ours.len % count == 0 && same_length(&ours, &theirs, room_for(command.cdb))) {
		compare_each(pair, how, first, count, &ours, &theirs);
		return;
	}
	refused = !good && !strcmp(ours.outcome, theirs.outcome);
	for (i = 0; i < count; i++) {
		command = reading(how, first + i, 1);
		if (!refused || !i || i == count - 1)
			ask(pair, &command);
	}
}

static void ask_sectors(const struct pair *pair, const struct command *how, uint32_t first, uint32_t end)
{
	for (; first < end; first += BATCH)
		ask_batch(pair, how, first, end - first < BATCH ? end - first : BATCH);
}

/* READ (10), READ CD of all there is: alone, with P to W, with Q */
static const struct command whole_sectors[] = {
	{ 10, { 0x28 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0xF8, 1 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0xF8, 2 } },
};

/* READ CD of parts of a sector, and of one of an expected type */
static const struct command parts[] = {
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0x78, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0xFA, 0 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0xFC, 2 } },
	{ 12, { 0xBE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } },
	{ 12, { 0xBE, 1 << 2, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0 } },
	{ 12, { 0xBE, 2 << 2, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0 } },
	{ 12, { 0xBE, 3 << 2, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0 } },
	{ 12, { 0xBE, 4 << 2, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0 } },
	{ 12, { 0xBE, 5 << 2, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0 } },
};

#define EACH(i, array)	for ((i) = 0; (i) < sizeof(array) / sizeof((array)[0]); (i)++)

static void ask_range(const struct pair *pair, uint32_t first, uint32_t end)
{
	unsigned int i;

	EACH(i, whole_sectors)
		ask_sectors(pair, &whole_sectors[i], first, end);
}

static void ask_parts(const struct pair *pair, uint32_t lba)
{
	unsigned int i;

	EACH(i, parts) {
		struct command command = reading(&parts[i], lba, 1);

		ask(pair, &command);
	}
}

/* --- the disc --- */

static uint32_t lba_of(const uint8_t *msf)
{
	uint32_t frames = (msf[0] * 60 + msf[1]) * 75 + msf[2];

	return frames < PREGAP ? 0 : frames - PREGAP;
}

/* What our drive says: where sessions and tracks begin, and sessions end */
struct layout {
	unsigned int sessions, tracks;
	uint32_t start[RANGES_MAX], leadout[RANGES_MAX], track[RANGES_MAX];
};

static void get_layout(const struct pair *pair, struct layout *layout)
{
	static const struct command full = { 10, { 0x43, 2, 2, 0, 0, 0, 0, 0xFF, 0xFC, 0 } };
	struct answer answer = { .data = data[0] };
	unsigned int i;

	memset(layout, 0, sizeof(*layout));
	send_once(pair->ours, &full, 0, &answer);
	if (strcmp(answer.outcome, "good") || answer.len < 4 || answer.data[3] >= RANGES_MAX)
		tap_bail("no table of contents of %s: %s", pair->place.disc, answer.outcome);
	layout->sessions = answer.data[3];
	for (i = 4; i + 11 <= answer.len; i += 11) {
		const uint8_t *point = answer.data + i;

		if (point[3] == 0xA2)
			layout->leadout[point[0]] = lba_of(point + 8);
		if (point[3] < 1 || point[3] > 99)
			continue;
		layout->track[layout->tracks++] = lba_of(point + 8);
		if (!layout->start[point[0]])
			layout->start[point[0]] = lba_of(point + 8);
	}
	if (!layout->tracks || !layout->leadout[layout->sessions])
		tap_bail("no tracks on %s", pair->place.disc);
}

static void ask_all_sectors(const struct pair *pair, const struct layout *layout)
{
	unsigned int i;

	for (i = 1; i <= layout->sessions; i++)
		ask_range(pair, i == 1 ? 0 : layout->start[i] - PREGAP - BEYOND, layout->leadout[i] + BEYOND);
	for (i = 0; i < layout->tracks; i++) {
		ask_parts(pair, layout->track[i]);
		ask_parts(pair, layout->track[i] + 16);
		if (i)
			ask_parts(pair, layout->track[i] - 1);
	}
	ask_parts(pair, layout->leadout[layout->sessions] - 1);
}

static void ask_toc(const struct pair *pair, uint8_t format, uint8_t number)
{
	uint8_t msf;

	for (msf = 0; msf <= 2; msf += 2) {
		struct command command = { 10, { 0x43, msf, format, 0, 0, 0, number, 0x7F, 0xFC, 0 } };

		ask(pair, &command);
	}
}

static void ask_tables(const struct pair *pair, const struct layout *layout)
{
	static const struct command others[] = {
		{ 10, { 0x43, 2, 5, 0, 0, 0, 0, 0x7F, 0xFC, 0 } },		/* CD-Text */
		{ 10, { 0x42, 0, 0x40, 2, 0, 0, 0, 0, 0xFC, 0 } },		/* MCN */
		{ 10, { 0x25 } },
		{ 10, { 0x51, 0, 0, 0, 0, 0, 0, 0, 0xFC, 0 } },
	};
	unsigned int i;

	EACH(i, others)
		ask(pair, &others[i]);
	for (i = 0; i <= layout->tracks + 1; i++)
		ask_toc(pair, 0, i);
	ask_toc(pair, 0, LEADOUT);
	ask_toc(pair, 1, 0);
	for (i = 0; i <= layout->sessions + 1; i++) {
		struct command first = { 10, { 0x52, 2, 0, 0, 0, i, 0, 0, 0xFC, 0 } };

		ask_toc(pair, 2, i);
		ask(pair, &first);
	}
	for (i = 0; i <= layout->tracks + 1; i++) {
		struct command isrc = { 10, { 0x42, 0, 0x40, 3, 0, 0, i, 0, 0xFC, 0 } };
		struct command track = { 10, { 0x52, 1, 0, 0, 0, i, 0, 0, 0xFC, 0 } };

		ask(pair, &isrc);
		ask(pair, &track);
	}
	for (i = 0; i < layout->tracks; i++) {
		uint32_t lba = layout->track[i];
		struct command at = { 10, { 0x52, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, 0, 0xFC, 0 } };

		ask(pair, &at);
	}
}

/* --- all of it --- */

/* Take the unit attentions of the new disc. */
static void make_ready(int node, const char *path)
{
	static const struct command test = { 6, { 0 } };
	struct answer answer = { .data = data[0] };
	int i;

	for (i = 0; i < 8; i++) {
		send_once(node, &test, 0, &answer);
		if (!strcmp(answer.outcome, "good"))
			return;
	}
	tap_bail("%s is not ready: %s", path, answer.outcome);
}

static int open_node(const char *path)
{
	int node = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (node < 0)
		tap_bail("%s", path);
	make_ready(node, path);
	return node;
}

static void ask_disc(char **argv)
{
	struct pair pair = { { "cdemu", argv[0], "closed" }, open_node(argv[1]), open_node(argv[2]) };
	unsigned int before[] = { sent, listed, unlisted };
	struct layout layout;

	get_layout(&pair, &layout);
	ask_tables(&pair, &layout);
	ask_all_sectors(&pair, &layout);
	report_groups();
	tap(unlisted == before[2], "%s: %u answers of CDemu's, %u listed differences, %u others", argv[0], sent - before[0],
	    listed - before[1], unlisted - before[2]);
	close(pair.ours);
	close(pair.theirs);
}

int main(int argc, char **argv)
{
	bool part = false;
	int option, n;

	while ((option = getopt(argc, argv, "+ap")) != -1) {
		show_listed |= option == 'a';
		part |= option == 'p';
		if (option == '?')
			return 2;
	}
	n = optind;
	if (argc < n + 5 || strcmp(argv[n + 1], "--")) {
		fprintf(stderr, "discs: see the head of discs.c\n");
		return 2;
	}
	read_rules(argv[n]);
	for (n += 2; n + 2 < argc; n += 3)
		ask_disc(argv + n);
	if (!part)
		tap_failed += report_unused();
	return tap_failed > 0;
}
