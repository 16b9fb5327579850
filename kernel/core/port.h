/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the MMC engine needs from its surroundings, in the kernel and in user space: integer types, memory
 * functions and a few macros. It is the only file of kernel/core/ that knows where it is compiled.
 */
#ifndef VCD_CORE_PORT_H
#define VCD_CORE_PORT_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#else /* user space */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define BIT(n)			(1UL << (n))
#define fallthrough		__attribute__((__fallthrough__))
#ifndef min_t
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#endif
#ifndef max_t
#define max_t(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#endif
#ifndef static_assert
#define static_assert		_Static_assert
#endif

#endif /* __KERNEL__ */

static inline u16 mmc_get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 mmc_get24(const u8 *p)
{
	return (u32)p[0] << 16 | (u32)p[1] << 8 | p[2];
}

static inline u32 mmc_get32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static inline u64 mmc_get64(const u8 *p)
{
	return (u64)mmc_get32(p) << 32 | mmc_get32(p + 4);
}

#endif /* VCD_CORE_PORT_H */
