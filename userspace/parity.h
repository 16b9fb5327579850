/* SPDX-License-Identifier: GPL-2.0-only */
/* The parity of CD sectors (ECMA-130 annex A) */
#ifndef VCD_PARITY_H
#define VCD_PARITY_H

#include <stdint.h>

void parity_fill(uint8_t sector[2352]);

#endif /* VCD_PARITY_H */
