// SPDX-License-Identifier: GPL-2.0
/*
 * killsweep [-q] VCDCTL MODULE IMAGE IMAGE TEMP: vcdctl is killed with SIGKILL at every system call that it makes.
 *
 * Each command of vcdctl that changes a drive is run again and again, and the Nth time it is killed when it is about to
 * make its Nth system call, until it gets to its end. Afterwards the drive is as it was before or as it is to be
 * afterwards, as the control device has it, as the bytes of the node say, and as `vcdctl list --json` prints it; once it
 * is as it is to be, it is so for every later call; and in TEMP, where packed images are unpacked, nothing is left, and
 * no room is taken, and no loop device, when the disc is out.
 *
 * Beside each IMAGE lies the same packed, IMAGE.gz, in parts, IMAGE.001 and so on, and within file systems,
 * IMAGE.squashfs and IMAGE.erofs. With -q the calls that every program makes to find its libraries
 * are left out but for the first and the last few, what is listed is looked at only where something has changed, and
 * commands that are much like others are left out.
 *
 * killsweep -n N PROGRAM ARGUMENT...: have PROGRAM killed at its Nth system call; status 0 if it got to its end before.
 */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <json-c/json.h>
#include <limits.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "testdrive.h"

/* No command makes so many. */
#define CALLS_MAX	20000

static const char *vcdctl, *temp;
static bool quick;

/* --- one run --------------------------------------------------------------------------------------------------- */

static pid_t start(char *const argv[])
{
	pid_t pid = fork();
	int status, null;

	if (pid < 0)
		tap_bail("fork");
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[0], argv);
		_exit(127);
	}
	/* It stops when it has become the program. */
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		tap_bail("%s does not run", argv[0]);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD))
		tap_bail("ptrace");
	return pid;
}

/* On to the next time that a call begins or ends. Returns false if there is none. */
static bool next_stop(pid_t pid, int *status)
{
	int signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, signal) || waitpid(pid, status, 0) != pid)
			tap_bail("ptrace");
		if (!WIFSTOPPED(*status))
			return false;
		if (WSTOPSIG(*status) == (SIGTRAP | 0x80))
			return true;
		signal = WSTOPSIG(*status);
	}
}

/*
 * Runs a program and kills it when it begins its @nth call. Returns the number of calls that it has begun, that one
 * among them; the status of the program is in @status.
 */
static unsigned int run_until(char *const argv[], unsigned int nth, int *status)
{
	pid_t pid = start(argv);
	unsigned int calls = 0;

	while (next_stop(pid, status)) {
		if (++calls == nth) {
			kill(pid, SIGKILL);
			if (waitpid(pid, status, 0) != pid || !WIFSIGNALED(*status))
				tap_bail("it does not die");
			return calls;
		}
		if (!next_stop(pid, status))
			break;
	}
	return calls;
}

/* --- what is left ---------------------------------------------------------------------------------------------- */

static unsigned int files_left(void)
{
	DIR *dir = opendir(temp);
	const struct dirent *entry;
	unsigned int found = 0;

	if (!dir)
		tap_bail("%s", temp);
	while ((entry = readdir(dir)))
		found += entry->d_name[0] != '.';
	closedir(dir);
	return found;
}

static unsigned long room(void)
{
	struct statvfs fs;

	if (statvfs(temp, &fs))
		tap_bail("%s", temp);
	return fs.f_bfree;
}

static unsigned int loops(void)
{
	unsigned int found;
	glob_t paths;

	found = glob("/sys/block/loop*/loop", 0, NULL, &paths) ? 0 : (unsigned int)paths.gl_pathc;
	globfree(&paths);
	return found;
}

/* A loop device goes when its last user has, which the kernel may be some time about. */
static bool loops_gone(unsigned int before)
{
	unsigned int tries;

	for (tries = 0; tries < 100 && loops() != before; tries++)
		usleep(50000);
	if (loops() != before)
		printf("# %u loop devices, not %u\n", loops(), before);
	return loops() == before;
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value = json_object_object_get(object, key);

	return value ? json_object_get_string(value) : "";
}

