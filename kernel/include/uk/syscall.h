/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Defining system calls. The macros, with the model's names and meaning, take the return type, the
 * name, and for each of 0 to 6 arguments its type and its name:
 *
 *   UK_SYSCALL_R_DEFINE(int, getcpu, unsigned int *, cpu, unsigned int *, node, void *, cache)
 * {...}
 *
 * UK_SYSCALL_DEFINE      the body returns -1 and sets errno
 * UK_SYSCALL_R_DEFINE    the body returns a negative errno
 * UK_LLSYSCALL_DEFINE    as UK_SYSCALL_DEFINE, without the libc-style wrapper
 * UK_LLSYSCALL_R_DEFINE  as UK_SYSCALL_R_DEFINE, without the libc-style wrapper
 *
 * Each makes `long uk_syscall_r_<name>(long, ...)` (negative errno) and
 * `long uk_syscall_e_<name>(long, ...)` (-1 and errno); without LL also the libc-style wrapper
 * `<type> <name>(<types>)`. A call is registered beside its definition, in the library's
 * Makefile.uk: UK_PROVIDED_SYSCALLS-$(CONFIG_<LIB>) += <name>-<number of arguments>
 */
#ifndef UK_SYSCALL_H
#define UK_SYSCALL_H

#include <uk/arch/regs.h>
#include <uk/bits/config.h>
#include <uk/bits/syscall_nrs.h>
#include <uk/errno.h>
#include <uk/essentials.h>

/* errno of the current thread, for the forms that use it. */
int *uk_errno_location(void);
#define errno (*uk_errno_location())

/* Dispatch by number at run time: a negative errno; or -1 and errno. */
long uk_syscall6_r(long nr, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5);
long uk_syscall6_e(long nr, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5);
/* The name of a system call, or NULL when the number is none. */
const char *uk_syscall_name(long nr);
/* Whether this image provides the call. */
bool uk_syscall_is_provided(long nr);
/* What the dispatchers answer for a call that nothing provides: -ENOSYS, and a debug message. */
long uk_syscall_not_available(long nr);

/* Linux's range of error values in a result (MAX_ERRNO). */
#define UK_SYSCALL_IS_ERROR(result) ((unsigned long)(result) >= -4095UL)

