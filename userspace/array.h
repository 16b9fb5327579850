/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VCD_ARRAY_H
#define VCD_ARRAY_H

/** ARRAY_SIZE: number of elements of an array; not for pointers */
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif /* VCD_ARRAY_H */
