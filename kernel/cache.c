// SPDX-License-Identifier: GPL-2.0
/*
 * Reading what the page cache has of an image, without asking its file system.
 *
 * A bio whose bytes are all there is answered inside submit_bio: what takes time otherwise is waking up a worker and
 * switching to it. Nothing here locks, allocates, waits or reads, so it may run wherever a bio is submitted, below
 * whatever stack of devices. Whatever is not simple is left to the worker: a page that is missing or not up to date,
 * the end of the file, a page with the mark at which the file system begins to read ahead.
 */
#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/magic.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

#include "vcd.h"

/*
 * File systems whose page cache is the file: nothing has to be asked, locked or fetched before a page that is up to
 * date may be read. Those of networks and clusters have to see whether it still is.
 */
static bool cache_is_file(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
	case ISOFS_SUPER_MAGIC:
	case UDF_SUPER_MAGIC:
	case SQUASHFS_MAGIC:
	case EROFS_SUPER_MAGIC_V1:
	case MSDOS_SUPER_MAGIC:
	case EXFAT_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/**
 * vcd_cache_of - the page cache that an image may be read from
 * @file: the image
 *
 * Return: NULL if its file system has to be asked.
 */
struct address_space *vcd_cache_of(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	/* Pages may have no address. */
	if (IS_ENABLED(CONFIG_HIGHMEM))
		return NULL;
	if (S_ISBLK(inode->i_mode))
		return file->f_mapping;
	if (IS_DAX(inode) || !cache_is_file(inode->i_sb))
		return NULL;
	return file->f_mapping;
}

/**
 * struct target - where bytes go
 * @iter: whatever a command reads into; NULL: the pages of a bio
 * @vec: the segment of the bio that is being filled
 * @filled: how much of it is
 * @left: bytes of the bio that are still to come
 */
struct target {
	struct iov_iter *iter;
	const struct bio_vec *vec;
	size_t filled;
	size_t left;
};

/* Whole pages have a way of their own to be copied, which the checkers of memory do not see. */
static void copy_bytes(void *to, const void *from, size_t bytes)
{
	bool checked = IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KMSAN);

	if (!checked && bytes == PAGE_SIZE && !(((unsigned long)to | (unsigned long)from) & ~PAGE_MASK))
		copy_page(to, (void *)from);
	else
		memcpy(to, from, bytes);
}

/* Copies @bytes from @from; NULL stands for zeroes. Each page is addressed by itself: its address may have a tag. */
static void put_bytes(struct target *to, const void *from, size_t bytes)
{
	to->left -= bytes;
	while (bytes) {
		const struct bio_vec *vec = to->vec;
		size_t at = vec->bv_offset + to->filled;
		size_t part = min3(bytes, vec->bv_len - to->filled, (size_t)(PAGE_SIZE - offset_in_page(at)));
		void *address = page_address(vec->bv_page + (at >> PAGE_SHIFT)) + offset_in_page(at);

		if (from) {
			copy_bytes(address, from, part);
			from += part;
		} else {
			memset(address, 0, part);
		}
		bytes -= part;
		to->filled += part;
		if (to->filled == vec->bv_len) {
			to->vec++;
			to->filled = 0;
		}
	}
}

/*
 * Does the file system want to be asked here, to read ahead? The mark is also that of folios that are to be reclaimed
 * once they are clean; drop_caches puts it on all of a tmpfs.
 */
static bool reads_ahead(struct address_space *mapping, struct folio *folio)
{
	return folio_test_readahead(folio) && mapping->a_ops->readahead && !folio_test_dirty(folio) &&
	       !folio_test_writeback(folio);
}

static bool folio_readable(struct address_space *mapping, struct folio *folio, u64 pos)
{
	if (!folio_test_uptodate(folio) || reads_ahead(mapping, folio))
		return false;
#ifdef CONFIG_MEMORY_FAILURE
	if (folio_test_hwpoison(folio) || (folio_test_large(folio) && folio_test_has_hwpoisoned(folio)))
		return false;
#endif
	return pos >= folio_pos(folio) && pos - folio_pos(folio) < folio_size(folio);
}

/*
 * Copies what a row of folios has of @bytes from @pos on; less than that is there if one of them is not readable. 0:
 * what has been copied means nothing.
 */
static size_t copy_batch(struct folio_batch *batch, struct address_space *mapping, u64 pos, size_t bytes,
			 struct target *to)
{
	struct inode *inode = mapping->host;
	size_t done = 0;
	unsigned int i;

