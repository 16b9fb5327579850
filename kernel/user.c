// SPDX-License-Identifier: GPL-2.0
/*
 * What users hold: drives, discs, and the files of those.
 *
 * A disc keeps its files open with nobody's descriptor, so that no limit of a process counts them, and a drive takes
 * memory of the kernel. Who may use the control device without being an administrator holds no more than some of each.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "vcd.h"

/**
 * struct vcd_user - a user who holds something
 * @list: in @users
 * @uid: who it is
 * @held: what
 */
struct vcd_user {
	struct list_head list;
	kuid_t uid;
	struct vcd_holding held;
};

static LIST_HEAD(users);
static DEFINE_SPINLOCK(users_lock);

/* The entry of a user, @spare if there is none yet. Under users_lock. */
static struct vcd_user *user_entry(kuid_t uid, struct vcd_user *spare)
{
	struct vcd_user *user;

	lockdep_assert_held(&users_lock);

	list_for_each_entry(user, &users, list)
		if (uid_eq(user->uid, uid))
			return user;
	list_add(&spare->list, &users);
	return spare;
}

/*
 * Is there still room for this? A disc that takes the place of another is one more only until that has gone, which may
 * take its time; of what is not asked for there may be too much already.
 */
static bool has_room(const struct vcd_holding *held, const struct vcd_holding *more, bool swap)
{
	return (!more->drives || held->drives + more->drives <= VCD_USER_DRIVES_MAX) &&
	       (!more->discs || held->discs + more->discs <= VCD_USER_DISCS_MAX + swap) &&
	       (!more->files || held->files + more->files <= VCD_USER_FILES_MAX);
}

/*
 * Who has it. In a user namespace a user can be as many as he has subordinate numbers: they all are who made the
 * outermost one, unless an administrator did.
 */
static kuid_t charged_user(void)
{
	const struct user_namespace *ns;
	kuid_t uid = GLOBAL_ROOT_UID;

	for (ns = current_user_ns(); ns != &init_user_ns; ns = ns->parent)
		uid = ns->owner;
	return uid_eq(uid, GLOBAL_ROOT_UID) ? current_euid() : uid;
}

static bool holds_nothing(const struct vcd_holding *held)
{
	return !held->drives && !held->discs && !held->files;
}

/**
 * vcd_user_charge - the caller is about to hold something more
 * @more: what
 * @swap: a disc that takes the place of another
 *
 * Return: who it is, for vcd_user_uncharge(); NULL for who has CAP_SYS_ADMIN, for whom nothing is counted; -EDQUOT if
 * that is more than a user may hold; -ENOMEM.
 */
struct vcd_user *vcd_user_charge(const struct vcd_holding *more, bool swap)
{
	struct vcd_user *spare, *user;
	int ret = 0;

	if (capable(CAP_SYS_ADMIN))
		return NULL;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare)
		return ERR_PTR(-ENOMEM);
	spare->uid = charged_user();
	spin_lock(&users_lock);
	user = user_entry(spare->uid, spare);
	if (has_room(&user->held, more, swap)) {
		user->held.drives += more->drives;
		user->held.discs += more->discs;
		user->held.files += more->files;
	} else {
		ret = -EDQUOT;
	}
	if (user != spare || ret) {
		if (user == spare)
			list_del(&spare->list);
		kfree(spare);
	}
	spin_unlock(&users_lock);
	return ret ? ERR_PTR(ret) : user;
}

/**
 * vcd_user_uncharge - what was charged is held no longer
 * @user: who held it, or NULL
 * @less: what
 *
 * Context: process.
 */
void vcd_user_uncharge(struct vcd_user *user, const struct vcd_holding *less)
{
	if (!user)
		return;
	spin_lock(&users_lock);
	user->held.drives -= less->drives;
	user->held.discs -= less->discs;
	user->held.files -= less->files;
	if (holds_nothing(&user->held)) {
		list_del(&user->list);
		kfree(user);
	}
	spin_unlock(&users_lock);
}
