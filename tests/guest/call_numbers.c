/*
 * Invalid call numbers, and junk in the upper half of numbers and arguments. Linux takes the
 * low 32 bits of rax as an int (arch/x86/entry/common.c, do_syscall_x64), and each argument as wide
 * as declared by the call: an int's upper half is ignored, an unsigned long's is not.
 */
#define _GNU_SOURCE
#include "raw_call.h"
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define JUNK 0xdeadbeef00000000UL

static long number_only(uint64_t number)
{
	return raw_call(number, (uint64_t[6]){0});
}

static void numbers(void)
{
	static const uint64_t none[] = {
		0xffffffff,
		UINT64_MAX,
		(uint64_t)INT_MIN,
		0x80000000,
		INT_MAX,
		(uint64_t)INT64_MIN | 0x80000000,
		INT64_MAX,
		/* The first numbers of x32's own calls, and numbers just above those of any Linux.
		 */
		512,
		547,
		1000,
		4095,
		4096,
		65536,
		0x40000000 | SYS_getppid,
		0xffffffff40000000 | SYS_getppid,
		JUNK | 0xffffffff,
		JUNK | 1000,
	};
	long parent = getppid();

	for (unsigned int i = 0; i < sizeof(none) / sizeof(*none); i++)
		printf("number %lx: %ld\n", none[i], number_only(none[i]));
	for (int bit = 9; bit < 64; bit++) {
		long result = number_only(1UL << bit | SYS_getppid);

		if (result == parent)
			printf("getppid with bit %d: the parent\n", bit);
		else
			printf("getppid with bit %d: %ld\n", bit, result);
	}
	printf("close(-1) with junk: %ld\n", raw_call(JUNK | SYS_close, (uint64_t[6]){-1}));
	printf("getppid with junk: %d\n", number_only(JUNK | SYS_getppid) == parent);
	printf("and with all bits: %d\n", number_only(0xffffffff00000000 | SYS_getppid) == parent);
}

