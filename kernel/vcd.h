/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcd, the virtual optical drive: the parts of the driver and what they share.
 *
 *	main.c		load and unload
 *	ctl.c		/dev/vcd-control
 *	table.c		the table of drives
 *	user.c		what users hold
 *	drive.c		a drive: create, remove, what holds it
 *	media.c		discs going in and out, the tray
 *	disc.c		a disc: files, layout, reading
 *	cache.c		reading what the page cache has of an image
 *	direct.c	reading past the page cache of an image
 *	blk.c		the block node
 *	pace.c		reading no faster than asked for
 *	packet.c	commands: the engine, and carrying out its plans
 *	nexus.c		who talks to a drive
 *	sgio.c		SG_IO and its relatives
 *	cdrom.c		the uniform CD-ROM layer
 *	sysfs.c		attributes
 *	fault.c		faults on request, for tests
 *	trace.c		trace events
 *	core/		the MMC engine
 */
#ifndef VCD_H
#define VCD_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/cdrom.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/vcd.h>

#include "compat/compat.h"
#include "core/layout.h"
#include "core/mmc.h"
#include "core/sector.h"

#define VCD_NAME		"vcd"
#define VCD_VERSION		"0.1.0"
/** VCD_REVISION - the version as INQUIRY has room for it */
#define VCD_REVISION		"0.1"

/** VCD_DRIVES_MAX: drives that can exist; each has one minor number */
#define VCD_DRIVES_MAX		4096
/** VCD_FILES_MAX, VCD_EXTENTS_MAX: elements in the tables of an attach call */
#define VCD_FILES_MAX		256
#define VCD_EXTENTS_MAX		4096
/** VCD_USER_DRIVES_MAX, VCD_USER_DISCS_MAX, VCD_USER_FILES_MAX: what a user without CAP_SYS_ADMIN can hold */
#define VCD_USER_DRIVES_MAX	64
#define VCD_USER_DISCS_MAX	64
#define VCD_USER_FILES_MAX	1024
/** VCD_DEPTH_MAX: discs whose images lie on other discs, stacked on each other */
#define VCD_DEPTH_MAX		4
/** VCD_READERS: workers of one disc; each waits for its files, but for direct reads */
#define VCD_READERS		4
/** VCD_NEXUSES: processes of which a drive remembers what they have been told; the one longest silent makes room */
#define VCD_NEXUSES		8
/** VCD_FAULTS_MAX: faults that wait in a drive */
#define VCD_FAULTS_MAX		8
/** VCD_DRAIN_TIMEOUT: how long to wait for reads of a disc that is taken out by force, in jiffies */
#define VCD_DRAIN_TIMEOUT	(5 * HZ)

struct mmc_stored;
struct vcd_disc;

/**
 * struct vcd_reader - a worker that reads for a disc
 * @work: runs while there are bios in vcd_disc.queue
 * @disc: the disc
 */
struct vcd_reader {
	struct work_struct work;
	struct vcd_disc *disc;
};

/**
 * struct vcd_image - an image file of a disc
 * @file: opened by us
 * @cache: the page cache that it may be read from; NULL if its file system has to be asked
 * @alignment: what a direct read of it has to be a multiple of, in bytes; 0: none is to be tried, or again
 */
struct vcd_image {
	struct file *file;
	struct address_space *cache;
	unsigned int alignment;
};

/**
 * struct vcd_disc - a disc; what is on it does not change after it was made
 * @ref: references: the drive that it lies in or drains in, and commands that read from it
 * @generation: tells it from every other disc
 * @owner: who attached it
 * @user: where that is counted, NULL if it is not
 * @depth: 0, or 1 more than the depth of the deepest disc that its files lie on; set before it is put in
 * @own_queue: where it reads, if not with others
 * @name: image name as given at attach
 * @medium: what the engine knows of it
 * @layout: where its sectors are
 * @subchannels: where stored sub-channels are
 * @blocks: all its sectors can be read as blocks
 * @cache: VCD_CACHE_*
 * @nr_images: number of @images
 * @images: the image files
 * @below: for each image the drive of ours that it lies on or is, with a reference; NULL if none does
 * @inflight: bios that read from it; alive while the disc is loaded and the tray closed
 * @drained: completed when @inflight has died and the last bio is done
 * @unloaded: woken when @inflight has begun to die
 * @due: if the speed is limited: when the turn of the last read ends; under the lock of the drive
 * @last_end: where the last read ended that was looked at for being direct, in units of 512 bytes
 * @queue_lock: protects @queue and @idle; taken in submit_bio, innermost
 * @queue: bios that wait for a reader
 * @again: direct reads that have failed
 * @again_work: reads for them through the page cache
 * @idle: bit set of @readers that do not run
 * @readers: they read the files
 */
