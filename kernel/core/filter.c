// SPDX-License-Identifier: GPL-2.0
/*
 * Who may send which command: the classes of the kernel's SCSI command filter, by opcode alone. They cover all
 * opcodes that the filter knows, not just those that this drive answers, so that a program gets the same errno from
 * this drive as from any other.
 */
#include "mmc.h"

/* Kernel-doc in mmc.h. */
enum mmc_access mmc_access(u8 opcode)
{
	switch (opcode) {
	case 0x00:	/* TEST UNIT READY */
	case 0x03:	/* REQUEST SENSE */
	case 0x08:	/* READ (6) */
	case 0x12:	/* INQUIRY */
	case 0x1A:	/* MODE SENSE (6) */
	case 0x1B:	/* START STOP UNIT */
	case 0x1C:	/* RECEIVE DIAGNOSTIC RESULTS */
	case 0x23:	/* READ FORMAT CAPACITIES */
	case 0x25:	/* READ CAPACITY (10) */
	case 0x28:	/* READ (10) */
	case 0x2B:	/* SEEK (10) */
	case 0x2F:	/* VERIFY (10) */
	case 0x37:	/* READ DEFECT DATA (10) */
	case 0x3C:	/* READ BUFFER */
	case 0x3E:	/* READ LONG (10) */
	case 0x42:	/* READ SUB-CHANNEL */
	case 0x43:	/* READ TOC/PMA/ATIP */
	case 0x44:	/* READ HEADER */
	case 0x45:	/* PLAY AUDIO (10) */
	case 0x46:	/* GET CONFIGURATION */
	case 0x47:	/* PLAY AUDIO MSF */
	case 0x48:	/* PLAY AUDIO TRACK INDEX */
	case 0x4A:	/* GET EVENT STATUS NOTIFICATION */
	case 0x4B:	/* PAUSE/RESUME */
	case 0x4D:	/* LOG SENSE */
	case 0x4E:	/* STOP PLAY/SCAN */
	case 0x51:	/* READ DISC INFORMATION */
	case 0x52:	/* READ TRACK INFORMATION */
	case 0x5A:	/* MODE SENSE (10) */
	case 0x5C:	/* READ BUFFER CAPACITY */
	case 0x88:	/* READ (16) */
	case 0x8F:	/* VERIFY (16) */
	case 0x95:	/* ZBC IN */
	case 0x9E:	/* SERVICE ACTION IN (16) */
	case 0xA0:	/* REPORT LUNS */
	case 0xA3:	/* MAINTENANCE IN, SEND KEY */
	case 0xA4:	/* REPORT KEY */
	case 0xA8:	/* READ (12) */
	case 0xAC:	/* GET PERFORMANCE */
	case 0xAD:	/* READ DISC STRUCTURE */
	case 0xB9:	/* READ CD MSF */
	case 0xBA:	/* SCAN */
	case 0xBC:	/* PLAY CD */
	case 0xBE:	/* READ CD */
		return MMC_ACCESS_READ;
	case 0x04:	/* FORMAT UNIT */
	case 0x0A:	/* WRITE (6) */
	case 0x0D:	/* the filter's idea of WRITE SAME (32), whose service action is 0Dh */
	case 0x15:	/* MODE SELECT (6) */
	case 0x19:	/* ERASE */
	case 0x1E:	/* PREVENT ALLOW MEDIUM REMOVAL */
	case 0x2A:	/* WRITE (10) */
	case 0x2E:	/* WRITE AND VERIFY (10) */
	case 0x35:	/* SYNCHRONIZE CACHE (10) */
	case 0x3F:	/* WRITE LONG (10) */
	case 0x41:	/* WRITE SAME (10) */
	case 0x4C:	/* LOG SELECT */
	case 0x53:	/* RESERVE TRACK */
	case 0x54:	/* SEND OPC INFORMATION */
	case 0x55:	/* MODE SELECT (10) */
	case 0x58:	/* REPAIR TRACK */
	case 0x5B:	/* CLOSE TRACK/SESSION */
	case 0x5D:	/* SEND CUE SHEET */
	case 0x8A:	/* WRITE (16) */
	case 0x93:	/* WRITE SAME (16) */
	case 0x94:	/* ZBC OUT */
	case 0xA1:	/* BLANK */
	case 0xA2:	/* SEND EVENT */
	case 0xA6:	/* LOAD/UNLOAD MEDIUM */
	case 0xA7:	/* SET READ AHEAD */
	case 0xAA:	/* WRITE (12) */
	case 0xAE:	/* WRITE AND VERIFY (12) */
	case 0xB6:	/* SET STREAMING */
	case 0xBB:	/* SET CD SPEED */
	case 0xBF:	/* SEND DISC STRUCTURE */
	case 0xEA:	/* WRITE LONG, as the kernel has it */
		return MMC_ACCESS_WRITE;
	default:
		return MMC_ACCESS_RAWIO;
	}
}
