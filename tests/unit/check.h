/* SPDX-License-Identifier: GPL-2.0 */
/* cmocka and what it must be included after. */
#ifndef VCD_TESTS_CHECK_H
#define VCD_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* VCD_TESTS_CHECK_H */
