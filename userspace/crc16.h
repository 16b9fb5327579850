/* SPDX-License-Identifier: GPL-2.0-only */
/* The CRC of sub-channel Q, of CD-Text and of CHD: x^16 + x^12 + x^5 + 1, highest bit first. */
#ifndef VCD_CRC16_H
#define VCD_CRC16_H

#include <stddef.h>
#include <stdint.h>

uint16_t crc16(uint16_t crc, const uint8_t *data, size_t len);
uint16_t crc16_cd(const uint8_t *data, size_t len);

#endif /* VCD_CRC16_H */
