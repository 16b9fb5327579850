// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on request, for tests of what lies above a drive: sectors that can't be read, commands that fail.
 *
 * The file vcd/faults/vcdN in debugfs takes lines of
 *
 *	lba N [TIMES]				reading sector N fails: 3/11/00, and EIO to the block layer
 *	command OPCODE KEY/ASC/ASCQ [TIMES]	the command brings this sense data (numbers in hexadecimal)
 *	clear					no more faults
 *
 * TIMES says how often; without it or with 0, always. Reading the file tells what is left. The block layer reads more
 * than a sector at a time: all of such a read fails, and what is read ahead fails without being counted.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vcd.h"

/* Longest text that can be written at a time. */
#define TEXT_MAX	1024
/* Stands for TIMES not given. */
#define FOR_EVER	0

/* Directories of the module, and of the files of drives. */
static struct dentry *module_dir;
static struct dentry *fault_dir;

/* One fault has struck: it may have been its last time. Under drive->lock. */
static void strike(struct vcd_drive *drive, unsigned int i)
	__must_hold(&drive->lock)
{
	lockdep_assert_held(&drive->lock);

	if (drive->faults[i].times == FOR_EVER || --drive->faults[i].times)
		return;
	WRITE_ONCE(drive->nr_faults, drive->nr_faults - 1);
	drive->faults[i] = drive->faults[drive->nr_faults];
}

/**
 * vcd_fault_read - does a read of these sectors fail?
 * @drive: the drive
 * @lba: the first sector
 * @sectors: how many
 * @counts: it is one of the times that the fault was asked for
 * @bad: out: the first that can't be read
 *
 * Return: whether it fails.
 */
bool vcd_fault_read(struct vcd_drive *drive, u32 lba, u32 sectors, bool counts, u32 *bad)
{
	unsigned int found = VCD_FAULTS_MAX;
	unsigned int i;

	if (likely(!vcd_faulty(drive)))
		return false;
	spin_lock(&drive->lock);
	for (i = 0; i < drive->nr_faults; i++) {
		const struct vcd_fault *fault = &drive->faults[i];

		if (fault->command || fault->lba < lba || fault->lba - lba >= sectors)
			continue;
		if (found == VCD_FAULTS_MAX || fault->lba < drive->faults[found].lba)
			found = i;
	}
	if (found < VCD_FAULTS_MAX) {
		*bad = drive->faults[found].lba;
		if (counts)
			strike(drive, found);
	}
	spin_unlock(&drive->lock);
	return found < VCD_FAULTS_MAX;
}

/**
 * vcd_fault_command - does this command fail?
 * @drive: the drive
 * @opcode: its operation code
 * @reply: becomes CHECK CONDITION if it does
 *
 * Return: whether it fails.
 *
 * Context: drive->lock held.
 */
bool vcd_fault_command(struct vcd_drive *drive, u8 opcode, struct mmc_reply *reply)
{
	unsigned int i;

	lockdep_assert_held(&drive->lock);

	for (i = 0; i < drive->nr_faults; i++) {
		const struct vcd_fault *fault = &drive->faults[i];

		if (!fault->command || fault->opcode != opcode)
			continue;
		mmc_reply_sense(reply, fault->key, fault->asc, fault->ascq);
		strike(drive, i);
		return true;
	}
	return false;
}

static int add(struct vcd_drive *drive, const struct vcd_fault *fault)
{
	int ret = 0;

	spin_lock(&drive->lock);
	if (drive->nr_faults < VCD_FAULTS_MAX) {
		drive->faults[drive->nr_faults] = *fault;
		WRITE_ONCE(drive->nr_faults, drive->nr_faults + 1);
	} else {
		ret = -ENOSPC;
	}
	spin_unlock(&drive->lock);
	return ret;
}

static int take_line(struct vcd_drive *drive, const char *line)
{
	struct vcd_fault fault = {};
	char rest;
	int n;

	if (sscanf(line, "lba %u %u %c", &fault.lba, &fault.times, &rest) == 2 ||
	    sscanf(line, "lba %u %c", &fault.lba, &rest) == 1)
		return add(drive, &fault);
	n = sscanf(line, "command %hhx %hhx/%hhx/%hhx %u %c", &fault.opcode, &fault.key, &fault.asc, &fault.ascq,
		   &fault.times, &rest);
	if ((n == 4 || n == 5) && fault.key < 0x10) {
		fault.command = true;
		return add(drive, &fault);
	}
	if (strcmp(line, "clear"))
		return -EINVAL;
	spin_lock(&drive->lock);
	WRITE_ONCE(drive->nr_faults, 0);
	spin_unlock(&drive->lock);
	return 0;
}

static ssize_t faults_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	struct vcd_drive *drive = ((struct seq_file *)file->private_data)->private;
	char *text, *next, *line;
	int ret = 0;

	if (len > TEXT_MAX)
		return -E2BIG;
	text = memdup_user_nul(from, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	next = text;
	while (!ret && (line = strsep(&next, "\n"))) {
		line = strim(line);
		if (*line)
			ret = take_line(drive, line);
	}
	kfree(text);
	return ret ? ret : len;
}

static int faults_show(struct seq_file *seq, void *unused)
{
	struct vcd_drive *drive = seq->private;
	struct vcd_fault faults[VCD_FAULTS_MAX];
	unsigned int nr, i;

	spin_lock(&drive->lock);
	nr = drive->nr_faults;
	memcpy(faults, drive->faults, nr * sizeof(*faults));
	spin_unlock(&drive->lock);
	for (i = 0; i < nr; i++) {
		if (faults[i].command)
			seq_printf(seq, "command %02x %x/%02x/%02x", faults[i].opcode, faults[i].key, faults[i].asc,
				   faults[i].ascq);
		else
			seq_printf(seq, "lba %u", faults[i].lba);
		if (faults[i].times != FOR_EVER)
			seq_printf(seq, " %u", faults[i].times);
		seq_putc(seq, '\n');
	}
	return 0;
}

static int faults_open(struct inode *inode, struct file *file)
{
	return single_open(file, faults_show, inode->i_private);
}

static const struct file_operations faults_fops = {
	.owner		= THIS_MODULE,
	.open		= faults_open,
	.read		= seq_read,
	.write		= faults_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

/**
 * vcd_fault_add - the file of a drive
 * @drive: the drive
 *
 * As always with debugfs, it is no error if it can't be made.
 */
void vcd_fault_add(struct vcd_drive *drive)
{
	drive->fault_file = debugfs_create_file(dev_name(&drive->dev), 0600, fault_dir, drive, &faults_fops);
}

/** vcd_fault_del - take it away; waits for those who read or write it */
void vcd_fault_del(struct vcd_drive *drive)
{
	debugfs_remove(drive->fault_file);
}

/** vcd_fault_init - the directories */
void vcd_fault_init(void)
{
	module_dir = debugfs_create_dir(VCD_NAME, NULL);
	fault_dir = debugfs_create_dir("faults", module_dir);
}

/** vcd_fault_exit - take them away */
void vcd_fault_exit(void)
{
	debugfs_remove_recursive(module_dir);
}