/* UK_SYSCALL_MAP(f, type, name, ...) is f(type, name), ... for 0 to 6 pairs. */
#define UK_SYSCALL_MAP_0(f)
#define UK_SYSCALL_MAP_1(f, t, a)							  f(t, a)
#define UK_SYSCALL_MAP_2(f, t, a, ...)							  f(t, a), UK_SYSCALL_MAP_1(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_3(f, t, a, ...)							  f(t, a), UK_SYSCALL_MAP_2(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_4(f, t, a, ...)							  f(t, a), UK_SYSCALL_MAP_3(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_5(f, t, a, ...)							  f(t, a), UK_SYSCALL_MAP_4(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_6(f, t, a, ...)							  f(t, a), UK_SYSCALL_MAP_5(f, __VA_ARGS__)
#define UK_SYSCALL_PICK(_0, _1t, _1, _2t, _2, _3t, _3, _4t, _4, _5t, _5, _6t, _6, n, ...) n
#define UK_SYSCALL_MAP(f, ...)                                                                     \
	UK_SYSCALL_PICK(_, ##__VA_ARGS__, UK_SYSCALL_MAP_6, odd, UK_SYSCALL_MAP_5, odd,            \
			UK_SYSCALL_MAP_4, odd, UK_SYSCALL_MAP_3, odd, UK_SYSCALL_MAP_2, odd,       \
			UK_SYSCALL_MAP_1, odd, UK_SYSCALL_MAP_0)                                   \
	(f, ##__VA_ARGS__)
/* As UK_SYSCALL_MAP, for a parameter list: void when there are no pairs. */
#define UK_SYSCALL_PARAMETERS(f, ...)                                                              \
	UK_SYSCALL_PICK(_, ##__VA_ARGS__, UK_SYSCALL_MAP_6, odd, UK_SYSCALL_MAP_5, odd,            \
			UK_SYSCALL_MAP_4, odd, UK_SYSCALL_MAP_3, odd, UK_SYSCALL_MAP_2, odd,       \
			UK_SYSCALL_MAP_1, odd, UK_SYSCALL_VOID)                                    \
	(f, ##__VA_ARGS__)
#define UK_SYSCALL_VOID(f)	     void
#define UK_SYSCALL_TYPED(type, name) type name
#define UK_SYSCALL_LONG(type, name)  long name
#define UK_SYSCALL_CAST(type, name)  (type)(name)
#define UK_SYSCALL_WIDEN(type, name) (long)(name)

#define UK_SYSCALL_BODY(prefix, rtype, name, ...)                                                  \
	static inline rtype prefix##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_TYPED, ##__VA_ARGS__))

/* R: the body answers negative errno; the e form is derived from it. */
#define UK_LLSYSCALL_R_DEFINE(rtype, name, ...)                                                    \
	UK_SYSCALL_BODY(__uk_syscall_r_, rtype, name, ##__VA_ARGS__);                              \
	long uk_syscall_r_##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_LONG, ##__VA_ARGS__))            \
	{                                                                                          \
		return (long)__uk_syscall_r_##name(                                                \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
	}                                                                                          \
	long uk_syscall_e_##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_LONG, ##__VA_ARGS__))            \
	{                                                                                          \
		long result = (long)__uk_syscall_r_##name(                                         \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
		if (!UK_SYSCALL_IS_ERROR(result))                                                  \
			return result;                                                             \
		errno = (int)-result;                                                              \
		return -1;                                                                         \
	}                                                                                          \
	UK_SYSCALL_BODY(__uk_syscall_r_, rtype, name, ##__VA_ARGS__)

/* E: the body answers -1 and errno; the r form is derived from it and leaves errno as it was. */
#define UK_LLSYSCALL_DEFINE(rtype, name, ...)                                                      \
	UK_SYSCALL_BODY(__uk_syscall_e_, rtype, name, ##__VA_ARGS__);                              \
	long uk_syscall_e_##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_LONG, ##__VA_ARGS__))            \
	{                                                                                          \
		return (long)__uk_syscall_e_##name(                                                \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
	}                                                                                          \
	long uk_syscall_r_##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_LONG, ##__VA_ARGS__))            \
	{                                                                                          \
		int saved = errno;                                                                 \
		long result;                                                                       \
		errno = 0;                                                                         \
		result = (long)__uk_syscall_e_##name(                                              \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
		/* -1 without errno is a value (getpriority(2)). */                                \
		if (result == -1 && errno != 0)                                                    \
			result = -errno;                                                           \
		errno = saved;                                                                     \
		return result;                                                                     \
	}                                                                                          \
	UK_SYSCALL_BODY(__uk_syscall_e_, rtype, name, ##__VA_ARGS__)

#ifdef CONFIG_LIBSYSCALL_SHIM_NOWRAPPER
#define UK_SYSCALL_WRAPPER(rtype, name, ...)
#else
#define UK_SYSCALL_WRAPPER(rtype, name, ...)                                                       \
	long uk_syscall_e_##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_LONG, ##__VA_ARGS__));           \
	rtype name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_TYPED, ##__VA_ARGS__))                         \
	{                                                                                          \
		return (rtype)uk_syscall_e_##name(                                                 \
			UK_SYSCALL_MAP(UK_SYSCALL_WIDEN, ##__VA_ARGS__));                          \
	}
#endif

#define UK_SYSCALL_R_DEFINE(rtype, name, ...)                                                      \
	UK_SYSCALL_WRAPPER(rtype, name, ##__VA_ARGS__)                                             \
	UK_LLSYSCALL_R_DEFINE(rtype, name, ##__VA_ARGS__)
#define UK_SYSCALL_DEFINE(rtype, name, ...)                                                        \
	UK_SYSCALL_WRAPPER(rtype, name, ##__VA_ARGS__)                                             \
	UK_LLSYSCALL_DEFINE(rtype, name, ##__VA_ARGS__)

#endif
