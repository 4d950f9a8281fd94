/* SPDX-License-Identifier: BSD-3-Clause */
/* What /proc shows of processes and threads by their numbers. */
#define _GNU_SOURCE
#include "read_text.h"
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static char path[64];

static const char *task(pid_t tid, const char *name)
{
	snprintf(path, sizeof(path), "/proc/%d/task/%d%s", getpid(), tid, name);
	return path;
}

static bool links_to(const char *link, const char *expected)
{
	char target[64] = "";

	return readlink(link, target, sizeof(target) - 1) == (ssize_t)strlen(expected) &&
	       strcmp(target, expected) == 0;
}

/* Whether the directory lists the number, once and with the right inode number. */
static bool lists(const char *folder, pid_t number)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	struct stat status;
	char name[16];
	int count = 0;

	snprintf(name, sizeof(name), "%d", number);
	while (directory && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, name) != 0)
			continue;
		count++;
		if (fstatat(dirfd(directory), name, &status, 0) || entry->d_type != DT_DIR ||
		    status.st_ino != entry->d_ino)
			count = -1;
	}
	if (directory)
		closedir(directory);
	return count == 1;
}

static void show_links(const char *name)
{
	struct stat status = {0};

	printf("%s: %s\n", name, lstat(name, &status) ? strerror(errno) : "there");
	printf("mode %o, size %ld, links %ld\n", status.st_mode, (long)status.st_size,
	       (long)status.st_nlink);
}

static void test_self(pid_t tid)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "%d", getpid());
	check("self", links_to("/proc/self", expected));
	snprintf(expected, sizeof(expected), "%d/task/%d", getpid(), tid);
	check("thread-self", links_to("/proc/thread-self", expected));
	check("process listed", lists("/proc", getpid()));
	check("first thread listed", lists("/proc/self/task", getpid()));
	check("thread listed", lists("/proc/self/task", tid));
	check("no other thread", !lists("/proc/self/task", 4194304));
	show_links("/proc/self");
	show_links("/proc/thread-self");
	show_links("/proc/self/task");
}

static void test_files(pid_t tid)
{
	read_file(task(tid, "/comm"));
	printf("comm: %s", data);
	read_file("/proc/self/comm");
	printf("of the process: %s", data);
	read_file(task(tid, "/status"));
	check("Pid", atoi(field("Pid")) == tid);
	check("Tgid", atoi(field("Tgid")) == getpid());
	printf("%d threads\n", atoi(field("Threads")));
	check("stat", read_file(task(tid, "/stat")) && atoi(data) == tid);
	printf("no task directory: %s\n",
	       access(task(tid, "/task"), F_OK) ? strerror(errno) : "there");
}

static void *run(void *argument)
{
	pid_t tid = gettid();
	int comm;

	prctl(PR_SET_NAME, "second");
	test_self(tid);
	test_files(tid);
	comm = open(task(tid, "/comm"), O_RDWR);
	check("written", write(comm, "renamed", 7) == 7);
	test_files(tid);
	*(pid_t *)argument = tid;
	return (void *)(long)comm;
}

int main(void)
{
	pthread_t thread;
	void *comm;
	pid_t tid;
	int directory;

	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_NAME, "first");
	test_self(getpid());
	test_files(getpid());
	pthread_create(&thread, NULL, run, &tid);
	pthread_join(thread, &comm);
	while (access(task(tid, ""), F_OK) == 0)
		usleep(1000); /* the thread is joined a moment before it has ended */
	printf("ended: %s\n", strerror(errno));
	printf("its file: %s\n", pread((int)(long)comm, path, 1, 0) < 0 ? strerror(errno) : "read");
	check("not listed", !lists("/proc/self/task", tid));
	directory = open("/proc/self/task", O_RDONLY | O_DIRECTORY);
	printf("0: %s\n", faccessat(directory, "0", F_OK, 0) ? strerror(errno) : "there");
	show_links("/proc/self/task");
	return 0;
}