/* Does vcdctl list the drive as it is? */
static bool listed(enum drive_state state)
{
	static const char * const words[] = {
		[EMPTY] = "empty", [DISC_A] = "loaded", [DISC_B] = "loaded", [OPEN_A] = "open",
	};
	char command[PATH_MAX + 100], output[65536];
	struct json_object *root, *drives, *drive;
	bool good;
	FILE *list;
	size_t got;

	snprintf(command, sizeof(command), "%s list --json", vcdctl);
	list = popen(command, "r");
	got = list ? fread(output, 1, sizeof(output) - 1, list) : 0;
	output[got] = '\0';
	if (!list || pclose(list))
		return false;
	root = json_tokener_parse(output);
	drives = root ? json_object_object_get(root, "drives") : NULL;
	drive = drives && json_object_array_length(drives) ? json_object_array_get_idx(drives, 0) : NULL;
	if (state == NO_DRIVE) {
		good = drives && !drive;
	} else {
		const char *image = state == EMPTY ? "" : images[state == DISC_B].path;

		good = drive && !strcmp(text_of(drive, "name"), "vcd0") &&
		       !strcmp(text_of(drive, "state"), words[state]) &&
		       !strncmp(text_of(drive, "image"), image, strlen(image)) &&
		       (state != EMPTY || !text_of(drive, "image")[0]);
	}
	if (!good)
		printf("# the drive is: %s; listed: %s\n", drive_state_names[state], output);
	json_object_put(root);
	return good;
}

/* --- a sweep -------------------------------------------------------------------------------------------------- */

/**
 * struct order - a command of vcdctl
 * @name: of the test
 * @from: the state that it begins in
 * @to: the state that it ends in
 * @words: the command line; A and B stand for the images, also at the beginning of a word
 * @slow: left out with -q
 */
struct order {
	const char *name;
	enum drive_state from, to;
	const char *words[5];
	bool slow;
};

static const struct order orders[] = {
	{ "create",			NO_DRIVE, EMPTY, .words = { "create", "0" } },
	{ "remove",			EMPTY, NO_DRIVE, .words = { "remove", "0" } },
	{ "remove of a loaded drive",	DISC_A, NO_DRIVE, .words = { "remove", "--force", "0" }, .slow = true },
	{ "attach",			EMPTY, DISC_A, .words = { "attach", "A" } },
	{ "attach to a new drive",	NO_DRIVE, DISC_A, .words = { "attach", "A" }, .slow = true },
	{ "attach of a packed image",	EMPTY, DISC_A, .words = { "attach", "-d", "0", "A.gz" } },
	{ "attach of an image in parts", EMPTY, DISC_A, .words = { "attach", "A.001" }, .slow = true },
	{ "attach of an image in squashfs", EMPTY, DISC_A, .words = { "attach", "A.squashfs" } },
	{ "attach of an image in EROFS", EMPTY, DISC_A, .words = { "attach", "A.erofs" }, .slow = true },
	{ "swap",			DISC_A, DISC_B, .words = { "swap", "0", "B" } },
	{ "swap for a packed image",	DISC_A, DISC_B, .words = { "swap", "0", "B.gz" }, .slow = true },
	{ "swap by force",		DISC_A, DISC_B, .words = { "swap", "--force", "0", "B" }, .slow = true },
	{ "detach",			DISC_A, EMPTY, .words = { "detach", "0" } },
	{ "eject",			DISC_A, OPEN_A, .words = { "eject", "0" } },
	{ "close",			OPEN_A, DISC_A, .words = { "close", "0" }, .slow = true },
};

#define ORDERS	(sizeof(orders) / sizeof(orders[0]))

