/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals that end work in an orderly way. */
#ifndef VCD_INTERRUPT_H
#define VCD_INTERRUPT_H

#include <stdbool.h>

#include "exitcode.h"

void interrupt_catch(void);
bool interrupted(void);
enum exit_code interrupt_end(void);

#endif /* VCD_INTERRUPT_H */
