/* SPDX-License-Identifier: BSD-3-Clause */
/* Vector registers across signals and threads, and the signal frame that holds them. Uses what the
 * processor has: AVX and AVX-512 are found by CPUID and XGETBV. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <ucontext.h>

#define ROUNDS	  100
#define LANES	  8 /* of 64 bits in a ZMM register */
#define LEGACY	  512
#define HEADER	  64
#define SOFTWARE  464 /* uapi asm/sigcontext.h: struct _fpx_sw_bytes */
#define MAGIC1	  0x46505853u
#define MAGIC2	  0x46505845u
#define HAS_XSAVE (1u << 27) /* CPUID leaf 1, ecx: OSXSAVE */
#define AVX	  0x4u
#define AVX512	  0xe0u
#define AMX	  0x60000u

struct software {
	uint32_t magic1, extended_size;
	uint64_t features;
	uint32_t xstate_size, padding[7];
};

/* The registers that a test fills: 128, 256 or 512 bits of ymm5 or zmm16, and the mask register k1.
 */
struct values {
	uint64_t low[LANES], high[LANES], mask;
};

static uint64_t features; /* XCR0; 0 without XSAVE */
static int has_avx512; /* QEMU without KVM enables the state of some models, not the instructions */
static int failures;

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("%d: %s\n", __LINE__, #condition);                                  \
			failures++;                                                                \
		}                                                                                  \
	} while (0)

static void find_features(void)
{
	unsigned int a, b, c, d, low, high;

	__cpuid(1, a, b, c, d);
	if (c & HAS_XSAVE) {
		__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
		features = (uint64_t)high << 32 | low;
	}
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
		has_avx512 = (features & AVX512) == AVX512 && b & bit_AVX512F;
}

static struct values make_values(uint64_t seed)
{
	struct values values = {.mask = seed & 0xffff};

	for (int i = 0; i < LANES; i++) {
		values.low[i] = seed * (uint64_t)(i + 1);
		values.high[i] = ~seed * (uint64_t)(i + 1);
	}
	return values;
}

/* Fills registers, lets other code run (a signal, a thread), and compares. */
static void keep(uint64_t seed, void (*disturb)(void))
{
	struct values wanted = make_values(seed), found = {0};

	/* No register of these is kept across a call by a compiler (psABI 3.2.1): the calls are
	 * made inside of the assembly, on a stack that is aligned and below the red zone. */
#define KEEP(load, store)                                                                          \
	__asm__ volatile("mov %%rsp, %%rbx\nsub $256, %%rsp\nand $-64, %%rsp\n" load               \
			 "call *%[disturb]\n" store "mov %%rbx, %%rsp\n"                           \
			 :                                                                         \
			 : [disturb] "r"(disturb), [wanted] "r"(&wanted), [found] "r"(&found)      \
			 : "rbx", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",     \
			   "xmm5", "xmm6", "xmm7", "memory", "cc")
	if (has_avx512) {
		KEEP("vmovdqu64 (%[wanted]), %%zmm5\nvmovdqu64 64(%[wanted]), %%zmm16\n"
		     "kmovw 128(%[wanted]), %%k1\n",
		     "vmovdqu64 %%zmm5, (%[found])\nvmovdqu64 %%zmm16, 64(%[found])\n"
		     "kmovw %%k1, 128(%[found])\nvzeroupper\n");
		CHECK(memcmp(&wanted, &found, sizeof(wanted)) == 0);
	} else if (features & AVX) {
		KEEP("vmovdqu (%[wanted]), %%ymm5\nvmovdqu 64(%[wanted]), %%ymm6\n",
		     "vmovdqu %%ymm5, (%[found])\nvmovdqu %%ymm6, 64(%[found])\nvzeroupper\n");
		CHECK(memcmp(wanted.low, found.low, 32) == 0);
		CHECK(memcmp(wanted.high, found.high, 32) == 0);
	} else {
		KEEP("movdqu (%[wanted]), %%xmm5\nmovdqu 64(%[wanted]), %%xmm6\n",
		     "movdqu %%xmm5, (%[found])\nmovdqu %%xmm6, 64(%[found])\n");
		CHECK(memcmp(wanted.low, found.low, 16) == 0);
		CHECK(memcmp(wanted.high, found.high, 16) == 0);
	}
}

/* Changes only registers that a call may change, as the signal frame and the switch must undo it.
 */
static void clear_registers(void)
{
	if (has_avx512)
		__asm__ volatile("vpxorq %%zmm16, %%zmm16, %%zmm16\nkxorw %%k1, %%k1, %%k1\n"
				 "vpxorq %%zmm5, %%zmm5, %%zmm5\nvzeroall" ::
					 : "memory");
	else if (features & AVX)
		__asm__ volatile("vzeroall" ::: "memory");
	else
		__asm__ volatile("pxor %%xmm5, %%xmm5\npxor %%xmm6, %%xmm6" ::: "xmm5", "xmm6");
}

/* Bytes of the standard form. */
static uint32_t size_of(uint64_t mask)
{
	uint32_t size = LEGACY + HEADER;

	for (unsigned int i = 2; i < 63; i++) {
		unsigned int a, b, c, d;

		if (!(mask >> i & 1))
			continue;
		__cpuid_count(13, i, a, b, c, d);
		if (a + b > size)
			size = a + b;
	}
	return size;
}

static void check_frame(const char *state)
{
	struct software software;
	uint32_t magic2;
	uint64_t saved;

	memcpy(&software, state + SOFTWARE, sizeof(software));
	if (!features) {
		CHECK(software.magic1 != MAGIC1);
		return;
	}
	CHECK(software.magic1 == MAGIC1);
	CHECK((software.features & ~(uint64_t)AMX) == (features & ~(uint64_t)AMX));
	CHECK(software.xstate_size >= size_of(software.features));
	CHECK(software.extended_size == software.xstate_size + sizeof(magic2));
	CHECK(getauxval(AT_MINSIGSTKSZ) >= software.extended_size);
	memcpy(&magic2, state + software.xstate_size, sizeof(magic2));
	CHECK(magic2 == MAGIC2);
	memcpy(&saved, state + LEGACY, sizeof(saved));
	CHECK((saved & ~software.features) == 0);
}

static void on_signal(int signal, siginfo_t *information, void *context)
{
	(void)signal;
	(void)information;
	check_frame((const char *)((ucontext_t *)context)->uc_mcontext.fpregs);
	clear_registers();
}

/* An interrupting signal must preserve even the registers that a call may change. */
static void fault(void)
{
	__asm__ volatile("ud2");
}

static void on_fault(int signal, siginfo_t *information, void *context)
{
	on_signal(signal, information, context);
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

static void yield(void)
{
	sched_yield();
}

static void *work(void *seed)
{
	for (uint64_t i = 0; i < ROUNDS; i++)
		keep((uint64_t)seed + i, yield);
	return NULL;
}

/* Faults with the registers filled, to test how a core file shows them. */
static void write_to_null(void)
{
	*(volatile int *)NULL = 1;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	pthread_t threads[3];

	find_features();
	if (argc == 2 && strcmp(argv[1], "fault") == 0)
		keep(1, write_to_null);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	action.sa_sigaction = on_fault;
	sigaction(SIGILL, &action, NULL);
	for (uint64_t i = 1; i <= ROUNDS; i++)
		keep(i * 0x9e3779b97f4a7c15, fault);
	printf("signals: %d failures\n", failures);
	for (uint64_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, work, (void *)((i + 1) << 40));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("threads: %d failures\n", failures);
	return failures != 0;
}
