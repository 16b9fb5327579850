#!/bin/bash
# Images on NFS, whose server is this very machine, stalls, dies and comes back.
# no udev
# long
# time: 900
cd "$(dirname "$0")" && . ./lib.sh && . ./compared.sh
compare_limit=300
# Length of an image
sectors=1024

# The server: what a distribution's start scripts do, with version 4 alone. It does not answer for a while after its
# start, so that clients of an earlier run can come back, of which there are none: that ends now, or after the shortest
# time where nobody keeps a record of clients.
server_starts() {
	echo 10 >/proc/fs/nfsd/nfsv4gracetime
	rpc.nfsd -N 3 -H 127.0.0.1 4
	echo Y >/proc/fs/nfsd/v4_end_grace || :
}

server_ends() { rpc.nfsd 0; }

serve() {
	command -v rpc.nfsd >/dev/null || skip "there is no NFS server here"
	modprobe -q nfsd || skip "this kernel has no NFS server"
	modprobe -q nfs || skip "this kernel has no NFS"
	mountpoint -q /proc/fs/nfsd || mount -t nfsd nfsd /proc/fs/nfsd
	mkdir -p $tmp/exported $tmp/client /var/lib/nfs/v4recovery
	mount -t tmpfs exported $tmp/exported
	"$node" pattern $sectors 1 $tmp/copy
	cp $tmp/copy $tmp/exported/image
	exportfs -o rw,fsid=0,no_root_squash,no_subtree_check "127.0.0.1:$tmp/exported"
	in_background rpc.mountd -F -N 3 -u
	server_starts
	mount -t nfs4 -o "vers=4.2,timeo=10,retrans=1,$1" 127.0.0.1:/ $tmp/client
	image=$tmp/client/image
	exec 7<$image
}

# with_server OPTIONS COMMAND...: with a disc in vcd0 whose image is served
with_server() {
	trap 'on_exit' EXIT
	serve "$1"
	attach --raw $image
	"${@:2}"
	limited 60 vcdctl detach --force 0 || like "$(column STATE)" '^empty'
	within 60 test_not_draining
	exec 7<&-
	umount $tmp/client
	within 30 rmmod vcd
	modprobe vcd
}

on_exit() {
	server_starts || :
	vcdctl detach --force 0 || :
	exec 7<&-
	! mountpoint -q $tmp/client || umount -f $tmp/client || umount -l $tmp/client
	server_ends || :
	exportfs -ua || :
	! mountpoint -q $tmp/exported || umount $tmp/exported
}

stalled_reader() {
	forget
	server_ends
	in_background dd if=$vcd0 of=$tmp/read bs=64K iflag="$1" status=none
	reader=$job
	within 60 waits "$reader"
}

# With a hard mount reads wait until the server is back
out_and_back() {
	all_right
	stalled_reader "$1"
	limited 60 vcdctl detach --force 0
	like "$(column STATE)" '^empty,(stale,)?draining$'
	server_starts
	within 120 test_not_draining
	within 60 gone "$reader"
	attach --raw $image
	all_right
}

# With a soft mount they fail, after some seconds each
dead() {
	all_right
	server_ends
	all_errors
	is "$("$node" status $vcd0)" disc
	limited 60 vcdctl list >/dev/null
	limited 60 vcdctl detach 0
	server_starts
	within 60 cmp $image $tmp/copy
	attach --raw $image
	all_right
}

new_bytes() { [ "$(compared)" = "64 right, 0 errors" ]; }

# Another machine, as it were, writes to the file or removes it
changed_elsewhere() {
	all_right
	"$node" pattern $sectors 2 $tmp/copy
	cp $tmp/copy $tmp/exported/image
	# What a client keeps in memory it may use for some seconds without asking
	within 90 new_bytes
	all_right
	# As long as the server knows that somebody has it open it is there
	rm $tmp/exported/image
	all_right
	server_ends
	server_starts
	all_errors
	vcdctl detach 0
}

check "a server that is away for a while" with_server hard out_and_back fullblock
check "a server that is away for a while, direct reads" with_server hard out_and_back direct
sectors=128
check "a server that is dead" with_server soft dead
sectors=1024
check "the file changes on the server, and goes" with_server soft changed_elsewhere
finish
