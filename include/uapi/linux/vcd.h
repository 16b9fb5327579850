/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The control interface of vcd, the virtual optical drive.
 *
 * /dev/vcd-control takes the ioctls below. Each of them has one argument: a pointer to a structure that begins
 *
 *	__u32 size;	the caller's sizeof() of the structure
 *	__u32 flags;	VCD_<COMMAND>_* bits; a bit that the kernel does not know is refused
 *
 * A structure may grow at its end in a later version. A kernel that is newer than the caller takes the missing
 * fields as zero; a kernel that is older than the caller accepts the longer structure as long as everything it
 * does not know is zero. The command numbers carry no size, so that they stay the same when a structure grows.
 * Arrays travel as struct vcd_array, with the size of one element, so that elements can grow by the same rule.
 * Fields marked "out" are written on success only. Fields named reserved must be zero.
 *
 * Errors, the same for every command:
 *
 *	ENOTTY		the command is unknown to this kernel
 *	EINVAL		size is below the first version of the structure, or a value is understood and wrong
 *			(arithmetic that does not add up, an index out of range, a reserved field that is not zero)
 *	E2BIG		the structure or an array element has non-zero bytes beyond what this kernel knows, or an array
 *			has more elements than VCD_IOC_INFO says are allowed
 *	EOPNOTSUPP	a flag, or the value of a known field, that this kernel does not support (see VCD_FEATURE_*)
 *	EFAULT		a pointer leads nowhere, or results can't be written to the structure; the command had no
 *			effect, unless the memory was taken away while it ran
 *	ENODEV		there is no drive with this index (or it is being removed)
 *	EPERM		the drive or the disc belongs to another user and the caller lacks CAP_SYS_ADMIN
 *	EDQUOT		the caller's user holds as many drives, discs or files as a user without CAP_SYS_ADMIN can
 *	EINTR		a fatal signal ended a wait; the command had no effect unless it says otherwise
 *	ENOMEM		no memory
 *
 * Each command lists the errors that it adds.
 *
 * When a command that changes what is in a drive returns, the change is complete and its uevent has been sent.
 */
#ifndef _UAPI_LINUX_VCD_H
#define _UAPI_LINUX_VCD_H

#include <linux/types.h>
#include <linux/ioctl.h>

#define VCD_CONTROL_NODE	"/dev/vcd-control"

/** VCD_IOC_TYPE: the ioctl type byte of the control device */
#define VCD_IOC_TYPE		0xC7

#define VCD_IOC_INFO		_IO(VCD_IOC_TYPE, 0x00)
#define VCD_IOC_CREATE		_IO(VCD_IOC_TYPE, 0x01)
#define VCD_IOC_REMOVE		_IO(VCD_IOC_TYPE, 0x02)
#define VCD_IOC_ATTACH		_IO(VCD_IOC_TYPE, 0x03)
#define VCD_IOC_DETACH		_IO(VCD_IOC_TYPE, 0x04)
#define VCD_IOC_TRAY		_IO(VCD_IOC_TYPE, 0x05)
#define VCD_IOC_STATUS		_IO(VCD_IOC_TYPE, 0x06)

/** VCD_ANY: as an index: whichever drive fits */
#define VCD_ANY			(-1)

/** VCD_NAME_MAX: longest image name, without the terminating NUL */
#define VCD_NAME_MAX		4095

/**
 * struct vcd_array - an array in the caller's memory
 * @ptr: address of the first element; ignored when @count is 0
 * @count: number of elements
 * @elem_size: the caller's sizeof() of one element
 */
struct vcd_array {
	__u64 ptr;
	__u32 count;
	__u32 elem_size;
};

