/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report of keys and values, printed as aligned text or as one JSON object.
 *
 * Keys are given as they stand in the text ("Volume set"); in JSON they are in lower case with hyphens ("volume-set").
 */
#ifndef VCD_REPORT_H
#define VCD_REPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

struct json_object;

/**
 * struct report - a report that is being made
 * @object: the JSON object, NULL when text is printed
 * @array: the JSON array that is being filled
 * @entry: the JSON object in it that is being filled
 * @key: of the list or the entries that are being printed
 * @fields: how many stand in the line that is being printed
 */
struct report {
	struct json_object *object;
	struct json_object *array;
	struct json_object *entry;
	const char *key;
	unsigned int fields;
};

void report_begin(struct report *report, bool json);
void report_end(struct report *report);
void report_json(struct json_object *object);
struct json_object *report_json_string(const char *value);

/* An empty string is left out of the text and is null in JSON. */
void report_string(struct report *report, const char *key, const char *value);
void report_number(struct report *report, const char *key, uint64_t value, const char *unit);
void report_bool(struct report *report, const char *key, bool value);

/* A list of words: "File systems: ISO 9660, Joliet"; "none" if it stays empty. */
void report_begin_list(struct report *report, const char *key);
void report_item(struct report *report, const char *value);
void report_end_list(struct report *report);

/* A list of entries with fields: in the text one line each, which begins with @entry_key. */
void report_begin_entries(struct report *report, const char *key, const char *entry_key);
void report_begin_entry(struct report *report);
void report_field_string(struct report *report, const char *key, const char *value);
void report_field_number(struct report *report, const char *key, uint64_t value);
void report_field_bool(struct report *report, const char *key, bool value);
void report_end_entry(struct report *report);
void report_end_entries(struct report *report);

#endif /* VCD_REPORT_H */
