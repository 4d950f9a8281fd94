/* Random system calls with random and edge-case arguments: random_calls SEED COUNT. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AREA (1UL << 20)

static uint64_t state;
static char *area;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t argument(void)
{
	static const uint64_t edges[] = {0,
					 1,
					 2,
					 8,
					 4095,
					 4096,
					 1 << 20,
					 INT32_MAX,
					 UINT32_MAX,
					 INT64_MAX,
					 UINT64_MAX,
					 1UL << 63,
					 1UL << 47,
					 (1UL << 47) - 4096,
					 0xffff800000000000,
					 0xffffffff80100000};

	switch (next() % 4) {
	case 0:
		return edges[next() % (sizeof(edges) / sizeof(*edges))];
	case 1:
		return (uint64_t)area + next() % AREA;
	case 2:
		return next() % 64;
	default:
		return next() >> next() % 64;
	}
}

/* Calls that end or suspend the program when they work, or take its own memory away. */
static int is_excluded(long number)
{
	static const long excluded[] = {SYS_exit,
					SYS_exit_group,
					SYS_rt_sigreturn,
					SYS_pause,
					SYS_rt_sigsuspend,
					SYS_rt_sigtimedwait,
					SYS_poll,
					SYS_ppoll,
					SYS_nanosleep,
					SYS_clock_nanosleep,
					SYS_munmap,
					SYS_mmap,
					SYS_mremap,
					SYS_mprotect,
					SYS_madvise,
					SYS_brk,
					SYS_arch_prctl,
					SYS_kill,
					SYS_tkill,
					SYS_tgkill,
					SYS_rt_sigqueueinfo,
					SYS_rt_tgsigqueueinfo,
					SYS_futex,
					SYS_close,
					SYS_close_range,
					SYS_dup2,
					SYS_dup3,
					SYS_write,
					SYS_writev};

	for (unsigned int i = 0; i < sizeof(excluded) / sizeof(*excluded); i++)
		if (number == excluded[i])
			return 1;
	return 0;
}

/* Memory calls work on an area of their own, mapped anew each time. */
static void memory_call(void)
{
	static const long calls[] = {SYS_munmap, SYS_mprotect, SYS_madvise, SYS_mremap, SYS_mmap};
	char *own = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long call = calls[next() % 5];
	uint64_t address = (uint64_t)own + (next() % 20 << 12) + (next() % 8 ? 0 : next() % 4096);

	if (own == MAP_FAILED)
		return;
	if (call == SYS_mmap)
		syscall(SYS_mmap, next() % 2 ? address : 0, argument(), next() % 8,
			next() & ~0x10UL, -1, argument());
	else if (call == SYS_mremap)
		syscall(SYS_mremap, address, argument() % (1 << 20), argument() % (1 << 20),
			next() % 2, 0);
	else
		syscall(call, address, next() % 65536, next() % 64);
	munmap(own, 65536);
}

int main(int argc, char **argv)
{
	state = strtoul(argv[1], NULL, 10) * 0x9e3779b97f4a7c15 + 1;
	area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (long count = strtol(argv[2], NULL, 10); count > 0; count--) {
		long number = (long)(next() % 500);

		if (next() % 8 == 0) {
			memory_call();
			continue;
		}
		if (is_excluded(number))
			continue;
		syscall(number, argument(), argument(), argument(), argument(), argument(),
			argument());
	}
	if (write(1, "survived\n", 9) != 9)
		return 1;
	_exit(0);
}