/* What this kernel's module can do: bits of vcd_info.features. */
/** VCD_FEATURE_DATA: data tracks of 2048 bytes a sector, one session, any number of files and extents */
#define VCD_FEATURE_DATA	(1ULL << 0)
/** VCD_FEATURE_READ_SPEED: vcd_attach.read_speed */
#define VCD_FEATURE_READ_SPEED	(1ULL << 1)
/** VCD_FEATURE_CACHE: vcd_attach.cache */
#define VCD_FEATURE_CACHE	(1ULL << 2)
/**
 * VCD_FEATURE_CD: all that is special to a CD: audio and Mode 2 tracks, pregaps, sessions, every VCD_FORM_*,
 * sub-channels, CD-Text, MCN, ISRC
 */
#define VCD_FEATURE_CD		(1ULL << 3)
/** VCD_FEATURE_INDICES: vcd_attach.indices */
#define VCD_FEATURE_INDICES	(1ULL << 4)

/**
 * struct vcd_info - VCD_IOC_INFO: what the module can do
 * @size: sizeof(struct vcd_info)
 * @flags: must be 0
 * @features: out: VCD_FEATURE_* bits
 * @drives: out: number of drives that exist
 * @max_drives: out: number of drives that can exist; indices run from 0 to @max_drives - 1
 * @max_files: out: most elements in vcd_attach.files
 * @max_extents: out: most elements in vcd_attach.extents
 * @max_tracks: out: most elements in vcd_attach.tracks
 * @reserved: out: 0
 * @user_drives: out: drives that a user without CAP_SYS_ADMIN can have made at a time; 0: any number
 * @user_discs: out: discs that such a user can have attached at a time, however many drives there are; 0: any number
 * @user_files: out: files that these can have in all; 0: any number
 * @reserved2: out: 0
 */
struct vcd_info {
	__u32 size;
	__u32 flags;
	__u64 features;
	__u32 drives;
	__u32 max_drives;
	__u32 max_files;
	__u32 max_extents;
	__u32 max_tracks;
	__u32 reserved;
	__u32 user_drives;
	__u32 user_discs;
	__u32 user_files;
	__u32 reserved2;
};

/**
 * struct vcd_create - VCD_IOC_CREATE: make an empty drive
 * @size: sizeof(struct vcd_create)
 * @flags: must be 0
 * @index: in: the wanted index, or VCD_ANY for the lowest free one; out: the drive's index
 * @major: out: device number of the block node
 * @minor: out: device number of the block node
 * @reserved: must be 0
 * @vendor: how the drive introduces itself: T10 vendor identification; empty: "VCD"
 * @product: product identification; empty: "Virtual BD-ROM"
 * @revision: product revision level; empty: that of the module
 * @serial: unit serial number; empty: "VCD" and the index in six digits. Programs take drives with the same one for
 *	one drive.
 *
 * The drive belongs to the caller's user. Its node is /dev/vcd<index>. Texts are printable ASCII, filled up with NULs;
 * one that takes the whole field has none.
 *
 * EEXIST: the wanted index is taken. ENOSPC: max_drives drives exist.
 */
struct vcd_create {
	__u32 size;
	__u32 flags;
	__s32 index;
	__u32 major;
	__u32 minor;
	__u32 reserved;
	char vendor[8];
	char product[16];
	char revision[4];
	char serial[20];
};

/** VCD_REMOVE_FORCE: also with a disc in it, and while it is open: openers get errors from then on */
#define VCD_REMOVE_FORCE	(1U << 0)

/**
 * struct vcd_remove - VCD_IOC_REMOVE: take a drive away
 * @size: sizeof(struct vcd_remove)
 * @flags: VCD_REMOVE_FORCE or 0
 * @index: the drive
 * @reserved: must be 0
 *
 * EBUSY: the drive is open or holds a disc. EPERM: somebody else made the drive or attached the disc in it.
 */
struct vcd_remove {
	__u32 size;
	__u32 flags;
	__s32 index;
	__u32 reserved;
};

/**
 * struct vcd_file - an image file of a disc
 * @fd: open for reading; a regular file or a block device. The kernel takes its own reference.
 * @flags: must be 0
 */
