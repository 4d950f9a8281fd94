/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Defining system calls. The macros take the return type, the name, and for each of 0 to 6
 * arguments its type and its name, as on Linux; the body follows:
 *
 *   UK_SYSCALL_R_DEFINE(int, getcpu, unsigned int *, cpu, unsigned int *, node, void *, cache)
 *
 * UK_SYSCALL_DEFINE      the body returns -1 and sets errno
 * UK_SYSCALL_R_DEFINE    the body returns a negative errno
 * UK_LLSYSCALL_DEFINE    like UK_SYSCALL_DEFINE, without the libc-style wrapper
 * UK_LLSYSCALL_R_DEFINE  like UK_SYSCALL_R_DEFINE, without the libc-style wrapper
 *
 * Each defines these functions; the wrapper has the types of the definition:
 *
 * uk_syscall_r_NAME  takes and returns long: a negative errno on failure
 * uk_syscall_e_NAME  takes and returns long: -1 and errno on failure
 * NAME               the libc-style wrapper: -1 and errno; not for the LL forms
 *
 * Each of the four has an extended form with _E before _DEFINE, whose body also receives the
 * caller's registers as `struct __regs *execenv` and may change them (rt_sigreturn, clone). It also
 * defines uk_syscall_r_e_NAME(execenv, ...) and uk_syscall_e_e_NAME(execenv, ...).
 *
 * A call is registered next to its definition, in the library's Makefile.uk, with the number of its
 * arguments, followed by e for an extended form:
 *
 *   UK_PROVIDED_SYSCALLS-$(CONFIG_LIBX) += getcpu-3 rt_sigreturn-0e
 *
 * The library exports the functions of its registered calls; exportsyms.uk need not list them.
 *
 * The build stops with one line if a definition has no registration, a registration has no
 * definition, or their arguments differ from Linux's. UK_SYSCALL_PARTIAL(NAME, "why") before the
 * definition states what a call lacks.
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

/* Dispatch by number at run time: a negative errno; or -1 and errno. The first takes the arguments
 * from execenv and is the one switch that all the others, and the program's calls, go through. */
long uk_syscall6_r_e(long nr, struct __regs *execenv);
long uk_syscall6_r(long nr, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5);
long uk_syscall6_e(long nr, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5);
/* The name of a system call, or NULL if the number is invalid. */
const char *uk_syscall_name(long nr);
/* Whether this image provides the call. */
bool uk_syscall_is_provided(long nr);
/* What the dispatchers return for a call that nothing provides: -ENOSYS, and a debug message. */
#ifdef CONFIG_LIBUKDEBUG_PRINTD
long uk_syscall_not_available(long nr);
#else
static inline long uk_syscall_not_available(long nr)
{
	return -ENOSYS;
}
#endif
/* What the stub of a call that nothing provides returns: -1 and ENOSYS, and a debug message. */
long uk_syscall_e_stub(const char *name);
/* Prints `name(names...)` with values as a debug message of library. */
void uk_syscall_print_call(const char *library, const char *name, unsigned int count,
			   const long *arguments);
/* The guest's registers as the last entry to the kernel left them (uk/plat.h). */
struct __regs *ukplat_guest_regs(void);

/* Read by the generators: part of the call is missing, and which part. */
#define UK_SYSCALL_PARTIAL(name, why) _Static_assert(1, why)

/* Linux's range of error values in a result (MAX_ERRNO). */
#define UK_SYSCALL_IS_ERROR(result) ((unsigned long)(result) >= -4095UL)

/* UK_SYSCALL_MAP(f, type, name, ...) expands to f(type, name), ... for 0 to 6 pairs, and
 * execenv's. */
