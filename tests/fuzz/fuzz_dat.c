// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer target of data files of databases of discs: the input is one. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "datfile.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct datfile_query query = {
		.size = 2352,
		.sums.text = {
			[CHECKSUM_CRC32] = "0badcafe", [CHECKSUM_MD5] = "0123456789abcdef0123456789abcdef",
			[CHECKSUM_SHA1] = "0123456789abcdef0123456789abcdef01234567",
		},
	};
	static int fd = -1;
	const char *reason = NULL;
	char path[64];

	if (fd < 0)
		fd = memfd_create("dat", MFD_CLOEXEC);
	REQUIRE(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (datfile_find(path, &query, &reason))
		REQUIRE(!query.found || memchr(query.name, '\0', sizeof(query.name)));
	else
		REQUIRE(reason);
	return 0;
}
