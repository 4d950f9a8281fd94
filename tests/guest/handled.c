/* Calls with Python handlers; prints the result of each, one line per call. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, result);
}

int main(void)
{
	struct timespec time = {0};
	unsigned int cpu = 99, node = 99;
	char name[16] = "before";
	struct iovec vector[2] = {{"ab", 2}, {"cde\n", 4}};

	setvbuf(stdout, NULL, _IOLBF, 0);
	show("getcpu", syscall(SYS_getcpu, &cpu, &node, NULL));
	printf("cpu %u node %u\n", cpu, node);
	show("clock_gettime", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time));
	printf("time %ld.%09ld\n", (long)time.tv_sec, time.tv_nsec);
	show("sethostname", syscall(SYS_sethostname, "machine", 7));
	show("sethostname at a bad address", syscall(SYS_sethostname, (void *)8, 7));
	show("memfd_create", syscall(SYS_memfd_create, "a name", 1));
	show("getppid", syscall(SYS_getppid));
	show("readlink", readlink("/proc/self/exe", name, sizeof(name) - 1));
	printf("name %s\n", name);
	show("writev", writev(1, vector, 2));
	show("unknown", syscall(1000));
	return 7;
}