static void command_line(const struct order *order, char *argv[7], char paths[5][PATH_MAX + 4])
{
	unsigned int i;

	argv[0] = (char *)vcdctl;
	for (i = 0; i < 5 && order->words[i]; i++) {
		const char *word = order->words[i];
		bool image = word[0] == 'A' || word[0] == 'B';

		snprintf(paths[i], sizeof(paths[i]), "%s%s", image ? images[word[0] - 'A'].path : word,
			 image ? word + 1 : "");
		argv[i + 1] = paths[i];
	}
	argv[i + 1] = NULL;
}

/* Judges what a run that was killed at call @nth, or not at all, has left. Returns false if that is not right. */
static bool judge(const struct order *order, unsigned int nth, bool ended, bool *done)
{
	enum drive_state now;
	bool was_done = *done;
	bool good;

	drive_wrong = false;
	now = drive_look();
	good = !drive_wrong && (now == order->to || (now == order->from && !*done && !ended));
	*done |= now == order->to;
	if ((!quick || nth == 1 || ended || *done != was_done) && !listed(now))
		good = false;
	if (files_left()) {
		printf("# %s: %u files are left in %s\n", order->name, files_left(), temp);
		good = false;
	}
	if (!good)
		printf("# %s, killed at call %u: %s%s\n", order->name, nth, drive_state_names[now],
		       drive_wrong ? ", wrong bytes" : "");
	return good;
}

static void sweep(const struct order *order, unsigned int first)
{
	unsigned int nth, before = 0, bad = 0, runs = 0;
	char paths[5][PATH_MAX + 4], *argv[7];
	bool done = false, ended = false;
	unsigned int loops_before;
	unsigned long free_room;
	int status;

	command_line(order, argv, paths);
	drive_bring(EMPTY);
	free_room = room();
	loops_before = loops();
	drive_bring(order->from);
	run_until(argv, CALLS_MAX, &status);
	if (!WIFEXITED(status) || WEXITSTATUS(status) || drive_look() != order->to)
		tap_bail("%s does not work", order->name);
	for (nth = 1; !ended && nth < CALLS_MAX; nth = nth < first ? first : nth + 1) {
		drive_bring(order->from);
		ended = run_until(argv, nth, &status) < nth;
		bad += !judge(order, nth, ended, &done);
		before += !done;
		runs += !ended;
	}
	drive_bring(EMPTY);
	if (room() != free_room) {
		printf("# %s: room is taken in %s: %lu blocks are free, not %lu\n", order->name, temp, room(),
		       free_room);
		bad++;
	}
	if (!loops_gone(loops_before))
		bad++;
	tap(!bad && ended && done && before, "vcdctl killed %u times at the system calls of %s: before %u, after %u",
	    runs, order->name, before, runs - before + ended);
}

/* How many calls there are until main() is reached, less a few. */
static unsigned int calls_of_loading(void)
{
	char *argv[] = { (char *)vcdctl, "--version", NULL };
	unsigned int calls;
	int status;

	calls = run_until(argv, CALLS_MAX, &status);
	return calls > 20 ? calls - 10 : 1;
}

int main(int argc, char **argv)
{
	unsigned int first = 1, i;
	int status;

	if (argc > 3 && !strcmp(argv[1], "-n"))
		return run_until(argv + 3, atoi(argv[2]), &status) < (unsigned int)atoi(argv[2]) ? 0 : 1;
	quick = argc > 1 && !strcmp(argv[1], "-q");
	argv += quick;
	if (argc - quick != 6)
		return 2;
	vcdctl = argv[1];
	if (quick)
		first = calls_of_loading();
	drive_begin(argv[2], argv[3], argv[4]);
	temp = argv[5];
	setenv("TMPDIR", temp, 1);
	for (i = 0; i < ORDERS; i++)
		if (!quick || !orders[i].slow)
			sweep(&orders[i], first);
	drive_bring(EMPTY);
	return tap_failed ? 1 : 0;
}
