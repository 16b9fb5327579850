#!/bin/bash
# long
# time: 2400
# Programs that use optical drives: clients.tsv without a disc, and, two at once, with the disc that
# replaces another one; more-clients.tsv with everything.
cd "$(dirname "$0")" && . ./lib.sh && . ./clients.sh

# Of iscsi-test-cu. It is run without udev, which locks the tray.
start_stop() {
	sg_prevent --allow $D
	row root 'iscsi-test-cu -t SCSI.StartStopUnit $D' 0 'asserts +56 +56 +56 +0 '
}

rows 'no disc' empty '' clients.tsv more-clients.tsv
insert xorriso.iso XORRISO_DISC
rows cd once cd more-clients.tsv
check "cd: iscsi-test-cu StartStopUnit" without_udev start_stop
insert second.iso SECOND_DISC
rows 'two at once' twice cd clients.tsv more-clients.tsv
insert debian.iso DEBIAN_DISC
rows debian once debian more-clients.tsv
insert dvd.iso XORRISO_DISC
rows dvd once dvd more-clients.tsv
insert video.iso VIDEO_DISC --profile dvd
rows video once video more-clients.tsv
rows 'video, two at once' twice video more-clients.tsv
keep_drives=''
finish
