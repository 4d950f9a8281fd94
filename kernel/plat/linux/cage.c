/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cage: what the program can reach of the host. A filter (seccomp(2), BPF) allows the host
 * calls that this platform makes, each only with the arguments that it uses, and only from this
 * library's text. The program's own calls do not get this far, because Syscall User Dispatch is
 * checked first. But the program shares the address space and can jump to the platform's `syscall`
 * instruction, so the filter must be sufficient alone. Namespaces, capabilities and limits are a
 * second line of defence. docs/explanation/security.md describes what is protected and what is not.
 */
#include <uk/address_space.h>
#include <uk/debugger.h>
#include <uk/essentials.h>
#include <uk/linux/file.h>
#include <uk/linux/prctl.h>
#include <uk/linux/signal.h>
#include <uk/linux/terminal.h>
#include <uk/print.h>
#include <uk/string.h>

#include "host.h"
#include "platform.h"

/* uapi linux/seccomp.h, linux/filter.h, linux/audit.h, linux/prctl.h, linux/sched.h,
 * linux/capability.h, asm/prctl.h, asm-generic/resource.h */
#define SECCOMP_SET_MODE_FILTER	 1
#define SECCOMP_RET_KILL_PROCESS 0x80000000u
#define SECCOMP_RET_TRAP	 0x00030000u
#define SECCOMP_RET_ALLOW	 0x7fff0000u
#define AUDIT_ARCH_X86_64	 0xc000003eu
#define PR_SET_PDEATHSIG	 1
#define PR_SET_DUMPABLE		 4
#define PR_SET_NO_NEW_PRIVS	 38
#define CLONE_NEWNS		 0x00020000
#define CLONE_NEWIPC		 0x08000000
#define CLONE_NEWUSER		 0x10000000
#define CLONE_NEWPID		 0x20000000
#define CLONE_NEWNET		 0x40000000
#define CAPABILITY_VERSION_3	 0x20080522u
#define RLIMIT_STACK		 3
#define RLIMIT_CORE		 4
#define RLIMIT_NPROC		 6
#define RLIMIT_NOFILE		 7
#define RLIMIT_AS		 9
#define FUTEX_WAIT		 0
#define ITIMER_REAL		 0

#define LOAD	 0x20 /* BPF_LD | BPF_W | BPF_ABS */
#define EQUAL	 0x15 /* BPF_JMP | BPF_JEQ | BPF_K */
#define AT_LEAST 0x35 /* BPF_JMP | BPF_JGE | BPF_K */
#define ANY_BIT	 0x45 /* BPF_JMP | BPF_JSET | BPF_K */
#define RETURN	 0x06 /* BPF_RET | BPF_K */

/* Offsets in struct seccomp_data. */
#define DATA_NUMBER	  0
#define DATA_ARCHITECTURE 4
#define DATA_IP		  8
#define DATA_ARGUMENT(n)  (16 + 8 * (n))
#define UPPER_HALF	  4

struct instruction {
	u16 code;
	u8 jump_true, jump_false;
	u32 operand;
};

#define INSTRUCTIONS_MAX 192

/* Where a jump leads to, until end_filter() knows how far it is. The shorter the filter, the sooner
 * the host's kernel has compiled it, so all rules share their ends. */
#define REFUSE 254
#define ALLOW  255

static struct instruction program[INSTRUCTIONS_MAX];
static unsigned int length;

/* A size of less than 4 GiB does not extend from the program's addresses to ours. */
_Static_assert(IMAGE_START - UK_GUEST_END >= 1UL << 32 && UK_DIRECT_MAP > IMAGE_START,
	       "what the filter lets be mapped could be the library OS");
_Static_assert((UK_GUEST_END & 0xffffffff) == 0, "the filter compares upper halves");

static void emit(u16 code, u32 operand, u8 jump_true, u8 jump_false)
{
	if (length == INSTRUCTIONS_MAX)
		linux_refuse("the filter for host calls is too long");
	program[length++] = (struct instruction){code, jump_true, jump_false, operand};
}

