// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of kernel/core/filter.c. The expectation is written in the names of the kernel's scsi_cmd_allowed(), and the
 * numbers come from the headers of kernel and libc, so that both sides have to be wrong alike to agree.
 */
#include <linux/cdrom.h>
#include <scsi/scsi.h>

#include "check.h"
#include "mmc.h"

/* Not in the headers for user space. */
#define SCSI_READ_16			0x88
#define SCSI_VERIFY_16			0x8F
#define SCSI_WRITE_16			0x8A
#define SCSI_WRITE_SAME_16		0x93
#define SCSI_WRITE_SAME_32		0x0D
#define SCSI_REPORT_LUNS		0xA0
#define SCSI_SERVICE_ACTION_IN_16	0x9E
#define SCSI_MAINTENANCE_IN		0xA3
#define SCSI_ZBC_IN			0x95
#define SCSI_ZBC_OUT			0x94
#define SCSI_ERASE			0x19

static const u8 readers[] = {
	TEST_UNIT_READY, REQUEST_SENSE, READ_6, READ_10, READ_12, SCSI_READ_16, READ_BUFFER, READ_DEFECT_DATA,
	READ_CAPACITY, READ_LONG, INQUIRY, MODE_SENSE, MODE_SENSE_10, LOG_SENSE, START_STOP, GPCMD_VERIFY_10,
	SCSI_VERIFY_16, SCSI_REPORT_LUNS, SCSI_SERVICE_ACTION_IN_16, RECEIVE_DIAGNOSTIC, SCSI_MAINTENANCE_IN,
	GPCMD_READ_BUFFER_CAPACITY, GPCMD_PLAY_CD, GPCMD_PLAY_AUDIO_10, GPCMD_PLAY_AUDIO_MSF, GPCMD_PLAY_AUDIO_TI,
	GPCMD_PAUSE_RESUME, GPCMD_READ_CD, GPCMD_READ_CD_MSF, GPCMD_READ_DISC_INFO, GPCMD_READ_DVD_STRUCTURE,
	GPCMD_READ_HEADER, GPCMD_READ_TRACK_RZONE_INFO, GPCMD_READ_SUBCHANNEL, GPCMD_READ_TOC_PMA_ATIP,
	GPCMD_REPORT_KEY, GPCMD_SCAN, GPCMD_GET_CONFIGURATION, GPCMD_READ_FORMAT_CAPACITIES,
	GPCMD_GET_EVENT_STATUS_NOTIFICATION, GPCMD_GET_PERFORMANCE, GPCMD_SEEK, GPCMD_STOP_PLAY_SCAN, SCSI_ZBC_IN,
};

static const u8 writers[] = {
	WRITE_6, WRITE_10, WRITE_VERIFY, WRITE_12, WRITE_VERIFY_12, SCSI_WRITE_16, WRITE_LONG, WRITE_LONG_2,
	WRITE_SAME, SCSI_WRITE_SAME_16, SCSI_WRITE_SAME_32, SCSI_ERASE, GPCMD_MODE_SELECT_10, MODE_SELECT, LOG_SELECT,
	GPCMD_BLANK, GPCMD_CLOSE_TRACK, GPCMD_FLUSH_CACHE, GPCMD_FORMAT_UNIT, GPCMD_REPAIR_RZONE_TRACK,
	GPCMD_RESERVE_RZONE_TRACK, GPCMD_SEND_DVD_STRUCTURE, GPCMD_SEND_EVENT, GPCMD_SEND_OPC, GPCMD_SEND_CUE_SHEET,
	GPCMD_SET_SPEED, GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL, GPCMD_LOAD_UNLOAD, GPCMD_SET_STREAMING,
	GPCMD_SET_READ_AHEAD, SCSI_ZBC_OUT,
};

static bool holds(const u8 *opcodes, size_t count, u32 opcode)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (opcodes[i] == opcode)
			return true;
	}
	return false;
}

static void test_all_opcodes(void **state)
{
	u32 opcode;

	(void)state;
	for (opcode = 0; opcode < 256; opcode++) {
		enum mmc_access want = MMC_ACCESS_RAWIO;

		if (holds(readers, ARRAY_SIZE(readers), opcode))
			want = MMC_ACCESS_READ;
		else if (holds(writers, ARRAY_SIZE(writers), opcode))
			want = MMC_ACCESS_WRITE;
		if (mmc_access((u8)opcode) != want)
			fail_msg("opcode %02x: %d, not %d", opcode, mmc_access((u8)opcode), want);
	}
}

static void test_counts(void **state)
{
	u32 count[3] = { 0 };
	u32 opcode;

	(void)state;
	for (opcode = 0; opcode < 256; opcode++)
		count[mmc_access((u8)opcode)]++;
	assert_int_equal(count[MMC_ACCESS_READ], ARRAY_SIZE(readers));
	assert_int_equal(count[MMC_ACCESS_WRITE], ARRAY_SIZE(writers));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_opcodes),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
