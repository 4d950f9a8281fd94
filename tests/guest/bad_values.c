/*
 * Out-of-range values in provided calls: the errno, or what is done nevertheless, is the same as
 * on Linux. Values whose result on Linux depends on the release or the machine are not tested
 * here.
 */
#define _GNU_SOURCE
#include "errno_text.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define TRY(...)     try(#__VA_ARGS__, syscall(__VA_ARGS__))
/* A call that returns the page's address on success. */
#define TRY_MAP(...) try(#__VA_ARGS__, syscall(__VA_ARGS__) - (long)page)

static char *page, *end; /* one page, and nothing after it */
static int zero, random_, null, write_only, neither;
static struct timespec time_;

static void try(const char *what, long result)
{
	if (result == -1)
		printf("%s: %s\n", what, errno_text());
	else
		printf("%s: %ld\n", what, result);
}

static void files(void)
{
	struct iovec vector = {end - 5, 16};

	TRY(SYS_read, zero, end - 5, 16);
	TRY(SYS_read, zero, end - 100, 200);
	TRY(SYS_read, zero, end - 4000, 8000);
	TRY(SYS_read, random_, end - 5, 16);
	TRY(SYS_read, random_, end - 300, 1000);
	TRY(SYS_getrandom, end - 5, 16, 0);
	TRY(SYS_getrandom, end - 300, 1000, 0);
	TRY(SYS_getrandom, 8L, 16, 0);
	TRY(SYS_getrandom, -8L, 16, 0);
	TRY(SYS_getrandom, end - 5, -1L, 0);
	TRY(SYS_getcwd, end - 1, 100);
	TRY(SYS_readlink, "/proc/self/exe", end - 3, 100);
	memset(end - 5, '/', 5);
	TRY(SYS_open, end - 5, 0);
	TRY(SYS_access, end - 5, 0);
	TRY(SYS_readv, zero, &vector, 1);
	TRY(SYS_preadv, zero, &vector, 1, -1L, 0);
	TRY(SYS_preadv, zero, &vector, 1, 0, -1L);
	TRY(SYS_pread64, zero, end - 5, 5, -1L);
	TRY(SYS_readv, zero, 0, 0);
	TRY(SYS_readv, zero, 8, 0);
	TRY(SYS_writev, null, -1L, 0);
	TRY(SYS_fcntl, zero, 0, -1L);
	TRY(SYS_fcntl, zero, 0, 1L << 32 | 50);
	TRY(SYS_fcntl, zero, 0, 1 << 20);
	TRY(SYS_fcntl, -1, 0, 0);
	TRY(SYS_fcntl, -1, 4711, 0);
	TRY(SYS_fcntl, zero, 4711, 0);
	TRY(SYS_dup3, zero, zero, 0);
	TRY(SYS_dup3, zero, 60, 1);
	TRY(SYS_dup3, -1, 60, 0);
	TRY(SYS_dup3, -1, -1, 0);
	TRY(SYS_dup2, -1, -1);
	TRY(SYS_dup2, zero, -1);
	TRY(SYS_close_range, 5, 4, 0);
	TRY(SYS_close_range, 70, 80, 1);
	TRY(SYS_close_range, 70, -1, 8);
	TRY(SYS_lseek, zero, -1L, 0);
	TRY(SYS_lseek, zero, 0, 5);
	TRY(SYS_lseek, zero, 0, -1);
	TRY(SYS_lseek, zero, 0, 3);
	TRY(SYS_lseek, zero, 0, 4);
	TRY(SYS_lseek, -1, 0, 77);
	TRY(SYS_lseek, zero, 5, 0);
	TRY(SYS_read, write_only, page, 1);
	TRY(SYS_read, neither, page, 1);
	TRY(SYS_write, neither, page, 1);
	TRY(SYS_read, write_only, 8, 1);
	TRY(SYS_read, zero, -1L, 1);
	TRY(SYS_read, zero, 8, 0);
	TRY(SYS_read, zero, -1L, 0);
	TRY(SYS_poll, 8, 0, 0);
	TRY(SYS_poll, 8, 1, 0);
	TRY(SYS_poll, -1L, 0, 0);
	TRY(SYS_poll, page, -1, 0);
	time_.tv_sec = -1;
	TRY(SYS_ppoll, 0, 0, &time_, 0, 8);
	time_.tv_sec = 0;
	TRY(SYS_ppoll, 0, 0, &time_, page, 9);
	TRY(SYS_ppoll, 0, 0, &time_, 0, 9);
	TRY(SYS_ppoll, 0, 0, &time_, 8, 8);
	TRY(SYS_ppoll, 0, 0, 8, 0, 8);
	TRY(SYS_access, "/dev/null", 8);
	TRY(SYS_access, "/dev/null", -1);
	TRY(SYS_access, 8, 8);
	TRY(SYS_faccessat2, -100, "/dev/null", 0, -1);
	TRY(SYS_newfstatat, -100, "/dev/null", page, -1);
	TRY(SYS_newfstatat, -1, "", page, 0x1000);
	TRY(SYS_newfstatat, -1, "", page, 0);
	TRY(SYS_newfstatat, -100, 8, page, 0);
	TRY(SYS_readlink, "/dev/null", page, 10);
	TRY(SYS_readlink, "/dev/null", page, 0);
	TRY(SYS_readlink, 8, page, -1);
	TRY(SYS_readlink, "", page, 10);
	TRY(SYS_open, "", 0);
	TRY(SYS_chdir, "");
	TRY(SYS_chdir, "/dev/null");
	TRY(SYS_getcwd, page, 0);
	TRY(SYS_getcwd, page, 1);
	TRY(SYS_getcwd, 8, 4096);
	TRY(SYS_ioctl, null, 0x5421, 8);
	TRY(SYS_ioctl, -1, 0x5401, 8);
	TRY(SYS_ioctl, null, 0xdead, 8);
}