static void end_filter(void)
{
	unsigned int refuse = length, allow = length + 1;

	emit(RETURN, SECCOMP_RET_TRAP, 0, 0);
	emit(RETURN, SECCOMP_RET_ALLOW, 0, 0);
	for (unsigned int i = 0; i < refuse; i++) {
		u8 *jumps[] = {&program[i].jump_true, &program[i].jump_false};

		for (unsigned int j = 0; j < ARRAY_SIZE(jumps); j++) {
			if (*jumps[j] >= REFUSE)
				*jumps[j] = (u8)((*jumps[j] == ALLOW ? allow : refuse) - i - 1);
		}
	}
}

/* Continues if the comparison of the loaded word has the wanted result; otherwise the call is
 * refused. */
static void require(u16 comparison, u32 operand, bool wanted)
{
	emit(comparison, operand, wanted ? 0 : REFUSE, wanted ? REFUSE : 0);
}

static void require_argument(unsigned int index, u32 value)
{
	emit(LOAD, DATA_ARGUMENT(index), 0, 0);
	require(EQUAL, value, true);
}

/* Requires one of count values, at least one. */
static void require_one_of(unsigned int index, const int *values, unsigned int count)
{
	emit(LOAD, DATA_ARGUMENT(index), 0, 0);
	for (unsigned int i = 0; i < count - 1; i++)
		emit(EQUAL, (u32)values[i], (u8)(count - i - 1), 0);
	require(EQUAL, (u32)values[count - 1], true);
}

/* Requires the program's part of the address space, and less than 4 GiB: so the range ends before
 * the library OS. */
static void require_guest_range(unsigned int address, unsigned int size)
{
	emit(LOAD, DATA_ARGUMENT(address) + UPPER_HALF, 0, 0);
	require(AT_LEAST, (u32)(UK_GUEST_END >> 32), false);
	emit(LOAD, DATA_ARGUMENT(size) + UPPER_HALF, 0, 0);
	require(EQUAL, 0, true);
}

/* Adds the servers' sockets; returns their number. */
static unsigned int add_shares(const struct cage *cage, int *descriptors)
{
	unsigned int count = 0;

	for (; count < UK_SHARES_MAX && cage->shares[count].tag; count++)
		descriptors[count] = cage->shares[count].descriptor;
	return count;
}

/* Adds the descriptors of terminals; returns their number. */
static unsigned int add_terminals(const struct cage *cage, int *descriptors)
{
	unsigned int count = 0;

	for (int stream = 0; stream < 3; stream++) {
		if (cage->terminals & 1u << stream)
			descriptors[count++] = stream;
	}
	if (cage->terminal >= 0)
		descriptors[count++] = cage->terminal;
	return count;
}

/* Requirements on the arguments of calls that are not allowed with all arguments. */
static void check_write(const struct cage *cage)
{
	int outputs[4 + UKPLAT_STREAMS + UK_SHARES_MAX] = {1, 2};
	unsigned int count = 2;

	if (cage->report >= 0)
		outputs[count++] = cage->report;
	if (cage->bell >= 0)
		outputs[count++] = cage->bell;
	count += add_terminals(cage, outputs + count);
	require_one_of(0, outputs, count + add_shares(cage, outputs + count));
}

static void check_read(const struct cage *cage)
{
	int inputs[1 + UKPLAT_STREAMS + UK_SHARES_MAX] = {0};
	unsigned int count = 1 + add_terminals(cage, inputs + 1);

	require_one_of(0, inputs, count + add_shares(cage, inputs + count));
}

static bool has_terminals(const struct cage *cage)
{
	return cage->terminals || cage->terminal >= 0;
}

/* None of these requests gives the program input that nobody typed (TIOCSTI), another terminal, or
 * a file. */
