/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cage: what is left of the host when the program starts. A filter (seccomp(2), BPF) lets
 * through the host calls that this platform makes, each with the arguments it makes it with, and
 * from this library's text alone. The program's own calls never come so far: Syscall User Dispatch
 * is looked at first. But the program shares the address space and can jump to the platform's
 * `syscall`, so the filter must be enough alone.
 */
#include <uk/address_space.h>
#include <uk/essentials.h>
#include <uk/string.h>

#include "host.h"
#include "platform.h"

/* uapi linux/seccomp.h, linux/filter.h, linux/audit.h, linux/prctl.h */
#define SECCOMP_SET_MODE_FILTER	 1
#define SECCOMP_RET_KILL_PROCESS 0x80000000u
#define SECCOMP_RET_TRAP	 0x00030000u
#define SECCOMP_RET_ALLOW	 0x7fff0000u
#define AUDIT_ARCH_X86_64	 0xc000003eu
#define PR_SET_DUMPABLE		 4
#define PR_SET_NO_NEW_PRIVS	 38
#define RLIMIT_CORE		 4
#define RLIMIT_NPROC		 6
#define FUTEX_WAIT		 0

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

#define INSTRUCTIONS_MAX 128

static struct instruction program[INSTRUCTIONS_MAX];
static unsigned int length, rule_start;

static void emit(u16 code, u32 operand, u8 jump_true, u8 jump_false)
{
	if (length == INSTRUCTIONS_MAX)
		process_refuse("the filter of host calls is too long");
	program[length++] = (struct instruction){code, jump_true, jump_false, operand};
}

/* Goes on when the comparison of the loaded word is as wanted; else the call is refused. */
static void require(u16 comparison, u32 operand, bool wanted)
{
	emit(comparison, operand, wanted ? 1 : 0, wanted ? 0 : 1);
	emit(RETURN, SECCOMP_RET_TRAP, 0, 0);
}

static void require_argument(unsigned int index, u32 value)
{
	emit(LOAD, DATA_ARGUMENT(index), 0, 0);
	require(EQUAL, value, true);
}

/* One of count values. */
static void require_one_of(unsigned int index, const int *values, unsigned int count)
{
	emit(LOAD, DATA_ARGUMENT(index), 0, 0);
	for (unsigned int i = 0; i < count; i++)
		emit(EQUAL, (u32)values[i], (u8)(count - i), 0);
	emit(RETURN, SECCOMP_RET_TRAP, 0, 0);
}

/* The program's part of the address space, and less than 4 GiB: so it ends before the library OS.
 */
static void require_guest_range(unsigned int address, unsigned int size)
{
	emit(LOAD, DATA_ARGUMENT(address) + UPPER_HALF, 0, 0);
	require(AT_LEAST, (u32)(UK_GUEST_END >> 32), false);
	emit(LOAD, DATA_ARGUMENT(size) + UPPER_HALF, 0, 0);
	require(EQUAL, 0, true);
}

/* Between the two: what the arguments of this call must be. */
static void begin_rule(u32 number)
{
	emit(LOAD, DATA_NUMBER, 0, 0);
	rule_start = length;
	emit(EQUAL, number, 0, 0);
}

static void end_rule(void)
{
	emit(RETURN, SECCOMP_RET_ALLOW, 0, 0);
	program[rule_start].jump_false = (u8)(length - rule_start - 1);
}

static void allow(u32 number)
{
	begin_rule(number);
	end_rule();
}

static void build_filter(const struct cage *cage)
{
	const int outputs[] = {1, 2, cage->report < 0 ? 1 : cage->report,
			       cage->bell < 0 ? 1 : cage->bell};

	emit(LOAD, DATA_ARCHITECTURE, 0, 0);
	require(EQUAL, AUDIT_ARCH_X86_64, true);
	emit(LOAD, DATA_IP + UPPER_HALF, 0, 0);
	require(EQUAL, (u32)((u64)kernel_start >> 32), true);
	emit(LOAD, DATA_IP, 0, 0);
	require(AT_LEAST, (u32)((u64)kernel_text_end), false);
	allow(SYS_rt_sigreturn);
	begin_rule(SYS_write);
	require_one_of(0, outputs, ARRAY_SIZE(outputs));
	end_rule();
	begin_rule(SYS_read);
	require_argument(0, 0);
	end_rule();
	begin_rule(SYS_ppoll);
	require_argument(1, 1);
	end_rule();
	begin_rule(SYS_mmap);
	require_guest_range(0, 1);
	require_argument(3, HOST_MAP_SHARED | HOST_MAP_FIXED | HOST_MAP_POPULATE);
	require_argument(4, (u32)cage->memory);
	end_rule();
	begin_rule(SYS_munmap);
	require_guest_range(0, 1);
	end_rule();
	begin_rule(SYS_futex);
	require_argument(1, FUTEX_WAIT);
	end_rule();
	allow(SYS_clock_gettime);
	if (!cage->fsgsbase)
		allow(SYS_arch_prctl);
	allow(SYS_exit_group);
	emit(RETURN, SECCOMP_RET_TRAP, 0, 0);
}

/* All descriptors from 3 on but these. */
static void close_others(const struct cage *cage)
{
	int kept[] = {cage->memory, cage->report, cage->bell, 1 << 30};
	int from = 3;

	for (;;) {
		int next = 1 << 30;

		for (unsigned int i = 0; i < ARRAY_SIZE(kept); i++) {
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

void cage_close(const struct cage *cage)
{
	const u64 none[2] = {0, 0};
	struct {
		u16 length;
		const struct instruction *program;
	} filter;

	close_others(cage);
	HOST(prlimit64, 0, RLIMIT_CORE, none, NULL);
	HOST(prlimit64, 0, RLIMIT_NPROC, none, NULL);
	HOST(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	build_filter(cage);
	filter.length = (u16)length;
	filter.program = program;
	if (HOST(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    HOST(seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
		process_refuse("the host does not let a process give up its rights (seccomp); use "
			       "--platform qemu");
}
