/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library: the optional parts of the call path. */
#ifndef SYSCALL_SHIM_SHIM_H
#define SYSCALL_SHIM_SHIM_H

#include <uk/bits/channel_layout.h>
#include <uk/syscall.h>

/* debug.c, with CONFIG_LIBSYSCALL_SHIM_DEBUG_HANDLER */
#ifdef CONFIG_LIBSYSCALL_SHIM_DEBUG_HANDLER
void shim_print_request(const struct __regs *regs, long nr);
#else
static inline void shim_print_request(const struct __regs *regs, long nr)
{
}
#endif

/* strace.c, with CONFIG_LIBSYSCALL_SHIM_STRACE: after a call, one line like strace's. */
#ifdef CONFIG_LIBSYSCALL_SHIM_STRACE
void shim_print_result(const struct __regs *regs, long nr);
#else
static inline void shim_print_result(const struct __regs *regs, long nr)
{
}
#endif

/* hooks.c: calls that are traced, or handled by the host. */
#ifdef CONFIG_LIBCHANNEL
extern u8 shim_hooks[UK_CHANNEL_HOOKS_SIZE];
/* Whether any number above the highest that is provided is hooked. */
extern bool shim_other_hooks;
long shim_hooked_call(struct __regs *regs, u64 nr);

static inline bool shim_is_hooked(u64 nr)
{
	return shim_hooks[nr];
}

/* For any number. */
static inline u8 shim_hook_of(u64 nr)
{
	return shim_hooks[nr <= UK_SYSCALL_MAX ? nr : UK_CHANNEL_HOOK_UNKNOWN];
}

static inline bool shim_others_are_hooked(void)
{
	return shim_other_hooks;
}
#else
static inline bool shim_is_hooked(u64 nr)
{
	return false;
}

static inline bool shim_others_are_hooked(void)
{
	return false;
}

static inline long shim_hooked_call(struct __regs *regs, u64 nr)
{
	return -ENOSYS;
}
#endif

#endif
