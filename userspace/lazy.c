// SPDX-License-Identifier: GPL-2.0-only
/* Libraries that are loaded when they are needed. */
#include <dlfcn.h>
#include <string.h>

#include "lazy.h"

/**
 * lazy_load - load a library, which then stays
 * @library: its soname
 * @functions: what is wanted of it; the pointers are filled
 * @count: how many
 *
 * Return: false if there is no such library, or it lacks one of them; dlerror(3) tells.
 */
bool lazy_load(const char *library, const struct lazy_function *functions, size_t count)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
	size_t i;

	if (!handle)
		return false;
	for (i = 0; i < count; i++) {
		void *function = dlsym(handle, functions[i].name);

		if (!function)
			return false;
		memcpy(functions[i].pointer, &function, sizeof(function));
	}
	return true;
}
