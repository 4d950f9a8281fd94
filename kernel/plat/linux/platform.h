/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this platform share; nothing above uk/plat.h sees it. */
#ifndef PLAT_LINUX_PLATFORM_H
#define PLAT_LINUX_PLATFORM_H

#include <uk/arch/instructions.h>
#include <uk/arch/regs.h>
#include <uk/essentials.h>
#include <uk/plat.h>

#include "layout.h"

/* Linker script and assembly. */
extern const char kernel_start[], kernel_text_end[], kernel_end[];
extern struct __regs *thread_frame;
extern char kernel_stack_top[], signal_stack[];
/* Where calls enter: from a trampoline, and from the signal handler after a trap. */
void syscall_entry(void);
void host_signal_return(void);

/* A shared folder: its tag, NULL behind the last one, and the socket of its server. */
#define SHARES_MAX 8
struct share {
	const char *tag;
	int descriptor;
};

/* Of the machine, in bytes. */
#define MEMORY_MIN (2UL << 20)
#define MEMORY_MAX (512UL << 30)

/* options.c: what the command line says. */
struct options {
	const char *initrd; /* a file's name, or NULL */
	int standalone;	    /* descriptor of the image's own file, which holds an initrd, or -1 */
	size_t initrd_offset, initrd_size; /* bytes: where in that file */
	size_t memory;			   /* bytes */
	int report;			   /* descriptor of the report line, or -1 */
	int channel, bell;		   /* descriptors, or -1 */
	struct share shares[SHARES_MAX];
	u64 hwcap2;	    /* AT_HWCAP2 of the host */
	char *command_line; /* as uk_boot_info has it */
	bool no_network;    /* a network namespace of its own */
	bool list;	    /* of the host calls, and nothing else */
};
/* Reads them; ends the process with a line on stderr when they make no sense. */
void options_read(char **argv, struct options *options);

/* standalone.c: the same from the image's own file, where that holds a program. False: it holds
 * none. stack is what the host's kernel left there. */
bool standalone_read(const u64 *stack, struct options *options);

/* command_line.c: puts text behind the kernel's command line; a word with what stands in front of
 * it; and ends it. */
void command_line_put(const char *text);
void command_line_put_word(const char *prefix, const char *word);
bool command_line_is_empty(void);
char *command_line_end(void);

/* setup.c: a value of the auxiliary vector (getauxval(3)), 0 where the host has none. */
u64 linux_auxiliary(const u64 *stack, u64 type);

/* memory.c: the file that is the memory, and the program's image in it. */
void memory_init(const struct options *options, struct uk_boot_info *info);
/* The host's mapping of [start, start + length), less than 4 GiB: frames in a row from that of a
 * page table's entry, with its protection; none when it is not present. */
void memory_map(uintptr_t start, size_t length, u64 entry);
/* Whether the entry's frame is of the program's file, not of the memory's. */
bool memory_is_image(u64 entry);

/* cage.c: gives up everything of the host but what the platform needs from here on. */
struct cage {
	int memory, image, report, bell; /* descriptors that stay open, or -1 */
	struct share shares[SHARES_MAX];
	unsigned int closed_streams; /* bit n: descriptor n is none, something holds its place */
	bool fsgsbase;		     /* segment bases need no host call */
	bool no_network;
};
extern struct cage cage; /* setup.c */
void cage_close(const struct cage *cage);
/* Prints what host calls that leaves. */
void cage_list(const struct cage *cage);

/* signals.c: the host's signals: traps of system calls, faults. */
void signals_init(void);

/* leave.c, called by syscall.S: the program goes on after a call; by its whole state; by its whole
 * state, unless there is work to do before. */
void linux_settle_call(struct __regs *regs);
void linux_settle(struct __regs *regs);
void linux_resume_at(struct __regs *regs);

/* syscall.S: what an interruption between two of these makes of them. */
extern const char syscall_exit[], syscall_exit_end[], syscall_exit_again[];
extern const char resume_start[], resume_end[], resume_again[];
extern const char host_wait_start[], host_wait_end[], host_wait_again[];

/* timer.c */
/* Soon, and again and again until the timer is set anew. */
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

/* stream.c */
void streams_init(void);

#endif
