// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/vcd-control: the commands of include/uapi/linux/vcd.h.
 */
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vcd.h"

/* The uapi header can't include the engine's: what stands in both must be the same. */
static_assert(VCD_PROFILE_AUTO == MMC_PROFILE_NONE);
static_assert(VCD_PROFILE_CD_ROM == MMC_PROFILE_CD_ROM);
static_assert(VCD_PROFILE_DVD_ROM == MMC_PROFILE_DVD_ROM);
static_assert(VCD_PROFILE_BD_ROM == MMC_PROFILE_BD_ROM);
static_assert(VCD_FILE_NONE == MMC_FILE_NONE);
static_assert(VCD_MODE_AUDIO == MMC_TRACK_AUDIO);
static_assert(VCD_MODE_DATA == MMC_TRACK_DATA);
static_assert(VCD_MODE_MODE2 == MMC_TRACK_MODE2);
static_assert(VCD_FORM_USER_2048 == MMC_FORM_USER);
static_assert(VCD_FORM_RAW_2352 == MMC_FORM_RAW);
static_assert(VCD_FORM_MODE2_2336 == MMC_FORM_MODE2);
static_assert(VCD_FORM_AUDIO_BE_2352 == MMC_FORM_AUDIO_BE);
static_assert(VCD_FORM_SUB_RAW_96 == MMC_FORM_SUB_RAW);
static_assert(VCD_FORM_SUB_PACKED_96 == MMC_FORM_SUB_PACKED);
static_assert(VCD_FORM_SUB_Q_16 == MMC_FORM_SUB_Q);
static_assert(VCD_STRIDE_MAX == MMC_STRIDE_MAX);
static_assert(VCD_CDTEXT_MAX == MMC_CDTEXT_MAX);
static_assert(VCD_INDEX_MAX == MMC_INDEX_MAX);
static_assert(VCD_INDICES_MAX == MMC_INDICES_MAX);
static_assert(sizeof(struct vcd_cdtext) == MMC_CDTEXT_PACK);
static_assert(VCD_READ_SPEED_MIN == MMC_SPEED_MIN);

/* A track in the first version of the interface: without ISRC. */
#define TRACK_SIZE_MIN		offsetof(struct vcd_track, isrc)

union vcd_arg {
	struct vcd_info info;
	struct vcd_create create;
	struct vcd_remove remove;
	struct vcd_attach attach;
	struct vcd_detach detach;
	struct vcd_tray tray;
	struct vcd_status status;
};

/**
 * struct vcd_command - a command of the control device
 * @size: of its structure
 * @min_size: of the first version of its structure
 * @flags: flags that it knows
 * @answers: what @fn leaves in the structure goes back to the caller if it returns 0
 * @fn: carries it out
 */
struct vcd_command {
	u32 size;
	u32 min_size;
	u32 flags;
	bool answers;
	int (*fn)(union vcd_arg *arg);
};

static int ctl_info(union vcd_arg *arg)
{
	struct vcd_info *info = &arg->info;

	info->features = VCD_FEATURE_DATA | VCD_FEATURE_READ_SPEED | VCD_FEATURE_CACHE | VCD_FEATURE_CD |
			 VCD_FEATURE_INDICES;
	info->drives = vcd_table_count();
	info->max_drives = VCD_DRIVES_MAX;
	info->max_files = VCD_FILES_MAX;
	info->max_extents = VCD_EXTENTS_MAX;
	info->max_tracks = MMC_TRACKS_MAX;
	info->reserved = 0;
	info->user_drives = VCD_USER_DRIVES_MAX;
	info->user_discs = VCD_USER_DISCS_MAX;
	info->user_files = VCD_USER_FILES_MAX;
	info->reserved2 = 0;
	return 0;
}

/* Is it text of printable ASCII characters that NULs fill up? */
static bool is_text(const char *field, size_t size)
{
	size_t len = strnlen(field, size);
	size_t i;

	for (i = 0; i < len; i++)
		if (field[i] < ' ' || field[i] > '~')
			return false;
	return !memchr_inv(field + len, 0, size - len);
}

static_assert(sizeof_field(struct vcd_create, vendor) == sizeof_field(struct mmc_identity, vendor));
static_assert(sizeof_field(struct vcd_create, product) == sizeof_field(struct mmc_identity, product));
static_assert(sizeof_field(struct vcd_create, revision) == sizeof_field(struct mmc_identity, revision));
static_assert(sizeof_field(struct vcd_create, serial) == sizeof_field(struct mmc_identity, serial));

