/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results of tests as lines: "ok - NAME", "not ok - NAME" and "# what went wrong". One C file makes a program.
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_failed;
static const char *tap_suffix = "";

__attribute__((format(printf, 2, 3), unused))
static bool tap(bool good, const char *format, ...)
{
	va_list args;

	printf("%s - ", good ? "ok" : "not ok");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("%s\n", tap_suffix);
	fflush(stdout);
	tap_failed += !good;
	return good;
}

/* The number is what was meant. */
__attribute__((unused))
static bool tap_is(long long got, long long want, const char *name)
{
	if (!tap(got == want, "%s", name))
		printf("# got %lld (0x%llx), not %lld (0x%llx)\n", got, got, want, want);
	return got == want;
}

/* A system call that gave @ret fails with @want, or succeeds if that is 0. */
__attribute__((unused))
static bool tap_errno(long ret, int want, const char *name)
{
	int err = ret < 0 ? errno : 0;

	if (!tap(err == want, "%s", name))
		printf("# got %s, not %s\n", err ? strerrorname_np(err) : "success",
		       want ? strerrorname_np(want) : "success");
	return err == want;
}

__attribute__((format(printf, 1, 2), unused, noreturn))
static void tap_bail(const char *format, ...)
{
	int err = errno;
	va_list args;

	printf("not ok - the program can't go on: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(": %s%s\n", strerror(err), tap_suffix);
	exit(1);
}

#endif /* TAP_H */