struct vcd_disc {
	struct kref ref;
	u64 generation;
	kuid_t owner;
	struct vcd_user *user;
	unsigned int depth;
	struct workqueue_struct *own_queue;
	char *name;
	struct mmc_medium medium;
	struct mmc_layout layout;
	struct mmc_layout subchannels;
	bool blocks;
	u32 cache;
	unsigned int nr_images;
	struct vcd_image *images;
	struct vcd_drive **below;
	struct percpu_ref inflight;
	struct completion drained;
	wait_queue_head_t unloaded;
	u64 due;
	sector_t last_end;
	spinlock_t queue_lock;
	struct bio_list queue __guarded_by(&queue_lock);
	struct llist_head again;
	struct work_struct again_work;
	unsigned long idle __guarded_by(&queue_lock);
	struct vcd_reader readers[VCD_READERS];
};

/**
 * struct vcd_nexus - a process that talks to a drive
 * @used: when it last did, in the order of uses; 0: the slot is free
 * @started: when the process was started, which tells it from another that had its number
 * @tgid: its number
 * @opens: how many times it has opened the node
 * @prevents: it prevents removal of the medium
 * @mmc: what it has not been told of
 */
struct vcd_nexus {
	u64 used;
	u64 started;
	pid_t tgid;
	unsigned int opens;
	bool prevents;
	struct mmc_nexus mmc;
};

/**
 * struct vcd_fault - a fault that a test has asked for
 * @lba: the sector that can't be read, unless @command
 * @times: how many more times; 0: always
 * @command: a command fails
 * @opcode: which
 * @key: sense key
 * @asc: additional sense code
 * @ascq: its qualifier
 */
struct vcd_fault {
	u32 lba;
	u32 times;
	bool command;
	u8 opcode;
	u8 key;
	u8 asc;
	u8 ascq;
};