static int ctl_create(union vcd_arg *arg)
{
	struct vcd_create *create = &arg->create;
	struct mmc_identity id = {};
	struct vcd_drive *drive;
	int ret;

	if (create->reserved)
		return -EINVAL;
	if (!is_text(create->vendor, sizeof(create->vendor)) || !is_text(create->product, sizeof(create->product)) ||
	    !is_text(create->revision, sizeof(create->revision)) || !is_text(create->serial, sizeof(create->serial)))
		return -EINVAL;
	memcpy(id.vendor, create->vendor, sizeof(id.vendor));
	memcpy(id.product, create->product, sizeof(id.product));
	memcpy(id.revision, create->revision, sizeof(id.revision));
	memcpy(id.serial, create->serial, sizeof(id.serial));
	ret = vcd_table_add(create->index, current_euid(), &id, &drive);
	if (ret)
		return ret;
	create->index = drive->index;
	create->major = vcd_major;
	create->minor = drive->index;
	vcd_drive_put(drive);
	return 0;
}

static int ctl_remove(union vcd_arg *arg)
{
	struct vcd_remove *remove = &arg->remove;
	bool force = remove->flags & VCD_REMOVE_FORCE;
	struct vcd_drive *drive;
	int ret = -EPERM;

	if (remove->reserved)
		return -EINVAL;
	drive = vcd_table_get(remove->index);
	if (!drive)
		return -ENODEV;
	if (vcd_may_touch(drive->owner))
		ret = vcd_drive_remove(drive, force ? VCD_REMOVAL_FORCED : VCD_REMOVAL_IDLE);
	if (!ret)
		vcd_table_del(drive);
	vcd_drive_put(drive);
	return ret;
}

/*
 * Copies an array from the caller, whose elements may be longer than ours, and shorter down to @min_size.
 *
 * Return: the array, for kvfree(), or an error pointer; NULL if it is empty.
 */
static void *copy_array(const struct vcd_array *array, u32 max_count, size_t size, size_t min_size)
{
	const u8 __user *from = u64_to_user_ptr(array->ptr);
	u8 *copy;
	u32 i;
	int ret;

	if (!array->count)
		return NULL;
	if (array->count > max_count || array->elem_size > PAGE_SIZE)
		return ERR_PTR(-E2BIG);
	if (array->elem_size < min_size)
		return ERR_PTR(-EINVAL);
	copy = kvmalloc_array(array->count, size, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < array->count; i++) {
		ret = copy_struct_from_user(copy + i * size, size, from + (size_t)i * array->elem_size,
					    array->elem_size);
		if (ret) {
			kvfree(copy);
			return ERR_PTR(ret);
		}
	}
	return copy;
}

static int spec_files(const struct vcd_attach *attach, struct vcd_disc_spec *spec)
{
	struct vcd_file *files;
	int ret = 0;
	u32 i;

	files = copy_array(&attach->files, VCD_FILES_MAX, sizeof(*files), sizeof(*files));
	if (IS_ERR_OR_NULL(files))
		return PTR_ERR_OR_ZERO(files);
	spec->files = kvcalloc(attach->files.count, sizeof(*spec->files), GFP_KERNEL_ACCOUNT);
	if (!spec->files) {
		kvfree(files);
		return -ENOMEM;
	}
	for (i = 0; i < attach->files.count && !ret; i++) {
		struct file *file;

		if (files[i].flags) {
			ret = -EOPNOTSUPP;
			break;
		}
		file = fget(files[i].fd);
		if (file)
			spec->files[spec->nr_files++] = file;
		else
			ret = -EBADF;
	}
	kvfree(files);
	return ret;
}

/* Copies a table of extents: of the disc or of its stored sub-channels. */
static int spec_layout(const struct vcd_array *array, struct mmc_layout *layout)
{
	struct vcd_extent *extents;
	int ret = 0;
	u32 i;

	extents = copy_array(array, VCD_EXTENTS_MAX, sizeof(*extents), sizeof(*extents));
	if (IS_ERR_OR_NULL(extents))
		return PTR_ERR_OR_ZERO(extents);
	layout->nr_extents = array->count;
	layout->extents = kvcalloc(layout->nr_extents, sizeof(*layout->extents), GFP_KERNEL_ACCOUNT);
	if (!layout->extents) {
		ret = -ENOMEM;
		goto out;
	}
	for (i = 0; i < layout->nr_extents; i++) {
		if (extents[i].form >= MMC_FORMS) {
			ret = -EOPNOTSUPP;
			goto out;
		}
		/* The rest is for the engine to check. */
		if (extents[i].reserved || extents[i].tail > VCD_STRIDE_MAX) {
			ret = -EINVAL;
			goto out;
		}
		layout->extents[i] = (struct mmc_extent) {
			.offset		= extents[i].offset,
			.lba		= extents[i].lba,
			.sectors	= extents[i].sectors,
			.file		= extents[i].file,
			.tail		= extents[i].tail,
			.stride		= extents[i].stride,
			.form		= extents[i].form,
		};
	}
out:
	kvfree(extents);
	return ret;
}