struct vcd_file {
	__s32 fd;
	__u32 flags;
};

/* Forms in which a file stores a sector: vcd_extent.form. */
/** VCD_FORM_USER_2048: the 2048 bytes of user data and nothing else; in a Mode 2 track: of a Form 1 sector */
#define VCD_FORM_USER_2048	0
/** VCD_FORM_RAW_2352: the main channel as it is on a CD: from sync to parity, or the samples of an audio sector */
#define VCD_FORM_RAW_2352	1
/** VCD_FORM_MODE2_2336: a sector of a Mode 2 track from its sub-header on: without sync and header */
#define VCD_FORM_MODE2_2336	2
/** VCD_FORM_AUDIO_BE_2352: the samples of an audio sector, each with its high byte first */
#define VCD_FORM_AUDIO_BE_2352	3
/* Forms in which a file stores the sub-channel of a sector: only in vcd_attach.subchannels. */
/** VCD_FORM_SUB_RAW_96: P to W, a bit of each in every byte, as on the disc */
#define VCD_FORM_SUB_RAW_96	4
/** VCD_FORM_SUB_PACKED_96: twelve bytes of P, then twelve of Q, and so on to W */
#define VCD_FORM_SUB_PACKED_96	5
/** VCD_FORM_SUB_Q_16: twelve bytes of Q, and four of which only the highest bit of the last means something: P */
#define VCD_FORM_SUB_Q_16	6

/** VCD_STRIDE_MAX: the largest stride of an extent, in bytes */
#define VCD_STRIDE_MAX		4096

/** VCD_FILE_NONE: as vcd_extent.file: no file, the sectors are zeroes or silence */
#define VCD_FILE_NONE		0xFFFFFFFFU

/**
 * struct vcd_extent - a run of sectors and where their bytes are
 * @lba: first sector of the run
 * @sectors: number of sectors, at least 1
 * @file: index into vcd_attach.files, or VCD_FILE_NONE
 * @stride: bytes from one sector to the next in the file: as many as @form has, or more, up to VCD_STRIDE_MAX
 * @form: what the file stores of a sector: VCD_FORM_*
 * @offset: byte offset of the first sector in the file
 * @tail: bytes of the last sector that the file holds, less than @form has; the rest of it reads as zeroes. 0: all of
 *	it.
 * @reserved: must be 0
 *
 * Extents are sorted by @lba and leave no gap: together they cover the disc from sector 0 to vcd_attach.sectors.
 * The bytes of an extent must lie inside the file when the disc is attached; those between the end of a sector and the
 * next one don't count. All sectors of an extent are of one mode, and its form is one that such sectors have; what
 * VCD_FILE_NONE stands for has the form VCD_FORM_USER_2048 and the stride 2048, whatever the mode.
 */
struct vcd_extent {
	__u32 lba;
	__u32 sectors;
	__u32 file;
	__u16 stride;
	__u16 form;
	__u64 offset;
	__u32 tail;
	__u32 reserved;
};

/* Kinds of track: vcd_track.mode. */
/** VCD_MODE_AUDIO: CD-DA */
#define VCD_MODE_AUDIO		0
/** VCD_MODE_DATA: data in 2048-byte sectors: CD Mode 1, DVD, BD */
#define VCD_MODE_DATA		1
/** VCD_MODE_MODE2: CD Mode 2: XA, whose sectors tell by their sub-header whether they are Form 1 or Form 2 */
#define VCD_MODE_MODE2		2

/** VCD_ISRC_LEN: length of an ISRC */
#define VCD_ISRC_LEN		12
/** VCD_MCN_LEN: length of a media catalogue number */
#define VCD_MCN_LEN		13