static void check_ioctl(const struct cage *cage)
{
	const int requests[] = {TCGETS,	    TCSETS,   TCSETSW, TCSETSF,	 TIOCGWINSZ,
				TIOCSWINSZ, TCGETS2,  TCSETS2, TCSETSW2, TCSETSF2,
				FIONREAD,   TIOCOUTQ, TCSBRK,  TCXONC,	 TCFLSH};
	int terminals[UKPLAT_STREAMS];
	unsigned int count = add_terminals(cage, terminals);

	require_one_of(0, terminals, count);
	require_one_of(1, requests, ARRAY_SIZE(requests));
}

static void check_ppoll(const struct cage *cage)
{
	require_argument(1, 1);
}

/* The memory is mapped shared, and the program's file is never writable: so the program gets no
 * more memory than the machine has. */
static void check_mmap(const struct cage *cage)
{
	const int flags[] = {
		HOST_MAP_SHARED | HOST_MAP_FIXED,
		HOST_MAP_SHARED | HOST_MAP_FIXED | HOST_MAP_POPULATE,
		HOST_MAP_PRIVATE | HOST_MAP_FIXED,
	};
	const int files[] = {cage->image, cage->memory};
	unsigned int branch;

	require_guest_range(0, 1);
	require_one_of(3, flags, cage->image < 0 && !uk_debugger ? 2 : 3);
	branch = length;
	emit(ANY_BIT, HOST_MAP_PRIVATE, 0, 0);
	emit(LOAD, DATA_ARGUMENT(4), 0, 0);
	emit(EQUAL, (u32)cage->memory, ALLOW, REFUSE);
	program[branch].jump_true = (u8)(length - branch - 1);
	require_one_of(4, files, uk_debugger ? 2 : 1);
	emit(LOAD, DATA_ARGUMENT(2), 0, 0);
	require(ANY_BIT, HOST_PROT_WRITE, false);
}

/* Both ranges are the program's, where munmap(2) and mmap(2) can do the same. */
static void check_mremap(const struct cage *cage)
{
	require_guest_range(0, 1);
	require_guest_range(4, 2);
	require_argument(3, HOST_MREMAP_MAYMOVE | HOST_MREMAP_FIXED);
}

static void check_madvise(const struct cage *cage)
{
	require_guest_range(0, 1);
	require_argument(2, HOST_MADV_COLLAPSE);
}

static void check_fallocate(const struct cage *cage)
{
	require_argument(0, (u32)cage->memory);
	require_argument(1, HOST_FALLOC_PUNCH_HOLE);
}

static void check_munmap(const struct cage *cage)
{
	require_guest_range(0, 1);
}

static void check_futex(const struct cage *cage)
{
	require_argument(1, FUTEX_WAIT);
}

/* Other clocks are those of other processes, or of descriptors. */
static void check_clock_gettime(const struct cage *cage)
{
	const int clocks[] = {HOST_CLOCK_REALTIME, HOST_CLOCK_MONOTONIC};

	require_one_of(0, clocks, ARRAY_SIZE(clocks));
}

static void check_setitimer(const struct cage *cage)
{
	require_argument(0, ITIMER_REAL);
}

static void check_arch_prctl(const struct cage *cage)
{
	emit(LOAD, DATA_ARGUMENT(0), 0, 0);
	require(AT_LEAST, ARCH_SET_GS, true);
	require(AT_LEAST, ARCH_GET_GS + 1, false);
}

/* All host calls that are allowed from this library's text; the filter and the list are generated
 * from it. The calls whose latency matters most to the program come first. */
