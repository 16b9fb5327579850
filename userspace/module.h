/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening the control device, loading the module if that is what it takes. */
#ifndef VCD_MODULE_H
#define VCD_MODULE_H

#include "exitcode.h"

/** module_load: 0 or a negative errno; a variable, so that a test can say how loading ends */
extern int (*module_load)(void);

int control_open(enum exit_code *code);

#endif /* VCD_MODULE_H */
