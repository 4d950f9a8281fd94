/* SPDX-License-Identifier: BSD-3-Clause */
/* Nanoseconds of creating, executing and switching between processes. Executes itself, with an
 * argument: then it ends at once. */
#define _GNU_SOURCE
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define SELF "/proc/self/exe"

extern char **environ;
static char *memory;
static char *end_at_once[] = {"processes", "end", NULL};
static int there[2], back[2];

/* The child and, afterwards, the parent write one page. */
static void fork_and_wait(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		memory[0]++;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	memory[4096]++;
}

static void fork_and_execute(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execv(SELF, end_at_once);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void vfork_and_execute(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execv(SELF, end_at_once);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void spawn(void)
{
	pid_t pid;

	posix_spawn(&pid, SELF, NULL, NULL, end_at_once, environ);
	waitpid(pid, NULL, 0);
}

static void round_trip(void)
{
	char byte = 1;

	if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
		exit(1);
}

static void echo_bytes(void)
{
	char byte;

	close(there[1]);
	while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
		;
	_exit(0);
}

static void both_write(void)
{
	pid_t pid = fork();

	memset(memory, pid == 0, 16 << 20);
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {1, 16, 256};
	char name[64];

	if (argc > 1)
		return 0;
	for (int i = 0; i < 3; i++) {
		size_t size = sizes[i] << 20;

		memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		memset(memory, 1, size);
		snprintf(name, sizeof(name), "fork, exit, wait with %zu MiB", sizes[i]);
		measure(name, fork_and_wait);
		if (sizes[i] == 1) {
			measure("fork, exec, wait", fork_and_execute);
			measure("vfork, exec, wait", vfork_and_execute);
		}
		if (sizes[i] == 16)
			measure("fork, both write 16 MiB, wait", both_write);
		if (sizes[i] == 256)
			measure("posix_spawn from a process of 256 MiB", spawn);
		munmap(memory, size);
	}
	if (pipe(there) || pipe(back))
		return 1;
	if (fork() == 0)
		echo_bytes();
	measure("a byte to another process and back", round_trip);
	return 0;
}
