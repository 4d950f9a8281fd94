/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs one of the programs here natively. Its system calls are ud2 while it runs, as long as the
 * bytes are a syscall in the library's view, so that they trap with SIGILL. First without patches,
 * then patched at the first trap, then through the trampolines: what the calls get, and the
 * registers at the end, must be the same each time.
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <uk/essentials.h>
#include <uk/patch.h>

#include "check.h"

#define CALLS_MAX   64
#define SITES_MAX   4
#define RED_ZONE    128
#define SLOT_OFFSET 0
#define FIRST	    64 /* trampoline */
#define DISTANCE    (1UL << 20)
#define FLAGS	    0xcd5 /* arithmetic flags and the direction */

struct registers {
	u64 rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, flags;
};

struct call {
	struct registers registers;
	u64 ip, stack;
	u8 red_zone[RED_ZONE];
};

struct expected_site {
	u64 address, form, stays;
};

void run_program(const struct registers *in, struct registers *out);
void entry(void);
u64 patched_call(const struct registers *registers, u64 stack);
extern const struct expected_site __start_sites[], __stop_sites[];
extern u8 __start_guest[], __stop_guest[];

static struct call calls[CALLS_MAX];
static unsigned int call_count, trap_count;
static u64 first_result;
static bool is_patching;
static u8 *view; /* the text as the library sees it */
static u8 *trampolines, *next_trampoline;
static struct uk_patch patches[SITES_MAX];

/* Results go through signs and sizes, the first one first. */
static u64 record(const struct registers *registers, u64 ip, u64 stack)
{
	static const u64 results[] = {0, (u64)-4, 77, 1UL << 40, (u64)-4095};
	struct call *call = &calls[call_count];

	CHECK(call_count < CALLS_MAX);
	call->registers = *registers;
	call->registers.rcx = 0; /* overwritten by the instruction */
	call->registers.r11 = 0;
	call->registers.flags &= FLAGS;
	call->ip = ip;
	call->stack = stack;
	memcpy(call->red_zone, (const void *)(stack - RED_ZONE), RED_ZONE);
	return results[(first_result + call_count++) % ARRAY_SIZE(results)];
}

u64 patched_call(const struct registers *registers, u64 stack)
{
	CHECK(registers->rcx);
	return record(registers, registers->r11, stack);
}

static void write_text(u64 address, const u8 *bytes, size_t size)
{
	memcpy((void *)address, bytes, size);
	memcpy(view + (address - (u64)__start_guest), bytes, size);
}

/* What the platform does at a trap; returns where the program continues. */
static u64 patch_site(size_t site, u64 number)
{
	struct uk_patch *patch = &patches[site];
	u64 next = __start_sites[site].address + UK_PATCH_SYSCALL_SIZE;
	struct uk_patch_site request = {
		.window = view,
		.window_address = (u64)__start_guest,
		.window_size = (size_t)(__stop_guest - __start_guest),
		.address = __start_sites[site].address,
		.number = number,
		.trampoline = (u64)next_trampoline,
		.trampoline_capacity = UK_PATCH_TRAMPOLINE_MAX,
		.slot = (u64)(trampolines + SLOT_OFFSET),
		.trampolines = trampolines + FIRST,
		.trampolines_address = (u64)(trampolines + FIRST),
		.trampolines_size = (size_t)(next_trampoline - trampolines) - FIRST,
	};
	struct uk_patch plan;
	u64 ip = next;

	if (uk_patch_plan(&request, &plan) == UK_PATCH_REFUSED) {
		CHECK(plan.write_count == 0);
		return next;
	}
	*patch = plan;
	memcpy(next_trampoline, plan.trampoline, plan.map.trampoline_size);
	next_trampoline += plan.map.trampoline_size;
	for (size_t i = 0; i < plan.write_count; i++)
		write_text(plan.writes[i].address, plan.writes[i].bytes, plan.writes[i].size);
	if (__start_sites[site].stays && plan.form == __start_sites[site].form)
		CHECK(memcmp((void *)request.address, "\x0f\x0b", 2) == 0);

	/* A caller that gets the ip, or was interrupted there, returns through it. */
	CHECK(uk_patch_to_trampoline(&plan.map, &ip) == (ip != next));
	CHECK(ip == plan.resume);
	for (unsigned int i = 0; i < plan.map.count; i++) {
		u64 original = plan.map.start + plan.map.places[i].original;
		u64 back = plan.map.trampoline + plan.map.places[i].moved;

		CHECK(uk_patch_to_original(&plan.map, &back) && back == original);
		if (uk_patch_to_trampoline(&plan.map, &original))
			CHECK(original == plan.map.trampoline + plan.map.places[i].moved);
	}
	return plan.resume;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct registers registers = {
		(u64)g[REG_RAX], (u64)g[REG_RBX], (u64)g[REG_RCX], (u64)g[REG_RDX],
		(u64)g[REG_RSI], (u64)g[REG_RDI], (u64)g[REG_RBP], (u64)g[REG_R8],
		(u64)g[REG_R9],	 (u64)g[REG_R10], (u64)g[REG_R11], (u64)g[REG_R12],
		(u64)g[REG_R13], (u64)g[REG_R14], (u64)g[REG_R15], (u64)g[REG_EFL]};
	size_t site = 0;

	while (__start_sites[site].address != (u64)g[REG_RIP]) {
		CHECK(&__start_sites[++site] < __stop_sites);
	}
	trap_count++;
	g[REG_RIP] += UK_PATCH_SYSCALL_SIZE;
	g[REG_RAX] = (greg_t)record(&registers, (u64)g[REG_RIP], (u64)g[REG_RSP]);
	g[REG_RCX] = g[REG_RIP];
	g[REG_R11] = g[REG_EFL];
	if (is_patching && !patches[site].form)
		g[REG_RIP] = (greg_t)patch_site(site, registers.rax);
}