/**
 * struct vcd_drive - a drive
 *
 * Lock order, outermost first:
 *
 *	vcd_table_lock		(table.c) the table of drives
 *	drive->control		whoever moves the tray or a disc from outside: control device, eject ioctls
 *	disk->open_mutex	(block layer) open and release
 *	drive->cdrom_lock	calls into the uniform CD-ROM layer: open, release, ioctl
 *	invalidate_lock		(page cache of the node) pages come and go; held while a disc is loaded
 *	drive->lock		a spin lock: tray, engine state, disc pointers
 *	disc->queue_lock	a spin lock: bios that wait
 *
 * Code that runs under open_mutex (open, release, and so tray_move() when the CD-ROM layer closes the tray by itself)
 * must not wait for @control, it tries it. Nor does who has @control wait for open_mutex, whose holder may wait for
 * reads: who wants both waits for one at a time and tries the other. No file is read under anything, none is closed and
 * disk_force_media_change() is not called under anything but @control, and del_gendisk() is called under nothing.
 * @drain_work, for which holders of @control wait, takes none but invalidate_lock. User memory is touched under nothing
 * but, for the small arguments of ioctls of the CD-ROM layer, cdrom_lock.
 *
 * @dev: parent device of the disk, with the attributes of a SCSI device. Its reference count is the drive's: the
 *	table and the gendisk hold a reference. The disk may only be touched under @control or @lock with
 *	@removed not set, or by who has it open.
 * @index: N of /dev/vcdN
 * @owner: who made it
 * @user: where that is counted, NULL if it is not
 * @disk: the block device
 * @cdi: the drive in the uniform CD-ROM layer
 * @control: see above
 * @cdrom_lock: see above
 * @removed: no more opens; set under @control and @lock, an open that is on its way may pass
 * @openers: how many times the node is open; changes under open_mutex and @lock
 * @ioctl: under @cdrom_lock: the ioctl of the CD-ROM layer that is running, 0 for none
 * @lock: protects what follows, as each member says
 * @mmc: engine state
 * @nexus: processes that use SG_IO and CDROM_SEND_PACKET
 * @nexus_uses: counts their uses
 * @door_locked: the CD-ROM layer has locked the door
 * @kernel: nexus of the uniform CD-ROM layer
 * @events: DISK_EVENT_* that the CD-ROM layer has not fetched
 * @disc: the disc in the drive or in its open tray; holds a reference; changes under @control and @lock
 * @loaded: @disc while the tray is closed, else NULL; read under RCU by the block node
 * @draining: the last reads of a disc that was unloaded are waited for. Set under @control; until @drain_work, under
 *	nothing, resets it no disc is loaded, nor the holder told of one.
 * @drain_work: waits for them, and forgets what the disc left
 * @drain_disc: the disc, if one was unloaded; belongs to @drain_work while @draining
 * @drain_late: whoever wanted it out has not waited
 * @bound: generation that openers knew when the disc was taken from under them, 0 for none: they must not see bytes
 *	of another disc. It ends when somebody opens the node or asks for media changes, as that acknowledges the new
 *	disc; but an exclusive opener, such as a mounted file system, has to go first.
 * @above: files of discs that lie on this drive
 * @coming: how deep a disc is stacked that is about to be put in; 0 if none is, or it is not stacked
 * @faults: what tests have asked for
 * @nr_faults: how many of @faults there are
 * @fault_file: where they ask, in debugfs
 * @sg_timeout: value of SG_SET_TIMEOUT, in jiffies
 * @sg_reserved: value of SG_SET_RESERVED_SIZE
 */
struct vcd_drive {
	struct device dev;
	int index;
	kuid_t owner;
	struct vcd_user *user;
	struct gendisk *disk;
	struct cdrom_device_info cdi;
	struct mutex control;
	struct mutex cdrom_lock;
	bool removed __guarded_by(&control, &lock);
	unsigned int openers __guarded_by(&lock);
	unsigned int ioctl __guarded_by(&cdrom_lock);

	spinlock_t lock;
	struct mmc_drive mmc __guarded_by(&lock);
	struct vcd_nexus nexus[VCD_NEXUSES] __guarded_by(&lock);
	u64 nexus_uses __guarded_by(&lock);
	bool door_locked __guarded_by(&lock);
	struct mmc_nexus kernel __guarded_by(&lock);
	unsigned int events __guarded_by(&lock);
	struct vcd_disc *disc __guarded_by(&control, &lock);
	struct vcd_disc __rcu *loaded __guarded_by(RCU);
	bool draining;
	struct work_struct drain_work;
	struct vcd_disc *drain_disc;
	bool drain_late;
	u64 bound __guarded_by(&lock);
	atomic_t above;
	unsigned int coming __guarded_by(&lock);
	struct vcd_fault faults[VCD_FAULTS_MAX] __guarded_by(&lock);
	unsigned int nr_faults __guarded_by(&lock);
	struct dentry *fault_file;
	int sg_timeout;
	int sg_reserved;
};

/* main.c */

/** vcd_parent - the device that all drives hang under: /sys/devices/vcd */
extern struct device *vcd_parent;
/** vcd_major - major number of the block nodes */
extern int vcd_major;

/** vcd_queue - for work that is neither reading nor urgent */
extern struct workqueue_struct *vcd_queue;
/** vcd_read_queue - where discs read whose files wait for nothing but a disk; see vcd_disc.own_queue */
extern struct workqueue_struct *vcd_read_queue;

void vcd_object_get(void);
void vcd_object_put(void);

/* ctl.c */
int vcd_ctl_register(void);
void vcd_ctl_unregister(void);