static void memory(void)
{
	TRY(SYS_mprotect, page, 4096, 8);
	TRY(SYS_mprotect, page, 4096, 3 | 8);
	TRY(SYS_mprotect, page, 4096, 16);
	TRY(SYS_mprotect, page + 1, 0, 3);
	TRY(SYS_mprotect, page, 0, 3);
	TRY_MAP(SYS_mmap, page, 4096, 8 | 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	TRY_MAP(SYS_mmap, page, 4096, 0x83, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	TRY_MAP(SYS_mmap, page, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | 0x4000000, -1,
		0);
	TRY(SYS_mmap, page, 4096, 3, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | MAP_FIXED | 0x8000000,
	    -1, 0);
	TRY(SYS_mmap, page, 0, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(SYS_mmap, page, -1L, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(SYS_mmap, page, -4096L, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(SYS_mmap, page, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1);
	TRY(SYS_mmap, page, 4096, 3, MAP_PRIVATE, -1, 0);
	TRY(SYS_mmap, page, 0, 3, MAP_PRIVATE, -1, 0);
	TRY(SYS_mmap, page, 4096, 3, 0x20, -1, 0);
	TRY(SYS_munmap, page + 1, 4096);
	TRY(SYS_munmap, page, 0);
	TRY(SYS_munmap, page, -1L);
	TRY(SYS_munmap, -4096L, 4096);
	TRY(SYS_mremap, page, 4096, 0, 1, 0);
	TRY(SYS_mremap, page + 1, 4096, 4096, 1, 0);
	TRY(SYS_mremap, page, -1L, 4096, 1, 0);
	TRY(SYS_mremap, page, 4096, -1L, 1, 0);
	TRY(SYS_mremap, 8192, 4096, 8192, 1, 0);
	TRY(SYS_mremap, page, 4096, 4096, 3, page + 1);
	TRY(SYS_mremap, page, 4096, 4096, 3, page);
	TRY(SYS_mremap, page, 4096, 4096, 2, page);
	TRY(SYS_mremap, page, 4096, 4096, 3, 1L << 63);
	TRY(SYS_mremap, page, 4096, 4096, 8, 0);
	TRY(SYS_madvise, page + 1, 4096, 4);
	TRY(SYS_madvise, page, -1L, 4);
	TRY(SYS_madvise, page, 4096, 4711);
	TRY(SYS_madvise, page, 0, 4);
	TRY(SYS_madvise, page, 0, 4711);
	TRY(SYS_madvise, -4096L, 4096, 4);
	TRY(SYS_madvise, -4096L, 8192, 4);
	TRY(SYS_madvise, 1L << 63, 4096, 0);
	TRY(SYS_madvise, page, -1L, 0);
	TRY(SYS_madvise, page + 1, 0, 0);
	TRY(SYS_mincore, page, 4096, 8);
	TRY(SYS_mincore, page + 1, 1, page);
	TRY(SYS_mincore, page, -1L, page);
	TRY(SYS_mincore, 1L << 63, 4096, page);
	TRY(SYS_mincore, page, 0, 8);
	TRY(SYS_mincore, 8192, 4096, page);
	TRY(SYS_msync, page, 4096, 5);
	TRY(SYS_msync, page + 1, 1, 1);
	TRY(SYS_msync, 8192, 4096, 1);
	TRY(SYS_msync, page, 0, 1);
	TRY(SYS_mlock, 1L << 63, 4096);
	TRY(SYS_munlock, 1L << 63, 4096);
	TRY(SYS_mlock, 8192, 1);
	TRY(SYS_mlock2, page, 4096, 2);
	TRY(SYS_mlockall, 0);
	TRY(SYS_mlockall, 8);
	TRY(SYS_mlockall, 4);
}

static void clocks(void)
{
	TRY(SYS_clock_nanosleep, 77, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 3, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 2, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 4, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 5, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 6, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 7, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 10, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 11, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, -1, 0, &time_, 0);
	TRY(SYS_clock_nanosleep, 77, 0, 8, 0);
}

static void signals(void)
{
	stack_t stack = {.ss_sp = page, .ss_flags = 3, .ss_size = 4096};
	siginfo_t information = {0};
	int me = getpid();

	TRY(SYS_sigaltstack, &stack, 0);
	stack.ss_flags = 2;
	TRY(SYS_sigaltstack, &stack, 0);
	stack.ss_flags = 4;
	TRY(SYS_sigaltstack, &stack, 0);
	stack.ss_flags = 0;
	stack.ss_size = 100;
	TRY(SYS_sigaltstack, &stack, 0);
	TRY(SYS_rt_sigpending, page, 0);
	TRY(SYS_rt_sigpending, 8, 0);
	TRY(SYS_rt_sigprocmask, 77, page, 0, 8);
	TRY(SYS_rt_sigprocmask, 77, 0, 0, 8);
	TRY(SYS_rt_sigprocmask, 77, 8, 0, 8);
	TRY(SYS_rt_sigaction, 0, 0, 0, 8);
	TRY(SYS_rt_sigaction, 65, 0, 0, 8);
	TRY(SYS_rt_sigaction, 9, page, 0, 8);
	TRY(SYS_rt_sigaction, 9, 0, page, 8);
	TRY(SYS_rt_sigaction, 0, 8, 0, 8);
	TRY(SYS_tkill, 0, 0);
	TRY(SYS_tkill, -1, 0);
	TRY(SYS_tkill, 99999999, 0);
	TRY(SYS_tkill, me, 65);
	TRY(SYS_tgkill, me, 0, 0);
	TRY(SYS_tgkill, -1, me, 0);
	TRY(SYS_tgkill, 99999999, me, 0);
	TRY(SYS_tgkill, me, me, -1);
	TRY(SYS_kill, 99999999, 0);
	TRY(SYS_kill, 99999999, 65);
	TRY(SYS_kill, me, -1);
	TRY(SYS_kill, 0x80000000, 0);
	TRY(SYS_rt_sigqueueinfo, me, 0, &information);
	TRY(SYS_rt_sigqueueinfo, me, 65, &information);
	TRY(SYS_rt_sigqueueinfo, me, -1, &information);
	TRY(SYS_rt_sigqueueinfo, 99999999, 1, &information);
	information.si_code = -1;
	TRY(SYS_rt_sigqueueinfo, 99999999, 1, &information);
	TRY(SYS_rt_sigtimedwait, page, 0, 8, 8);
	time_.tv_nsec = 2000000000;
	TRY(SYS_rt_sigtimedwait, page, 0, &time_, 8);
	time_.tv_nsec = 0;
	TRY(SYS_rt_sigtimedwait, 8, 0, &time_, 8);
	TRY(SYS_rt_sigtimedwait, page, 8, &time_, 8);
	TRY(SYS_rt_sigtimedwait, page, 8, &time_, 9);
	TRY(SYS_rt_tgsigqueueinfo, 0, me, 1, &information);
	TRY(SYS_rt_tgsigqueueinfo, me, 0, 1, &information);
	TRY(SYS_rt_tgsigqueueinfo, me, me, 0, &information);
	TRY(SYS_rt_tgsigqueueinfo, me, me, 0, 8);
	TRY(SYS_rt_tgsigqueueinfo, 99999999, me, 0, &information);
	TRY(SYS_rt_tgsigqueueinfo, me, me, 65, &information);
}

static void futexes(void)
{
	TRY(SYS_futex, page + 1, 0, 0, 0, 0, 0);
	TRY(SYS_futex, 8, 0, 0, 0, 0, 0);
	TRY(SYS_futex, 8, 1, 0, 0, 0, 0);
	TRY(SYS_futex, -8L, 1, 0, 0, 0, 0);
	TRY(SYS_futex, page, -1, 0, 0, 0, 0);
	TRY(SYS_futex, page, 9, 0, 0, 0, 0);
	TRY(SYS_futex, page, 256, 1, 0, 0, 0);
	time_.tv_nsec = -1;
	TRY(SYS_futex, page, 0, 0, &time_, 0, 0);
	TRY(SYS_futex, page, 0, 99, &time_, 0, 0);
	time_.tv_nsec = 0;
	TRY(SYS_futex, page, 3, -1, 0, page, 0);
	TRY(SYS_futex, page, 4, 0, 0, 8, 0);
	TRY(SYS_futex, page, 4, 0, 0, page + 4, 99);
	TRY(SYS_futex, page, 3, 0, 0, page + 1, 0);
	TRY(SYS_futex, page, 10, 1, 0, 0, 0);
	TRY(SYS_set_robust_list, 8, 24);
	TRY(SYS_set_robust_list, 8, 23);
	TRY(SYS_get_robust_list, 0, 8, page);
	TRY(SYS_get_robust_list, 0, page, 8);
	TRY(SYS_get_robust_list, -1, page, page);
	TRY(SYS_set_robust_list, 0, 24);
}

static void process(void)
{
	TRY(SYS_getgroups, -1, page);
	TRY(SYS_setpgid, 0, -1);
	TRY(SYS_setpgid, -1, 0);
	TRY(SYS_getpgid, -1);
	TRY(SYS_getsid, -1);
	TRY(SYS_getpgid, 99999999);
	TRY(SYS_getrlimit, -1, page);
	TRY(SYS_getrlimit, 16, page);
	TRY(SYS_getrlimit, 15, page);
	TRY(SYS_prlimit64, -1, 0, 0, 0);
	TRY(SYS_prlimit64, 0, 77, 0, 0);
	TRY(SYS_getrusage, 77, page);
	TRY(SYS_getrusage, 77, 8);
	TRY(SYS_sched_getaffinity, 0, 0, page);
	TRY(SYS_sched_getaffinity, 0, 7, page);
	TRY(SYS_sched_getaffinity, -1, 8, page);
	TRY(SYS_sched_getaffinity, 99999999, 8, page);
	TRY(SYS_sched_getaffinity, 0, 4096, 8);
	TRY(SYS_sched_setaffinity, 0, 0, page);
	TRY(SYS_prctl, -1, 0, 0, 0, 0);
	TRY(SYS_prctl, 1, 65, 0, 0, 0);
	TRY(SYS_prctl, 4, 3, 0, 0, 0);
	TRY(SYS_prctl, 38, 2, 0, 0, 0);
	TRY(SYS_prctl, 39, 1, 0, 0, 0);
	TRY(SYS_prctl, 15, 8, 0, 0, 0);
	TRY(SYS_prctl, 16, 8, 0, 0, 0);
	TRY(SYS_getresuid, page, 8, page);
	TRY(SYS_uname, end - 1);
	TRY(SYS_times, 8);
	TRY(SYS_time, 8);
	TRY(SYS_gettimeofday, 8, 0);
	TRY(SYS_gettimeofday, 0, 8);
	TRY(SYS_arch_prctl, 0x1003, 8);
	TRY(SYS_arch_prctl, 0x1001, -1L);
}

int main(void)
{
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	end = page + 4096;
	munmap(end, 4096);
	zero = open("/dev/zero", O_RDWR);
	random_ = open("/dev/urandom", O_RDWR);
	null = open("/dev/null", O_RDWR);
	write_only = open("/dev/null", O_WRONLY);
	neither = open("/dev/null", 3);
	files();
	memory();
	clocks();
	signals();
	futexes();
	process();
	return 0;
}