static const struct rule {
	const char *name;
	u32 number;
	void (*check)(const struct cage *cage);
	const char *words; /* describes what check() requires */
} rules[] = {
	{"rt_sigreturn", SYS_rt_sigreturn, NULL, ""},
	{"mmap", SYS_mmap, check_mmap,
	 "the guest's memory, or the program's file read-only, at the program's addresses"},
	{"munmap", SYS_munmap, check_munmap, "at the program's addresses"},
	{"mremap", SYS_mremap, check_mremap, "from and to the program's addresses"},
	{"write", SYS_write, check_write,
	 "to stdout, stderr, terminals, the report, the bell and servers of shared directories"},
	{"read", SYS_read, check_read, "from stdin, terminals and servers of shared directories"},
	{"ppoll", SYS_ppoll, check_ppoll, "with one descriptor"},
	{"futex", SYS_futex, check_futex, "FUTEX_WAIT"},
	{"clock_gettime", SYS_clock_gettime, check_clock_gettime,
	 "CLOCK_REALTIME and CLOCK_MONOTONIC"},
	{"ioctl", SYS_ioctl, check_ioctl, "the mode and the size of terminals, and their queues"},
	{"setitimer", SYS_setitimer, check_setitimer, "ITIMER_REAL"},
	{"exit_group", SYS_exit_group, NULL, ""},
	{"madvise", SYS_madvise, check_madvise, "MADV_COLLAPSE, at the program's addresses"},
	{"fallocate", SYS_fallocate, check_fallocate,
	 "FALLOC_FL_PUNCH_HOLE, in the guest's memory"},
	{"restart_syscall", SYS_restart_syscall, NULL,
	 "how the host's kernel continues a wait after SIGSTOP and SIGCONT"},
	/* Last: not needed if the host lets programs write segment bases. */
	{"arch_prctl", SYS_arch_prctl, check_arch_prctl, "the segment bases"},
};

static unsigned int count_rules(const struct cage *cage)
{
	return ARRAY_SIZE(rules) - (cage->fsgsbase ? 1 : 0);
}

/* Each rule ends with a return, so the number stays loaded for the next rule. */
static void build_filter(const struct cage *cage)
{
	emit(LOAD, DATA_ARCHITECTURE, 0, 0);
	require(EQUAL, AUDIT_ARCH_X86_64, true);
	emit(LOAD, DATA_IP + UPPER_HALF, 0, 0);
	require(EQUAL, (u32)((u64)kernel_start >> 32), true);
	emit(LOAD, DATA_IP, 0, 0);
	require(AT_LEAST, (u32)((u64)kernel_text_end), false);
	emit(LOAD, DATA_NUMBER, 0, 0);
	for (unsigned int i = 0; i < count_rules(cage); i++) {
		unsigned int start = length;

		if (rules[i].check == check_ioctl && !has_terminals(cage))
			continue;
		if (!rules[i].check) {
			emit(EQUAL, rules[i].number, ALLOW, 0);
			continue;
		}
		emit(EQUAL, rules[i].number, 0, 0);
		rules[i].check(cage);
		emit(RETURN, SECCOMP_RET_ALLOW, 0, 0);
		program[start].jump_false = (u8)(length - start - 1);
	}
	end_filter();
}

void cage_list(const struct cage *cage)
{
	char text[160];

	for (unsigned int i = 0; i < count_rules(cage); i++) {
		int size = uk_snprintf(text, sizeof(text), "%s%s%s\n", rules[i].name,
				       *rules[i].words ? ": " : "", rules[i].words);

		HOST(write, 1, text, size);
	}
	HOST(write, 1, text,
	     uk_snprintf(text, sizeof(text), "%u host calls, only from 0x%lx to 0x%lx\n",
			 count_rules(cage), (u64)kernel_start, (u64)kernel_text_end));
}

/* Closes all descriptors except the standard streams and these. */
static void close_others(const struct cage *cage)
{
	int kept[7 + UK_SHARES_MAX] = {cage->memory,   cage->image,  cage->report, cage->bell,
				       cage->terminal, cage->inputs, 1 << 30};
	unsigned int count = 7 + add_shares(cage, kept + 7);
	int from = 3;

	for (int stream = 0; stream < 3; stream++) {
		if (cage->closed_streams & 1u << stream)
			HOST(close, stream);
	}
	for (;;) {
		int next = 1 << 30;

		for (unsigned int i = 0; i < count; i++) {
			if (kept[i] >= from)
				next = MIN(next, kept[i]);
		}
		if (next > from)
			HOST(close_range, from, next - 1, 0);
		if (next == 1 << 30)
			return;
		from = next + 1;
	}
}