/* table.c */
int vcd_table_add(int wanted, kuid_t owner, const struct mmc_identity *id, struct vcd_drive **drive);
void vcd_table_del(struct vcd_drive *drive);
struct vcd_drive *vcd_table_get(int index);
struct vcd_drive *vcd_table_next(int index);
unsigned int vcd_table_count(void);
void vcd_table_clear(void);

/* user.c */

/** struct vcd_holding - what a user holds, or is about to */
struct vcd_holding {
	unsigned int drives;
	unsigned int discs;
	unsigned int files;
};

struct vcd_user *vcd_user_charge(const struct vcd_holding *more, bool swap);
void vcd_user_uncharge(struct vcd_user *user, const struct vcd_holding *less);

/* drive.c */

/** enum vcd_removal - what may be in the way when a drive is removed */
enum vcd_removal {
	VCD_REMOVAL_IDLE,	/* nothing */
	VCD_REMOVAL_FORCED,	/* openers, and a disc of the caller's */
	VCD_REMOVAL_UNLOAD,	/* anything: the module goes */
};

struct vcd_drive *vcd_drive_create(int index, kuid_t owner, const struct mmc_identity *id);
int vcd_drive_remove(struct vcd_drive *drive, enum vcd_removal how);
struct vcd_drive *vcd_drive_get(struct vcd_drive *drive);
void vcd_drive_put(struct vcd_drive *drive);
bool vcd_drive_exclusive(const struct vcd_drive *drive);
bool vcd_drive_held(struct vcd_drive *drive) __must_hold(&drive->lock);
bool vcd_may_touch(kuid_t owner);

/**
 * vcd_drive_loaded - the disc that is loaded, or NULL
 * @drive: the drive
 *
 * Return: vcd_drive.loaded, which stays what it is for as long as the lock is held.
 */
static inline struct vcd_disc *vcd_drive_loaded(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	return context_unsafe(rcu_dereference_protected(drive->loaded, lockdep_is_held(&drive->lock)));
}

/**
 * vcd_drive_tray_open - is the tray open?
 * @drive: the drive
 *
 * It moves under both @control and @lock: for who holds neither, this is a snapshot.
 *
 * Return: whether it is.
 */
static inline bool vcd_drive_tray_open(const struct vcd_drive *drive)
{
	return context_unsafe(READ_ONCE(drive->mmc.tray_open));
}

/* media.c */

/** enum vcd_eject - who wants the tray open */
enum vcd_eject {
	VCD_EJECT_POLITE,	/* refuse if the disc is held */
	VCD_EJECT_COMMAND,	/* START STOP UNIT: the engine has checked the lock */
	VCD_EJECT_FORCE,	/* in any case */
};

int vcd_media_insert(struct vcd_drive *drive, struct vcd_disc *disc, bool swap, bool force);
int vcd_media_remove(struct vcd_drive *drive, u64 generation, bool force);
int vcd_media_open_tray(struct vcd_drive *drive, enum vcd_eject how);
int vcd_media_close_tray(struct vcd_drive *drive);
int vcd_media_button(struct vcd_drive *drive);
int vcd_media_tray_move(struct vcd_drive *drive, bool open) __must_hold(&drive->cdrom_lock);
void vcd_media_drain_work(struct work_struct *work);
int vcd_media_shut(struct vcd_drive *drive, enum vcd_removal how);
void vcd_media_acknowledge(struct vcd_drive *drive) __must_hold(&drive->lock);

/* disc.c */

/**
 * struct vcd_disc_spec - what a disc is made from; all memory belongs to the caller until vcd_disc_create() succeeds
 * @files: descriptors, already looked up; a reference each, which the disc takes over
 * @nr_files: how many
 * @layout: where its sectors are; extents kvmalloc'ed
 * @subchannels: where stored sub-channels are; likewise
 * @cdtext: packs of CD-Text, kvmalloc'ed
 * @nr_cdtext: how many
 * @mcn: media catalogue number
 * @indices: indices above 1, kvmalloc'ed
 * @nr_indices: how many
 * @tracks: kmalloc'ed
 * @nr_tracks: how many
 * @sectors: length of the disc
 * @profile: MMC profile, or MMC_PROFILE_NONE for the one that fits the size
 * @dual_layer: with MMC_PROFILE_DVD_ROM: two layers, whatever the size
 * @speed: limit of the read speed, in units of 1000 bytes/s; 0 for none
 * @cache: VCD_CACHE_*
 * @swap: it takes the place of another disc
 * @name: kmalloc'ed, with a NUL
 */
