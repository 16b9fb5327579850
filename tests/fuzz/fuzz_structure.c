// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer targets of the parsers of what is on a disc: one for each file system and table, by the name of the program.
 * The input describes the disc, as in sparse.h.
 */
#include <string.h>

#include "content.h"
#include "image.h"
#include "input.h"
#include "isomd5.h"
#include "sparse.h"

/* A text of a disc is UTF-8 without what steers a terminal, and ends in its field. */
static void check_text(const char *text, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;

	REQUIRE(memchr(text, '\0', size));
	while (*p) {
		unsigned int more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;

		REQUIRE(*p >= ' ' && *p != 0x7F && !(*p >= 0x80 && *p < 0xC2) && *p < 0xF5);
		for (p++; more; more--, p++)
			REQUIRE((*p & 0xC0) == 0x80);
	}
}

#define CHECK_TEXT(field)	check_text(field, sizeof(field))

static void check_iso9660(const struct reader *reader)
{
	struct iso9660 iso;

	REQUIRE(!iso9660_read(reader, &iso));
	REQUIRE(iso.joliet <= 3);
	CHECK_TEXT(iso.system);
	CHECK_TEXT(iso.volume);
	CHECK_TEXT(iso.joliet_volume);
	CHECK_TEXT(iso.volume_set);
	CHECK_TEXT(iso.publisher);
	CHECK_TEXT(iso.preparer);
	CHECK_TEXT(iso.application);
	CHECK_TEXT(iso.created);
	CHECK_TEXT(iso.modified);
}

static void check_udf(const struct reader *reader)
{
	struct udf udf;

	REQUIRE(!udf_read(reader, &udf));
	REQUIRE(udf.present || !udf.block_size);
	CHECK_TEXT(udf.label);
	CHECK_TEXT(udf.volume);
	CHECK_TEXT(udf.volume_set);
}

static void check_hfs(const struct reader *reader)
{
	struct hfs hfs;

	REQUIRE(!hfs_read(reader, &hfs));
	CHECK_TEXT(hfs.label);
}

static void check_eltorito(const struct reader *reader)
{
	struct eltorito boot;
	unsigned int i;

	REQUIRE(!eltorito_read(reader, 1, &boot));
	REQUIRE(boot.kept <= ELTORITO_MAX_ENTRIES && boot.kept <= boot.count);
	CHECK_TEXT(boot.manufacturer);
	for (i = 0; i < boot.kept; i++) {
		REQUIRE(eltorito_platform(boot.entries[i].platform)[0]);
		REQUIRE(eltorito_emulation(boot.entries[i].emulation)[0]);
	}
}

/* Tables of partitions, and all that only is looked for to say that it is something else */
static void check_tables(const struct reader *reader)
{
	struct partition_tables tables;
	struct content content;
	const char *foreign;

	REQUIRE(!partition_tables_read(reader, &tables));
	REQUIRE(tables.mbr_partitions <= 4 && tables.mbr == !!tables.mbr_partitions);
	REQUIRE(!content_read(reader, &content));
	foreign = foreign_describe(reader, true);
	REQUIRE(!foreign || foreign == foreign_describe(reader, false));
	REQUIRE(content_label(&content));
}

static void check_isomd5(const struct reader *reader)
{
	uint8_t data[SECTOR_SIZE];
	struct isomd5 isomd5;
	uint64_t at;

	REQUIRE(!isomd5_read(reader, &isomd5));
	REQUIRE(strlen(isomd5.md5) == 32 || (!isomd5.md5[0] && !isomd5.bytes));
	for (at = 0; at + sizeof(data) <= reader->size && at < 40 * sizeof(data); at += sizeof(data)) {
		REQUIRE(!reader_read(reader, at, data, sizeof(data)));
		isomd5_blank(at, data, sizeof(data));
	}
}

static const struct structure {
	const char *name;
	void (*check)(const struct reader *reader);
} structures[] = {
	{ "iso9660", check_iso9660 },
	{ "udf", check_udf },
	{ "hfs", check_hfs },
	{ "eltorito", check_eltorito },
	{ "tables", check_tables },
	{ "isomd5", check_isomd5 },
};

static const struct structure *structure;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	size_t i;

	(void)argc;
	for (i = 0; i < sizeof(structures) / sizeof(structures[0]); i++)
		if (is_target((*argv)[0], structures[i].name))
			structure = &structures[i];
	REQUIRE(structure);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader reader;

	sparse_read(data, size);
	reader = sparse_reader();
	structure->check(&reader);
	return 0;
}
