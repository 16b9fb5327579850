// SPDX-License-Identifier: GPL-2.0
/*
 * oracle: the same commands to a drive of ours and to drives of QEMU's with the same disc.
 *
 *	oracle [-a] DIFFERENCES COMMANDS VECTORS... -- DISC OURS ATAPI SCSI [DISC OURS ATAPI SCSI]...
 *
 * COMMANDS has a CDB in each line; those of the golden VECTORS go with them, as far as they are whole and leave
 * nothing behind. They are sent with the tray closed and with the tray open, by SG_IO. Every difference has to be in
 * the file DIFFERENCES, and all that stands there has to differ; see there. A line of results for each opcode; with
 * -a, each difference that is listed is shown as well.
 *
 * The SCSI layer does not tell how much an ATAPI drive has sent, and QEMU's SCSI adapter tells something else, so each
 * of their commands is sent twice, into buffers that are filled with other bytes. What has not been touched has not
 * been sent.
 */
#include <fcntl.h>
#include <unistd.h>

#include "drive.h"
#include "rules.h"
#include "tap.h"
#include "vector.h"

#define ATAPI_CDB	12
#define SECTORS_MAX	32	/* that a command may read: the SCSI layer lets an ATAPI drive send 128 KiB */
#define COMMANDS_MAX	4096

/* --- the commands to send --- */

static struct command commands[COMMANDS_MAX];
static unsigned int nr_commands;

