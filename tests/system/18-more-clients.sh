#!/bin/bash
# long
# time: 2400
# Programs that use optical drives: clients.tsv without a disc, and, two at once, with the disc that
# replaces another one; more-clients.tsv with everything.
cd "$(dirname "$0")" && . ./lib.sh && . ./clients.sh

# start_stop TEST STATUS MUST: of iscsi-test-cu. It is run without udev, which locks the tray.
start_stop() {
	sg_prevent --allow $D
	row root "iscsi-test-cu -t SCSI.StartStopUnit.$1 \$D" "$2" "$3"
}

rows 'no disc' empty '' clients.tsv more-clients.tsv
insert xorriso.iso XORRISO_DISC
rows cd once cd more-clients.tsv
# The test has it that a disc is ready at once after it was loaded. A drive reports first that there may
# be another disc in it (MMC-5 4.1.6.1); QEMU's, which the test passes with, does not.
check "cd: iscsi-test-cu StartStopUnit.Simple" without_udev \
	start_stop Simple 1 'asserts +8 +8 +6 +2  && simple.c:61  && simple.c:78 '
# What is reserved is refused, while the test has it that it is ignored, as in QEMU: the NO_FLUSH bit of disks,
# and 11 of the 15 power conditions
check "cd: iscsi-test-cu StartStopUnit.NoLoej" without_udev \
	start_stop NoLoej 1 'asserts +17 +17 +13 +4  && noloej.c:72  && noloej.c:80  && noloej.c:88  && noloej.c:96 '
check "cd: iscsi-test-cu StartStopUnit.PwrCnd" without_udev start_stop PwrCnd 1 'asserts +31 +31 +20 +11 '
insert second.iso SECOND_DISC
rows 'two at once' twice cd clients.tsv more-clients.tsv
insert dvd.iso XORRISO_DISC
rows dvd once dvd more-clients.tsv
insert video.iso VIDEO_DISC --profile dvd
rows video once video more-clients.tsv
rows 'video, two at once' twice video more-clients.tsv
keep_drives=''
finish