	for (i = 0; i < folio_batch_count(batch) && done < bytes; i++) {
		struct folio *folio = batch->folios[i];
		size_t offset, part;

		if (!folio_readable(mapping, folio, pos + done))
			break;
		offset = pos + done - folio_pos(folio);
		part = min(folio_size(folio) - offset, bytes - done);
		/* The size counts that was true when the folio was seen to be up to date. */
		if (pos + done + part > i_size_read(inode))
			break;
		put_bytes(to, folio_address(folio) + offset, part);
		/* A file that is being made shorter has zeroes there before its pages go. */
		smp_rmb();
		if (pos + done + part > i_size_read(inode))
			return 0;
		/* Once for each folio of a sequential read */
		if (!offset)
			folio_mark_accessed(folio);
		done += part;
	}
	return done;
}

/* Copies @bytes of a file from @pos on, or finds that this can't be done here. */
static bool copy_cached(struct address_space *mapping, u64 pos, size_t bytes, struct target *to)
{
	struct folio_batch batch;
	pgoff_t index;
	unsigned int i;
	size_t done;

	/* Where the same memory has several addresses, what was written through another may not be seen yet. */
	if (ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE && mapping_writably_mapped(mapping))
		return false;
	while (bytes) {
		folio_batch_init(&batch);
		index = pos >> PAGE_SHIFT;
		/* Not filemap_get_folios_contig(): up to 6.11 it takes entries inside of a large folio for folios. */
		if (!filemap_get_folios(mapping, &index, (pos + bytes - 1) >> PAGE_SHIFT, &batch))
			return false;
		done = copy_batch(&batch, mapping, pos, bytes, to);
		for (i = 0; i < folio_batch_count(&batch); i++)
			folio_put(batch.folios[i]);
		if (!done)
			return false;
		pos += done;
		bytes -= done;
		cond_resched();
	}
	return true;
}

/**
 * struct walk - sectors of which only a part is wanted, the same of each
 * @part: where the part of the next sector begins in the file
 * @size: its length
 * @done: how much of it has been copied
 * @left: bytes wanted in all
 * @reached: the end of what has been looked at, in the file
 * @stride: bytes from one sector to the next
 * @form2: each may be of Form 2: its sub-header has to be looked at
 * @seen: that has been done
 */
struct walk {
	u64 part;
	size_t size;
	size_t done;
	size_t left;
	u64 reached;
	unsigned int stride;
	bool form2;
	bool seen;
};

/* The submode is the third byte of the sub-header, whose 8 bytes lie before the user data. */
#define SUBMODE_BEFORE		6
#define SUBMODE_FORM2		0x20

/* The byte of the file that is wanted next. */
static u64 walk_pos(const struct walk *walk)
{
	return walk->form2 && !walk->seen ? walk->part - SUBMODE_BEFORE : walk->part + walk->done;
}

/* Takes what a folio has from @offset on, where the byte wanted next is. False: not this sector, or not there. */
static bool walk_take(struct walk *walk, struct folio *folio, size_t offset, struct target *to)
{
	const u8 *from = folio_address(folio) + offset;
	size_t bytes;

	if (walk->form2 && !walk->seen) {
		walk->seen = true;
		walk->reached = walk->part;
		return !(*from & SUBMODE_FORM2);
	}
	bytes = min3(folio_size(folio) - offset, walk->size - walk->done, walk->left);
	if (!to->iter)
		put_bytes(to, from, bytes);
	else if (copy_page_to_iter(folio_page(folio, 0), offset, bytes, to->iter) != bytes)
		return false;
	walk->reached = walk->part + walk->done + bytes;
	walk->done += bytes;
	walk->left -= bytes;
	if (walk->done == walk->size) {
		walk->part += walk->stride;
		walk->done = 0;
		walk->seen = false;
	}
	return true;
}

/* Takes what a folio has of the sectors. False: that is the end, and what was taken of it means nothing. */
static bool walk_folio(struct folio *folio, struct address_space *mapping, struct walk *walk, struct target *to)
{
	u64 end = folio_pos(folio) + folio_size(folio);
	struct inode *inode = mapping->host;
	u64 size;

	if (!folio_readable(mapping, folio, walk_pos(walk)))
		return false;
	/* The size counts that was true when the folio was seen to be up to date. */
	size = i_size_read(inode);
	while (walk->left && walk_pos(walk) < end)
		if (!walk_take(walk, folio, walk_pos(walk) - folio_pos(folio), to))
			return false;
	/* As in copy_batch(). */
	smp_rmb();
	if (walk->reached > size || walk->reached > i_size_read(inode))
		return false;
	folio_mark_accessed(folio);
	return true;
}

