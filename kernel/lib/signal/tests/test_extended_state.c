/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes of extended state with fictitious tables of CPUID leaf 13, and this processor's own state.
 * Built with: (uk/arch/extended_state.h alone) */
#undef _GNU_SOURCE /* stdio.h would define flags that the kernel's headers define */
#include <uk/arch/extended_state.h>
#include <uk/string.h>

#include "check.h"

#define X87_SSE	    0x3UL
#define AVX	    (1UL << 2)
#define MPX	    (3UL << 3)
#define AVX512	    (7UL << 5)
#define PKRU	    (1UL << 9)
#define AMX	    EXTENDED_STATE_AMX
#define OFFSET_AVX  576
#define CANARY_SIZE 4096
#define CANARY	    0xa5

static const struct extended_state_component *table;

/* Returns what a processor would that has all components of the table enabled in XCR0. */
static struct cpuid made_up(u32 leaf, u32 subleaf)
{
	CHECK(leaf == LEAF_EXTENDED_STATE && subleaf < EXTENDED_STATE_NUMBERS);
	if (subleaf == 0) {
		u32 size = 576;

		for (unsigned int i = 0; i < EXTENDED_STATE_NUMBERS; i++)
			size = MAX(size, table[i].offset + table[i].size);
		return (struct cpuid){.ebx = size, .ecx = size};
	}
	return (struct cpuid){.eax = table[subleaf].size, .ebx = table[subleaf].offset};
}

static const struct extended_state_component intel[EXTENDED_STATE_NUMBERS] = {
	[2] = {OFFSET_AVX, 256}, [3] = {960, 64},   [4] = {1024, 64},
	[5] = {1088, 64},	 [6] = {1152, 512}, [7] = {1664, 1024},
	[9] = {2688, 8},	 [17] = {2752, 64}, [18] = {2816, 8192},
};
static const struct extended_state_component amd[EXTENDED_STATE_NUMBERS] = {
	[2] = {OFFSET_AVX, 256}, [5] = {832, 64}, [6] = {896, 512},
	[7] = {1408, 1024},	 [9] = {2432, 8},
};

static void test_sizes(void)
{
	static const struct {
		const struct extended_state_component *table;
		u64 mask;
		u32 size;
	} cases[] = {
		{intel, 0, 512},
		{intel, X87_SSE, 576},
		{intel, X87_SSE | AVX, 832},
		{intel, X87_SSE | AVX | MPX, 1088},
		{intel, X87_SSE | AVX | AVX512, 2688},
		{intel, X87_SSE | AVX | AVX512 | PKRU, 2696},
		{intel, (X87_SSE | AVX | AVX512 | PKRU | AMX) & ~EXTENDED_STATE_AMX, 2696},
		{intel, X87_SSE | AVX | AVX512 | PKRU | AMX, 11008},
		{amd, X87_SSE | AVX, 832},
		{amd, X87_SSE | AVX | AVX512, 2432},
		{amd, X87_SSE | AVX | PKRU, 2440},
		{amd, X87_SSE | AVX | AVX512 | PKRU, 2440},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 size;

		table = cases[i].table;
		size = extended_state_size(cases[i].mask, ~0UL, made_up);
		if (size != cases[i].size)
			fprintf(stderr, "case %u: %u\n", i, size);
		CHECK(size == cases[i].size);
	}
	/* CPUID's size is that of everything that is enabled. */
	CHECK(made_up(LEAF_EXTENDED_STATE, 0).ebx == 2440);
	CHECK(extended_state_size(X87_SSE | AVX | AVX512 | PKRU, X87_SSE | AVX | AVX512 | PKRU,
				  made_up) == 2440);
	table = intel;
	CHECK(made_up(LEAF_EXTENDED_STATE, 0).ebx == 11008);
	CHECK(extended_state_size(X87_SSE | AVX, X87_SSE | AVX | AVX512 | PKRU | AMX, made_up) ==
	      832);
}

static u64 enabled(void)
{
	u32 low, high;

	if (!(cpuid(1, 0).ecx & 1u << 27)) /* OSXSAVE */
		return 0;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (u64)high << 32 | low;
}

static u64 usable(void)
{
	return enabled() & ~EXTENDED_STATE_AMX;
}

static void check_canary(const u8 *canary)
{
	for (unsigned int i = 0; i < CANARY_SIZE; i++)
		CHECK(canary[i] == CANARY);
}

static void fill_xmm15(u64 value)
{
	__asm__ volatile("movq %0, %%xmm15" : : "r"(value) : "xmm15");
}

static u64 read_xmm15(void)
{
	u64 value;

	__asm__ volatile("movq %%xmm15, %0" : "=r"(value));
	return value;
}

/* Nothing is written past the computed size, and the saved state is restored. */
static void test_this_processor(u64 mask)
{
	u32 size = extended_state_size(mask, enabled(), cpuid);
	u8 *area = aligned_alloc(4096, ALIGN_UP(size + CANARY_SIZE, 4096UL));
	u64 found;

	for (int compact = 0; compact <= extended_state_can_compact(mask); compact++) {
		memset(area, 0, size);
		memset(area + size, CANARY, CANARY_SIZE);
		fill_xmm15(0x1234567890abcdef);
		if (compact)
			extended_state_save_compact(area, mask);
		else
			extended_state_save(area, mask);
		fill_xmm15(0);
		extended_state_restore(area, mask);
		found = read_xmm15();
		CHECK(found == 0x1234567890abcdef);
		check_canary(area + size);
	}
	free(area);
}

int main(void)
{
	test_sizes();
	for (u64 mask = usable(), left = mask; left > X87_SSE; left &= left - 1)
		test_this_processor((mask & X87_SSE) | left);
	test_this_processor(usable() & X87_SSE);
	test_this_processor(usable() & (X87_SSE | AVX));
	test_this_processor(0);
	return 0;
}
