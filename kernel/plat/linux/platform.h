/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this platform; not visible above uk/plat.h. */
#ifndef PLAT_LINUX_PLATFORM_H
#define PLAT_LINUX_PLATFORM_H

#include <uk/arch/instructions.h>
#include <uk/arch/regs.h>
#include <uk/essentials.h>
#include <uk/plat.h>

#include "layout.h"

/* From the linker script and assembly. */
extern const char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_variables_end[],
	kernel_end[];
extern char kernel_stack_top[], signal_stack[];
/* Where calls enter: from a trampoline, and from the signal handler after a trap. */
void syscall_entry(void);
void host_signal_return(void);

/* A shared directory: its tag (NULL marks the end), and the socket of its server. */
struct share {
	const char *tag;
	int descriptor;
};

/* Of the machine, in bytes. */
#define MEMORY_MIN (2UL << 20)
#define MEMORY_MAX (512UL << 30)

/* options.c: the parsed command line. */
struct options {
	const char *initrd; /* name of a file, or NULL */
	int standalone; /* descriptor of the image's own file, if it contains an initrd, or -1 */
	size_t initrd_offset, initrd_size; /* bytes; location in that file */
	size_t memory;			   /* bytes */
	int report;			   /* descriptor of the report line, or -1 */
	int channel, bell;		   /* descriptors, or -1 */
	struct share shares[UK_SHARES_MAX];
	u64 hwcap2;	    /* AT_HWCAP2 of the host */
	char *command_line; /* as in uk_boot_info */
	bool no_network;    /* create a network namespace */
	bool list;	    /* only list the host calls */
};
/* Parses the options; ends the process with a line on stderr if they are invalid. */
void options_read(char **argv, struct options *options);

/* standalone.c: the same from the image's own file, if that contains a program. False: it does not.
 * stack is the initial stack set up by the host's kernel. */
bool standalone_read(const u64 *stack, struct options *options);

/* command_line.c: appends text to the kernel's command line; a word with a prefix; and terminates
 * it. */
void command_line_put(const char *text);
void command_line_put_word(const char *prefix, const char *word);
bool command_line_is_empty(void);
char *command_line_end(void);

/* setup.c: a value of the auxiliary vector (getauxval(3)), 0 if the host has none. */
u64 linux_auxiliary(const u64 *stack, u64 type);

/* memory.c: the file that is the memory, and the program's image in it. */
void memory_init(const struct options *options, struct uk_boot_info *info);
/* Maps [start, start + length), less than 4 GiB, on the host: consecutive frames beginning with
 * that of the page table entry, with its protection. Unmaps the range if the entry is not present.
 * False: the host refuses, most likely because there are too many mappings. */
bool memory_map(uintptr_t start, size_t length, u64 entry);
/* Moves the host's mapping of [from, from + length), less than 4 GiB. False: the range is not one
 * mapping, or there are too many of them. */
bool memory_move(uintptr_t from, uintptr_t to, size_t length);
/* Asks the host to store the pages that are mapped there as large ones; it may refuse. */
void memory_collapse(uintptr_t start, size_t length);
/* Whether the machine keeps more free memory than it should while it has nothing to do; gives some
 * of that back to the host. */
bool memory_has_surplus(void);
void memory_give_back(void);

/* cage.c: gives up all access to the host that the platform does not need from here on. */
struct cage {
	int memory, image, report, bell; /* descriptors that stay open, or -1 */
	size_t memory_size;		 /* of the memory and the image in it, bytes */
	unsigned int terminals;		 /* bit n: stream n is a terminal */
	int terminal;			 /* descriptor of the controlling terminal, or -1 */
	bool terminal_is_raw;		 /* it is the machine's own */
	int inputs;			 /* an epoll set of all inputs, or -1 */
	struct share shares[UK_SHARES_MAX];
	/* bit n: descriptor n was closed, and a placeholder occupies it */
	unsigned int closed_streams;
	bool fsgsbase; /* segment bases need no host call */
	bool no_network;
};
extern struct cage cage; /* setup.c */
void cage_close(const struct cage *cage);
/* Prints the host calls that remain. */
void cage_list(const struct cage *cage);

/* signals.c: the host's signals: traps of system calls, faults. */
void signals_init(void);
/* Passes the signals of the terminal to the program. has_launcher: the launcher sends them too. */
void signals_of_terminal(bool has_launcher);
/* The same for SIGIO. */
void signals_of_input(void);
/* Whether ukplat_take_signals() has signals to return. */
bool signals_are_waiting(void);

/* leave.c, called by syscall.S: process_settle_call() before the program continues after a call;
 * process_settle() before it is resumed with its whole state, if there is work to do;
 * process_resume_at() always before that. */
void linux_settle_call(struct __regs *regs);
void linux_settle(struct __regs *regs);
void linux_resume_at(struct __regs *regs);

/* syscall.S: when interrupted between start and end, continue at the third address. */
extern const char syscall_exit[], syscall_exit_end[], syscall_exit_again[];
extern const char resume_start[], resume_end[], resume_again[];
extern const char host_wait_start[], host_wait_end[], host_wait_again[];

/* timer.c */
/* Makes the timer fire soon, and again and again until it is set. */
void timer_fire_soon(void);

/* cpu.c */
void cpu_init(const struct options *options);

/* exit.c */
void exit_init(const struct options *options);
void linux_stop(int status) __noreturn;
/* Ends the process with a line on stderr. */
void linux_refuse(const char *text) __noreturn; /* UK_STATUS_KERNEL */
void linux_refuse_with(int status, const char *text) __noreturn;

/* channel.c */
void channel_init(const struct options *options);

/* shares.c */
void shares_init(const struct options *options);

#endif
