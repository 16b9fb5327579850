// SPDX-License-Identifier: GPL-2.0-only
/*
 * Valid volumes with bytes changed at random: whatever comes out, the parsers come back and the sanitizers stay silent.
 *
 *	test-mutation [SEED [ROUNDS]]
 */
#include <inttypes.h>

#include "content.h"
#include "image-test.h"
#include "image.h"

/* Where the structures are; a change elsewhere would change nothing. */
static const uint32_t places[] = {
	0, LBA_PRIMARY, LBA_BOOT, LBA_JOLIET, LBA_END, LBA_ROOT, LBA_CONTINUED, LBA_CATALOGUE,
	256, LBA_UDF, LBA_UDF + 1,
};

static void mutate(uint8_t *disc)
{
	static const uint8_t values[] = { 0, 1, 0x7F, 0x80, 0xFE, 0xFF };
	uint32_t changes = 1 + any(8);

	while (changes--) {
		uint32_t place = places[any(sizeof(places) / sizeof(places[0]))];
		uint8_t *p = sector(disc, place) + any(any(2) ? 256 : SECTOR_SIZE);

		*p = any(2) ? values[any(sizeof(values))] : (uint8_t)any(256);
		/* Without a tag that adds up no change of a UDF descriptor would be looked at. */
		if (place >= 256 && any(4))
			put_tag(sector(disc, place), get_le16(sector(disc, place)), place);
	}
}

static void run(uint8_t *disc, size_t size)
{
	struct reader reader = reader_from_memory(disc, size);
	struct content content;

	if (content_read(&reader, &content))
		abort();
	content_is_known(&content);
	content_label(&content);
	foreign_describe(&reader, false);
}

static void rounds(uint8_t *(*make)(void), unsigned long count)
{
	uint8_t *original = make(), *disc = malloc(DISC_SIZE);

	while (count--) {
		memcpy(disc, original, DISC_SIZE);
		mutate(disc);
		run(disc, any(8) ? DISC_SIZE : any(DISC_SIZE));
	}
	free(disc);
	free(original);
}

static uint8_t *new_mac(void)
{
	uint8_t *disc = new_disc();

	put_text(disc + 512, "PM");
	put_be32(disc + 512 + 4, 1);
	put_be32(disc + 512 + 8, 1);
	put_text(disc + 512 + 48, "Apple_HFS");
	put_text(disc + 1536, "BD");
	put_be32(disc + 1536 + 20, 512);
	return disc;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20270101;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 2000;

	random_state = seed ? seed : 1;
	printf("seed %" PRIu64 ", %lu rounds a volume\n", seed, count);
	rounds(new_iso, count);
	printf("ok 1 - ISO 9660\n");
	rounds(new_udf, count);
	printf("ok 2 - UDF\n");
	rounds(new_mac, count);
	printf("ok 3 - HFS\n");
	printf("3 passed, 0 failed\n");
	return 0;
}