struct vcd_disc_spec {
	struct file **files;
	unsigned int nr_files;
	struct mmc_layout layout;
	struct mmc_layout subchannels;
	u8 *cdtext;
	unsigned int nr_cdtext;
	char mcn[MMC_MCN_LEN];
	struct mmc_index *indices;
	unsigned int nr_indices;
	struct mmc_track *tracks;
	unsigned int nr_tracks;
	u32 sectors;
	u16 profile;
	bool dual_layer;
	u32 speed;
	u32 cache;
	bool swap;
	char *name;
};

struct vcd_disc *vcd_disc_create(struct vcd_disc_spec *spec);
struct vcd_disc *vcd_disc_get(struct vcd_disc *disc);
void vcd_disc_put(struct vcd_disc *disc);
int vcd_disc_stack(struct vcd_disc *disc, struct vcd_drive *target);
void vcd_disc_stacked(struct vcd_drive *target);
int vcd_disc_read(struct vcd_disc *disc, u64 pos, struct iov_iter *iter);
int vcd_disc_read_piece(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter);
ssize_t vcd_image_read(const struct vcd_image *image, struct kiocb *kiocb, struct iov_iter *iter);
int vcd_disc_read_file(struct vcd_disc *disc, u32 file, u64 offset, struct iov_iter *iter);
void vcd_disc_queue_work(struct vcd_disc *disc, struct work_struct *work);
void vcd_disc_submit(struct vcd_disc *disc, struct bio *bio);
void vcd_disc_bio_iter(const struct bio *bio, struct iov_iter *iter);
blk_status_t vcd_disc_serve(struct vcd_disc *disc, struct bio *bio);
void vcd_disc_end_bio(struct vcd_disc *disc, struct bio *bio, unsigned long start, blk_status_t status);

/* stored.c */

/** VCD_STORED_BYTES: room for stored sectors; behind it there is room for one that is put together */
#define VCD_STORED_BYTES	32768

/**
 * struct vcd_stored - sectors in the forms in which they are stored
 * @buf: room for them
 * @run: where the main channel of the first is, and of how many
 * @sub: likewise the sub-channels
 * @sub_at: where the sub-channel of the first is in @buf
 * @before: if vcd_stored_before() was called: the sub-channels of the sectors before the one that is next, the nearer
 *	one
 *	first, as they lie on the disc
 * @has_before: are they stored?
 */
struct vcd_stored {
	u8 *buf;
	struct mmc_run run;
	struct mmc_run sub;
	u32 sub_at;
	u8 before[MMC_SUB_SPREAD][MMC_SUB_RAW_LEN];
	bool has_before[MMC_SUB_SPREAD];
};

int vcd_stored_alloc(struct vcd_stored *stored);
void vcd_stored_free(struct vcd_stored *stored);
int vcd_stored_read(struct vcd_disc *disc, u32 lba, u32 sectors, bool sub, struct vcd_stored *stored);
void vcd_stored_sector(const struct vcd_stored *stored, u32 index, struct mmc_stored *sector);
int vcd_stored_parts(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter);
int vcd_stored_before(struct vcd_disc *disc, u32 lba, struct vcd_stored *stored);
void vcd_stored_pass(struct vcd_stored *stored, const struct mmc_stored *sector);

/* cache.c */
struct address_space *vcd_cache_of(const struct file *file);
bool vcd_cache_read(struct vcd_disc *disc, struct bio *bio);
void vcd_cache_copy(const struct vcd_image *image, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter);
void vcd_cache_flush(struct bio *bio);

/* direct.c */
unsigned int vcd_direct_alignment(const struct file *file);
bool vcd_direct_read(struct vcd_disc *disc, struct bio *bio, unsigned long start, bool last);
void vcd_direct_again(struct work_struct *work);