static int spec_tracks(const struct vcd_attach *attach, struct vcd_disc_spec *spec)
{
	struct vcd_track *tracks;
	int ret = 0;
	u32 i;

	tracks = copy_array(&attach->tracks, MMC_TRACKS_MAX, sizeof(*tracks), TRACK_SIZE_MIN);
	if (IS_ERR(tracks))
		return PTR_ERR(tracks);
	if (!tracks)
		return -EINVAL;
	spec->nr_tracks = attach->tracks.count;
	spec->tracks = kcalloc(spec->nr_tracks, sizeof(*spec->tracks), GFP_KERNEL_ACCOUNT);
	if (!spec->tracks) {
		ret = -ENOMEM;
		goto out;
	}
	for (i = 0; i < spec->nr_tracks; i++) {
		if (tracks[i].flags || tracks[i].mode > VCD_MODE_MODE2) {
			ret = -EOPNOTSUPP;
			goto out;
		}
		spec->tracks[i] = (struct mmc_track) {
			.lba		= tracks[i].lba,
			.sectors	= tracks[i].sectors,
			.number		= tracks[i].number,
			.session	= tracks[i].session,
			.control	= tracks[i].control,
			.mode		= tracks[i].mode,
			.pregap		= tracks[i].pregap,
		};
		memcpy(spec->tracks[i].isrc, tracks[i].isrc, sizeof(spec->tracks[i].isrc));
	}
out:
	kvfree(tracks);
	return ret;
}

static int spec_indices(const struct vcd_attach *attach, struct vcd_disc_spec *spec)
{
	struct vcd_index *indices;
	int ret = 0;
	u32 i;

	indices = copy_array(&attach->indices, VCD_INDICES_MAX, sizeof(*indices), sizeof(*indices));
	if (IS_ERR_OR_NULL(indices))
		return PTR_ERR_OR_ZERO(indices);
	spec->nr_indices = attach->indices.count;
	spec->indices = kvcalloc(spec->nr_indices, sizeof(*spec->indices), GFP_KERNEL_ACCOUNT);
	if (!spec->indices)
		ret = -ENOMEM;
	for (i = 0; i < spec->nr_indices && !ret; i++) {
		if (indices[i].reserved)
			ret = -EINVAL;
		spec->indices[i] = (struct mmc_index) {
			.lba		= indices[i].lba,
			.track		= indices[i].track,
			.number		= indices[i].index,
		};
	}
	kvfree(indices);
	return ret;
}

/* Indices, sub-channels, CD-Text and catalogue number. */
static int spec_extras(const struct vcd_attach *attach, struct vcd_disc_spec *spec)
{
	struct vcd_cdtext *cdtext;
	int ret;

	ret = spec_indices(attach, spec);
	if (!ret)
		ret = spec_layout(&attach->subchannels, &spec->subchannels);
	if (ret)
		return ret;
	cdtext = copy_array(&attach->cdtext, VCD_CDTEXT_MAX, sizeof(*cdtext), sizeof(*cdtext));
	if (IS_ERR(cdtext))
		return PTR_ERR(cdtext);
	spec->cdtext = (u8 *)cdtext;
	spec->nr_cdtext = attach->cdtext.count;
	if (memchr_inv(attach->mcn + VCD_MCN_LEN, 0, sizeof(attach->mcn) - VCD_MCN_LEN))
		return -EINVAL;
	memcpy(spec->mcn, attach->mcn, VCD_MCN_LEN);
	return 0;
}

static int spec_name(const struct vcd_attach *attach, struct vcd_disc_spec *spec)
{
	char *name;

	if (attach->name_len > VCD_NAME_MAX)
		return -E2BIG;
	name = memdup_user_nul(u64_to_user_ptr(attach->name), attach->name_len);
	if (IS_ERR(name))
		return PTR_ERR(name);
	spec->name = name;
	return 0;
}