static void run(const struct registers *in, struct registers *out)
{
	call_count = trap_count = 0;
	run_program(in, out);
	out->rcx = out->r11 = 0;
	out->flags &= FLAGS;
}

static void run_and_compare(u64 argument, u64 flags, const struct call *expected,
			    unsigned int expected_count, const struct registers *expected_out)
{
	struct registers in = {argument + 1, 2,	 3,  4,	 5,  argument, 7,    8, 9,
			       10,	     11, 12, 13, 14, 15,       flags};
	struct registers out;

	run(&in, &out);
	CHECK(call_count == expected_count);
	CHECK(memcmp(calls, expected, call_count * sizeof(*calls)) == 0);
	CHECK(memcmp(&out, expected_out, sizeof(out)) == 0);
}

static void map_trampolines(void)
{
	u64 base = ALIGN_DOWN((u64)__start_guest, UK_PAGE_SIZE);

	for (u64 distance = DISTANCE; distance < 1UL << 30; distance += DISTANCE) {
		trampolines = mmap((void *)(base + distance), UK_PAGE_SIZE,
				   PROT_READ | PROT_WRITE | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (trampolines != MAP_FAILED)
			break;
	}
	CHECK(trampolines != MAP_FAILED);
	*(u64 *)(trampolines + SLOT_OFFSET) = (u64)entry;
	next_trampoline = trampolines + FIRST;
}

/* One complete run: patches the site that `argument` reaches first. */
static void test(u64 argument, u64 result, u64 flags)
{
	size_t size = (size_t)(__stop_guest - __start_guest);
	size_t site_count = (size_t)(__stop_sites - __start_sites);
	static struct call expected[CALLS_MAX];
	struct registers in = {argument + 1, 2,	 3,  4,	 5,  argument, 7,    8, 9,
			       10,	     11, 12, 13, 14, 15,       flags};
	struct registers expected_out;
	unsigned int expected_count, expected_traps = 0;
	u8 *original = malloc(size);
	bool may_trap = false;

	CHECK(original);
	first_result = result;
	memcpy(original, __start_guest, size);
	memcpy(view, __start_guest, size);
	memset(patches, 0, sizeof(patches));
	next_trampoline = trampolines + FIRST;
	for (size_t i = 0; i < site_count; i++) {
		CHECK(memcmp((void *)__start_sites[i].address, "\x0f\x05", 2) == 0);
		*(u8 *)(__start_sites[i].address + 1) = 0x0b;
	}

	is_patching = false;
	run(&in, &expected_out);
	expected_count = call_count;
	CHECK(trap_count == call_count);
	memcpy(expected, calls, sizeof(calls));

	is_patching = true;
	run_and_compare(argument, flags, expected, expected_count, &expected_out);
	is_patching = false;
	run_and_compare(argument, flags, expected, expected_count, &expected_out);
	for (size_t site = 0; site < site_count; site++) {
		u64 next = __start_sites[site].address + UK_PATCH_SYSCALL_SIZE;

		CHECK(__start_sites[site].form || !patches[site].form);
		/* A syscall that stays and does not follow its mov may be a jump target. */
		if (patches[site].form == UK_PATCH_PRE && __start_sites[site].stays)
			may_trap = true;
		for (unsigned int i = 0; i < expected_count; i++)
			expected_traps += expected[i].ip == next && !patches[site].form;
	}
	CHECK(trap_count == expected_traps || may_trap);
	memcpy(__start_guest, original, size);
	free(original);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};
	u64 start = ALIGN_DOWN((u64)__start_guest, UK_PAGE_SIZE);
	u64 end = ALIGN_UP((u64)__stop_guest, UK_PAGE_SIZE);
	size_t site_count = (size_t)(__stop_sites - __start_sites);
	bool was_met[SITES_MAX] = {false};

	CHECK(site_count >= 1 && site_count <= SITES_MAX);
	CHECK(mprotect((void *)start, end - start, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
	CHECK(sigaction(SIGILL, &action, NULL) == 0);
	map_trampolines();
	view = malloc((size_t)(__stop_guest - __start_guest));
	CHECK(view);
	for (s64 argument = -1; argument <= 40; argument += argument < 2 ? 1 : 37) {
		for (u64 result = 0; result < 5; result++) {
			test((u64)argument, result, 0x202);
			test((u64)argument, result, 0xad7);
			for (size_t i = 0; i < site_count; i++)
				was_met[i] |= patches[i].form == __start_sites[i].form;
		}
	}
	for (size_t i = 0; i < site_count; i++)
		CHECK(was_met[i]);
	free(view);
	return 0;
}
