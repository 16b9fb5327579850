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
#include <ctype.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tap.h"
#include "vector.h"

#define CDB_MAX		16
#define ATAPI_CDB	12
#define SECTOR_MAX	2744	/* READ CD at its most */
#define SECTORS_MAX	32	/* that a command may read: the SCSI layer lets an ATAPI drive send 128 KiB */
#define ROOM		(22 * 4096)	/* enough for those */
#define ROOM_OTHERS	(17 * 4096)	/* more than any allocation length of two bytes: QEMU insists on that */
#define COMMANDS_MAX	4096
#define RULES_MAX	1024

/* --- the commands of ours --- */

enum direction { NO_DATA, DATA_IN, DATA_OUT };

static const struct op {
	uint8_t opcode, action, len, direction;
	bool by_action;
	uint8_t usage[CDB_MAX];
	const char *name;
} ops[] = {
#define MMC_NO_DATA		NO_DATA
#define MMC_DATA_IN(at, size)	DATA_IN
#define MMC_DATA_OUT(at, size)	DATA_OUT
#define LENGTH(...)		(1 + sizeof((const uint8_t[]){ __VA_ARGS__ }))
#define OP(code, run, flags, data, max, title, spec, discs, depth, ...) \
	{ code, 0, LENGTH(__VA_ARGS__), data, false, { 0xFF, __VA_ARGS__ }, title },
#define OP_ACTION(code, sa, run, flags, data, max, title, spec, discs, depth, ...) \
	{ code, sa, LENGTH(__VA_ARGS__), data, true, { 0xFF, __VA_ARGS__ }, title },
#include "ops.h"
};

#define NR_OPS	(sizeof(ops) / sizeof(ops[0]))

static const struct op *find_op(const uint8_t *cdb)
{
	unsigned int i;

	for (i = 0; i < NR_OPS; i++) {
		if (ops[i].opcode == cdb[0] && (!ops[i].by_action || ops[i].action == (cdb[1] & 0x1F)))
			return &ops[i];
	}
	return NULL;
}