/**
 * struct vcd_track - a track of the disc
 * @lba: first sector (index 1)
 * @sectors: number of sectors up to index 1 of the next track or to the lead-out
 * @number: 1 to 99, counting up by one
 * @session: 1 to 99, starting with 1 and never falling
 * @control: the CONTROL nibble of sub-channel Q: bit 2 tells data from audio
 * @mode: VCD_MODE_*
 * @pregap: how many sectors before @lba are of this track already (index 0). For the first track of the disc, which
 *	has the two seconds before sector 0 as well, this is the same as @lba. Others have fewer than the track before
 *	them has sectors. The first track of a later session: at most 150.
 * @isrc: ISRC, VCD_ISRC_LEN digits and capital letters; empty: none
 * @flags: must be 0
 *
 * Where a session ends and another begins, the last track of the first is longer than what is on it by the lead-out,
 * the lead-in and the pregap of two seconds: 11400 sectors behind the first session, 6900 behind others.
 */
struct vcd_track {
	__u32 lba;
	__u32 sectors;
	__u8 number;
	__u8 session;
	__u8 control;
	__u8 mode;
	__u32 pregap;
	char isrc[VCD_ISRC_LEN];
	__u32 flags;
};

/** VCD_INDEX_MAX: the highest index that a track can have */
#define VCD_INDEX_MAX		99
/** VCD_INDICES_MAX: most elements in vcd_attach.indices */
#define VCD_INDICES_MAX		(99 * (VCD_INDEX_MAX - 1))

/**
 * struct vcd_index - where an index above 1 of a track begins
 * @lba: its first sector, behind index 1 of the track
 * @track: number of the track
 * @index: 2 to VCD_INDEX_MAX; those of a track count up by one from 2
 * @reserved: must be 0
 */
struct vcd_index {
	__u32 lba;
	__u8 track;
	__u8 index;
	__u16 reserved;
};

/** VCD_CDTEXT_MAX: most packs of CD-Text */
#define VCD_CDTEXT_MAX		2048

/**
 * struct vcd_cdtext - a pack of CD-Text
 * @pack: as it is on the disc: four bytes of header, twelve of data, two of CRC
 */
struct vcd_cdtext {
	__u8 pack[18];
};

/** VCD_ATTACH_SWAP: replace the disc that is in the drive; the same rules apply as for VCD_IOC_DETACH */
#define VCD_ATTACH_SWAP		(1U << 0)
/** VCD_ATTACH_FORCE: with VCD_ATTACH_SWAP: also while the disc is mounted or locked */
#define VCD_ATTACH_FORCE	(1U << 1)
/** VCD_ATTACH_CREATE: with index VCD_ANY: make a drive if none is empty */
#define VCD_ATTACH_CREATE	(1U << 2)
/** VCD_ATTACH_DUAL_LAYER: with VCD_PROFILE_DVD_ROM (else EINVAL): two layers, though one might be enough */
#define VCD_ATTACH_DUAL_LAYER	(1U << 3)

/** VCD_PROFILE_AUTO: as vcd_attach.profile: decided by the size of the disc */
#define VCD_PROFILE_AUTO	0x0000
/* Other values are MMC profile numbers: */
#define VCD_PROFILE_CD_ROM	0x0008
#define VCD_PROFILE_DVD_ROM	0x0010
#define VCD_PROFILE_BD_ROM	0x0040

/** VCD_READ_SPEED_MIN: the lowest limit of the speed: once CD */
#define VCD_READ_SPEED_MIN	176

/* How the bytes of image files get to the disc: vcd_attach.cache. */
/** VCD_CACHE_AUTO: from the page cache of the file if they are there, else directly where possible and better */
#define VCD_CACHE_AUTO		0
/** VCD_CACHE_PAGE: through the page cache of the file */
#define VCD_CACHE_PAGE		1
/** VCD_CACHE_NONE: as far as possible without adding anything to the page cache of the file */
#define VCD_CACHE_NONE		2