#define UK_SYSCALL_MAP_0(f)
#define UK_SYSCALL_MAP_1(f, t, a)								   f(t, a)
#define UK_SYSCALL_MAP_2(f, t, a, ...)								   f(t, a), UK_SYSCALL_MAP_1(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_3(f, t, a, ...)								   f(t, a), UK_SYSCALL_MAP_2(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_4(f, t, a, ...)								   f(t, a), UK_SYSCALL_MAP_3(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_5(f, t, a, ...)								   f(t, a), UK_SYSCALL_MAP_4(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_6(f, t, a, ...)								   f(t, a), UK_SYSCALL_MAP_5(f, __VA_ARGS__)
#define UK_SYSCALL_MAP_7(f, t, a, ...)								   f(t, a), UK_SYSCALL_MAP_6(f, __VA_ARGS__)
#define UK_SYSCALL_PICK(_0, _1t, _1, _2t, _2, _3t, _3, _4t, _4, _5t, _5, _6t, _6, _7t, _7, n, ...) n
/* Selects the member of a family by the number of pairs: none, or prefix and 1 to 7. */
#define UK_SYSCALL_FAMILY(prefix, none, ...)                                                       \
	UK_SYSCALL_PICK(_, ##__VA_ARGS__, prefix##7, odd, prefix##6, odd, prefix##5, odd,          \
			prefix##4, odd, prefix##3, odd, prefix##2, odd, prefix##1, odd, none)
#define UK_SYSCALL_MAP(f, ...)                                                                     \
	UK_SYSCALL_FAMILY(UK_SYSCALL_MAP_, UK_SYSCALL_MAP_0, ##__VA_ARGS__)(f, ##__VA_ARGS__)
/* Like UK_SYSCALL_MAP, for a parameter list: void if there are no pairs. */
#define UK_SYSCALL_PARAMETERS(f, ...)                                                              \
	UK_SYSCALL_FAMILY(UK_SYSCALL_MAP_, UK_SYSCALL_VOID, ##__VA_ARGS__)(f, ##__VA_ARGS__)
#define UK_SYSCALL_COUNT(...)                                                                      \
	UK_SYSCALL_PICK(_, ##__VA_ARGS__, 7, odd, 6, odd, 5, odd, 4, odd, 3, odd, 2, odd, 1, odd, 0)
#define UK_SYSCALL_VOID(f)	     void
#define UK_SYSCALL_TYPED(type, name) type name
#define UK_SYSCALL_LONG(type, name)  long name
#define UK_SYSCALL_CAST(type, name)  (type)(name)
#define UK_SYSCALL_WIDEN(type, name) (long)(name)

#ifdef CONFIG_LIBSYSCALL_SHIM_DEBUG_SYSCALLS
#define UK_SYSCALL_DEBUG(name, ...)                                                                \
	uk_syscall_print_call(__LIBNAME__, #name, UK_SYSCALL_COUNT(__VA_ARGS__),                   \
			      (const long[]){UK_SYSCALL_MAP(UK_SYSCALL_WIDEN, ##__VA_ARGS__)})
#else
#define UK_SYSCALL_DEBUG(name, ...) (void)0
#endif

#define UK_SYSCALL_BODY(prefix, rtype, name, ...)                                                  \
	static inline rtype prefix##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_TYPED, ##__VA_ARGS__))
#define UK_SYSCALL_PROTOTYPE(prefix, name, ...)                                                    \
	long prefix##name(UK_SYSCALL_PARAMETERS(UK_SYSCALL_LONG, ##__VA_ARGS__))

/* R: the body returns a negative errno; the e form is derived from it. */
#define UK_LLSYSCALL_R_DEFINE(rtype, name, ...)                                                    \
	UK_SYSCALL_BODY(__uk_syscall_r_, rtype, name, ##__VA_ARGS__);                              \
	UK_SYSCALL_PROTOTYPE(uk_syscall_r_, name, ##__VA_ARGS__)                                   \
	{                                                                                          \
		UK_SYSCALL_DEBUG(name, ##__VA_ARGS__);                                             \
		return (long)__uk_syscall_r_##name(                                                \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
	}                                                                                          \
	UK_SYSCALL_PROTOTYPE(uk_syscall_e_, name, ##__VA_ARGS__)                                   \
	{                                                                                          \
		long result;                                                                       \
		UK_SYSCALL_DEBUG(name, ##__VA_ARGS__);                                             \
		result = (long)__uk_syscall_r_##name(                                              \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
		if (!UK_SYSCALL_IS_ERROR(result))                                                  \
			return result;                                                             \
		errno = (int)-result;                                                              \
		return -1;                                                                         \
	}                                                                                          \
	UK_SYSCALL_BODY(__uk_syscall_r_, rtype, name, ##__VA_ARGS__)

/* E: the body returns -1 and errno; the r form is derived from it and preserves errno. */
#define UK_LLSYSCALL_DEFINE(rtype, name, ...)                                                      \
	UK_SYSCALL_BODY(__uk_syscall_e_, rtype, name, ##__VA_ARGS__);                              \
	UK_SYSCALL_PROTOTYPE(uk_syscall_e_, name, ##__VA_ARGS__)                                   \
	{                                                                                          \
		UK_SYSCALL_DEBUG(name, ##__VA_ARGS__);                                             \
		return (long)__uk_syscall_e_##name(                                                \
			UK_SYSCALL_MAP(UK_SYSCALL_CAST, ##__VA_ARGS__));                           \
	}                                                                                          \
	UK_SYSCALL_PROTOTYPE(uk_syscall_r_, name, ##__VA_ARGS__)                                   \
	{                                                                                          \
		int saved = errno;                                                                 \
		long result;                                                                       \
		UK_SYSCALL_DEBUG(name, ##__VA_ARGS__);                                             \
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

/* One form of an extended call, for callers without execenv: it takes the guest's registers. */
#define UK_SYSCALL_WITH_GUEST_REGS(form, name, ...)                                                \
	UK_SYSCALL_PROTOTYPE(form##e_, name, struct __regs *, execenv, ##__VA_ARGS__);             \
	UK_SYSCALL_PROTOTYPE(form, name, ##__VA_ARGS__)                                            \
	{                                                                                          \
		struct __regs *execenv = ukplat_guest_regs();                                      \
		return form##e_##name(UK_SYSCALL_MAP(UK_SYSCALL_WIDEN, struct __regs *, execenv,   \
						     ##__VA_ARGS__));                              \
	}
#define UK_LLSYSCALL_R_E_DEFINE(rtype, name, ...)                                                  \
	UK_SYSCALL_WITH_GUEST_REGS(uk_syscall_r_, name, ##__VA_ARGS__)                             \
	UK_SYSCALL_WITH_GUEST_REGS(uk_syscall_e_, name, ##__VA_ARGS__)                             \
	UK_LLSYSCALL_R_DEFINE(rtype, e_##name, struct __regs *, execenv, ##__VA_ARGS__)
#define UK_LLSYSCALL_E_DEFINE(rtype, name, ...)                                                    \
	UK_SYSCALL_WITH_GUEST_REGS(uk_syscall_r_, name, ##__VA_ARGS__)                             \
	UK_SYSCALL_WITH_GUEST_REGS(uk_syscall_e_, name, ##__VA_ARGS__)                             \
	UK_LLSYSCALL_DEFINE(rtype, e_##name, struct __regs *, execenv, ##__VA_ARGS__)

#ifdef CONFIG_LIBSYSCALL_SHIM_NOWRAPPER
#define UK_SYSCALL_WRAPPER(rtype, name, ...)
#else
#define UK_SYSCALL_WRAPPER(rtype, name, ...)                                                       \
	UK_SYSCALL_PROTOTYPE(uk_syscall_e_, name, ##__VA_ARGS__);                                  \
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
#define UK_SYSCALL_R_E_DEFINE(rtype, name, ...)                                                    \
	UK_SYSCALL_WRAPPER(rtype, name, ##__VA_ARGS__)                                             \
	UK_LLSYSCALL_R_E_DEFINE(rtype, name, ##__VA_ARGS__)
#define UK_SYSCALL_E_DEFINE(rtype, name, ...)                                                      \
	UK_SYSCALL_WRAPPER(rtype, name, ##__VA_ARGS__)                                             \
	UK_LLSYSCALL_E_DEFINE(rtype, name, ##__VA_ARGS__)

#endif