/* What a CDB of this opcode has to be long; 0 if that is open. */
static unsigned int cdb_length(uint8_t opcode)
{
	static const uint8_t groups[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return groups[opcode >> 5];
}

static bool has_reserved_bits(const uint8_t *cdb, const struct op *op)
{
	unsigned int i;

	for (i = 1; op && i < op->len; i++) {
		if (cdb[i] & ~op->usage[i])
			return true;
	}
	return false;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static uint32_t frames(const uint8_t *msf)
{
	return (msf[0] * 60 + msf[1]) * 75 + msf[2];
}

/* How many sectors a command reads; 0 if it reads none. */
static uint32_t sectors_read(const uint8_t *cdb)
{
	switch (cdb[0]) {
	case 0x08:
		return cdb[4] ? cdb[4] : 256;
	case 0x28:
		return cdb[7] << 8 | cdb[8];
	case 0xA8:
		return be32(cdb + 6);
	case 0x88:
		return be32(cdb + 10);
	case 0xBE:
		return cdb[6] << 16 | cdb[7] << 8 | cdb[8];
	case 0xB9:
		return frames(cdb + 6) > frames(cdb + 3) ? frames(cdb + 6) - frames(cdb + 3) : 0;
	default:
		return 0;
	}
}

/* For a plain read, the room is just right: if there is more, QEMU reads more. */
static unsigned int room_for(const uint8_t *cdb)
{
	bool plain = cdb[0] == 0x08 || cdb[0] == 0x28 || cdb[0] == 0xA8 || cdb[0] == 0x88;
	unsigned int bytes = sectors_read(cdb) * (plain ? 2048 : SECTOR_MAX);

	if (bytes && plain)
		return bytes;
	return bytes ? (bytes + 4095) / 4096 * 4096 : ROOM_OTHERS;
}

/* --- the commands to send --- */

static struct command {
	uint8_t len, cdb[CDB_MAX];
} commands[COMMANDS_MAX];
static unsigned int nr_commands;

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

/* --- what may differ --- */

enum field { OUTCOME, POINTER, PADDING, LENGTH_OF_DATA, BYTES };

static const char *const field_names[] = { "outcome", "pointer", "padding", "length", "bytes" };

static struct rule {
	int line;
	char oracle[8], disc[8], tray[8];	/* "*" is any */
	enum field field;
	char ours[16], theirs[16];		/* outcomes */
	bool all_bytes;
	uint8_t bytes[ROOM / 8];		/* a bit each */
	bool unknown, reserved;
	char cdb[2 * CDB_MAX + 1];		/* digits, . is any */
	char text[256];
	unsigned int used;
} *rules;
static unsigned int nr_rules;

/* "8-35,96-" */
static void parse_bytes(struct rule *rule, char *text)
{
	char *item, *save;

	for (item = strtok_r(text, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
		unsigned int first = strtoul(item, &item, 10), last = first;

		if (*item == '-')
			last = item[1] ? strtoul(item + 1, NULL, 10) : ROOM - 1;
		for (; first <= last && first < ROOM; first++)
			rule->bytes[first / 8] |= 1 << first % 8;
	}
}

/* ORACLE DISC TRAY FIELD[:BYTES|:OURS>THEIRS] [unknown|reserved] DIGITS... */
static void parse_rule(const char *path, int number, char *line)
{
	struct rule *rule = &rules[nr_rules++];
	char *word, *value, *save;
	unsigned int n = 0;

	if (nr_rules > RULES_MAX)
		tap_bail("%s is too long", path);
	rule->line = number;
	snprintf(rule->text, sizeof(rule->text), "%s", line);
	for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save), n++) {
		if (n == 0) {
			snprintf(rule->oracle, sizeof(rule->oracle), "%s", word);
		} else if (n == 1) {
			snprintf(rule->disc, sizeof(rule->disc), "%s", word);
		} else if (n == 2) {
			snprintf(rule->tray, sizeof(rule->tray), "%s", word);
		} else if (n == 3) {
			value = strchr(word, ':');
			if (value)
				*value++ = 0;
			for (rule->field = 0; rule->field < BYTES && strcmp(word, field_names[rule->field]);)
				rule->field++;
			if (strcmp(word, field_names[rule->field]))
				tap_bail("%s:%d: no field is called %s", path, number, word);
			if (rule->field == OUTCOME) {
				if (!value || sscanf(value, "%15[^>]>%15s", rule->ours, rule->theirs) != 2)
					tap_bail("%s:%d: which outcomes?", path, number);
			} else if (rule->field == BYTES && value) {
				parse_bytes(rule, value);
			} else {
				rule->all_bytes = true;
			}
		} else if (!strcmp(word, "unknown")) {
			rule->unknown = true;
		} else if (!strcmp(word, "reserved")) {
			rule->reserved = true;
		} else {
			strncat(rule->cdb, word, sizeof(rule->cdb) - 1 - strlen(rule->cdb));
		}
	}
	if (n < 4)
		tap_bail("%s:%d: too few words", path, number);
}

static void read_rules(const char *path)
{
	FILE *stream = fopen(path, "r");
	char line[512];
	int number = 0;

	rules = calloc(RULES_MAX + 1, sizeof(*rules));
	if (!stream || !rules)
		tap_bail("%s", path);
	while (fgets(line, sizeof(line), stream)) {
		number++;
		line[strcspn(line, "\n")] = 0;
		/* A reason begins at the margin. */
		if (isspace((unsigned char)line[0]) && line[strspn(line, " \t")])
			parse_rule(path, number, line + strspn(line, " \t"));
	}
	fclose(stream);
}

/* --- sending --- */

struct answer {
	char outcome[16];	/* good, KEY/ASC/ASCQ in hexadecimal, or that it did not get through */
	uint8_t sense[32];
	unsigned int len;
	uint8_t *data;
};

struct place {
	const char *disc, *tray;
	int nodes[3];		/* ours, ATAPI, SCSI */
};

enum { OURS, ATAPI, SCSI };

static const char *const oracles[] = { "ours", "atapi", "scsi" };

/* There is room for whatever a command that reads sectors, or answers, may send. */
static int sg_io(int node, const struct command *command, uint8_t fill, uint8_t *data, struct sg_io_hdr *hdr,
		 uint8_t *sense)
{
	const struct op *op = find_op(command->cdb);

	memset(hdr, 0, sizeof(*hdr));
	memset(sense, 0, 32);
	memset(data, fill, room_for(command->cdb));
	hdr->interface_id = 'S';
	hdr->cmdp = (uint8_t *)command->cdb;
	hdr->cmd_len = command->len;
	hdr->sbp = sense;
	hdr->mx_sb_len = 32;
	hdr->timeout = 20000;
	hdr->dxfer_direction = SG_DXFER_NONE;
	if (!op || op->direction == DATA_IN) {
		hdr->dxfer_direction = SG_DXFER_FROM_DEV;
		hdr->dxferp = data;
		hdr->dxfer_len = room_for(command->cdb);
	}
	return ioctl(node, SG_IO, hdr);
}

static void send_once(int node, const struct command *command, uint8_t fill, struct answer *answer)
{
	struct sg_io_hdr hdr;

	if (sg_io(node, command, fill, answer->data, &hdr, answer->sense)) {
		snprintf(answer->outcome, sizeof(answer->outcome), "errno-%d", errno);
		answer->len = 0;
		return;
	}
	answer->len = hdr.dxfer_len - hdr.resid;
	if (hdr.host_status)
		snprintf(answer->outcome, sizeof(answer->outcome), "host-%x", hdr.host_status);
	else if (hdr.status == 2 && (answer->sense[0] & 0x7F) == 0x70)
		snprintf(answer->outcome, sizeof(answer->outcome), "%x/%02x/%02x", answer->sense[2] & 0xF,
			 answer->sense[12], answer->sense[13]);
	else if (hdr.status)
		snprintf(answer->outcome, sizeof(answer->outcome), "status-%x", hdr.status);
	else
		strcpy(answer->outcome, "good");
	if (hdr.status || hdr.host_status)
		answer->len = 0;
}

static void send_to(int node, bool twice, const struct command *command, struct answer *answer)
{
	static uint8_t again_data[ROOM] __attribute__((aligned(4096)));
	struct answer again = { .data = again_data };

	send_once(node, command, 0, answer);
	if (!twice || strcmp(answer->outcome, "good"))
		return;
	if (find_op(command->cdb) && find_op(command->cdb)->direction != DATA_IN)
		return;
	send_once(node, command, 0xFF, &again);
	for (answer->len = room_for(command->cdb); answer->len; answer->len--) {
		if (answer->data[answer->len - 1] == again.data[answer->len - 1])
			break;
	}
}

/* --- comparing --- */

static bool show_listed;
static unsigned int sent, listed, unlisted;

static bool matches(const struct rule *rule, const struct place *place, int oracle, const struct command *command)
{
	const struct op *op = find_op(command->cdb);
	char digits[2 * CDB_MAX + 1] = "";
	unsigned int i;

	if ((strcmp(rule->oracle, "*") && strcmp(rule->oracle, oracles[oracle])) ||
	    (strcmp(rule->disc, "*") && strcmp(rule->disc, place->disc)) ||
	    (strcmp(rule->tray, "*") && strcmp(rule->tray, place->tray)))
		return false;
	if ((rule->unknown && op) || (rule->reserved && !has_reserved_bits(command->cdb, op)))
		return false;
	for (i = 0; i < command->len; i++)
		sprintf(digits + 2 * i, "%02X", command->cdb[i]);
	for (i = 0; rule->cdb[i]; i++) {
		if (i >= 2U * command->len || (rule->cdb[i] != '.' && rule->cdb[i] != digits[i]))
			return false;
	}
	return true;
}

static void describe(const struct place *place, int oracle, const struct command *command, const char *what)
{
	unsigned int i;

	printf("%s %s %s %s", oracles[oracle], place->disc, place->tray, what);
	for (i = 0; i < command->len; i++)
		printf(" %02X", command->cdb[i]);
}

static void dump(const char *who, const struct answer *answer)
{
	unsigned int i;

	printf("#   %s: %s, %u bytes:", who, answer->outcome, answer->len);
	for (i = 0; i < answer->len && i < 64; i++)
		printf(" %02x", answer->data[i]);
	printf("\n");
}

static bool same_outcome(const char *wanted, const struct answer *answer)
{
	return !strcmp(wanted, "*") || !strcmp(wanted, answer->outcome);
}

/* A difference in one field. For bytes, @wrong has a bit for each that differs, and all have to be covered. */
static void differs(const struct place *place, int oracle, const struct command *command, enum field field,
		    const struct answer *ours, const struct answer *theirs, const uint8_t *wrong)
{
	static uint8_t left[ROOM / 8];
	bool covered = false;
	unsigned int i, b;

	if (wrong)
		memcpy(left, wrong, sizeof(left));
	for (i = 0; i < nr_rules; i++) {
		struct rule *rule = &rules[i];
		bool helps = !wrong || rule->all_bytes;

		if (rule->field != field || !matches(rule, place, oracle, command))
			continue;
		if (field == OUTCOME && !(same_outcome(rule->ours, ours) && same_outcome(rule->theirs, theirs)))
			continue;
		for (b = 0; wrong && !rule->all_bytes && b < sizeof(left); b++) {
			helps |= wrong[b] & rule->bytes[b];
			left[b] &= ~rule->bytes[b];
		}
		rule->used += helps;
		covered |= !wrong || rule->all_bytes;
	}
	for (b = 0; wrong && !covered && b < sizeof(left) && !left[b]; b++)
		;
	covered |= wrong && b == sizeof(left);
	listed += covered;
	unlisted += !covered;
	if (covered && !show_listed)
		return;
	if (covered)
		printf("# listed: ");
	else
		printf("not ok - ");
	describe(place, oracle, command, field_names[field]);
	if (field == OUTCOME)
		printf(": %s > %s", ours->outcome, theirs->outcome);
	for (i = 0, b = 0; wrong && i < ROOM && b < 12; i++) {
		if (left[i / 8] >> i % 8 & 1)
			printf("%s%u", b++ ? "," : ": ", i);
	}
	printf("\n");
	tap_failed += !covered;
	if (covered)
		return;
	dump("ours", ours);
	dump("theirs", theirs);
}

static void compare(const struct place *place, int oracle, const struct command *command, const struct answer *ours,
		    const struct answer *theirs)
{
	static uint8_t wrong[ROOM / 8];
	unsigned int len = ours->len < theirs->len ? ours->len : theirs->len, i;
	bool any = false;

	if (strcmp(ours->outcome, theirs->outcome)) {
		differs(place, oracle, command, OUTCOME, ours, theirs, NULL);
		return;
	}
	if (strcmp(ours->outcome, "good")) {
		if (memcmp(ours->sense + 3, theirs->sense + 3, 4) || memcmp(ours->sense + 15, theirs->sense + 15, 3))
			differs(place, oracle, command, POINTER, ours, theirs, NULL);
		return;
	}
	for (i = len; i < theirs->len && !theirs->data[i];)
		i++;
	if (ours->len < theirs->len && i == theirs->len)
		differs(place, oracle, command, PADDING, ours, theirs, NULL);
	else if (ours->len != theirs->len)
		differs(place, oracle, command, LENGTH_OF_DATA, ours, theirs, NULL);
	memset(wrong, 0, sizeof(wrong));
	for (i = 0; i < len; i++) {
		if (ours->data[i] == theirs->data[i])
			continue;
		any = true;
		wrong[i / 8] |= 1 << i % 8;
	}
	if (any)
		differs(place, oracle, command, BYTES, ours, theirs, wrong);
}

static void ask(const struct place *place, const struct command *command)
{
	static uint8_t data[2][ROOM] __attribute__((aligned(4096)));
	struct answer ours = { .data = data[0] }, theirs = { .data = data[1] };
	int oracle;

	send_to(place->nodes[OURS], false, command, &ours);
	for (oracle = ATAPI; oracle <= SCSI; oracle++) {
		/* ATAPI has no longer CDBs. */
		if (oracle == ATAPI && command->len > ATAPI_CDB)
			continue;
		sent++;
		send_to(place->nodes[oracle], true, command, &theirs);
		compare(place, oracle, command, &ours, &theirs);
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

static void move_trays(struct place *place, bool open)
{
	int i;

	place->tray = open ? "open" : "closed";
	for (i = OURS; i <= SCSI; i++)
		move_tray(place->nodes[i], open);
}

static struct place places[8];
static unsigned int nr_places;

static void open_nodes(char **argv)
{
	struct place *place = &places[nr_places++];
	int i;

	place->disc = argv[0];
	for (i = OURS; i <= SCSI; i++) {
		place->nodes[i] = open(argv[1 + i], O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (place->nodes[i] < 0)
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
		for (p = 0; p < nr_places; p++)
			ask(&places[p], &commands[i]);
	}
}

int main(int argc, char **argv)
{
	static unsigned int sums[NR_OPS + 1][3];
	unsigned int i;
	bool open;
	int n = 1;

	if (argc > 1 && !strcmp(argv[1], "-a")) {
		show_listed = true;
		n++;
	}
	if (argc < n + 3) {
		fprintf(stderr, "oracle: see the head of oracle.c\n");
		return 2;
	}
	read_rules(argv[n]);
	read_commands(argv[n + 1]);
	for (n += 2; n < argc && strcmp(argv[n], "--"); n++)
		read_vectors(argv[n]);
	for (n++; n + 3 < argc && nr_places < 8; n += 4)
		open_nodes(argv + n);
	printf("# %u commands\n", nr_commands);

	for (open = false;; open = true) {
		for (i = 0; i < nr_places; i++)
			move_trays(&places[i], open);
		for (i = 0; i <= NR_OPS; i++) {
			unsigned int before = unlisted;

			ask_all(i < NR_OPS ? &ops[i] : NULL);
			sums[i][0] += sent;
			sums[i][1] += listed;
			sums[i][2] += unlisted - before;
		}
		if (open)
			break;
	}
	for (i = 0; i < nr_places; i++)
		move_trays(&places[i], false);
	for (i = 0; i <= NR_OPS; i++)
		tap(sums[i][0] && !sums[i][2], "%s: %u answers of QEMU's, %u listed differences, %u others",
		    i < NR_OPS ? ops[i].name : "no command of ours", sums[i][0], sums[i][1], sums[i][2]);
	for (i = 0; i < nr_rules; i++) {
		if (!rules[i].used)
			tap(false, "line %d no longer differs: %s", rules[i].line, rules[i].text);
	}
	return tap_failed > 0;
}
