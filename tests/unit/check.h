/* SPDX-License-Identifier: GPL-2.0 */
/* cmocka and what it must be included after. */
#ifndef VCD_TESTS_CHECK_H
#define VCD_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline void assert_zero(const uint8_t *bytes, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		assert_int_equal(bytes[i], 0);
}

#endif /* VCD_TESTS_CHECK_H */
