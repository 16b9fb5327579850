// SPDX-License-Identifier: GPL-2.0-only
/* Data files of databases of discs: <rom name= size= crc= md5= sha1=/>, read by libxml2, which is loaded for it. */
#include <inttypes.h>
#include <libxml/xmlreader.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "datfile.h"
#include "lazy.h"

LAZY(xmlReaderForFile);
LAZY(xmlFreeTextReader);
LAZY(xmlTextReaderRead);
LAZY(xmlTextReaderConstLocalName);
LAZY(xmlTextReaderConstValue);
LAZY(xmlTextReaderMoveToAttribute);
LAZY(xmlTextReaderMoveToElement);
LAZY(xmlTextReaderNodeType);

static const struct lazy_function libxml[] = {
	LAZY_FUNCTION(xmlReaderForFile),
	LAZY_FUNCTION(xmlFreeTextReader),
	LAZY_FUNCTION(xmlTextReaderRead),
	LAZY_FUNCTION(xmlTextReaderConstLocalName),
	LAZY_FUNCTION(xmlTextReaderConstValue),
	LAZY_FUNCTION(xmlTextReaderMoveToAttribute),
	LAZY_FUNCTION(xmlTextReaderMoveToElement),
	LAZY_FUNCTION(xmlTextReaderNodeType),
};

static const struct {
	enum checksum_kind kind;
	const char *attribute;
} checksums[] = {
	{ CHECKSUM_SHA1, "sha1" },
	{ CHECKSUM_MD5, "md5" },
	{ CHECKSUM_CRC32, "crc" },
};

/* Copy an attribute of the element; false if it has none, or one that is too long. */
static bool attribute(xmlTextReaderPtr reader, const char *name, char *to, size_t size)
{
	const xmlChar *value = NULL;
	size_t len = 0;

	if (lazy_xmlTextReaderMoveToAttribute(reader, (const xmlChar *)name) == 1) {
		value = lazy_xmlTextReaderConstValue(reader);
		len = value ? strlen((const char *)value) : 0;
		if (value && len < size)
			memcpy(to, value, len + 1);
		else
			value = NULL;
	}
	lazy_xmlTextReaderMoveToElement(reader);
	return value;
}

/* Is the element about this file? It has the size, and at least one checksum, and no other ones. */
static bool matches(xmlTextReaderPtr reader, const struct datfile_query *query)
{
	char value[CHECKSUM_TEXT], size[32];
	size_t i, compared = 0;

	snprintf(size, sizeof(size), "%" PRIu64, query->size);
	if (!attribute(reader, "size", value, sizeof(value)) || strcmp(value, size))
		return false;
	for (i = 0; i < ARRAY_SIZE(checksums); i++) {
		if (!attribute(reader, checksums[i].attribute, value, sizeof(value)))
			continue;
		if (strcasecmp(value, query->sums.text[checksums[i].kind]))
			return false;
		compared++;
	}
	return compared;
}

static bool is_file(xmlTextReaderPtr reader)
{
	const xmlChar *name;

	if (lazy_xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT)
		return false;
	name = lazy_xmlTextReaderConstLocalName(reader);
	return name && !strcmp((const char *)name, "rom");
}

/* The functions are the same in both versions. */
static bool load_library(void)
{
	static bool loaded;

	if (!loaded)
		loaded = lazy_load("libxml2.so.2", libxml, ARRAY_SIZE(libxml)) ||
			 lazy_load("libxml2.so.16", libxml, ARRAY_SIZE(libxml));
	return loaded;
}

/**
 * datfile_find - look for a file
 * @path: name of the data file
 * @query: the file
 * @reason: when it fails: why
 *
 * Return: false if the data file cannot be read.
 */
bool datfile_find(const char *path, struct datfile_query *query, const char **reason)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	xmlTextReaderPtr reader;
	int more = 0;

	*reason = "cannot be read: libxml2 is not installed";
	if (!load_library())
		return false;
	*reason = "cannot be opened";
	query->found = false;
	reader = lazy_xmlReaderForFile(path, NULL, options);
	if (!reader)
		return false;
	while (!query->found && (more = lazy_xmlTextReaderRead(reader)) == 1) {
		if (!is_file(reader) || !matches(reader, query))
			continue;
		query->found = true;
		if (!attribute(reader, "name", query->name, sizeof(query->name)))
			query->name[0] = '\0';
	}
	lazy_xmlFreeTextReader(reader);
	*reason = "is not well-formed XML";
	return more >= 0;
}
