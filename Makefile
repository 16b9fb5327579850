# SPDX-License-Identifier: GPL-2.0
#
# vcd, the virtual optical drive. "make help" lists what there is.

KDIR	?= /lib/modules/$(shell uname -r)/build
PREFIX	?= /usr
DESTDIR	?=
V	?= $(shell sed -n 's/^\#define VCD_VERSION[[:space:]]*"\(.*\)"/\1/p' kernel/vcd.h)

.PHONY: all help modules userspace install install-modules install-userspace dkms-install clean
all: modules userspace

help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

#: make                  the module for the running kernel (KDIR=... for another) and vcdctl
#: make modules          the module alone; W=1 for more warnings, C=2 for sparse
modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

#: make userspace        vcdctl alone
userspace:
	$(MAKE) -C userspace

#: make install          module, vcdctl, udev rules, man page
install: install-modules install-userspace

install-modules: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_DIR=updates modules_install
	depmod -a

install-userspace:
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

#: make dkms-install     the module by dkms, built anew with each kernel update
dkms-install:
	mkdir -p $(DESTDIR)/usr/src/vcd-$(V)
	cp -r Kbuild Makefile dkms.conf kernel include $(DESTDIR)/usr/src/vcd-$(V)
	dkms add -m vcd -v $(V)
	dkms build -m vcd -v $(V)
	dkms install -m vcd -v $(V)

clean:
	$(MAKE) -C userspace clean
	find . -name .git -prune -o \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name '*.o.d' \) -exec rm -f {} +
	rm -f Module.symvers modules.order .module-common.o

#: make test             every test: engine and parsers in user space, then the product in virtual machines;
#:                       PARTS='abi 04' are some of them, see tests/run
.PHONY: test test-quick test-programs demo check
test:
	tests/run $(PARTS)

#: make test-debug       the system tests on an x86 kernel with checkers of memory, locks, leaks; builds it; takes hours
#: make test-preempt     the same on User-Mode Linux of the newest series, with preemption; builds it
#: make test-kcsan       a part of them on a kernel that looks for data races; builds it; takes hours
.PHONY: test-debug test-preempt test-kcsan
# What is only run when it is named, and has to do with the module
LONG	:= 25-failnth 26 27 28 29 33
test-debug test-preempt: test-%:
	tests/run -k $* abi system $(LONG)

test-kcsan:
	tests/run -k kcsan abi 01 03 04 05 08 10 11 12 15 16 20 30

#: make soak T=7200      everything at once for T seconds (K=7.2: on this kernel), and whether memory is lost
.PHONY: soak
soak: T ?= 180
soak: K ?= 7.2
soak:
	VCD_SECONDS=$(T) tests/run -k $(K) -t $$(($(T) * 2 + 600)) 33

#: make test-quick       what needs no virtual machine: unit tests, builds for every kernel, sparse
test-quick:
	tests/quick

#: make check            what can be said of the sources without running them: sparse, cppcheck, Coccinelle, clang, ...
check:
	tests/check

#: make coverage         which lines and branches of the engine the unit tests reach
#: make fuzz T=60        libFuzzer on the engine and on the tables of a disc, T seconds each; needs clang
.PHONY: coverage fuzz
coverage:
	@$(MAKE) --no-print-directory -C tests/unit coverage

fuzz:
	@$(MAKE) --no-print-directory -C tests/fuzz run $(if $(T),T=$(T))

test-programs:
	$(MAKE) -C tests programs
	$(MAKE) -C bench

#: make bench            vcd beside its peers, in one virtual machine, in instructions; see bench/run
.PHONY: bench
bench:
	bench/run

#: make demo             the main job on a real ISO image (ISO=path for your own), in a throw-away guest
demo:
	tests/demo $(ISO)