/* Without the junk, each call succeeds. */
static void arguments(void)
{
	static char buffer[4096];
	static const uint64_t no_signals;
	uint64_t page = (uint64_t)mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t to = (uint64_t)buffer, vector = (uint64_t) & (struct iovec){buffer, 16};
	uint64_t zero = (uint64_t)open("/dev/zero", O_RDWR), path = (uint64_t) "/dev/null";
	uint64_t time = (uint64_t) & (struct timespec){0, 1}, set = (uint64_t)&no_signals;
	uint64_t pollfd = (uint64_t) & (struct pollfd){.fd = (int)zero, .events = POLLIN};
	struct {
		const char *name;
		uint64_t number, arguments[6];
	} calls[] = {
		{"read fd", SYS_read, {JUNK | zero, to, 8}},
		{"read count", SYS_read, {zero, to, JUNK | 8}},
		{"write fd", SYS_write, {JUNK | zero, to, 8}},
		{"lseek whence", SYS_lseek, {zero, 0, JUNK | SEEK_CUR}},
		{"readv count", SYS_readv, {zero, vector, JUNK | 1}},
		{"writev count", SYS_writev, {zero, vector, JUNK | 1}},
		{"preadv count", SYS_preadv, {zero, vector, JUNK | 1, 0, 0}},
		{"pwritev count", SYS_pwritev, {zero, vector, JUNK | 1, 0, 0}},
		{"readv fd", SYS_readv, {JUNK | zero, vector, 1}},
		{"openat directory", SYS_openat, {JUNK | (uint32_t)AT_FDCWD, path, O_RDONLY, 0}},
		{"openat flags", SYS_openat, {AT_FDCWD, path, JUNK | O_RDONLY, 0}},
		{"access mode", SYS_access, {path, JUNK | R_OK}},
		{"newfstatat flags", SYS_newfstatat, {AT_FDCWD, path, to, JUNK}},
		{"readlink size", SYS_readlink, {(uint64_t) "/proc/self/exe", to, JUNK | 1}},
		{"fcntl operation", SYS_fcntl, {zero, JUNK | F_GETFD, 0}},
		{"ioctl request", SYS_ioctl, {zero, JUNK | 0x5451, 0}},
		{"dup fd", SYS_dup2, {JUNK | zero, JUNK | 77}},
		{"dup3 flags", SYS_dup3, {zero, 78, JUNK | O_CLOEXEC}},
		{"close fd", SYS_close, {JUNK | 78}},
		{"close_range", SYS_close_range, {JUNK | 77, JUNK | 78, JUNK}},
		{"poll count", SYS_poll, {pollfd, JUNK | 1, 0}},
		{"poll time", SYS_poll, {0, 0, JUNK}},
		{"ppoll count", SYS_ppoll, {pollfd, JUNK | 1, time, set, 8}},
		{"ppoll set size", SYS_ppoll, {pollfd, 1, time, set, JUNK | 8}},
		{"mmap flags",
		 SYS_mmap,
		 {page, 4096, PROT_READ | PROT_WRITE,
		  JUNK | MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0}},
		{"mmap protection",
		 SYS_mmap,
		 {page, 4096, JUNK | PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0}},
		{"mprotect", SYS_mprotect, {page, 4096, JUNK | PROT_READ}},
		{"madvise", SYS_madvise, {page, 4096, JUNK | MADV_DONTNEED}},
		{"msync flags", SYS_msync, {page, 4096, JUNK | MS_ASYNC}},
		{"mlock2 flags", SYS_mlock2, {page, 4096, JUNK}},
		{"mremap flags", SYS_mremap, {page, 4096, 4096, JUNK, 0}},
		{"kill", SYS_kill, {JUNK | (uint64_t)getpid(), JUNK}},
		{"tkill", SYS_tkill, {JUNK | (uint64_t)gettid(), JUNK}},
		{"rt_sigaction signal", SYS_rt_sigaction, {JUNK | SIGUSR1, 0, to, 8}},
		{"rt_sigaction size", SYS_rt_sigaction, {SIGUSR1, 0, to, JUNK | 8}},
		{"rt_sigprocmask how", SYS_rt_sigprocmask, {JUNK | SIG_BLOCK, set, 0, 8}},
		{"rt_sigprocmask size", SYS_rt_sigprocmask, {SIG_BLOCK, set, 0, JUNK | 8}},
		{"rt_sigpending size", SYS_rt_sigpending, {to, JUNK | 8}},
		{"rt_sigtimedwait size", SYS_rt_sigtimedwait, {set, 0, time, JUNK | 8}},
		{"futex operation and value",
		 SYS_futex,
		 {to + 2048, JUNK | 0x80, JUNK | 1, 0, 0, 0}},
		{"clock_gettime", SYS_clock_gettime, {JUNK | CLOCK_MONOTONIC, to}},
		{"clock_nanosleep", SYS_clock_nanosleep, {JUNK | CLOCK_MONOTONIC, JUNK, time, 0}},
		{"getrandom flags", SYS_getrandom, {to, 8, JUNK}},
		{"getrlimit", SYS_getrlimit, {JUNK | RLIMIT_NOFILE, to}},
		{"prlimit64", SYS_prlimit64, {JUNK, JUNK | RLIMIT_NOFILE, 0, to}},
		{"getrusage", SYS_getrusage, {JUNK | RUSAGE_SELF, to}},
		{"getgroups", SYS_getgroups, {JUNK, to}},
		{"getpgid", SYS_getpgid, {JUNK | UINT32_MAX}},
		{"wait4", SYS_wait4, {-1, 0, JUNK, 0}},
		{"wait4 options", SYS_wait4, {-1, 0, 0x10000000, 0}},
		{"wait4 process", SYS_wait4, {(uint64_t)INT_MIN, 0, 0, 0}},
		{"prctl operation", SYS_prctl, {JUNK | 39, 0, 0, 0, 0}},
		{"prctl argument", SYS_prctl, {1, JUNK, 0, 0, 0}},
		{"arch_prctl", SYS_arch_prctl, {JUNK | 0x1003, to}},
		{"set_robust_list size", SYS_set_robust_list, {to, JUNK | 24}},
	};

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		long result = raw_call(calls[i].number, calls[i].arguments);

		if (result == (long)page)
			printf("%s: the page\n", calls[i].name);
		else if (calls[i].number != SYS_getpgid && calls[i].number != SYS_getgroups)
			printf("%s: %ld\n", calls[i].name, result);
		else
			printf("%s: %s\n", calls[i].name, result < 0 ? "error" : "ok");
	}
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	numbers();
	arguments();
	return 0;
}
