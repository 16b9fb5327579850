/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Libraries that are loaded when they are needed. libkmod and libmount bring others along (libcrypto, libselinux), and
 * linking all of those takes several times as long as everything else that attaching a disc needs.
 */
#ifndef VCD_LAZY_H
#define VCD_LAZY_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct lazy_function - a function of a library
 * @name: its name
 * @pointer: where its address goes
 */
struct lazy_function {
	const char *name;
	void *pointer;
};

/** LAZY() - declare a pointer to a function of a library, called like the function with lazy_ before it */
#define LAZY(function)		static __typeof__(&(function)) lazy_##function
/** LAZY_FUNCTION() - its row in the table for lazy_load() */
#define LAZY_FUNCTION(function)	{ #function, &lazy_##function }

bool lazy_load(const char *library, const struct lazy_function *functions, size_t count);

#endif /* VCD_LAZY_H */
