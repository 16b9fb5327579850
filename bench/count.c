// SPDX-License-Identifier: GPL-2.0
/*
 * count: a plugin for QEMU that counts the instructions of each piece of code that runs between two marks.
 *
 * A mark is `xchg %bx,%bx`, which does nothing and no compiler makes: probe has one before and one behind what it
 * measures. At the first all counts are set to zero, at the second "ADDRESS INSTRUCTIONS" lines, in hexadecimal and
 * decimal, go to the file given as out=FILE. See `profile`.
 *
 * The interface is that of QEMU 7.2 (version 1), of which Debian has no header.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translated)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*executed)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, translated callback);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int operation, void *counter, uint64_t add);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, executed callback, int flags, void *data);
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

extern int qemu_plugin_version;
int qemu_plugin_version = 1;

/* Instructions that were executed of the code at one address. Translated anew, it has another of these. */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t instructions;
};

static struct block *blocks;
static const char *path;
static bool counting;

static void print_counts(void)
{
	FILE *out = fopen(path, "w");
	struct block *block;

	if (!out) {
		perror(path);
		exit(1);
	}
	for (block = blocks; block; block = block->next)
		if (block->instructions)
			fprintf(out, "%" PRIx64 " %" PRIu64 "\n", block->address, block->instructions);
	fclose(out);
}

static void mark(unsigned int cpu, void *data)
{
	struct block *block;

	(void)cpu;
	(void)data;
	if (counting)
		print_counts();
	for (block = blocks; block; block = block->next)
		block->instructions = 0;
	counting = !counting;
}

static void look(uint64_t id, struct qemu_plugin_tb *tb)
{
	static const uint8_t xchg[] = { 0x66, 0x87, 0xdb };
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct block *block = calloc(1, sizeof(*block));

	(void)id;
	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &block->instructions, n);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_size(insn) == sizeof(xchg) &&
		    !memcmp(qemu_plugin_insn_data(insn), xchg, sizeof(xchg)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark, 0, NULL);
	}
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return 1;
	path = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, look);
	return !path;
}
