/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The code of the vDSO (vdso(7), x86-64): clock_gettime, gettimeofday and time read the page that
 * precedes it, and make a system call where the page is not sufficient. There is no getcpu, so that
 * it stays a call that can be handled, traced, or left out of the image.
 */
#include <uk/arch/scale.h>
#include <uk/clock_page.h>
#include <uk/linux/time.h>

#define SYS_gettimeofday  96
#define SYS_time	  201
#define SYS_clock_gettime 228

/* From the linker script. */
extern const struct uk_clock_page clock_page __attribute__((visibility("hidden")));

static long call(long number, long a, long b)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return result;
}

/* Returns nanoseconds of the clock, or -1 if the kernel must be asked. */
static s64 read_clock(clockid_t id)
{
	const volatile struct uk_clock_page *page = &clock_page;
	u64 ticks, now, epoch;
	u32 sequence, low, high;

	do {
		sequence = page->sequence;
		__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
		ticks = ((u64)high << 32 | low) - page->base_ticks;
		if (ticks >= page->valid_ticks)
			return -1;
		now = page->base_ns + ukarch_scale(ticks, page->scale);
		epoch = page->boot_epoch_ns;
	} while (sequence != page->sequence);
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return epoch ? (s64)(epoch + now) : -1;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		return (s64)now;
	default:
		return -1;
	}
}

int __vdso_clock_gettime(clockid_t id, struct timespec *time);
int __vdso_clock_gettime(clockid_t id, struct timespec *time)
{
	s64 now = read_clock(id);

	if (now < 0)
		return (int)call(SYS_clock_gettime, id, (long)time);
	time->tv_sec = now / NS_PER_SECOND;
	time->tv_nsec = now % NS_PER_SECOND;
	return 0;
}

int __vdso_gettimeofday(struct timeval *time, struct timezone *zone);
int __vdso_gettimeofday(struct timeval *time, struct timezone *zone)
{
	s64 now = read_clock(CLOCK_REALTIME);

	if (now < 0 || zone)
		return (int)call(SYS_gettimeofday, (long)time, (long)zone);
	if (time) {
		time->tv_sec = now / NS_PER_SECOND;
		time->tv_usec = now % NS_PER_SECOND / NS_PER_US;
	}
	return 0;
}

time_t __vdso_time(time_t *seconds);
time_t __vdso_time(time_t *seconds)
{
	s64 now = read_clock(CLOCK_REALTIME);

	if (now < 0)
		return call(SYS_time, (long)seconds, 0);
	if (seconds)
		*seconds = now / NS_PER_SECOND;
	return now / NS_PER_SECOND;
}
