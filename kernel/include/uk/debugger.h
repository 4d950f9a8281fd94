/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs with a debugger (kernel parameter `debugger`): code is read into memory as soon as it is
 * mapped, because breakpoints are written to it; the last system calls are recorded
 * (lib/syscall_shim); the `linux` platform can be inspected with ptrace(2) and patches nothing. The
 * debugger's side is src/unishim/debug.
 */
#ifndef UK_DEBUGGER_H
#define UK_DEBUGGER_H

#include <uk/essentials.h>

extern bool uk_debugger; /* set before the constructors run */

#endif
