/* Wild pointers, bad descriptors, absurd lengths in system calls: an errno as on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void try(const char *what, long result)
{
	printf("%s: %s\n", what, result == -1 ? errno_text() : "ok");
}

int main(void)
{
	void *bad[] = {(void *)8,
		       (void *)0x7fffffffffffffff,
		       (void *)0x8000000000000000,
		       (void *)0xffff800000000000,
		       (void *)-1L,
		       (void *)0xffffffff80100000};
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec vector[2] = {{page, 4}, {(void *)16, 4}};
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR);

	munmap(page + 4096, 4096);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		printf("pointer %u\n", i);
		try("read", syscall(SYS_read, zero, bad[i], 10));
		try("uname", syscall(SYS_uname, bad[i]));
		try("clock_gettime", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, bad[i]));
		try("nanosleep", syscall(SYS_nanosleep, bad[i], NULL));
		try("rt_sigaction", syscall(SYS_rt_sigaction, SIGUSR1, bad[i], NULL, 8));
		try("rt_sigprocmask", syscall(SYS_rt_sigprocmask, SIG_BLOCK, bad[i], NULL, 8));
		try("sigaltstack", syscall(SYS_sigaltstack, bad[i], NULL));
		try("open", syscall(SYS_open, bad[i], O_RDONLY));
		try("readlink", syscall(SYS_readlink, bad[i], page, 10));
		try("readlink to", syscall(SYS_readlink, "/proc/self/exe", bad[i], 10));
		try("fstat", syscall(SYS_fstat, null, bad[i]));
		try("writev", syscall(SYS_writev, null, bad[i], 2));
		try("getrandom", syscall(SYS_getrandom, bad[i], 16, 0));
		try("sysinfo", syscall(SYS_sysinfo, bad[i]));
		try("prlimit64", syscall(SYS_prlimit64, 0, 3, NULL, bad[i]));
		try("getcpu", syscall(SYS_getcpu, bad[i], NULL, NULL));
	}
	try("write unmapped", syscall(SYS_write, 1, (void *)16, 10));
	try("write wild length", syscall(SYS_write, null, page, -1L));
	try("read at the edge", syscall(SYS_getrandom, page + 4000, 200, 0));
	try("readv partly bad", syscall(SYS_readv, zero, vector, 2));
	try("readv too many", syscall(SYS_readv, zero, vector, 5000));
	try("readv negative", syscall(SYS_readv, zero, vector, -1));
	try("read -1", syscall(SYS_read, -1, page, 1));
	try("read 1000000", syscall(SYS_read, 1000000, page, 1));
	try("close 1000000", syscall(SYS_close, 1000000));
	try("dup2 far", syscall(SYS_dup2, 1, 100000000));
	try("fcntl bad", syscall(SYS_fcntl, 1, 4711, 0));
	try("lseek device", syscall(SYS_lseek, null, 0, SEEK_SET));
	try("ioctl", syscall(SYS_ioctl, null, 0x5401, page));
	try("kill 0", syscall(SYS_kill, getpid(), 0));
	try("kill bad", syscall(SYS_kill, getpid(), 65));
	try("no such clock", syscall(SYS_clock_gettime, 4711, page));
	try("no such call", syscall(1000));
	try("call -1", syscall(-1));
	try("upper half ignored", syscall(SYS_getppid | 0x100000000));
	try("arch_prctl bad", syscall(SYS_arch_prctl, 4711, 0));
	try("arch_prctl kernel", syscall(SYS_arch_prctl, 0x1002, 0xffff800000000000));
	printf("done\n");
	return 0;
}