/* What a CDB of this opcode has to be long; 0 if that is open. */
static unsigned int cdb_length(uint8_t opcode)
{
	static const uint8_t groups[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return groups[opcode >> 5];
}

/* Commands that leave something behind, or take data with them. */
static bool lasts(const uint8_t *cdb)
{
	static const uint8_t opcodes[] = { 0x15, 0x1B, 0x1E, 0x55, 0xB6 };
	const struct op *op = find_op(cdb);

	return memchr(opcodes, cdb[0], sizeof(opcodes)) || (op && op->direction == DATA_OUT);
}

static void add_command(const uint8_t *cdb, unsigned int len)
{
	struct command *command = &commands[nr_commands];
	unsigned int i;

	if (len < 6 || len > CDB_MAX || (cdb_length(cdb[0]) && len != cdb_length(cdb[0])) ||
	    sectors_read(cdb) > SECTORS_MAX)
		return;
	for (i = 0; i < nr_commands; i++) {
		if (commands[i].len == len && !memcmp(commands[i].cdb, cdb, len))
			return;
	}
	if (nr_commands == COMMANDS_MAX)
		tap_bail("too many commands");
	command->len = len;
	memcpy(command->cdb, cdb, len);
	nr_commands++;
}

static void read_vectors(const char *path)
{
	static const struct vec_identity nobody = { "", "", "", "" };
	struct vec_file *file = vec_open(path, &nobody);
	static struct vector vec;
	unsigned int i;

	while (vec_next(file, &vec)) {
		for (i = 0; i < vec.nr_steps; i++) {
			if (!vec.steps[i].sent && vec.steps[i].cdb_len && !lasts(vec.steps[i].cdb))
				add_command(vec.steps[i].cdb, vec.steps[i].cdb_len);
		}
	}
	vec_close(file);
}

static void read_commands(const char *path)
{
	FILE *stream = fopen(path, "r");
	char line[256];

	if (!stream)
		tap_bail("%s", path);
	while (fgets(line, sizeof(line), stream)) {
		uint8_t cdb[CDB_MAX];
		unsigned int len = 0, byte, before = nr_commands;
		char *at = line;
		int used;

		for (; len < CDB_MAX && sscanf(at, "%2x%n", &byte, &used) == 1; at += used)
			cdb[len++] = byte;
		if (!len && (line[0] == '#' || line[0] == '\n'))
			continue;
		add_command(cdb, len);
		if (nr_commands == before)
			tap(false, "a command that is right, and new: %s", strtok(line, "\n"));
	}
	fclose(stream);
}

/* --- comparing --- */

enum { OURS, ATAPI, SCSI };

static const char *const oracles[] = { "ours", "atapi", "scsi" };

/* The same disc in three drives */
struct trio {
	const char *disc, *tray;
	int nodes[3];
};

static bool show_listed;
static unsigned int sent, listed, unlisted;

static void differs(struct difference *difference)
{
	bool covered = explained(difference);

	listed += covered;
	unlisted += !covered;
	tap_failed += !covered;
	if (covered && !show_listed)
		return;
	printf(covered ? "# listed: " : "not ok - ");
	print_difference(difference);
	printf("\n");
	if (covered)
		return;
	print_answer("ours", difference->ours, 0);
	print_answer("theirs", difference->theirs, 0);
}

/*
 * The SCSI layer does not tell how much an ATAPI drive has sent, and QEMU's SCSI adapter tells something else, so each
 * of their commands is sent twice.
 */
static void ask(const struct trio *trio, const struct command *command)
{
	static uint8_t data[2][ROOM] __attribute__((aligned(4096)));
	struct answer ours = { .data = data[0] }, theirs = { .data = data[1] };
	int oracle;

	send_once(trio->nodes[OURS], command, 0, &ours);
	for (oracle = ATAPI; oracle <= SCSI; oracle++) {
		struct place place = { oracles[oracle], trio->disc, trio->tray };

		/* ATAPI has no longer CDBs. */
		if (oracle == ATAPI && command->len > ATAPI_CDB)
			continue;
		sent++;
		send_twice(trio->nodes[oracle], command, &theirs);
		compare(&place, command, &ours, &theirs, differs);
	}
}

/* --- trays --- */

/* Move the tray of a drive, and take what it has to tell of that. */
static void move_tray(int node, bool open)
{
	static uint8_t data[ROOM] __attribute__((aligned(4096)));
	static const struct command test = { 6, { 0 } }, event = { 10, { 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0 } };
	static const struct command change = { 10, { 0x4A, 1, 0, 0, 0x02, 0, 0, 0, 8, 0 } };
	static const struct command unlock = { 6, { 0x1E } };
	struct command load = { 6, { 0x1B, 0, 0, 0, open ? 2 : 3, 0 } };
	struct answer answer = { .data = data };
	int i;

	/* udev locks trays. */
	send_once(node, &unlock, 0, &answer);
	send_once(node, &load, 0, &answer);
	for (i = 0; i < 8; i++) {
		send_once(node, &event, 0, &answer);
		send_once(node, &change, 0, &answer);
		send_once(node, &test, 0, &answer);
		if (open ? !strncmp(answer.outcome, "2/3a/", 5) : !strcmp(answer.outcome, "good"))
			return;
		usleep(100000);
	}
	tap(false, "a tray moves: %s", answer.outcome);
}

static void move_trays(struct trio *trio, bool open)
{
	int i;

	trio->tray = open ? "open" : "closed";
	for (i = OURS; i <= SCSI; i++)
		move_tray(trio->nodes[i], open);
}

static struct trio trios[8];
static unsigned int nr_trios;

static void open_nodes(char **argv)
{
	struct trio *trio = &trios[nr_trios++];
	int i;

	trio->disc = argv[0];
	for (i = OURS; i <= SCSI; i++) {
		trio->nodes[i] = open(argv[1 + i], O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (trio->nodes[i] < 0)
			tap_bail("%s", argv[1 + i]);
	}
}

/* --- all of it --- */

/* All commands of an opcode; those that are not in the table count as one. */
static void ask_all(const struct op *op)
{
	unsigned int i;

	sent = 0;
	listed = 0;
	for (i = 0; i < nr_commands; i++) {
		const struct op *own = find_op(commands[i].cdb);
		unsigned int p;

		if (own != op)
			continue;
		for (p = 0; p < nr_trios; p++)
			ask(&trios[p], &commands[i]);
	}
}

int main(int argc, char **argv)
{
	unsigned int (*sums)[3] = calloc(nr_ops + 1, sizeof(*sums));
	unsigned int i;
	bool open;
	int n = 1;

	if (argc > 1 && !strcmp(argv[1], "-a")) {
		show_listed = true;
		n++;
	}
	if (!sums || argc < n + 3) {
		fprintf(stderr, "oracle: see the head of oracle.c\n");
		return 2;
	}
	read_rules(argv[n]);
	read_commands(argv[n + 1]);
	for (n += 2; n < argc && strcmp(argv[n], "--"); n++)
		read_vectors(argv[n]);
	for (n++; n + 3 < argc && nr_trios < 8; n += 4)
		open_nodes(argv + n);
	printf("# %u commands\n", nr_commands);

	for (open = false;; open = true) {
		for (i = 0; i < nr_trios; i++)
			move_trays(&trios[i], open);
		for (i = 0; i <= nr_ops; i++) {
			unsigned int before = unlisted;

			ask_all(i < nr_ops ? &ops[i] : NULL);
			sums[i][0] += sent;
			sums[i][1] += listed;
			sums[i][2] += unlisted - before;
		}
		if (open)
			break;
	}
	for (i = 0; i < nr_trios; i++)
		move_trays(&trios[i], false);
	for (i = 0; i <= nr_ops; i++)
		tap(sums[i][0] && !sums[i][2], "%s: %u answers of QEMU's, %u listed differences, %u others",
		    i < nr_ops ? ops[i].name : "no command of ours", sums[i][0], sums[i][1], sums[i][2]);
	tap_failed += report_unused();
	return tap_failed > 0;
}
