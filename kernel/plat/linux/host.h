/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Raw calls of the host's kernel, made only from this library's text; each of them is in the list
 * that the cage allows (cage.c). Results are the host's: negative errno.
 */
#ifndef PLAT_LINUX_HOST_H
#define PLAT_LINUX_HOST_H

#include <uk/bits/syscall_nrs.h>
#include <uk/types.h>

static inline long host_call(long number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
{
	register u64 r10 __asm__("r10") = d;
	register u64 r8 __asm__("r8") = e;
	register u64 r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define HOST_CALL_PICK(_0, _1, _2, _3, _4, _5, _6, name, ...) name
#define HOST_CALL_0(n)					      host_call(n, 0, 0, 0, 0, 0, 0)
#define HOST_CALL_1(n, a)				      host_call(n, (u64)(a), 0, 0, 0, 0, 0)
#define HOST_CALL_2(n, a, b)				      host_call(n, (u64)(a), (u64)(b), 0, 0, 0, 0)
#define HOST_CALL_3(n, a, b, c)				      host_call(n, (u64)(a), (u64)(b), (u64)(c), 0, 0, 0)
#define HOST_CALL_4(n, a, b, c, d)			      host_call(n, (u64)(a), (u64)(b), (u64)(c), (u64)(d), 0, 0)
#define HOST_CALL_5(n, a, b, c, d, e)                                                              \
	host_call(n, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), 0)
#define HOST_CALL_6(n, a, b, c, d, e, f)                                                           \
	host_call(n, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), (u64)(f))
/* HOST(write, fd, buffer, length) */
#define HOST(name, ...)                                                                            \
	HOST_CALL_PICK(_, ##__VA_ARGS__, HOST_CALL_6, HOST_CALL_5, HOST_CALL_4, HOST_CALL_3,       \
		       HOST_CALL_2, HOST_CALL_1, HOST_CALL_0)                                      \
	(SYS_##name, ##__VA_ARGS__)

/* Like host_call(), for a call that may block (syscall.S). -EINTR: the timer fired during the wait;
 * -ERESTART: it fired before the call began, so the call had no effect. */
long host_wait(long number, u64 a, u64 b, u64 c, u64 d, u64 e);
/* Writes all of buffer to a descriptor, regardless of interruptions. Returns the host's error, or
 * 0. */
long host_write_all(u64 descriptor, const void *buffer, size_t length);

/* Constants of the host's interface, numbered as in its uapi headers. */
#define HOST_PROT_NONE		 0
#define HOST_PROT_READ		 1
#define HOST_PROT_WRITE		 2
#define HOST_PROT_EXEC		 4
#define HOST_MAP_SHARED		 0x01
#define HOST_MAP_PRIVATE	 0x02
#define HOST_MAP_FIXED		 0x10
#define HOST_MAP_FIXED_NOREPLACE 0x100000
#define HOST_MAP_ANONYMOUS	 0x20
#define HOST_MAP_NORESERVE	 0x4000
#define HOST_MAP_POPULATE	 0x8000
#define HOST_MAP_NOREPLACE	 0x100000
#define HOST_MADV_POPULATE_WRITE 23
#define HOST_MADV_COLLAPSE	 25
#define HOST_FALLOC_PUNCH_HOLE	 3 /* with FALLOC_FL_KEEP_SIZE */
#define HOST_MREMAP_MAYMOVE	 1
#define HOST_MREMAP_FIXED	 2
#define HOST_MFD_CLOEXEC	 1
#define HOST_O_RDONLY		 0
#define HOST_O_RDWR		 2
#define HOST_O_NOCTTY		 0400
#define HOST_O_CLOEXEC		 02000000
#define HOST_F_SETOWN		 8
#define HOST_O_PATH		 010000000
#define HOST_CLOCK_REALTIME	 0
#define HOST_CLOCK_MONOTONIC	 1
#define HOST_POLLIN		 1
#define HOST_POLLOUT		 4
#define HOST_POLLERR		 8
#define HOST_POLLHUP		 0x10
#define HOST_POLLNVAL		 0x20

struct host_timespec {
	s64 tv_sec, tv_nsec;
};

struct host_pollfd {
	s32 fd;
	s16 events, revents;
};

#endif
