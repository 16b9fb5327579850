// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "memfile.h"
#include "sparse.h"

#define RECORDS_MAX	64
#define RECORD_HEADER	6
#define FLAG_TAG	0x80
#define TAG_SIZE	16
#define SYNC_SIZE	16

/**
 * struct record - what is in some sectors
 * @sector: the first of them
 * @more: how many follow it
 * @place: where in each it is; with @len 0: the mode in the header
 * @len: bytes
 * @data: the bytes
 */
struct record {
	uint32_t sector;
	uint32_t more;
	uint32_t place;
	uint32_t len;
	uint8_t data[128];
};

static const uint16_t strides[] = { 2048, 512, 1024, 4096, 2336, 2352, 2368, 2448 };

static struct record records[RECORDS_MAX];
static size_t record_count;
static uint32_t stride, sectors, rest;

/* The tag of a descriptor of UDF: its place and its sum. */
static void seal(struct record *record)
{
	uint32_t block = (uint32_t)(((uint64_t)record->sector * stride + record->place) / stride);
	uint8_t sum = 0;
	int i;

	for (i = 0; i < 4; i++)
		record->data[12 + i] = (uint8_t)(block >> 8 * i);
	record->data[4] = 0;
	for (i = 0; i < TAG_SIZE; i++)
		sum = (uint8_t)(sum + record->data[i]);
	record->data[4] = sum;
}

/**
 * sparse_read - read the description of a file
 * @data: the description
 * @size: its length; what is missing is zeroes
 */
void sparse_read(const uint8_t *data, size_t size)
{
	uint8_t head[5] = { 0 };

	memcpy(head, data, size < sizeof(head) ? size : sizeof(head));
	stride = strides[head[0] & 7];
	sectors = get_le16(head + 1);
	rest = get_le16(head + 3) % stride;
	record_count = 0;
	data += size < sizeof(head) ? size : sizeof(head);
	size -= size < sizeof(head) ? size : sizeof(head);
	while (size >= RECORD_HEADER && record_count < RECORDS_MAX) {
		struct record *record = &records[record_count++];
		size_t len = data[5] & 0x7F;

		*record = (struct record){ get_le16(data), data[2], get_le16(data + 3), (uint32_t)len, { 0 } };
		if (len > size - RECORD_HEADER)
			len = size - RECORD_HEADER;
		memcpy(record->data, data + RECORD_HEADER, len);
		if (data[5] & FLAG_TAG && record->len >= TAG_SIZE)
			seal(record);
		data += RECORD_HEADER + len;
		size -= RECORD_HEADER + len;
	}
}

/**
 * sparse_size - its size
 */
uint64_t sparse_size(void)
{
	return (uint64_t)sectors * stride + rest;
}

/**
 * sparse_stride - the size of its sectors
 */
uint32_t sparse_stride(void)
{
	return stride;
}

static uint8_t to_bcd(uint32_t value)
{
	return (uint8_t)(value / 10 % 10 << 4 | value % 10);
}

static void fill_header(uint8_t *header, uint32_t sector, uint32_t mode)
{
	memset(header, 0xFF, 12);
	header[0] = 0;
	header[11] = 0;
	header[12] = to_bcd((sector + 150) / 75 / 60);
	header[13] = to_bcd((sector + 150) / 75 % 60);
	header[14] = to_bcd((sector + 150) % 75);
	header[15] = (uint8_t)mode;
}

/* What a record has of the bytes from @offset on */
static void apply(const struct record *record, uint64_t offset, uint8_t *buf, size_t len)
{
	uint32_t count = record->len ? record->more + 1 : 8 * (record->more + 1), i;
	/* Only the sectors in question: a record may be for thousands. */
	uint64_t reach = record->place + (record->len ? record->len : SYNC_SIZE);
	uint64_t low = offset > reach ? (offset - reach) / stride : 0, high = (offset + len) / stride;

	for (i = low > record->sector ? (uint32_t)(low - record->sector) : 0; i < count; i++) {
		uint32_t sector = record->sector + i;
		uint8_t header[SYNC_SIZE];

		if (sector > high)
			return;
		if (record->len) {
			memfile_overlay(buf, offset, len, record->data, (uint64_t)sector * stride + record->place,
					record->len);
			continue;
		}
		fill_header(header, sector, record->place & 3);
		memfile_overlay(buf, offset, len, header, (uint64_t)sector * stride, sizeof(header));
	}
}

/**
 * sparse_fill - bytes of the file
 * @offset: the first
 * @buf: where they go; zeroes
 * @len: their number; they lie in the file
 */
void sparse_fill(uint64_t offset, uint8_t *buf, size_t len)
{
	size_t i;

	for (i = 0; i < record_count; i++)
		apply(&records[i], offset, buf, len);
}

static int read_sparse(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	(void)reader;
	memset(buf, 0, len);
	sparse_fill(offset, buf, len);
	return 0;
}

/**
 * sparse_reader - read from the file
 */
struct reader sparse_reader(void)
{
	return (struct reader){ .read = read_sparse, .size = sparse_size() };
}
