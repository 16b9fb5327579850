#!/bin/bash
# Audio is played: nobody hears it, but the drive goes along it as the time passes.
# no udev
# on: newest
cd "$(dirname "$0")" && . ./lib.sh
play=$here/play
disc=$tmp/play

# play_disc: puts in a disc with a track of data and two of audio, of ten seconds each; their first sectors are $second
# and $third, the lead-out is $leadout
play_disc() {
	mkdir -p $disc
	head -c $((300 * 2048)) /dev/urandom >$disc/data.iso
	"$here/cdimage" audio 1500 7 >$disc/audio.pcm
	cat >$disc/disc.cue <<-END
		FILE "data.iso" BINARY
		  TRACK 01 MODE1/2048
		    INDEX 01 00:00:00
		FILE "audio.pcm" BINARY
		  TRACK 02 AUDIO
		    INDEX 01 00:00:00
		  TRACK 03 AUDIO
		    INDEX 01 00:10:00
	END
	second=300
	third=1050
	leadout=1800
	attach $disc/disc.cue
	is "$(cat /sys/block/vcd0/vcd/sectors)" $leadout
}

playing() { like "$("$play" status $vcd0)" '^11 '; }
silent() { like "$("$play" status $vcd0)" '^15 '; }

# What does not go to a sector, and the node, which is no command
goes_on() {
	play_disc
	"$play" start $second 750 $vcd0
	playing
	sg_turs $vcd0
	dd if=$vcd0 iflag=direct of=/dev/null bs=2K count=$second status=none
	fails sg_raw $vcd0 45 00 00 00 00 00 00 00 10 00
	playing
	vcdctl eject vcd0
	vcdctl close vcd0
	within 5 silent
}

read_ends_it() {
	play_disc
	"$play" start $second 750 $vcd0
	playing
	sg_raw -r 2048 $vcd0 28 00 00 00 00 10 00 00 01 00 >/dev/null 2>&1
	is "$("$play" status $vcd0)" "15 16"
}

# Another disc, swapped in
another_disc() {
	play_disc
	"$play" start $second 750 $vcd0
	playing
	vcdctl detach vcd0
	attach $disc/disc.cue
	silent
}

# The command by which programs eject, and that stops
ejected() {
	play_disc
	"$play" start $second 750 $vcd0
	playing
	eject $vcd0
	eject -t $vcd0
	within 5 silent
	"$play" start $second 750 $vcd0
	sg_start --stop $vcd0
	silent
}

# The end comes although nobody looks, and data behind the audio is an error
into_data() {
	mkdir -p $disc
	head -c $((300 * 2048)) /dev/urandom >$disc/data.iso
	"$here/cdimage" audio 300 7 >$disc/audio.pcm
	cat >$disc/data-last.cue <<-END
		FILE "audio.pcm" BINARY
		  TRACK 01 AUDIO
		    INDEX 01 00:00:00
		FILE "data.iso" BINARY
		  TRACK 02 MODE1/2048
		    INDEX 01 00:00:00
	END
	attach $disc/data-last.cue
	"$play" start 270 60 $vcd0
	sleep 1
	is "$("$play" status $vcd0)" "14 299"
	is "$("$play" status $vcd0)" "15 299"
}

told_by_features() {
	play_disc
	like "$(sg_raw -r 16 $vcd0 46 02 01 03 00 00 00 00 10 00 2>&1)" '01 03 01 04 +07 00 01 00'
}

play_disc
run_program "$play" all $second $third $leadout $vcd0
clean_up
check "playing goes on until the tray opens" goes_on
check "a read ends it" read_ends_it
check "another disc does not play" another_disc
check "eject and stop end it" ejected
check "data behind the audio ends it with an error" into_data
check "the feature is current" told_by_features
finish
