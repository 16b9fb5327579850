/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands of vcdctl share: the command table, messages, the choice of drives. */
#ifndef VCD_VCDCTL_H
#define VCD_VCDCTL_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "exitcode.h"
#include "libvcd.h"

/**
 * struct command - a command of vcdctl
 * @name: the word on the command line
 * @fn: what it does; an exit code
 * @usage: its arguments
 * @summary: what it does, in a few words
 * @options: its options, one a line, ready to be printed; --help is added
 */
struct command {
	const char *name;
	enum exit_code (*fn)(const struct command *command, int argc, char **argv);
	const char *usage;
	const char *summary;
	const char *options;
};

enum exit_code cmd_attach(const struct command *command, int argc, char **argv);
enum exit_code cmd_swap(const struct command *command, int argc, char **argv);
enum exit_code cmd_detach(const struct command *command, int argc, char **argv);
enum exit_code cmd_eject(const struct command *command, int argc, char **argv);
enum exit_code cmd_close(const struct command *command, int argc, char **argv);
enum exit_code cmd_create(const struct command *command, int argc, char **argv);
enum exit_code cmd_remove(const struct command *command, int argc, char **argv);
enum exit_code cmd_list(const struct command *command, int argc, char **argv);
enum exit_code cmd_dump(const struct command *command, int argc, char **argv);
enum exit_code cmd_play(const struct command *command, int argc, char **argv);
enum exit_code cmd_info(const struct command *command, int argc, char **argv);
enum exit_code cmd_convert(const struct command *command, int argc, char **argv);
enum exit_code cmd_verify(const struct command *command, int argc, char **argv);

/* vcdctl.c */
/** OPTION_STOP: what next_option() returns when the command must end at once, with the code that it stored */
#define OPTION_STOP	(-2)

int next_option(const struct command *command, int argc, char **argv, const char *shorts, const struct option *longs,
		enum exit_code *code);
enum exit_code wrong_usage(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void complain(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum exit_code flush_output(enum exit_code code);

#endif /* VCD_VCDCTL_H */
