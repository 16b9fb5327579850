// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

/* Values start in this column, behind the longest key and its colon. */
#define KEY_WIDTH	18
#define KEY_MAX		40

static void json_key(char to[KEY_MAX], const char *key)
{
	size_t i;

	for (i = 0; i < KEY_MAX - 1 && key[i]; i++)
		to[i] = (char)(key[i] == ' ' ? '-' : tolower((unsigned char)key[i]));
	to[i] = '\0';
}

static void add(struct report *report, const char *key, struct json_object *value)
{
	char name[KEY_MAX];

	json_key(name, key);
	json_object_object_add(report->object, name, value);
}

static void print_key(const char *key)
{
	printf("%s:%*s", key, KEY_WIDTH - (int)strlen(key) > 1 ? KEY_WIDTH - (int)strlen(key) : 1, "");
}

/* Names of images are whatever their users like: nothing that steers a terminal may pass. */
static void print_value(FILE *stream, const char *value)
{
	char *text = strdup(value);

	if (!text)
		return;
	text_defuse(text);
	fputs(text, stream);
	free(text);
}

/**
 * report_json_string - a string for JSON, which has to be UTF-8, as names of files need not be
 * @value: the string
 *
 * Return: an object, or NULL when there is no memory.
 */
struct json_object *report_json_string(const char *value)
{
	char *utf8 = text_to_utf8(value);
	struct json_object *object = utf8 ? json_object_new_string(utf8) : NULL;

	free(utf8);
	return object;
}

/**
 * report_begin - start a report
 * @report: to be given to report_end()
 * @json: print JSON
 */
void report_begin(struct report *report, bool json)
{
	memset(report, 0, sizeof(*report));
	if (json)
		report->object = json_object_new_object();
}

/**
 * report_json - print JSON that was made otherwise, and free it
 * @object: an object or an array; NULL: nothing
 */
void report_json(struct json_object *object)
{
	const int style = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE;

	if (object)
		printf("%s\n", json_object_to_json_string_ext(object, style));
	json_object_put(object);
}

/**
 * report_end - print what was not printed yet
 * @report: the report
 */
void report_end(struct report *report)
{
	report_json(report->object);
	report->object = NULL;
}

void report_string(struct report *report, const char *key, const char *value)
{
	if (report->object) {
		add(report, key, value[0] ? report_json_string(value) : NULL);
	} else if (value[0]) {
		print_key(key);
		print_value(stdout, value);
		putchar('\n');
	}
}

void report_number(struct report *report, const char *key, uint64_t value, const char *unit)
{
	if (report->object) {
		add(report, key, json_object_new_uint64(value));
		return;
	}
	print_key(key);
	printf("%" PRIu64 "%s%s\n", value, unit ? " " : "", unit ? unit : "");
}

void report_bool(struct report *report, const char *key, bool value)
{
	if (report->object) {
		add(report, key, json_object_new_boolean(value));
		return;
	}
	print_key(key);
	printf("%s\n", value ? "yes" : "no");
}

void report_begin_list(struct report *report, const char *key)
{
	report->key = key;
	report->fields = 0;
	if (report->object) {
		report->array = json_object_new_array();
		add(report, key, report->array);
	} else {
		print_key(key);
	}
}

void report_item(struct report *report, const char *value)
{
	if (report->array) {
		json_object_array_add(report->array, report_json_string(value));
		return;
	}
	printf("%s%s", report->fields++ ? ", " : "", value);
}

void report_end_list(struct report *report)
{
	if (!report->object)
		printf("%s\n", report->fields ? "" : "none");
	report->array = NULL;
}

void report_begin_entries(struct report *report, const char *key, const char *entry_key)
{
	report->key = entry_key;
	if (!report->object)
		return;
	report->array = json_object_new_array();
	add(report, key, report->array);
}

void report_begin_entry(struct report *report)
{
	report->fields = 0;
	if (report->array) {
		report->entry = json_object_new_object();
		json_object_array_add(report->array, report->entry);
		return;
	}
	print_key(report->key);
}

void report_field_string(struct report *report, const char *key, const char *value)
{
	if (report->entry) {
		json_object_object_add(report->entry, key, report_json_string(value));
		return;
	}
	printf("%s%s ", report->fields++ ? ", " : "", key);
	print_value(stdout, value);
}

void report_field_number(struct report *report, const char *key, uint64_t value)
{
	if (report->entry)
		json_object_object_add(report->entry, key, json_object_new_uint64(value));
	else
		printf("%s%s %" PRIu64, report->fields++ ? ", " : "", key, value);
}

void report_field_bool(struct report *report, const char *key, bool value)
{
	if (report->entry)
		json_object_object_add(report->entry, key, json_object_new_boolean(value));
	else
		printf("%s%s%s", report->fields++ ? ", " : "", value ? "" : "not ", key);
}

void report_end_entry(struct report *report)
{
	report->entry = NULL;
	if (!report->array)
		putchar('\n');
}

void report_end_entries(struct report *report)
{
	report->array = NULL;
}
