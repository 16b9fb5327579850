// SPDX-License-Identifier: GPL-2.0
/* Files of differences that are explained. */
#include "rules.h"

#include <ctype.h>
#include <fnmatch.h>

#include "tap.h"

#define RULES_MAX	1024

const char *const field_names[] = { "outcome", "pointer", "padding", "length", "bytes" };

static struct rule {
	int line;
	char oracle[8], disc[32], tray[8];
	enum field field;
	char ours[16], theirs[16];		/* outcomes */
	bool all_bytes;
	uint8_t bytes[ROOM / 8];		/* a bit each */
	bool unknown, reserved, has_lba, adr;
	uint32_t first, last;			/* of the sectors */
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

/* FIELD[:BYTES|:OURS>THEIRS] */
static void parse_field(struct rule *rule, char *word, const char *path, int number)
{
	char *value = strchr(word, ':');

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
}

static void parse_rule(const char *path, int number, char *line)
{
	struct rule *rule = &rules[nr_rules++];
	unsigned int n = 0;
	char *word, *save;

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
			parse_field(rule, word, path, number);
		} else if (!strcmp(word, "unknown")) {
			rule->unknown = true;
		} else if (!strcmp(word, "reserved")) {
			rule->reserved = true;
		} else if (!strcmp(word, "adr")) {
			rule->adr = true;
		} else if (!strncmp(word, "lba:", 4)) {
			rule->has_lba = true;
			if (sscanf(word, "lba:%u-%u", &rule->first, &rule->last) != 2)
				tap_bail("%s:%d: which sectors?", path, number);
		} else {
			strncat(rule->cdb, word, sizeof(rule->cdb) - 1 - strlen(rule->cdb));
		}
	}
	if (n < 4)
		tap_bail("%s:%d: too few words", path, number);
}

void read_rules(const char *path)
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

static bool fits(const char *pattern, const char *name)
{
	return !fnmatch(pattern, name, 0);
}

/* READ (10) and READ CD say at bytes 2 to 5 where they read. */
static bool reads_between(const struct command *command, uint32_t first, uint32_t last)
{
	const uint8_t *cdb = command->cdb;
	uint32_t lba = (uint32_t)cdb[2] << 24 | cdb[3] << 16 | cdb[4] << 8 | cdb[5];

	return (cdb[0] == 0x28 || cdb[0] == 0xBE) && lba >= first && lba <= last;
}

/* What Q of a sector holds, which is the last thing that READ CD delivers; 0 if it is not asked for. */
static unsigned int adr_of(const struct command *command, const struct answer *answer)
{
	unsigned int subchannel = command->cdb[0] == 0xBE ? command->cdb[10] : 0, adr = 0, i;

	if (subchannel == 2 && answer->len >= 16)
		return answer->data[answer->len - 16] & 0xF;
	if (subchannel != 1 || answer->len < 96)
		return 0;
	for (i = 4; i < 8; i++)
		adr = adr << 1 | (answer->data[answer->len - 96 + i] >> 6 & 1);
	return adr;
}

static bool matches(const struct rule *rule, const struct difference *difference)
{
	const struct command *command = difference->command;
	const struct place *place = difference->place;
	const struct op *op = find_op(command->cdb);
	char digits[2 * CDB_MAX + 1] = "";
	unsigned int i;

	if (!fits(rule->oracle, place->oracle) || !fits(rule->disc, place->disc) || !fits(rule->tray, place->tray))
		return false;
	if ((rule->unknown && op) || (rule->reserved && !has_reserved_bits(command->cdb, op)))
		return false;
	if (rule->has_lba && !reads_between(command, rule->first, rule->last))
		return false;
	if (rule->adr && adr_of(command, difference->ours) == adr_of(command, difference->theirs))
		return false;
	for (i = 0; i < command->len; i++)
		sprintf(digits + 2 * i, "%02X", command->cdb[i]);
	for (i = 0; rule->cdb[i]; i++) {
		if (i >= 2U * command->len || (rule->cdb[i] != '.' && rule->cdb[i] != digits[i]))
			return false;
	}
	return true;
}

static bool same_outcome(const char *wanted, const struct answer *answer)
{
	return !strcmp(wanted, "*") || !strcmp(wanted, answer->outcome);
}

