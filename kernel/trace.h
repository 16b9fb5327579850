/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events: each command, and each change of what is in a drive.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vcd

#if !defined(VCD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VCD_TRACE_H

#include <linux/tracepoint.h>

#include "vcd.h"

/* What vcd_disc_change reports. */
#ifndef VCD_TRACE_CHANGES
#define VCD_TRACE_CHANGES
enum vcd_change {
	VCD_CHANGE_LOADED,	/* the disc can be read */
	VCD_CHANGE_UNLOADED,	/* it can't any more: the tray opened, or it was taken out */
	VCD_CHANGE_TAKEN_OUT,	/* it has left the drive or the tray */
};
#endif

TRACE_DEFINE_ENUM(VCD_PARTY_PROCESS);
TRACE_DEFINE_ENUM(VCD_PARTY_KERNEL);
TRACE_DEFINE_ENUM(VCD_CHANGE_LOADED);
TRACE_DEFINE_ENUM(VCD_CHANGE_UNLOADED);
TRACE_DEFINE_ENUM(VCD_CHANGE_TAKEN_OUT);

TRACE_EVENT(vcd_command,
	TP_PROTO(const struct vcd_drive *drive, enum vcd_party party, const struct vcd_packet *packet, u64 ns,
		 int error),
	TP_ARGS(drive, party, packet, ns, error),
	TP_STRUCT__entry(
		__field(int, drive)
		__field(int, error)
		__field(u64, ns)
		__field(u64, bytes)
		__field(u8, party)
		__field(u8, status)
		__field(u8, key)
		__field(u8, asc)
		__field(u8, ascq)
		__field(u8, cdb_len)
		__array(u8, cdb, MMC_CDB_MAX)
	),
	TP_fast_assign(
		__entry->drive = drive->index;
		__entry->error = error;
		__entry->ns = ns;
		__entry->bytes = packet->done;
		__entry->party = party;
		__entry->status = packet->status;
		__entry->key = packet->sense_len ? packet->sense[2] & 0x0f : 0;
		__entry->asc = packet->sense_len ? packet->sense[12] : 0;
		__entry->ascq = packet->sense_len ? packet->sense[13] : 0;
		__entry->cdb_len = min_t(unsigned int, packet->cdb_len, MMC_CDB_MAX);
		memset(__entry->cdb, 0, MMC_CDB_MAX);
		memcpy(__entry->cdb, packet->cdb, __entry->cdb_len);
	),
	TP_printk("vcd%d %s cdb=%s status=%02x sense=%x/%02x/%02x bytes=%llu ns=%llu error=%d",
		  __entry->drive,
		  __print_symbolic(__entry->party, { VCD_PARTY_PROCESS, "process" }, { VCD_PARTY_KERNEL, "kernel" }),
		  __print_hex(__entry->cdb, __entry->cdb_len),
		  __entry->status, __entry->key, __entry->asc, __entry->ascq, __entry->bytes, __entry->ns,
		  __entry->error)
);

TRACE_EVENT(vcd_disc_change,
	TP_PROTO(const struct vcd_drive *drive, const struct vcd_disc *disc, enum vcd_change change),
	TP_ARGS(drive, disc, change),
	TP_STRUCT__entry(
		__field(u64, generation)
		__field(int, drive)
		__field(u32, sectors)
		__field(u16, profile)
		__field(u8, change)
		__field(u8, tray_open)
	),
	TP_fast_assign(
		__entry->generation = disc->generation;
		__entry->drive = drive->index;
		__entry->sectors = disc->medium.sectors;
		__entry->profile = disc->medium.profile;
		__entry->change = change;
		__entry->tray_open = vcd_drive_tray_open(drive);
	),
	TP_printk("vcd%d %s generation=%llu profile=%04x sectors=%u tray_open=%u",
		  __entry->drive,
		  __print_symbolic(__entry->change, { VCD_CHANGE_LOADED, "loaded" },
				   { VCD_CHANGE_UNLOADED, "unloaded" }, { VCD_CHANGE_TAKEN_OUT, "taken-out" }),
		  __entry->generation, __entry->profile, __entry->sectors, __entry->tray_open)
);

#endif /* VCD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