/**
 * struct vcd_attach - VCD_IOC_ATTACH: put a disc into a drive
 * @size: sizeof(struct vcd_attach)
 * @flags: VCD_ATTACH_*
 * @index: in: the drive, or VCD_ANY for the lowest one that is empty and not open exclusively; out: the drive
 * @profile: VCD_PROFILE_*
 * @files: array of struct vcd_file
 * @extents: array of struct vcd_extent
 * @tracks: array of struct vcd_track
 * @name: address of the image's name, as it is to be shown; not interpreted
 * @name_len: length of the name in bytes, without a NUL, 0 to VCD_NAME_MAX
 * @sectors: length of the disc in sectors, the address of the lead-out; at least 1
 * @generation: out: a number that no other disc in this drive had or will have
 * @read_speed: read the disc no faster than so many units of 1000 bytes/s, at least VCD_READ_SPEED_MIN (else EINVAL);
 *	0: as fast as it goes. As drives count it, a sector of a CD has 2352 bytes, any other 2048.
 * @cache: VCD_CACHE_*
 * @subchannels: array of struct vcd_extent with VCD_FORM_SUB_*: stored sub-channels; they are sorted and don't overlap,
 *	but need not be there for all sectors. What is not there is made up from the tracks.
 * @cdtext: array of struct vcd_cdtext: what the lead-in holds
 * @mcn: media catalogue number, VCD_MCN_LEN digits and NULs; empty: none
 * @indices: array of struct vcd_index, sorted by @lba: the indices above 1 of all tracks
 *
 * Tracks that are not VCD_MODE_DATA, more than one session, @subchannels, @cdtext, @mcn and @indices are only for a CD.
 *
 * The disc belongs to the caller's user. The tray closes if it was open. The call is atomic: on any error the drive
 * holds what it held before (with VCD_ATTACH_SWAP and ETIMEDOUT: nothing, because reads of the old disc that do not
 * return hold up the new one).
 *
 * EEXIST: the drive holds a disc and VCD_ATTACH_SWAP was not given. EBUSY: the drive is held (see VCD_IOC_DETACH), or
 * is still waiting for reads of a disc that was taken out by force. ENOMEDIUM: VCD_ATTACH_SWAP and no disc to replace.
 * ENOSPC: VCD_ANY and no drive is empty (with VCD_ATTACH_CREATE: and no drive can be made). EBADF: a descriptor is
 * not open for reading. EISDIR, ENODATA, ENOTBLK: a file is a directory; is empty; is neither a regular file nor a
 * block device. ELOOP: a file lies on this drive or is it, a file of another disc does and this one lies on a disc
 * itself, or discs are stacked too deep; with VCD_ANY: all drives that are empty are such. EFBIG: more sectors than a
 * disc of this profile can address.
 */
struct vcd_attach {
	__u32 size;
	__u32 flags;
	__s32 index;
	__u32 profile;
	struct vcd_array files;
	struct vcd_array extents;
	struct vcd_array tracks;
	__u64 name;
	__u32 name_len;
	__u32 sectors;
	__u64 generation;
	__u32 read_speed;
	__u32 cache;
	struct vcd_array subchannels;
	struct vcd_array cdtext;
	char mcn[16];
	struct vcd_array indices;
};

/** VCD_DETACH_FORCE: also while the disc is mounted or locked: readers get errors from then on */
#define VCD_DETACH_FORCE	(1U << 0)

/**
 * struct vcd_detach - VCD_IOC_DETACH: take the disc out of a drive
 * @size: sizeof(struct vcd_detach)
 * @flags: VCD_DETACH_FORCE or 0
 * @index: the drive
 * @reserved: must be 0
 * @generation: the disc that is meant, or 0 for any
 *
 * The disc is held, and EBUSY the answer, while the node is open exclusively (a mounted file system, a device stacked
 * on it) or open with the tray locked. A tray that was locked with nobody having the node open does not count. The
 * disc of another user gives EPERM.
 *
 * EBUSY: see above. ENOMEDIUM: there is no disc. ESTALE: another disc than the one meant is in the drive.
 */
