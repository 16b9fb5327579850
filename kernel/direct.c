// SPDX-License-Identifier: GPL-2.0
/*
 * Reading past the page cache of an image.
 *
 * Who reads a file system on the drive has its own copy of what was read, in the page cache of the node, and a second
 * one in that of the image is of use to nobody. What is not there is therefore read directly where the image allows it:
 * the reader of the disc hands the bio's own pages to the file system and takes the next bio, and the device below has
 * as many reads at a time as there are bios.
 *
 * Whatever goes wrong with that goes wrong once: the bio is then read through the page cache from its beginning, and
 * what comes of that counts. A direct read that fails may have filled any part of it.
 */
#include <linux/fs.h>
#include <linux/llist.h>
#include <linux/magic.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "vcd.h"

/* Who reads one after another in pieces of up to this size gains from what the file system reads ahead. */
#define SMALL_READ		(128 * 1024)

/**
 * struct direct_read - a bio that a file system reads
 * @kiocb: what it was asked for
 * @again: in the list of those that failed
 * @last: there is nothing else to try
 * @disc: the disc
 * @bio: the bio, with a reference on @disc->inflight
 * @refs: who asked still looks at @kiocb after it was answered, and the last of both goes on
 * @result: bytes, or an error
 * @start: for the statistics of the node
 */
struct direct_read {
	struct kiocb kiocb;
	struct llist_node again;
	bool last;
	struct vcd_disc *disc;
	struct bio *bio;
	refcount_t refs;
	long result;
	unsigned long start;
};

