// SPDX-License-Identifier: GPL-2.0
/* Commands to drives by SG_IO. */
#include "drive.h"

#include <errno.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define SECTOR_MAX	2744		/* READ CD at its most */
#define ROOM_OTHERS	(17 * 4096)	/* more than any allocation length of two bytes: QEMU insists on that */

const struct op ops[] = {
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

const unsigned int nr_ops = sizeof(ops) / sizeof(ops[0]);

const struct op *find_op(const uint8_t *cdb)
{
	unsigned int i;

	for (i = 0; i < nr_ops; i++) {
		if (ops[i].opcode == cdb[0] && (!ops[i].by_action || ops[i].action == (cdb[1] & 0x1F)))
			return &ops[i];
	}
	return NULL;
}

bool has_reserved_bits(const uint8_t *cdb, const struct op *op)
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

uint32_t sectors_read(const uint8_t *cdb)
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
unsigned int room_for(const uint8_t *cdb)
{
	bool plain = cdb[0] == 0x08 || cdb[0] == 0x28 || cdb[0] == 0xA8 || cdb[0] == 0x88;
	unsigned int bytes = sectors_read(cdb) * (plain ? 2048 : SECTOR_MAX);

	if (bytes && plain)
		return bytes;
	return bytes ? (bytes + 4095) / 4096 * 4096 : ROOM_OTHERS;
}

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

void send_once(int node, const struct command *command, uint8_t fill, struct answer *answer)
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

/* What has not been touched has not been sent. */
void send_twice(int node, const struct command *command, struct answer *answer)
{
	static uint8_t again_data[ROOM] __attribute__((aligned(4096)));
	struct answer again = { .data = again_data };

	send_once(node, command, 0, answer);
	if (strcmp(answer->outcome, "good"))
		return;
	if (find_op(command->cdb) && find_op(command->cdb)->direction != DATA_IN)
		return;
	send_once(node, command, 0xFF, &again);
	for (answer->len = room_for(command->cdb); answer->len; answer->len--) {
		if (answer->data[answer->len - 1] == again.data[answer->len - 1])
			break;
	}
}