static void spec_free(struct vcd_disc_spec *spec)
{
	while (spec->nr_files)
		fput(spec->files[--spec->nr_files]);
	kvfree(spec->files);
	kvfree(spec->layout.extents);
	kvfree(spec->subchannels.extents);
	kvfree(spec->cdtext);
	kvfree(spec->indices);
	kfree(spec->tracks);
	kfree(spec->name);
}

static struct vcd_disc *attach_disc(const struct vcd_attach *attach)
{
	struct vcd_disc_spec spec = {
		.sectors	= attach->sectors,
		.profile	= attach->profile,
		.dual_layer	= attach->flags & VCD_ATTACH_DUAL_LAYER,
		.speed		= attach->read_speed,
		.cache		= attach->cache,
		.swap		= attach->flags & VCD_ATTACH_SWAP,
	};
	struct vcd_disc *disc;
	int ret;

	if (attach->profile > U16_MAX || attach->cache > VCD_CACHE_NONE)
		return ERR_PTR(-EOPNOTSUPP);
	if (!attach->sectors)
		return ERR_PTR(-EINVAL);
	ret = spec_files(attach, &spec);
	if (!ret)
		ret = spec_layout(&attach->extents, &spec.layout);
	if (!ret)
		ret = spec_tracks(attach, &spec);
	if (!ret)
		ret = spec_extras(attach, &spec);
	if (!ret)
		ret = spec_name(attach, &spec);
	disc = ret ? ERR_PTR(ret) : vcd_disc_create(&spec);
	if (IS_ERR(disc))
		spec_free(&spec);
	return disc;
}

/* Is it worth trying to put a disc into this drive without being asked for it by number? */
static bool drive_free(struct vcd_drive *drive)
{
	bool free;

	spin_lock(&drive->lock);
	free = !drive->removed && !drive->disc && !vcd_drive_exclusive(drive);
	spin_unlock(&drive->lock);
	return free;
}

/* The lowest drive that takes the disc. Return: -ENOSPC if none does; -ELOOP if one would, but for what is below it. */
static int attach_empty(struct vcd_disc *disc, int *index)
{
	struct vcd_drive *drive;
	int none = -ENOSPC;
	int next = 0;
	int ret;

	while ((drive = vcd_table_next(next))) {
		next = drive->index + 1;
		ret = drive_free(drive) ? vcd_media_insert(drive, disc, false, false) : -EEXIST;
		*index = drive->index;
		vcd_drive_put(drive);
		/*
		 * Somebody else was faster, the drive is not ready for a disc, or the image lies on it: that it does
		 * on one is no reason why not to try the next.
		 */
		if (ret == -ELOOP)
			none = ret;
		else if (ret != -EEXIST && ret != -EBUSY && ret != -ENODEV)
			return ret;
		cond_resched();
	}
	return none;
}