/* File systems that don't make the caller wait, or read through the page cache after all. */
static bool reads_directly(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/**
 * vcd_direct_alignment - what a direct read of an image has to be a multiple of
 * @file: the image
 *
 * Return: bytes, a power of 2; 0 if it is better read through the page cache. A file system may still want more.
 */
unsigned int vcd_direct_alignment(const struct file *file)
{
	const struct inode *inode = file_inode(file);
	const struct super_block *sb = inode->i_sb;

	if (!(file->f_mode & FMODE_CAN_ODIRECT))
		return 0;
	if (S_ISBLK(inode->i_mode))
		return bdev_logical_block_size(I_BDEV(file->f_mapping->host));
	if (IS_DAX(inode) || !reads_directly(sb))
		return 0;
	return sb->s_bdev ? bdev_logical_block_size(sb->s_bdev) : sb->s_blocksize;
}

static void direct_end(struct direct_read *read, blk_status_t status)
{
	struct vcd_disc *disc = read->disc;
	struct bio *bio = read->bio;
	unsigned long start = read->start;

	kfree(read);
	vcd_disc_end_bio(disc, bio, start, status);
}

/**
 * vcd_direct_again - read through the page cache for bios whose direct reads have failed
 * @work: vcd_disc.again_work
 *
 * One after the other: a device that goes bad is not to take all workers away from other discs.
 */
void vcd_direct_again(struct work_struct *work)
{
	struct vcd_disc *disc = container_of(work, struct vcd_disc, again_work);
	/* As in the readers of the disc. */
	unsigned int noio = memalloc_noio_save();
	struct direct_read *read, *next;
	struct llist_node *list;

	/* The last one may be what kept the disc: who frees it waits for this to return. */
	while ((list = llist_del_all(&disc->again))) {
		llist_for_each_entry_safe(read, next, llist_reverse_order(list), again) {
			direct_end(read, vcd_disc_serve(disc, read->bio));
			cond_resched();
		}
	}
	memalloc_noio_restore(noio);
}

static void direct_put(struct direct_read *read)
{
	struct vcd_disc *disc;

	if (!refcount_dec_and_test(&read->refs))
		return;
	if (likely(read->result == read->bio->bi_iter.bi_size)) {
		/* Not all file systems leave everything to a device: there are holes. */
		vcd_cache_flush(read->bio);
		direct_end(read, BLK_STS_OK);
		return;
	}
	if (read->last) {
		direct_end(read, BLK_STS_IOERR);
		return;
	}
	/* A worker that runs already may be through with it at once: the disc stays until the work is queued. */
	disc = read->disc;
	rcu_read_lock();
	percpu_ref_get(&disc->inflight);
	llist_add(&read->again, &disc->again);
	vcd_disc_queue_work(disc, &disc->again_work);
	percpu_ref_put(&disc->inflight);
	rcu_read_unlock();
}

/* Context: any, also that of an interrupt. */
static void direct_done(struct kiocb *kiocb, long result)
{
	struct direct_read *read = container_of(kiocb, struct direct_read, kiocb);

	read->result = result;
	direct_put(read);
}

/* Does this bio go on where the last one ended, in small pieces, and has nobody read it ahead? */
static bool small_step(struct vcd_disc *disc, const struct bio *bio)
{
	sector_t end = bio_end_sector(bio);
	bool follows = READ_ONCE(disc->last_end) == bio->bi_iter.bi_sector;

	WRITE_ONCE(disc->last_end, end);
	return follows && bio->bi_iter.bi_size <= SMALL_READ && !(bio->bi_opf & REQ_RAHEAD);
}

static bool pages_aligned(const struct bio *bio, unsigned int alignment)
{
	struct bvec_iter at;
	struct bio_vec bvec;

	bio_for_each_bvec(bvec, bio, at)
		if ((bvec.bv_offset | bvec.bv_len) & (alignment - 1))
			return false;
	return true;
}

/* Can this bio be read directly? If so, it lies in one piece of one file. */
static bool possible(struct vcd_disc *disc, const struct bio *bio, struct mmc_piece *piece)
{
	unsigned int size = bio->bi_iter.bi_size;
	unsigned int alignment;

	mmc_layout_find(&disc->layout, (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT, size, piece);
	if (piece->bytes != size || piece->stride)
		return false;
	alignment = READ_ONCE(disc->images[piece->file].alignment);
	return alignment && !((piece->offset | size) & (alignment - 1)) && pages_aligned(bio, alignment);
}

/* Is that better than to read it through the page cache? */
static bool worthwhile(struct vcd_disc *disc, const struct bio *bio, const struct mmc_piece *piece)
{
	struct address_space *mapping = disc->images[piece->file].file->f_mapping;

	if (disc->cache == VCD_CACHE_NONE)
		return true;
	return !small_step(disc, bio) &&
	       !filemap_range_has_page(mapping, piece->offset, piece->offset + piece->bytes - 1);
}

/**
 * vcd_direct_read - have a bio read directly, if that is possible and worth while
 * @disc: the disc
 * @bio: a read that lies on the disc; the caller has a reference on @disc->inflight for it
 * @start: for the statistics
 * @last: it could not be read through the page cache. That reads whole folios: a bad sector takes others with it.
 *
 * Return: true if it is on its way and the caller has nothing more to do with it, nor with the reference.
 *
 * Context: process; the page cache of the image need not be there for memory to be freed.
 */
bool vcd_direct_read(struct vcd_disc *disc, struct bio *bio, unsigned long start, bool last)
{
	struct direct_read *read;
	struct mmc_piece piece;
	struct iov_iter iter;
	struct vcd_image *image;
	ssize_t ret;

	if (disc->medium.speed || percpu_ref_is_dying(&disc->inflight) || !possible(disc, bio, &piece))
		return false;
	if (!last && !worthwhile(disc, bio, &piece))
		return false;
	read = kmalloc(sizeof(*read), GFP_NOWAIT | __GFP_NOWARN);
	if (!read)
		return false;
	image = &disc->images[piece.file];
	read->disc = disc;
	read->bio = bio;
	read->start = start;
	read->last = last;
	refcount_set(&read->refs, 2);
	init_sync_kiocb(&read->kiocb, image->file);
	read->kiocb.ki_flags = (read->kiocb.ki_flags & ~IOCB_NOWAIT) | IOCB_DIRECT;
	read->kiocb.ki_pos = piece.offset;
	read->kiocb.ki_ioprio = bio->bi_ioprio;
	read->kiocb.ki_complete = direct_done;
	vcd_disc_bio_iter(bio, &iter);
	ret = vcd_image_read(image, &read->kiocb, &iter);
	if (ret == -EINVAL)
		/* It wants what it does not tell: not again. */
		WRITE_ONCE(image->alignment, 0);
	if (ret != -EIOCBQUEUED)
		direct_done(&read->kiocb, ret);
	direct_put(read);
	return true;
}
