/*
 * Every provided call with garbage in every argument: garbage_calls NUMBER,NUMBER,... An errno is
 * fine, and so is success; the kernel must survive and the program's own memory must be unchanged.
 *
 * Some calls would end the program, suspend it for ever, or take its memory away if the garbage
 * happened to be valid. These are bounded in prepare() and restore(); those that cannot be bounded
 * are tested separately in single_calls.c: see is_elsewhere().
 *
 * Never to be run on a real Linux: as root it would kill(-1, ...).
 */
#define _GNU_SOURCE
#include "raw_call.h"
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PAGE	     4096UL
#define OUTPUT	     900 /* the real stdout; no garbage has this value */
#define ROUNDS	     10	 /* for each argument and pattern, the other arguments at random */
#define GUARDED_SIZE 4096

static struct {
	char *writable, *read_only, *none, *edge, *hole;
} page;
static uint64_t patterns[64];
static unsigned int pattern_count;
static unsigned char guarded[GUARDED_SIZE];
static volatile int calling;
static struct timespec now; /* zero: no time to wait */
static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void add(uint64_t pattern)
{
	patterns[pattern_count++] = pattern;
}

static char *map(char *address, int protection, int flags)
{
	return mmap(address, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* Holes between the pages, so that each page's end is an edge. Memory calls change them. */
static void map_pages(void)
{
	if (!page.hole)
		page.hole = mmap(NULL, 16 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page.hole, 16 * PAGE);
	page.writable = map(page.hole + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_FIXED);
	page.edge = map(page.hole + 4 * PAGE, PROT_READ | PROT_WRITE, MAP_FIXED);
	page.read_only = map(page.hole + 6 * PAGE, PROT_READ, MAP_FIXED);
	page.none = map(page.hole + 8 * PAGE, PROT_NONE, MAP_FIXED);
}

static void make_patterns(void)
{
	static const uint64_t numbers[] = {
		0,
		1,
		2,
		3,
		7,
		8,
		24, /* the size of a robust list's head */
		100,
		4095,
		4096,
		4097,
		UINT64_MAX,
		UINT64_MAX - 4094,
		(uint64_t)INT_MIN,
		(uint32_t)INT_MIN,
		INT_MAX,
		UINT32_MAX,
		1UL << 32,
		0xdeadbeef00000000,
		0xdeadbeef00000001,
		1UL << 40,
		(1UL << 47) - PAGE, /* the end of the program's half */
		(1UL << 47) - PAGE - 1,
		(1UL << 47) - 1,
		1UL << 47,
		1UL << 63,
		INT64_MAX,
		0xffff800000000000, /* the direct map */
		0xffff800000100000,
		0xffffffff80000000, /* the kernel */
		0xffffffff80100000,
		0xffffffff80100001,
	};

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		add(numbers[i]);
	add((uint64_t)page.writable);
	add((uint64_t)page.writable + 1);
	add((uint64_t)page.edge + PAGE - 1);
	add((uint64_t)page.edge + PAGE - 8);
	add((uint64_t)page.edge + PAGE - 24);
	add((uint64_t)page.edge + PAGE);
	add((uint64_t)page.read_only);
	add((uint64_t)page.read_only + PAGE - 1);
	add((uint64_t)page.none);
	add((uint64_t)page.hole);
	add((uint64_t)&make_patterns);
}

/* Calls that cannot be undone or bounded. */
static int is_elsewhere(long number)
{
	switch (number) {
	case SYS_exit: /* single_calls exit, exit_group: the status modulo 256 */
	case SYS_exit_group:
	case SYS_fork: /* processes, clones, children */
	case SYS_vfork:
	case SYS_clone:
	case SYS_clone3:
	case SYS_rt_sigreturn: /* single_calls sigreturn-...: SIGSEGV of the program */
	case SYS_pause:	       /* only a signal from outside ends it: single_calls pause */
		return 1;
	default:
		return 0;
	}
}

/* The program ends by a fault of its own, not by a signal that one of the calls sent. */
static void handler(int number)
{
	if (!calling && (number == SIGSEGV || number == SIGBUS || number == SIGILL))
		signal(number, SIG_DFL);
}

static void install(int signal)
{
	struct sigaction action = {.sa_handler = handler};

	sigaction(signal, &action, NULL);
}

/* Interrupts endless waits. */
static void start_timer(void)
{
	struct itimerval often = {{.tv_usec = 2000}, {.tv_usec = 2000}};

	setitimer(ITIMER_REAL, &often, NULL);
}

static void move(int fd, int number)
{
	dup2(fd, number);
	close(fd);
}

/* Files of kinds that garbage cannot create, with descriptors that occur in the garbage. */
static void open_files(void)
{
	int ends[2];

	pipe(ends);
	dup2(ends[0], 3);
	move(ends[1], 7);
	move(epoll_create1(0), 8);
	move(eventfd(0, 0), 24);
	move(inotify_init(), 100);
}

/* Whether [address, address + length) is the test's own, or cannot be mapped at all. */
static int is_own(uint64_t address, uint64_t length)
{
	uint64_t hole = (uint64_t)page.hole;

	if (address >= 1UL << 47)
		return 1;
	return address >= hole && address <= hole + 16 * PAGE &&
	       length <= hole + 16 * PAGE - address;
}

static void bound_memory(long number, uint64_t *a)
{
	switch (number) {
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_madvise:
		if (!is_own(a[0], a[1]))
			a[1] %= PAGE;
		if (!is_own(a[0], a[1]))
			a[0] = (uint64_t)page.hole;
		break;
	case SYS_mremap:
		if (!is_own(a[0], a[1]))
			a[1] %= PAGE;
		if (!is_own(a[0], a[1]))
			a[0] = (uint64_t)page.hole;
		if (a[3] & MREMAP_FIXED && !is_own(a[4], a[2]))
			a[4] = (uint64_t)page.writable + 1; /* fails: not aligned */
		break;
	case SYS_mmap:
		if (a[3] & MAP_FIXED && !is_own(a[0], a[1]))
			a[0] = (uint64_t)page.writable + 1;
		/* Memory that is allocated at once would be missing later. */
		if (a[1] > 1 << 20)
			a[3] &= ~(uint64_t)(MAP_POPULATE | MAP_LOCKED);
		break;
	case SYS_brk:
		/* Lower values are tested in single_calls: they unmap the C library's heap. */
		if (a[0] < (uint64_t)sbrk(0))
			a[0] = 0;
	}
}

/* Changes arguments with which the call would never return. */
static void prepare(long number, uint64_t *a)
{
	static const uint64_t no_time = (uint64_t)&now;
	uint64_t user1 = 1UL << (SIGUSR1 - 1);

	memset(page.writable, 0, PAGE);
	memset(page.edge, 0, PAGE);
	switch (number) {
	case SYS_poll:
		a[2] = a[2] % 2;
		break;
	case SYS_epoll_pwait:
		a[3] = a[3] % 2;
		break;
	case SYS_epoll_pwait2:
		if (!a[3])
			a[3] = no_time;
		break;
	case SYS_select:
	case SYS_pselect6:
		if (!a[4])
			a[4] = no_time;
		break;
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		if (!a[2])
			a[2] = no_time;
		break;
	case SYS_futex:
		if (!a[3])
			a[3] = no_time;
		break;
	case SYS_rt_sigsuspend:
		/* A readable mask is zero, except in the program's code: this signal ends the
		 * call. */
		if (a[0] == (uint64_t)&make_patterns)
			a[0] = (uint64_t)page.read_only;
		raw_call(SYS_rt_sigprocmask, (uint64_t[6]){SIG_BLOCK, (uint64_t)&user1, 0, 8});
		raw_call(SYS_kill, (uint64_t[6]){0, SIGUSR1});
		break;
	case SYS_close_range:
		/* All of them: single_calls close-all. */
		if ((uint32_t)a[1] > OUTPUT - 1)
			a[1] = (a[1] & ~0xffffffffUL) | (OUTPUT - 1);
		break;
	default:
		bound_memory(number, a);
	}
}

/* Undoes effects of a successful call that would affect the next one. */
static void restore(long number, const uint64_t *a, long result)
{
	uint64_t nothing = 0;

	if (number == SYS_rt_sigsuspend || number == SYS_rt_sigprocmask)
		raw_call(SYS_rt_sigprocmask, (uint64_t[6]){SIG_SETMASK, (uint64_t)&nothing, 0, 8});
	/* These two take effect even if the old value cannot be stored. */
	if ((unsigned long)result >= -4095UL && number != SYS_sigaltstack &&
	    number != SYS_rt_sigaction)
		return;
	switch (number) {
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_madvise:
		map_pages();
		break;
	case SYS_mremap:
		munmap((void *)result, a[2]);
		map_pages();
		break;
	case SYS_mmap:
		munmap((void *)result, a[1]);
		map_pages();
		break;
	case SYS_rt_sigaction:
		install((int)a[0]);
		break;
	case SYS_alarm:
	case SYS_setitimer:
		start_timer();
		break;
	case SYS_sigaltstack:
		sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
	}
}

static unsigned int checksum(void)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < GUARDED_SIZE; i += 4)
		sum = sum * 31 + *(unsigned int *)(guarded + i);
	return sum;
}

