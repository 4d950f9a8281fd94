/* SPDX-License-Identifier: BSD-3-Clause */
/* Times and clocks (uapi/linux/time.h, time_types.h). */
#ifndef UK_LINUX_TIME_H
#define UK_LINUX_TIME_H

#include <uk/types.h>

#define NS_PER_SECOND 1000000000L
#define NS_PER_MS     1000000L
#define NS_PER_US     1000L
#define US_PER_SECOND 1000000L

#ifdef UK_HOSTED
#include <sys/select.h> /* the host's are the same */
#else
struct timespec {
	s64 tv_sec;
	s64 tv_nsec;
};

struct timeval {
	s64 tv_sec;
	s64 tv_usec;
};
#endif

struct itimerval {
	struct timeval it_interval;
	struct timeval it_value;
};

struct itimerspec {
	struct timespec it_interval;
	struct timespec it_value;
};

struct timezone {
	int tz_minuteswest;
	int tz_dsttime;
};

struct tms {
	s64 tms_utime, tms_stime, tms_cutime, tms_cstime;
};

#define CLOCK_REALTIME		 0
#define CLOCK_MONOTONIC		 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID	 3
#define CLOCK_MONOTONIC_RAW	 4
#define CLOCK_REALTIME_COARSE	 5
#define CLOCK_MONOTONIC_COARSE	 6
#define CLOCK_BOOTTIME		 7
#define CLOCK_REALTIME_ALARM	 8
#define CLOCK_BOOTTIME_ALARM	 9
#define CLOCK_TAI		 11

#define TIMER_ABSTIME 1

#define ITIMER_REAL    0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF    2

#endif
