/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of the drive, one row each, by opcode. This file has no include guard: it is included with the
 * macros OP and OP_ACTION defined to what the includer wants of each row.
 *
 *	OP(opcode, handler, flags, data, longest answer, name, clause, discs, depth, usage of bytes 1 and up)
 *	OP_ACTION(opcode, service action, handler, ...): the same, for the first row of an opcode with service actions
 *
 * data is MMC_NO_DATA, MMC_DATA_IN(offset, size of the allocation length) or MMC_DATA_OUT(likewise). A usage byte
 * has a 1 for each bit that may be set; a CDB with another bit set is refused with the place of that bit. The length
 * of a CDB follows from the number of usage bytes. In the last of them, the control byte, the vendor specific bits
 * 7-6 may be set and mean nothing, except where said; NACA, Link and Flag are not supported.
 *
 * discs and depth are for the coverage page only: the kinds of disc a command works on and how much of it there is.
 */
OP(0x00, mmc_do_test_unit_ready, MMC_NEEDS_MEDIUM, MMC_NO_DATA, 0,
	"TEST UNIT READY", "SPC-3 TEST UNIT READY", "any", "complete",
	0x00, 0x00, 0x00, 0x00, 0xC0)
OP(0x03, mmc_do_request_sense, MMC_UA_EXEMPT, MMC_DATA_IN(4, 1), MMC_SENSE_LEN,
	"REQUEST SENSE", "SPC-3 REQUEST SENSE", "any, none", "fixed format",
	0x00, 0x00, 0x00, 0xFF, 0xC0)
OP(0x08, mmc_do_read6, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 0,
	"READ (6)", "SBC-2 READ (6)", "any", "complete",
	0x1F, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0x12, mmc_do_inquiry, MMC_UA_EXEMPT, MMC_DATA_IN(3, 2), 256,
	"INQUIRY", "SPC-3 INQUIRY", "any, none", "standard data, VPD pages 00 80 83",
	0x01, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0x15, mmc_do_mode_select6, MMC_CHANGES_STATE, MMC_DATA_OUT(4, 1), 0,
	"MODE SELECT (6)", "SPC-3 MODE SELECT (6)", "any, none",
	"changeable bits of pages 01 08 0D 0E; nothing is saved",
	0x10, 0x00, 0x00, 0xFF, 0xC0)
OP(0x1A, mmc_do_mode_sense6, 0, MMC_DATA_IN(4, 1), 256,
	"MODE SENSE (6)", "SPC-3 MODE SENSE (6)", "any, none", "pages 01 08 0A 0D 0E 1A 1C 1D 2A 3F; no saved values",
	0x08, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0x1B, mmc_do_start_stop, MMC_CHANGES_STATE, MMC_NO_DATA, 0,
	"START STOP UNIT", "MMC-5 START STOP UNIT", "any, none", "tray, power conditions; one format layer",
	0x01, 0x00, 0x00, 0xF7, 0xC0)
OP(0x1E, mmc_do_prevent_allow, MMC_CHANGES_STATE, MMC_NO_DATA, 0,
	"PREVENT ALLOW MEDIUM REMOVAL", "MMC-5 PREVENT ALLOW MEDIUM REMOVAL", "any, none", "complete, persistent too",
	0x00, 0x00, 0x00, 0x03, 0xC0)
OP(0x23, mmc_do_read_format_capacities, 0, MMC_DATA_IN(7, 2), 12,
	"READ FORMAT CAPACITIES", "MMC-5 READ FORMAT CAPACITIES", "any, none", "complete: nothing can be formatted",
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x25, mmc_do_read_capacity10, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 8,
	"READ CAPACITY (10)", "MMC-5 READ CAPACITY", "any", "complete",
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0)
OP(0x28, mmc_do_read10, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 0,
	"READ (10)", "MMC-5 READ (10)", "any", "complete",
	0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x2B, mmc_do_seek, MMC_NEEDS_MEDIUM, MMC_NO_DATA, 0,
	"SEEK (10)", "MMC-5 SEEK (10)", "any", "complete",
	0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xC0)