/* Walks over a row of folios as far as it goes. False: that is the end. */
static bool walk_batch(struct folio_batch *batch, struct address_space *mapping, struct walk *walk, struct target *to)
{
	unsigned int i;

	for (i = 0; i < folio_batch_count(batch) && walk->left; i++) {
		struct folio *folio = batch->folios[i];
		size_t before = to->iter ? iov_iter_count(to->iter) : 0;

		/* What is between two sectors may end with it. */
		if (walk_pos(walk) >= folio_pos(folio) + folio_size(folio))
			continue;
		if (walk_folio(folio, mapping, walk, to))
			continue;
		if (to->iter)
			iov_iter_revert(to->iter, before - iov_iter_count(to->iter));
		return false;
	}
	return true;
}

/* Copies a part of each sector of a piece. True if that is all of it; what went to an iterator is good in any case. */
static bool copy_parts(struct address_space *mapping, const struct mmc_piece *piece, unsigned int skip, size_t bytes,
		       struct target *to)
{
	struct walk walk = {
		.part	= piece->offset - skip,
		.size	= piece->part,
		.done	= skip,
		.left	= bytes,
		.stride	= piece->stride,
		.form2	= piece->form2,
	};
	u64 end = walk.part + (u64)((skip + bytes - 1) / piece->part) * piece->stride + piece->part;
	struct folio_batch batch;
	pgoff_t index;
	unsigned int i;
	bool going;

	/* Where the same memory has several addresses, what was written through another may not be seen yet. */
	if (ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE && mapping_writably_mapped(mapping))
		return false;
	do {
		size_t left = walk.left;

		folio_batch_init(&batch);
		index = walk_pos(&walk) >> PAGE_SHIFT;
		if (!filemap_get_folios(mapping, &index, (end - 1) >> PAGE_SHIFT, &batch))
			return false;
		going = walk_batch(&batch, mapping, &walk, to);
		/* Folios that hold nothing but a sub-header don't take it further, but the next ones do. */
		if (left == walk.left && !walk.seen)
			going = false;
		for (i = 0; i < folio_batch_count(&batch); i++)
			folio_put(batch.folios[i]);
		cond_resched();
	} while (going && walk.left);
	return going;
}

/**
 * vcd_cache_copy - copy a part of each of a row of sectors out of the page cache of their image
 * @image: the image
 * @piece: where they are; with &mmc_piece.stride
 * @skip: how far into the part of the first sector it begins
 * @iter: where the parts go; takes at most &mmc_piece.bytes
 *
 * How far that went @iter tells: it ends where something is not in the page cache, is no simple case, can't be put
 * where @iter points to, or is a sector of Form 2. Whoever reads it otherwise finds out which.
 *
 * Context: no lock held that a page fault of the memory behind @iter may need.
 */
void vcd_cache_copy(const struct vcd_image *image, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter)
{
	struct target to = { .iter = iter };

	if (image->cache)
		copy_parts(image->cache, piece, skip, iov_iter_count(iter), &to);
}

/**
 * vcd_cache_flush - have the pages of a bio show what was written to them by way of the kernel's addresses
 * @bio: a read that has its bytes
 */
void vcd_cache_flush(struct bio *bio)
{
#if ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE
	struct bvec_iter at;
	struct bio_vec bvec;

	bio_for_each_segment(bvec, bio, at)
		flush_dcache_page(bvec.bv_page);
#endif
}

/**
 * vcd_cache_read - answer a bio from the page cache of the images
 * @disc: the disc; the caller has a reference on @disc->inflight
 * @bio: a read that lies on the disc
 *
 * Return: true if all its bytes were there; the caller ends it. Otherwise what is in its pages means nothing.
 *
 * Context: any in which bios are submitted.
 */
bool vcd_cache_read(struct vcd_disc *disc, struct bio *bio)
{
	struct target to = {
		.vec	= __bvec_iter_bvec(bio->bi_io_vec, bio->bi_iter),
		.filled	= bio->bi_iter.bi_bvec_done,
		.left	= bio->bi_iter.bi_size,
	};
	u64 pos = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;

	if (disc->medium.speed)
		return false;
	while (to.left) {
		struct mmc_piece piece;

		mmc_layout_find(&disc->layout, pos, to.left, &piece);
		if (piece.bytes) {
			struct address_space *mapping = disc->images[piece.file].cache;

			if (!mapping)
				return false;
			if (piece.stride && !copy_parts(mapping, &piece, pos % MMC_BLOCK, piece.bytes, &to))
				return false;
			if (!piece.stride && !copy_cached(mapping, piece.offset, piece.bytes, &to))
				return false;
		}
		put_bytes(&to, NULL, piece.zeroes);
		pos += piece.bytes + piece.zeroes;
	}
	vcd_cache_flush(bio);
	return true;
}
