// SPDX-License-Identifier: GPL-2.0
/*
 * A module that commits faults: write the name of one to /dev/vcd-fault. Each is
 * of a kind that one of the kernel's checkers exists for.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static int distance = 40;
module_param(distance, int, 0444);
MODULE_PARM_DESC(distance, "how far the fault called shift shifts");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);

static void fault_warning(void)
{
	WARN_ON(1);
}

static void fault_out_of_bounds(void)
{
	char *block = kmalloc(13, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(block);
	if (block)
		READ_ONCE(block[13]);
	kfree(block);
}

static void fault_use_after_free(void)
{
	char *block = kmalloc(64, GFP_KERNEL);

	kfree(block);
	OPTIMIZER_HIDE_VAR(block);
	if (block)
		READ_ONCE(block[1]);
}

static void fault_shift(void)
{
	pr_info("shifted: %d\n", 1 << distance);
}

static void fault_lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void fault_sleep(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static void fault_leak(void)
{
	char *block = kmalloc(999, GFP_KERNEL);

	if (block)
		memset(block, 0x5a, 999);
}

static void fault_oops(void)
{
	int *nowhere = (int *)8;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

static void fault_panic(void)
{
	panic("asked for");
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "warning", fault_warning },
	{ "out-of-bounds", fault_out_of_bounds },
	{ "use-after-free", fault_use_after_free },
	{ "shift", fault_shift },
	{ "lock-order", fault_lock_order },
	{ "sleep", fault_sleep },
	{ "leak", fault_leak },
	{ "oops", fault_oops },
	{ "panic", fault_panic },
};

static ssize_t fault_write(struct file *file, const char __user *buffer,
			   size_t count, loff_t *position)
{
	char name[32];
	size_t i;

	if (count >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buffer, count))
		return -EFAULT;
	name[count] = '\0';
	strim(name);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(name, faults[i].name)) {
			faults[i].commit();
			return count;
		}
	}
	return -EINVAL;
}

static const struct file_operations fault_operations = {
	.owner = THIS_MODULE,
	.write = fault_write,
};

static struct miscdevice fault_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vcd-fault",
	.fops = &fault_operations,
};
module_misc_device(fault_device);

MODULE_DESCRIPTION("Faults on request, for the self-test of the test machines");
MODULE_LICENSE("GPL");
