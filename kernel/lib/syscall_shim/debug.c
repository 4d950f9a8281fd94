/* SPDX-License-Identifier: BSD-3-Clause */
/* Debug messages about system calls of the program and of the kernel. */
#include <uk/print.h>
#include <uk/string.h>

#include "shim.h"

#ifdef CONFIG_LIBSYSCALL_SHIM_DEBUG_HANDLER
void shim_print_request(const struct __regs *regs, long nr)
{
	const char *name = uk_syscall_name(nr);

	uk_pr_debug("Binary system call request \"%s\" (%ld) at ip:0x%lx (arg0=0x%lx, arg1=0x%lx, "
		    "...)\n",
		    name ? name : "unknown", nr, regs->rip, regs->rarg0, regs->rarg1);
}
#endif

#ifdef CONFIG_LIBSYSCALL_SHIM_DEBUG_SYSCALLS
void uk_syscall_print_call(const char *library, const char *name, unsigned int count,
			   const long *arguments)
{
	char text[160];
	int length = 0;

	for (unsigned int i = 0; i < count; i++)
		length += uk_snprintf(text + length, sizeof(text) - (size_t)length, "%s0x%lx",
				      i ? ", " : "", (unsigned long)arguments[i]);
	text[length] = '\0';
	uk_print_message(UK_PRINT_DEBUG, library, "%s(%s)\n", name, text);
}
#endif
