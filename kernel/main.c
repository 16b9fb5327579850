// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading of the module.
 */
#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>

#include "vcd.h"

static unsigned int drives = 1;
module_param(drives, uint, 0444);
MODULE_PARM_DESC(drives, "Number of empty drives to start with (default 1)");

struct device *vcd_parent;
int vcd_major;
struct workqueue_struct *vcd_queue;
struct workqueue_struct *vcd_read_queue;

/*
 * Drives and discs that exist. They may outlive their removal for as long as somebody has them open, and their last
 * reference may be dropped by code that holds none on this module, so unloading waits for them.
 */
static atomic_t vcd_objects;
static DECLARE_WAIT_QUEUE_HEAD(vcd_objects_gone);

/** vcd_object_get - a drive or a disc was allocated */
void vcd_object_get(void)
{
	atomic_inc(&vcd_objects);
}

/** vcd_object_put - a drive or a disc was freed; the last thing that its destructor does */
void vcd_object_put(void)
{
	/* The RCU section lets vcd_exit() wait until this code has been left, but for its last few instructions. */
	rcu_read_lock();
	if (atomic_dec_and_test(&vcd_objects))
		wake_up_all(&vcd_objects_gone);
	rcu_read_unlock();
}

static void vcd_queues_destroy(void)
{
	if (vcd_read_queue)
		destroy_workqueue(vcd_read_queue);
	if (vcd_queue)
		destroy_workqueue(vcd_queue);
}

static int vcd_queues_create(void)
{
	/* Drives whose discs drain each take a worker for as long as some image likes. */
	vcd_queue = alloc_workqueue("vcd", WQ_UNBOUND, min(VCD_DRIVES_MAX, WQ_MAX_ACTIVE));
	if (!vcd_queue)
		return -ENOMEM;
	vcd_read_queue = alloc_workqueue("vcd-read", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return vcd_read_queue ? 0 : -ENOMEM;
}

static int vcd_first_drives(void)
{
	struct vcd_drive *drive;
	unsigned int i;
	int ret;

	for (i = 0; i < drives; i++) {
		ret = vcd_table_add(-1, GLOBAL_ROOT_UID, NULL, &drive);
		if (ret)
			return ret;
		vcd_drive_put(drive);
	}
	return 0;
}

static void vcd_drives_gone(void)
{
	vcd_table_clear();
	wait_event(vcd_objects_gone, !atomic_read(&vcd_objects));
	synchronize_rcu();
}

/*
 * libcdio-paranoia takes a node for a CD-ROM drive if its major number is of one. CDU31A_CDROM_MAJOR is, and has no
 * driver any more; if somebody else has it, any other is as good for all but that.
 */
static int __init vcd_register_major(void)
{
	if (!register_blkdev(CDU31A_CDROM_MAJOR, VCD_NAME))
		return CDU31A_CDROM_MAJOR;
	return register_blkdev(0, VCD_NAME);
}

static int __init vcd_init(void)
{
	int ret;

	if (drives > VCD_DRIVES_MAX) {
		pr_err(VCD_NAME ": drives=%u: at most %u\n", drives, VCD_DRIVES_MAX);
		return -EINVAL;
	}
	ret = vcd_queues_create();
	if (ret)
		goto err_queues;
	vcd_parent = root_device_register(VCD_NAME);
	if (IS_ERR(vcd_parent)) {
		ret = PTR_ERR(vcd_parent);
		goto err_queues;
	}
	vcd_major = vcd_register_major();
	if (vcd_major < 0) {
		ret = vcd_major;
		goto err_parent;
	}
	vcd_fault_init();
	ret = vcd_first_drives();
	if (ret)
		goto err_drives;
	ret = vcd_ctl_register();
	if (ret)
		goto err_drives;
	return 0;

err_drives:
	vcd_drives_gone();
	vcd_fault_exit();
	unregister_blkdev(vcd_major, VCD_NAME);
err_parent:
	root_device_unregister(vcd_parent);
err_queues:
	vcd_queues_destroy();
	return ret;
}

static void __exit vcd_exit(void)
{
	vcd_ctl_unregister();
	vcd_drives_gone();
	vcd_fault_exit();
	unregister_blkdev(vcd_major, VCD_NAME);
	root_device_unregister(vcd_parent);
	vcd_queues_destroy();
}

module_init(vcd_init);
module_exit(vcd_exit);

MODULE_DESCRIPTION("Virtual optical drive");
MODULE_LICENSE("GPL");
MODULE_VERSION(VCD_VERSION);
