/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs with a debugger (kernel parameter `debugger`): code is in memory as soon as it is mapped,
 * since breakpoints are put there; the last system calls are kept (lib/syscall_shim); the process
 * platform can be looked at by ptrace(2) and patches nothing. The debugger's side is
 * src/unishim/debug.
 */
#ifndef UK_DEBUGGER_H
#define UK_DEBUGGER_H

#include <uk/essentials.h>

extern bool uk_debugger; /* set before the constructors run */

#endif