/* blk.c */
extern const struct block_device_operations vcd_fops;
struct gendisk *vcd_blk_alloc(struct vcd_drive *drive);

/* pace.c */

/**
 * struct vcd_turn - the time that a read takes on a disc whose speed is limited
 * @length: how long it takes, in nanoseconds; 0: no time
 * @end: when it is over
 */
struct vcd_turn {
	u64 length;
	u64 end;
};

void vcd_pace_begin(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors, struct vcd_turn *turn);
int vcd_pace_end(struct vcd_drive *drive, struct vcd_disc *disc, const struct vcd_turn *turn);
void vcd_pace_cancel(struct vcd_drive *drive, struct vcd_disc *disc, const struct vcd_turn *turn);
bool vcd_pace_behind(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors);

/* packet.c */

/**
 * struct vcd_packet - a command on its way through the drive
 * @cdb: the command
 * @cdb_len: its length
 * @out: data that came with it
 * @out_len: length of @out
 * @source: all that came with it, if @out is only the beginning; ITER_SOURCE
 * @iter: where data goes; ITER_DEST; its count is the room that there is
 * @status: out: SAM status
 * @sense_len: out: 0 or MMC_SENSE_LEN
 * @sense: out
 * @done: out: bytes put into @iter
 */
struct vcd_packet {
	const u8 *cdb;
	unsigned int cdb_len;
	const u8 *out;
	unsigned int out_len;
	struct iov_iter *source;
	struct iov_iter *iter;
	u8 status;
	u8 sense_len;
	u8 sense[MMC_SENSE_LEN];
	size_t done;
};

/** enum vcd_party - who sends a command */
enum vcd_party {
	VCD_PARTY_PROCESS,	/* the process that runs */
	VCD_PARTY_KERNEL,	/* the CD-ROM layer */
};

int vcd_packet_execute(struct vcd_drive *drive, enum vcd_party party, struct vcd_packet *packet);
int vcd_packet_errno(const struct vcd_packet *packet);

/* nexus.c */
struct mmc_nexus *vcd_nexus_current(struct vcd_drive *drive) __must_hold(&drive->lock);
void vcd_nexus_open(struct vcd_drive *drive) __must_hold(&drive->lock);
void vcd_nexus_release(struct vcd_drive *drive) __must_hold(&drive->lock);
void vcd_nexus_notify(struct vcd_drive *drive, enum mmc_notice notice) __must_hold(&drive->lock);
void vcd_nexus_attention(struct vcd_drive *drive, u8 attention, const struct mmc_nexus *but)
	__must_hold(&drive->lock);
void vcd_nexus_prevented(struct vcd_drive *drive, struct mmc_nexus *mmc) __must_hold(&drive->lock);
void vcd_nexus_allow(struct vcd_drive *drive) __must_hold(&drive->lock);
void vcd_nexus_door(struct vcd_drive *drive, bool lock) __must_hold(&drive->lock);

/* sgio.c */
int vcd_sg_ioctl(struct vcd_drive *drive, blk_mode_t mode, unsigned int cmd, void __user *arg);

/* cdrom.c */
int vcd_cdrom_register(struct vcd_drive *drive);
void vcd_cdrom_unregister(struct vcd_drive *drive);

/* sysfs.c */
extern const struct attribute_group *vcd_dev_groups[];
extern const struct attribute_group *vcd_disk_groups[];

/* fault.c */

/** vcd_faulty - has any fault been asked for? A snapshot, for who has better to do than to take a lock. */
static inline bool vcd_faulty(const struct vcd_drive *drive)
{
	return context_unsafe(READ_ONCE(drive->nr_faults));
}

void vcd_fault_init(void);
void vcd_fault_exit(void);
void vcd_fault_add(struct vcd_drive *drive);
void vcd_fault_del(struct vcd_drive *drive);
bool vcd_fault_read(struct vcd_drive *drive, u32 lba, u32 sectors, bool counts, u32 *bad);
bool vcd_fault_command(struct vcd_drive *drive, u8 opcode, struct mmc_reply *reply) __must_hold(&drive->lock);

#endif /* VCD_H */