/* Byte 1 bit 1: BytChk. Only then data comes with it, as much as the sectors hold. */
OP(0x2F, mmc_do_verify10, MMC_NEEDS_MEDIUM, MMC_DATA_OUT(0, 0), 0,
	"VERIFY (10)", "MMC-5 VERIFY (10)", "any", "complete",
	0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x35, mmc_do_synchronize_cache, MMC_NEEDS_MEDIUM, MMC_NO_DATA, 0,
	"SYNCHRONIZE CACHE (10)", "MMC-5 SYNCHRONIZE CACHE (10)", "any", "complete: nothing is ever dirty",
	0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
/* Byte 1 bit 0 once told relative addresses; Linux sets it for CDROMSUBCHNL with CDROM_LBA. */
OP(0x42, mmc_do_read_subchannel, MMC_NEEDS_MEDIUM, MMC_DATA_IN(7, 2), 24,
	"READ SUB-CHANNEL", "MMC-5 6.25", "CD; header on any", "formats 1, 2, 3",
	0x03, 0x40, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xC0)
/* Control: bits 7-6 are the format as SFF-8020 had it. */
OP(0x43, mmc_do_read_toc, MMC_NEEDS_MEDIUM, MMC_DATA_IN(7, 2), MMC_REPLY_MAX,
	"READ TOC/PMA/ATIP", "MMC-5 6.26", "any", "formats 0, 1; 2 and 5 on CD; format in byte 9 as in SFF-8020",
	0x02, 0x0F, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0x44, mmc_do_read_header, MMC_NEEDS_MEDIUM, MMC_DATA_IN(7, 2), 8,
	"READ HEADER", "SFF-8020 READ HEADER", "CD", "complete",
	0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x45, mmc_do_play_audio10, MMC_NEEDS_MEDIUM | MMC_NEEDS_TIME, MMC_NO_DATA, 0,
	"PLAY AUDIO (10)", "MMC-3 PLAY AUDIO (10)", "CD with audio", "complete; never waits for the end",
	0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x46, mmc_do_get_configuration, MMC_UA_EXEMPT, MMC_DATA_IN(7, 2), 1024,
	"GET CONFIGURATION", "MMC-6 6.6", "any, none", "request types 0, 1, 2",
	0x03, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x47, mmc_do_play_audio_msf, MMC_NEEDS_MEDIUM | MMC_NEEDS_TIME, MMC_NO_DATA, 0,
	"PLAY AUDIO MSF", "MMC-3 PLAY AUDIO MSF", "CD with audio", "complete; never waits for the end",
	0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0x48, mmc_do_play_track_index, MMC_NEEDS_MEDIUM | MMC_NEEDS_TIME, MMC_NO_DATA, 0,
	"PLAY AUDIO TRACK INDEX", "SFF-8020 PLAY AUDIO TRACK INDEX", "CD with audio",
	"indices 0 and 1; never waits for the end",
	0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x4A, mmc_do_get_event, MMC_UA_EXEMPT, MMC_DATA_IN(7, 2), 8,
	"GET EVENT STATUS NOTIFICATION", "MMC-6 6.7", "any, none",
	"polled; classes operational change, power, media, device busy",
	0x01, 0x00, 0x00, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x4B, mmc_do_pause_resume, MMC_NEEDS_MEDIUM | MMC_NEEDS_TIME, MMC_NO_DATA, 0,
	"PAUSE/RESUME", "MMC-3 PAUSE/RESUME", "CD with audio", "complete",
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xC0)
OP(0x4E, mmc_do_stop_play, MMC_NEEDS_MEDIUM, MMC_NO_DATA, 0,
	"STOP PLAY/SCAN", "MMC-3 STOP PLAY/SCAN", "any", "complete",
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0)
OP(0x51, mmc_do_read_disc_info, MMC_NEEDS_MEDIUM, MMC_DATA_IN(7, 2), 34,
	"READ DISC INFORMATION", "MMC-5 6.22", "any", "standard information",
	0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x52, mmc_do_read_track_info, MMC_NEEDS_MEDIUM, MMC_DATA_IN(7, 2), 36,
	"READ TRACK INFORMATION", "MMC-5 6.27", "any", "by address, track, session",
	0x03, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x55, mmc_do_mode_select10, MMC_CHANGES_STATE, MMC_DATA_OUT(7, 2), 0,
	"MODE SELECT (10)", "SPC-3 MODE SELECT (10)", "any, none",
	"changeable bits of pages 01 08 0D 0E; nothing is saved",
	0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x5A, mmc_do_mode_sense10, 0, MMC_DATA_IN(7, 2), 256,
	"MODE SENSE (10)", "SPC-3 MODE SENSE (10)", "any, none", "pages 01 08 0A 0D 0E 1A 1C 1D 2A 3F; no saved values",
	0x18, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x5C, mmc_do_read_buffer_capacity, 0, MMC_DATA_IN(7, 2), 12,
	"READ BUFFER CAPACITY", "MMC-5 READ BUFFER CAPACITY", "any, none", "complete: the buffer is always free",
	0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0)
OP(0x88, mmc_do_read16, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 0,
	"READ (16)", "SBC-3 READ (16)", "any", "complete",
	0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xC0)
OP_ACTION(0x9E, 0x10, mmc_do_read_capacity16, MMC_NEEDS_MEDIUM, MMC_DATA_IN(10, 4), 32,
	"READ CAPACITY (16)", "SBC-3 READ CAPACITY (16)", "any", "complete",
	0x1F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xC0)
OP(0xA0, mmc_do_report_luns, MMC_UA_EXEMPT, MMC_DATA_IN(6, 4), 16,
	"REPORT LUNS", "SPC-3 REPORT LUNS", "any, none", "complete",
	0x00, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xC0)
/* Without this service action the opcode is SEND KEY, which the drive does not have. */
OP_ACTION(0xA3, 0x0C, mmc_do_report_opcodes, 0, MMC_DATA_IN(6, 4), 2048,
	"REPORT SUPPORTED OPERATION CODES", "SPC-4 6.35", "any, none", "complete; no timeouts are told",
	0x1F, 0x87, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xC0)
OP(0xA4, mmc_do_report_key, 0, MMC_DATA_IN(8, 2), 8,
	"REPORT KEY", "MMC-5 6.28", "any, none", "region (format 08) alone: there are no keys",
	0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0xA5, mmc_do_play_audio12, MMC_NEEDS_MEDIUM | MMC_NEEDS_TIME, MMC_NO_DATA, 0,
	"PLAY AUDIO (12)", "MMC-3 PLAY AUDIO (12)", "CD with audio", "complete; never waits for the end",
	0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0xC0)
OP(0xA7, mmc_do_set_read_ahead, MMC_NEEDS_MEDIUM, MMC_NO_DATA, 0,
	"SET READ AHEAD", "MMC-5 SET READ AHEAD", "any", "addresses are checked; a hint",
	0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xC0)
/* Byte 10 bit 7: Streaming. */
OP(0xA8, mmc_do_read12, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 0,
	"READ (12)", "MMC-5 READ (12)", "any", "complete",
	0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0xC0)
OP(0xAC, mmc_do_get_performance, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 24,
	"GET PERFORMANCE", "MMC-5 6.8", "any", "type 00: the speed of reading; nothing is written",
	0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xC0)
OP(0xAD, mmc_do_read_disc_structure, MMC_NEEDS_MEDIUM, MMC_DATA_IN(8, 2), 2052,
	"READ DISC STRUCTURE", "MMC-5 6.23", "DVD, BD",
	"DVD formats 00 01 04 FF; BD format FF; no BCA, no disc information of BD",
	0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0, 0xC0)
OP(0xB6, mmc_do_set_streaming, MMC_CHANGES_STATE, MMC_DATA_OUT(9, 2), 0,
	"SET STREAMING", "MMC-5 6.39", "any, none", "complete; counts on discs whose speed is limited",
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xC0)
/* Byte 1 bit 0 once told relative addresses. */
OP(0xB9, mmc_do_read_cd_msf, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 0,
	"READ CD MSF", "MMC-5 6.21", "CD",
	"all kinds of sector; no lead-in",
	0x1E, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x07, 0xC0)
/* Byte 1 bit 4: backwards. Byte 9 bits 7-6: what kind of address is in bytes 2-5. */
OP(0xBA, mmc_do_scan, MMC_NEEDS_MEDIUM | MMC_NEEDS_TIME, MMC_NO_DATA, 0,
	"SCAN", "MMC-3 SCAN", "CD with audio", "by address, MSF, track; 8 times as fast",
	0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xC0, 0x00, 0xC0)
OP(0xBB, mmc_do_set_cd_speed, MMC_CHANGES_STATE, MMC_NO_DATA, 0,
	"SET CD SPEED", "MMC-5 SET CD SPEED", "any, none", "complete; counts on discs whose speed is limited",
	0x03, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0)
OP(0xBD, mmc_do_mechanism_status, 0, MMC_DATA_IN(8, 2), 8,
	"MECHANISM STATUS", "MMC-5 MECHANISM STATUS", "any, none", "complete: not a changer",
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0xC0)
OP(0xBE, mmc_do_read_cd, MMC_NEEDS_MEDIUM, MMC_DATA_IN(0, 0), 0,
	"READ CD", "MMC-5 6.20", "CD",
	"all kinds of sector; no lead-in",
	0x1E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x07, 0xC0)