/* The lowest drive that takes the disc; a new one if none does and the caller wants that. */
static int attach_any(struct vcd_disc *disc, bool create, int *index)
{
	struct vcd_drive *drive;
	int ret;

	for (;;) {
		ret = attach_empty(disc, index);
		if ((ret != -ENOSPC && ret != -ELOOP) || !create)
			return ret;
		ret = vcd_table_add(-1, current_euid(), NULL, &drive);
		if (ret)
			return ret;
		*index = drive->index;
		ret = vcd_media_insert(drive, disc, false, false);
		if (ret && ret != -EEXIST && !vcd_drive_remove(drive, VCD_REMOVAL_FORCED))
			vcd_table_del(drive);
		vcd_drive_put(drive);
		/* Somebody else may have put a disc into the new drive. Each round makes one, so this ends. */
		if (ret != -EEXIST)
			return ret;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
}

static int attach_one(struct vcd_disc *disc, const struct vcd_attach *attach)
{
	struct vcd_drive *drive = vcd_table_get(attach->index);
	int ret;

	if (!drive)
		return -ENODEV;
	ret = vcd_media_insert(drive, disc, attach->flags & VCD_ATTACH_SWAP, attach->flags & VCD_ATTACH_FORCE);
	vcd_drive_put(drive);
	return ret;
}

static int ctl_attach(union vcd_arg *arg)
{
	struct vcd_attach *attach = &arg->attach;
	bool any = attach->index == VCD_ANY;
	struct vcd_disc *disc;
	int ret;

	/* Only a known drive can be swapped, and only a swap can be forced. */
	if ((any && (attach->flags & VCD_ATTACH_SWAP)) || (!any && (attach->flags & VCD_ATTACH_CREATE)) ||
	    (attach->flags & (VCD_ATTACH_SWAP | VCD_ATTACH_FORCE)) == VCD_ATTACH_FORCE)
		return -EINVAL;
	disc = attach_disc(attach);
	if (IS_ERR(disc))
		return PTR_ERR(disc);
	if (any)
		ret = attach_any(disc, attach->flags & VCD_ATTACH_CREATE, &attach->index);
	else
		ret = attach_one(disc, attach);
	attach->generation = disc->generation;
	vcd_disc_put(disc);
	return ret;
}

static int ctl_detach(union vcd_arg *arg)
{
	struct vcd_detach *detach = &arg->detach;
	struct vcd_drive *drive;
	int ret;

	if (detach->reserved)
		return -EINVAL;
	drive = vcd_table_get(detach->index);
	if (!drive)
		return -ENODEV;
	ret = vcd_media_remove(drive, detach->generation, detach->flags & VCD_DETACH_FORCE);
	vcd_drive_put(drive);
	return ret;
}

static int ctl_tray(union vcd_arg *arg)
{
	struct vcd_tray *tray = &arg->tray;
	bool force = tray->flags & VCD_TRAY_FORCE;
	struct vcd_drive *drive;
	int ret;

	if (tray->action < VCD_TRAY_OPEN || tray->action > VCD_TRAY_BUTTON)
		return -EOPNOTSUPP;
	if (force && tray->action != VCD_TRAY_OPEN)
		return -EINVAL;
	drive = vcd_table_get(tray->index);
	if (!drive)
		return -ENODEV;
	switch (tray->action) {
	case VCD_TRAY_OPEN:
		/* All who could do it through the node may, but not from under somebody. */
		ret = vcd_media_open_tray(drive, force ? VCD_EJECT_FORCE : VCD_EJECT_POLITE);
		break;
	case VCD_TRAY_CLOSE:
		ret = vcd_media_close_tray(drive);
		break;
	default:
		ret = vcd_media_button(drive);
		break;
	}
	vcd_drive_put(drive);
	return ret;
}

/* Fills in what is known of a drive. A reference on its disc comes back in @disc. */
static int status_fill(struct vcd_drive *drive, struct vcd_status *status, struct vcd_disc **disc)
{
	struct user_namespace *ns = current_user_ns();

	*disc = NULL;
	spin_lock(&drive->lock);
	if (drive->removed) {
		spin_unlock(&drive->lock);
		return -ENODEV;
	}
	status->index = drive->index;
	/* Whether it drains may change any time: a snapshot. */
	status->state = (drive->disc ? VCD_STATE_DISC : 0) |
			(drive->mmc.tray_open ? VCD_STATE_TRAY_OPEN : 0) |
			(mmc_locked(&drive->mmc) ? VCD_STATE_LOCKED : 0) |
			(vcd_drive_exclusive(drive) ? VCD_STATE_EXCLUSIVE : 0) |
			(READ_ONCE(drive->draining) ? VCD_STATE_DRAINING : 0);
	if (drive->bound && (!drive->disc || drive->bound != drive->disc->generation))
		status->state |= VCD_STATE_STALE;
	status->major = vcd_major;
	status->minor = drive->index;
	status->openers = drive->openers;
	status->drive_uid = from_kuid_munged(ns, drive->owner);
	if (drive->disc)
		*disc = vcd_disc_get(drive->disc);
	spin_unlock(&drive->lock);

	status->disc_uid = *disc ? from_kuid_munged(ns, (*disc)->owner) : 0;
	status->profile = *disc ? (*disc)->medium.profile : 0;
	status->sectors = *disc ? (*disc)->medium.sectors : 0;
	status->tracks = *disc ? (*disc)->medium.nr_tracks : 0;
	status->sessions = *disc ? (*disc)->medium.sessions : 0;
	status->files = *disc ? (*disc)->nr_images : 0;
	status->generation = *disc ? (*disc)->generation : 0;
	status->read_speed = *disc ? (*disc)->medium.speed : 0;
	status->cache = *disc ? (*disc)->cache : 0;
	return 0;
}

static int status_name(struct vcd_status *status, const char *name)
{
	char __user *to = u64_to_user_ptr(status->name);
	u32 size = strlen(name) + 1;
	u32 room = min(size, status->name_size);

	status->name_size = size;
	if (!to || !room)
		return 0;
	if (copy_to_user(to, name, room - 1) || put_user('\0', to + room - 1))
		return -EFAULT;
	return 0;
}

static int ctl_status(union vcd_arg *arg)
{
	struct vcd_status *status = &arg->status;
	bool next = status->flags & VCD_STATUS_NEXT;
	int index = status->index;
	struct vcd_drive *drive;
	struct vcd_disc *disc;
	int ret;

	if (status->reserved)
		return -EINVAL;
	do {
		drive = next ? vcd_table_next(index) : vcd_table_get(index);
		if (!drive)
			return -ENODEV;
		index = drive->index + 1;
		ret = status_fill(drive, status, &disc);
		vcd_drive_put(drive);
		/* One that is being removed is not there any more; there may be another. */
	} while (ret && next);
	if (ret)
		return ret;
	ret = status_name(status, disc ? disc->name : "");
	vcd_disc_put(disc);
	return ret;
}

#define COMMAND(_nr, _struct, _last, _flags, _answers, _fn)			\
	[_IOC_NR(_nr)] = {							\
		.size		= sizeof(struct _struct),			\
		.min_size	= offsetofend(struct _struct, _last),		\
		.flags		= _flags,					\
		.answers	= _answers,					\
		.fn		= _fn,						\
	}

static const struct vcd_command commands[] = {
	COMMAND(VCD_IOC_INFO, vcd_info, reserved, 0, true, ctl_info),
	COMMAND(VCD_IOC_CREATE, vcd_create, reserved, 0, true, ctl_create),
	COMMAND(VCD_IOC_REMOVE, vcd_remove, reserved, VCD_REMOVE_FORCE, false, ctl_remove),
	COMMAND(VCD_IOC_ATTACH, vcd_attach, generation,
		VCD_ATTACH_SWAP | VCD_ATTACH_FORCE | VCD_ATTACH_CREATE | VCD_ATTACH_DUAL_LAYER, true, ctl_attach),
	COMMAND(VCD_IOC_DETACH, vcd_detach, generation, VCD_DETACH_FORCE, false, ctl_detach),
	COMMAND(VCD_IOC_TRAY, vcd_tray, action, VCD_TRAY_FORCE, false, ctl_tray),
	COMMAND(VCD_IOC_STATUS, vcd_status, reserved, VCD_STATUS_NEXT, true, ctl_status),
};

/* Every structure begins with these. */
struct vcd_header {
	u32 size;
	u32 flags;
};

static long ctl_ioctl(struct file *file, unsigned int cmd, unsigned long ptr)
{
	void __user *user = (void __user *)ptr;
	const struct vcd_command *command;
	struct vcd_header *header;
	union vcd_arg arg = {};
	u32 size;
	int ret;

	if (_IOC_TYPE(cmd) != VCD_IOC_TYPE || _IOC_DIR(cmd) != _IOC_NONE || _IOC_SIZE(cmd) ||
	    _IOC_NR(cmd) >= ARRAY_SIZE(commands))
		return -ENOTTY;
	command = &commands[array_index_nospec(_IOC_NR(cmd), ARRAY_SIZE(commands))];

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < command->min_size)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&arg, command->size, user, size);
	if (ret)
		return ret;
	/* It may have been changed since it was looked at. */
	header = (struct vcd_header *)&arg;
	header->size = size;
	if (header->flags & ~command->flags)
		return -EOPNOTSUPP;

	/* What can't be told to the caller is better not done: it would be taken for not done. */
	if (command->answers && copy_to_user(user, &arg, min(size, command->size)))
		return -EFAULT;
	ret = command->fn(&arg);
	if (ret || !command->answers)
		return ret;
	return copy_to_user(user, &arg, min(size, command->size)) ? -EFAULT : 0;
}

static const struct file_operations ctl_fops = {
	.owner		= THIS_MODULE,
	.open		= nonseekable_open,
	.unlocked_ioctl	= ctl_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice ctl_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "vcd-control",
	.fops	= &ctl_fops,
	.mode	= 0660,
};

/** vcd_ctl_register - make the control device */
int vcd_ctl_register(void)
{
	return misc_register(&ctl_device);
}

/** vcd_ctl_unregister - take it away */
void vcd_ctl_unregister(void)
{
	misc_deregister(&ctl_device);
}
