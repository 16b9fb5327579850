// SPDX-License-Identifier: GPL-2.0-only
#include "crc16.h"

/**
 * crc16 - continue a CRC
 * @crc: what it was so far; at the start 0 on a CD, where it is stored inverted, and 0xFFFF in a CHD
 * @data: bytes
 * @len: their number
 */
uint16_t crc16(uint16_t crc, const uint8_t *data, size_t len)
{
	while (len--) {
		/* The polynomial has so few terms that the eight steps of a byte are these. */
		unsigned int x = crc >> 8 ^ *data++;

		x ^= x >> 4;
		crc = (uint16_t)(crc << 8 ^ x << 12 ^ x << 5 ^ x);
	}
	return crc;
}

/**
 * crc16_cd - the CRC of a frame of sub-channel Q or of a pack of CD-Text, as it is stored
 * @data: bytes
 * @len: their number
 */
uint16_t crc16_cd(const uint8_t *data, size_t len)
{
	return (uint16_t)~crc16(0, data, len);
}