bool explained(struct difference *difference)
{
	bool of_bytes = difference->field == BYTES, covered = false;
	unsigned int i, b;

	memcpy(difference->left, difference->wrong, sizeof(difference->left));
	for (i = 0; i < nr_rules; i++) {
		struct rule *rule = &rules[i];
		bool helps = !of_bytes || rule->all_bytes;

		if (rule->field != difference->field || !matches(rule, difference))
			continue;
		if (rule->field == OUTCOME && !(same_outcome(rule->ours, difference->ours) &&
						same_outcome(rule->theirs, difference->theirs)))
			continue;
		for (b = 0; of_bytes && !rule->all_bytes && b < sizeof(difference->left); b++) {
			helps |= difference->wrong[b] & rule->bytes[b];
			difference->left[b] &= ~rule->bytes[b];
		}
		rule->used += helps;
		covered |= !of_bytes || rule->all_bytes;
	}
	for (b = 0; of_bytes && !covered && b < sizeof(difference->left) && !difference->left[b]; b++)
		;
	return covered || (of_bytes && b == sizeof(difference->left));
}

void compare(const struct place *place, const struct command *command, const struct answer *ours,
	     const struct answer *theirs, void (*found)(struct difference *difference))
{
	static struct difference difference;
	unsigned int len = ours->len < theirs->len ? ours->len : theirs->len, i;
	bool any = false;

	if (!strcmp(ours->outcome, "good") && !strcmp(theirs->outcome, "good") && ours->len == theirs->len &&
	    !memcmp(ours->data, theirs->data, len))
		return;
	memset(&difference, 0, sizeof(difference));
	difference.place = place;
	difference.command = command;
	difference.ours = ours;
	difference.theirs = theirs;
	if (strcmp(ours->outcome, theirs->outcome)) {
		difference.field = OUTCOME;
		found(&difference);
		return;
	}
	if (strcmp(ours->outcome, "good")) {
		difference.field = POINTER;
		if (memcmp(ours->sense + 3, theirs->sense + 3, 4) || memcmp(ours->sense + 15, theirs->sense + 15, 3))
			found(&difference);
		return;
	}
	for (i = len; i < theirs->len && !theirs->data[i];)
		i++;
	difference.field = ours->len < theirs->len && i == theirs->len ? PADDING : LENGTH_OF_DATA;
	if (ours->len != theirs->len)
		found(&difference);
	for (i = 0; i < len; i++) {
		if (ours->data[i] == theirs->data[i])
			continue;
		any = true;
		difference.wrong[i / 8] |= 1 << i % 8;
	}
	difference.field = BYTES;
	if (any)
		found(&difference);
}

void print_difference(const struct difference *difference)
{
	const struct place *place = difference->place;
	unsigned int i, b;

	printf("%s %s %s %s", place->oracle, place->disc, place->tray, field_names[difference->field]);
	if (difference->field == OUTCOME)
		printf(":%s>%s", difference->ours->outcome, difference->theirs->outcome);
	for (i = 0, b = 0; difference->field == BYTES && i < ROOM && b < 12; i++) {
		if (difference->left[i / 8] >> i % 8 & 1)
			printf("%c%u", b++ ? ',' : ':', i);
	}
	for (i = 0; i < difference->command->len; i++)
		printf(" %02X", difference->command->cdb[i]);
}

void print_answer(const char *who, const struct answer *answer, unsigned int from)
{
	unsigned int i;

	printf("#   %s: %s, ", who, answer->outcome);
	if (!strcmp(answer->outcome, "good"))
		printf("%u bytes", answer->len);
	else
		printf("sense %02x%02x%02x%02x %02x%02x%02x", answer->sense[3], answer->sense[4], answer->sense[5],
		       answer->sense[6], answer->sense[15], answer->sense[16], answer->sense[17]);
	if (from)
		printf(", from %u on", from);
	printf(":");
	for (i = from; i < answer->len && i < from + 64; i++)
		printf(" %02x", answer->data[i]);
	printf("\n");
}

unsigned int report_unused(void)
{
	unsigned int i, unused = 0;

	for (i = 0; i < nr_rules; i++) {
		if (rules[i].used)
			continue;
		tap(false, "line %d no longer differs: %s", rules[i].line, rules[i].text);
		unused++;
	}
	return unused;
}