struct vcd_detach {
	__u32 size;
	__u32 flags;
	__s32 index;
	__u32 reserved;
	__u64 generation;
};

/* vcd_tray.action */
#define VCD_TRAY_OPEN		1	/* as CDROMEJECT does: the disc stays in the tray */
#define VCD_TRAY_CLOSE		2	/* the disc in the tray is loaded */
#define VCD_TRAY_BUTTON		3	/* press the button: moves the tray, or asks if it is locked */

/** VCD_TRAY_FORCE: open even while mounted or locked */
#define VCD_TRAY_FORCE		(1U << 0)

/**
 * struct vcd_tray - VCD_IOC_TRAY: move the tray of a drive
 * @size: sizeof(struct vcd_tray)
 * @flags: VCD_TRAY_FORCE or 0; only with VCD_TRAY_OPEN
 * @index: the drive
 * @action: VCD_TRAY_*
 *
 * EBUSY: VCD_TRAY_OPEN and the disc is held (see VCD_IOC_DETACH), or the tray is to be closed and reads of a disc that
 * was taken out by force have not returned. EPERM: VCD_TRAY_FORCE and the disc is another user's.
 */
struct vcd_tray {
	__u32 size;
	__u32 flags;
	__s32 index;
	__u32 action;
};

/* vcd_status.state bits */
#define VCD_STATE_DISC		(1U << 0)	/* there is a disc, in the drive or in the open tray */
#define VCD_STATE_TRAY_OPEN	(1U << 1)
#define VCD_STATE_LOCKED	(1U << 2)	/* the tray is locked (PREVENT ALLOW MEDIUM REMOVAL) */
#define VCD_STATE_EXCLUSIVE	(1U << 3)	/* mounted, or opened with O_EXCL */
#define VCD_STATE_STALE		(1U << 4)	/* who has it open knew another disc, and can't read this one yet */
#define VCD_STATE_DRAINING	(1U << 5)	/* reads of a disc that was taken out have not returned yet */

/** VCD_STATUS_NEXT: answer for the first drive whose index is at least @index */
#define VCD_STATUS_NEXT		(1U << 0)

/**
 * struct vcd_status - VCD_IOC_STATUS: the state of a drive
 * @size: sizeof(struct vcd_status)
 * @flags: VCD_STATUS_NEXT or 0
 * @index: in: the drive; out: the drive that the answer is about
 * @state: out: VCD_STATE_* bits
 * @major: out: device number of the block node
 * @minor: out: device number of the block node
 * @openers: out: how many times the block node is open
 * @drive_uid: out: who made the drive, in the caller's user namespace
 * @disc_uid: out: who attached the disc
 * @profile: out: MMC profile of the disc, 0 without one
 * @sectors: out: length of the disc in sectors
 * @tracks: out: number of tracks
 * @sessions: out: number of sessions
 * @files: out: number of image files
 * @generation: out: see vcd_attach.generation; 0 without a disc
 * @name: address of a buffer for the image's name, or 0
 * @name_size: in: size of the buffer; out: length of the name and its NUL. A name that does not fit is cut, with a NUL.
 * @reserved: must be 0
 * @read_speed: out: see vcd_attach.read_speed; 0 without a disc
 * @cache: out: see vcd_attach.cache; 0 without a disc
 *
 * Everybody who may open the control device may ask about every drive.
 */
struct vcd_status {
	__u32 size;
	__u32 flags;
	__s32 index;
	__u32 state;
	__u32 major;
	__u32 minor;
	__u32 openers;
	__u32 drive_uid;
	__u32 disc_uid;
	__u32 profile;
	__u32 sectors;
	__u32 tracks;
	__u32 sessions;
	__u32 files;
	__u64 generation;
	__u64 name;
	__u32 name_size;
	__u32 reserved;
	__u32 read_speed;
	__u32 cache;
};

#endif /* _UAPI_LINUX_VCD_H */