/* Leaves the host's users, mounts, processes and System V objects: this takes 0.12 ms of a run,
 * including their end. A network namespace takes 0.4 ms more, so there is one only on request: no
 * allowed call uses the network. The root becomes a directory of /proc that holds this process's
 * descriptors, as numbers. */
static void enter_namespaces(const struct cage *cage)
{
	const u64 flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
			  (cage->no_network ? CLONE_NEWNET : 0);
	long result = HOST(unshare, flags);

	if (result < 0)
		uk_pr_debug("The host does not permit new namespaces: error %ld\n", -result);
	else if (HOST(chroot, "/proc/self/fdinfo") < 0 || HOST(chdir, "/") < 0)
		uk_pr_debug("The root stays the host's file system: no /proc\n");
}

static void drop_capabilities(void)
{
	const struct {
		u32 version;
		s32 pid;
	} header = {CAPABILITY_VERSION_3, 0};
	const struct {
		u32 effective, permitted, inheritable;
	} none[2] = {0};

	HOST(capset, &header, none);
}

/* Of the initial stack, which only the start uses; it does not grow any more. */
#define STACK_SIZE	(1UL << 20)
/* Address space: what is mapped now, and for the program this many times the memory and the image,
 * and some more. Mappings beyond that are made again when they are needed (space.c). */
#define ADDRESSES_SHARE 4
#define ADDRESSES_MORE	(1UL << 30)

static void set_limits(const struct cage *cage)
{
	const u64 none[2] = {0, 0};
	const u64 stack[2] = {STACK_SIZE, STACK_SIZE};
	const u64 addresses = cage->memory_size * (1 + ADDRESSES_SHARE) + ADDRESSES_MORE;
	const u64 address_space[2] = {addresses, addresses};
	/* No new descriptors other than stdin; and ppoll(2) accepts no more than there can be. */
	const u64 one[2] = {1, 1};

	HOST(prlimit64, 0, RLIMIT_STACK, stack, NULL);
	HOST(prlimit64, 0, RLIMIT_AS, address_space, NULL);
	HOST(prlimit64, 0, RLIMIT_CORE, none, NULL);
	HOST(prlimit64, 0, RLIMIT_NPROC, none, NULL);
	HOST(prlimit64, 0, RLIMIT_NOFILE, one, NULL);
}

/* The reader of the report is our launcher; do not outlive it. */
static void follow_launcher(const struct cage *cage)
{
	const struct host_timespec now = {0, 0};
	struct host_pollfd report = {.fd = cage->report};

	if (cage->report < 0)
		return;
	/* Not earlier, because a change of credentials resets it (prctl(2)). */
	HOST(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* It may have ended before: then nobody reads the report. */
	if (HOST(ppoll, &report, 1, &now, NULL, 8) == 1 && report.revents & HOST_POLLERR)
		linux_stop(UK_STATUS_SIGNAL + SIGKILL);
}

void cage_close(const struct cage *cage)
{
	struct {
		u16 length;
		const struct instruction *program;
	} filter;

	close_others(cage);
	enter_namespaces(cage);
	drop_capabilities();
	set_limits(cage);
	/* ptrace(2) cannot read the memory of a process that is not dumpable. */
	HOST(prctl, PR_SET_DUMPABLE, uk_debugger, 0, 0, 0);
	follow_launcher(cage);
	uk_pr_debug("The cage allows %u host calls\n", count_rules(cage));
	build_filter(cage);
	filter.length = (u16)length;
	filter.program = program;
	if (HOST(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    HOST(seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
		linux_refuse("the host does not support seccomp filters; use "
			     "--platform qemu");
}
