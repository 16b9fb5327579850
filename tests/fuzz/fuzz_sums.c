// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer target of files of checksums: the input is one. */
#include <string.h>

#include "input.h"
#include "sums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *stream = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	static struct sums_entry entry;

	if (!stream)
		return 0;
	while (sums_next(stream, &entry)) {
		REQUIRE(strlen(entry.digits) == checksum_length(entry.kind));
		REQUIRE(strspn(entry.digits, "0123456789abcdef") == strlen(entry.digits));
		REQUIRE(memchr(entry.name, '\0', sizeof(entry.name)) && !strchr(entry.name, '\n'));
		REQUIRE(sums_is_for(&entry, entry.name));
	}
	fclose(stream);
	return 0;
}