static void fail(const char *what, long number, const uint64_t *a)
{
	dprintf(OUTPUT, "%s after %ld(%lx, %lx, %lx, %lx, %lx, %lx)\n", what, number, a[0], a[1],
		a[2], a[3], a[4], a[5]);
	_exit(1);
}

static void call(long number, uint64_t *a)
{
	static unsigned int expected;
	long result;

	if (!expected)
		expected = checksum();
	prepare(number, a);
	calling = 1;
	result = raw_call(number, a);
	calling = 0;
	restore(number, a, result);
	if (getpid() != 1)
		fail("the kernel lost its process", number, a);
	if (checksum() != expected)
		fail("the program's memory changed", number, a);
}

static void call_all(long number)
{
	uint64_t arguments[6];

	start_timer();
	open_files();
	for (unsigned int i = 0; i < pattern_count; i++) {
		for (int argument = 0; argument < 6; argument++)
			arguments[argument] = patterns[i];
		call(number, arguments);
	}
	for (unsigned int i = 0; i < 6 * ROUNDS * pattern_count; i++) {
		for (int argument = 0; argument < 6; argument++)
			arguments[argument] = patterns[next() % pattern_count];
		arguments[i % 6] = patterns[i / 6 % pattern_count];
		call(number, arguments);
	}
}

int main(int argc, char **argv)
{
	unsigned int calls = 0;

	if (getpid() != 1)
		return 77;
	dup2(1, OUTPUT);
	for (unsigned int i = 0; i < GUARDED_SIZE; i++)
		guarded[i] = (unsigned char)next();
	for (int signal = 1; signal <= 64; signal++)
		install(signal);
	map_pages();
	make_patterns();
	for (char *number = strtok(argv[1], ","); number; number = strtok(NULL, ",")) {
		if (is_elsewhere(atol(number)))
			continue;
		call_all(atol(number));
		calls++;
	}
	dprintf(OUTPUT, "survived %u calls\n", calls);
	_exit(0);
}
