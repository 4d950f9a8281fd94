/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: patch/instruction.c patch/code.c patch/draft.c patch/map.c patch/plan.c */
/* What is refused and why, and the bytes of plans; tests/patch_sites runs them. */
#include <string.h>
#include <uk/patch.h>

#include "check.h"

#define BASE	   0x400000UL
#define TRAMPOLINE 0x500000UL
#define SLOT	   0x600000UL
#define BEFORE	   160 /* bytes of code for decoding to synchronise */
#define NUMBER	   39

struct window {
	u8 *bytes; /* of exactly this size, so that the sanitizer detects reads past the end */
	size_t size;
	struct uk_patch_site site;
};

/* Code of `before`, syscall, `behind`. */
static struct window make(size_t lead, const char *before, size_t before_size, const char *behind,
			  size_t behind_size)
{
	size_t site = lead + before_size, size = site + UK_PATCH_SYSCALL_SIZE + behind_size;
	struct window window = {.bytes = malloc(size), .size = size};

	CHECK(window.bytes);
	memset(window.bytes, 0xf5, lead); /* cmc */
	memcpy(window.bytes + lead, before, before_size);
	memcpy(window.bytes + site, "\x0f\x05", UK_PATCH_SYSCALL_SIZE);
	memcpy(window.bytes + site + UK_PATCH_SYSCALL_SIZE, behind, behind_size);
	window.site = (struct uk_patch_site){
		.window = window.bytes,
		.window_address = BASE,
		.window_size = size,
		.address = BASE + site,
		.number = NUMBER,
		.trampoline = TRAMPOLINE,
		.trampoline_capacity = UK_PATCH_TRAMPOLINE_MAX,
		.slot = SLOT,
	};
	return window;
}

#define MAKE(lead, before, behind)                                                                 \
	make(lead, before, sizeof(before) - 1, behind, sizeof(behind) - 1)

static struct uk_patch plan(struct window *window, enum uk_patch_form expected)
{
	struct uk_patch patch;

	memset(&patch, 0xee, sizeof(patch));
	CHECK(uk_patch_plan(&window->site, &patch) == expected);
	CHECK(patch.form == expected);
	if (expected == UK_PATCH_REFUSED) {
		CHECK(patch.write_count == 0 && patch.map.count == 0 && patch.resume == 0);
	} else {
		CHECK(patch.reasons[expected] == UK_PATCH_OK);
		CHECK(patch.write_count == (expected == UK_PATCH_PAD ? 2 : 1));
	}
	return patch;
}

static struct uk_patch plan_and_free(struct window window, enum uk_patch_form expected)
{
	struct uk_patch patch = plan(&window, expected);

	free(window.bytes);
	return patch;
}

#define MOV_NUMBER "\xb8\x27\0\0\0"
#define CALL	   "\xe8\0\0\0\0"

static void test_bytes(void)
{
	/* jmp; mov, lea, lea, jmp *slot */
	static const u8 jump[] = {0xe9, 0xfb, 0xff, 0x0f, 0x00};
	static const u8 trampoline[] = {0xb8, 0x27, 0,	  0,	0,    0x48, 0x8d, 0x0d, 0xfb,
					0xff, 0xef, 0xff, 0x4c, 0x8d, 0x1d, 0xf4, 0xff, 0xef,
					0xff, 0xff, 0x25, 0xe7, 0xff, 0x0f, 0x00};
	struct uk_patch patch = plan_and_free(MAKE(0, MOV_NUMBER, ""), UK_PATCH_MOV);
	u64 ip;

	CHECK(patch.writes[0].address == BASE && patch.writes[0].size == sizeof(jump));
	CHECK(memcmp(patch.writes[0].bytes, jump, sizeof(jump)) == 0);
	CHECK(patch.map.trampoline_size == sizeof(trampoline));
	CHECK(memcmp(patch.trampoline, trampoline, sizeof(trampoline)) == 0);
	CHECK(patch.resume == BASE + 7);

	/* The syscall is still there for branches to it; a fault is reported at the original
	 * address. */
	ip = BASE + 5;
	CHECK(!uk_patch_to_trampoline(&patch.map, &ip) && ip == BASE + 5);
	ip = TRAMPOLINE;
	CHECK(uk_patch_to_original(&patch.map, &ip) && ip == BASE);
	ip = TRAMPOLINE + 19;
	CHECK(uk_patch_to_original(&patch.map, &ip) && ip == BASE + 5);
	ip = TRAMPOLINE + sizeof(trampoline);
	CHECK(!uk_patch_to_original(&patch.map, &ip));

	/* The remainder of replaced instructions is int3. */
	patch = plan_and_free(MAKE(0, "", "\x48\x3d\x01\xf0\xff\xff\x90"), UK_PATCH_POST);
	CHECK(patch.writes[0].size == 8);
	CHECK(memcmp(patch.writes[0].bytes + 5, "\xcc\xcc\xcc", 3) == 0);
	CHECK(patch.resume == TRAMPOLINE + 20);
	ip = BASE + 2;
	CHECK(uk_patch_to_trampoline(&patch.map, &ip) && ip == patch.resume);
	ip = BASE;
	CHECK(!uk_patch_to_trampoline(&patch.map, &ip));
	ip = BASE + 8;
	CHECK(!uk_patch_to_trampoline(&patch.map, &ip));
}

static void test_all(void)
{
	static const struct uk_patch refused;
	struct window window = MAKE(0, "", "");
	struct uk_patch patch;

	window.site.window_size = 1;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_REFUSED] == UK_PATCH_NO_SYSCALL);
	window.site.window_size = 0;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_REFUSED] == UK_PATCH_NO_SYSCALL);
	window.site.window_size = 2;
	window.site.address++;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_REFUSED] == UK_PATCH_NO_SYSCALL);
	window.site.address = BASE - 1;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_REFUSED] == UK_PATCH_NO_SYSCALL);
	window.site.address = BASE;
	window.bytes[1] = 0x0b;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_REFUSED] == UK_PATCH_NO_SYSCALL);
	free(window.bytes);

	/* A syscall and nothing else. */
	patch = plan_and_free(MAKE(0, "", ""), UK_PATCH_REFUSED);
	CHECK(patch.reasons[UK_PATCH_REFUSED] == refused.reasons[0]);
	CHECK(patch.reasons[UK_PATCH_MOV] == UK_PATCH_OTHER_NUMBER);
	CHECK(patch.reasons[UK_PATCH_POST] == UK_PATCH_UNDECODABLE);
	CHECK(patch.reasons[UK_PATCH_PRE] == UK_PATCH_BOUNDARIES);
	CHECK(patch.reasons[UK_PATCH_PAD] == UK_PATCH_NO_PADDING);

	/* The restorer, by its bytes and by the number. */
	patch = plan_and_free(MAKE(0, "\x48\xc7\xc0\x0f\0\0\0", "\x90\x90\x90\x90"),
			      UK_PATCH_REFUSED);
	CHECK(patch.reasons[UK_PATCH_REFUSED] == UK_PATCH_SIGNAL_RETURN);
	window = MAKE(0, "\xb8\x0f\0\0\0", "\x90\x90\x90\x90");
	window.site.number = 15;
	patch = plan_and_free(window, UK_PATCH_REFUSED);
	CHECK(patch.reasons[UK_PATCH_REFUSED] == UK_PATCH_SIGNAL_RETURN);
}

static void test_room_and_reach(void)
{
	struct window window = MAKE(0, MOV_NUMBER, CALL);
	struct uk_patch patch;

	window.site.trampoline_capacity = 25;
	plan(&window, UK_PATCH_MOV);
	window.site.trampoline_capacity = 24;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_MOV] == UK_PATCH_NO_ROOM);
	window.site.trampoline_capacity = 0;
	plan(&window, UK_PATCH_REFUSED);
	window.site.trampoline_capacity = UK_PATCH_TRAMPOLINE_MAX;
	window.site.slot = BASE + (4UL << 30);
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_MOV] == UK_PATCH_OUT_OF_REACH);
	window.site.trampoline = window.site.slot;
	CHECK(plan(&window, UK_PATCH_REFUSED).reasons[UK_PATCH_MOV] == UK_PATCH_OUT_OF_REACH);
	/* The way back is longer: to BASE + 7, from 19 bytes after the trampoline's start. */
	window.site.trampoline = BASE + 7 - 19 + 0x80000000;
	window.site.slot = window.site.trampoline - 8;
	plan(&window, UK_PATCH_MOV);
	window.site.trampoline++;
	plan(&window, UK_PATCH_REFUSED);
	free(window.bytes);

	/* The moved instruction reaches its data from one address and not from the other. */
	window = MAKE(0, "", "\x8b\x05\x00\xff\xff\x7f\x90");
	window.site.trampoline = BASE - 0x100000;
	patch = plan_and_free(window, UK_PATCH_REFUSED);
	CHECK(patch.reasons[UK_PATCH_POST] == UK_PATCH_OUT_OF_REACH);
}

static void test_mov(void)
{
	struct window window = MAKE(BEFORE, "\x41\xb8\x27\0\0\0", CALL);
	struct uk_patch patch = plan_and_free(window, UK_PATCH_PRE);

	CHECK(patch.reasons[UK_PATCH_MOV] == UK_PATCH_BOUNDARIES);
	window = MAKE(0, MOV_NUMBER, CALL);
	window.site.number |= 1UL << 32;
	patch = plan_and_free(window, UK_PATCH_REFUSED);
	CHECK(patch.reasons[UK_PATCH_MOV] == UK_PATCH_OTHER_NUMBER);
	window = MAKE(0, "\x48\xc7\xc0\xff\xff\xff\xff", CALL);
	window.site.number = 0xffffffff;
	plan(&window, UK_PATCH_REFUSED);
	window.site.number = (u64)-1;
	patch = plan_and_free(window, UK_PATCH_MOV);
	CHECK(patch.writes[0].size == 7 && memcmp(patch.writes[0].bytes + 5, "\xcc\xcc", 2) == 0);
}

/* Both are refused: the code after the site and the code before it. */
static void check_refused(struct window window, enum uk_patch_reason post, enum uk_patch_reason pre)
{
	struct uk_patch patch = plan_and_free(window, UK_PATCH_REFUSED);

	CHECK(patch.reasons[UK_PATCH_POST] == post);
	CHECK(patch.reasons[UK_PATCH_PRE] == pre);
}

#define REFUSED(before, behind, post, pre)                                                         \
	check_refused(MAKE(BEFORE, before, behind), UK_PATCH_##post, UK_PATCH_##pre)

static void test_refused(void)
{
	/* call, loop, jrcxz, xbegin, syscall, endbr64, int3, an unknown one */
	REFUSED("\x48\x89\xc2" CALL, CALL, NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\xe2\x10\x90", "\xe2\x10\x90", NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\xe3\x10\x90", "\xe3\x10\x90", NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\xc7\xf8\1\1\1\1", "\xc7\xf8\1\1\1\1", NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\x90\x0f\x05", "\x90\x0f\x05", NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\xf3\x0f\x1e\xfa", "\xf3\x0f\x1e\xfa", NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\xcc\x90\x90", "\x90\xcc\x90\x90", NOT_MOVABLE, NOT_MOVABLE);
	REFUSED("\x90\x90\xeb\x10", "\x06\x90\x90", UNDECODABLE, NOT_MOVABLE);
	/* Branches with prefixes cannot be moved. */
	REFUSED("\x2e\x75\x10", "\xf2\xeb\x10", NOT_MOVABLE, NOT_MOVABLE);
	/* A return followed by no padding, or too little. */
	REFUSED("\xc3\x90\x90", "\xc3\x90\xc3\x90", NO_PADDING, NOT_MOVABLE);
	/* The window ends. */
	REFUSED("\xe2\x10\x90", "\x90\x90", UNDECODABLE, NOT_MOVABLE);
	/* Targets: jne to after the syscall, call to it; jcc from far after it. */
	REFUSED("\x48\x89\xc2", "\x90\x90\x90\x75\xfb\xe8\xf4\xff\xff\xff", BRANCH_TARGET,
		BRANCH_TARGET);
	REFUSED("\xeb\x10\x90\x90", "\x90\x90\x90\x0f\x84\xf8\xff\xff\xff", BRANCH_TARGET,
		NOT_MOVABLE);
	/* With a prefix too. */
	REFUSED("\xeb\x10\x90\x90", "\x90\x90\x90\x2e\x75\xfb", BRANCH_TARGET, NOT_MOVABLE);
}

static void test_boundaries(void)
{
	/* Not enough code before the site; and code that never synchronises. */
	struct uk_patch patch = plan_and_free(MAKE(30, "\x90\x90\x90", CALL), UK_PATCH_REFUSED);
	char never[BEFORE];

	CHECK(patch.reasons[UK_PATCH_PRE] == UK_PATCH_BOUNDARIES);
	plan_and_free(MAKE(BEFORE, "\x90\x90\x90", CALL), UK_PATCH_PRE);
	/* xor $0x34, %al from every second byte on, and only half of the offsets lead to the
	 * site. */
	memset(never, 0x34, sizeof(never));
	patch = plan_and_free(make(0, never, sizeof(never), CALL, 5), UK_PATCH_PRE);
	CHECK(patch.map.start == BASE + sizeof(never) - 4);
	/* Here all do: xor, xor, nop, nop or xor, xor $0x90, nop. */
	memset(never + sizeof(never) - 2, 0x90, 2);
	patch = plan_and_free(make(0, never, sizeof(never), CALL, 5), UK_PATCH_REFUSED);
	CHECK(patch.reasons[UK_PATCH_PRE] == UK_PATCH_BOUNDARIES);
}

static void test_padding(void)
{
	/* Directly after a jump, not where a function may be aligned, not a target. */
	struct window window = MAKE(BEFORE, "\xeb\x10", CALL "\xc3\x66\x0f\x1f\x44\0\0\x90");
	struct uk_patch patch = plan_and_free(window, UK_PATCH_PAD);

	CHECK(patch.writes[0].address == window.site.address + 8 && patch.writes[0].size == 6);
	CHECK(patch.writes[0].bytes[5] == 0xcc);
	CHECK(patch.writes[1].address == window.site.address && patch.writes[1].size == 2);
	CHECK(memcmp(patch.writes[1].bytes, "\xeb\x06", 2) == 0);
	CHECK(patch.map.replaced == 2);

	window = MAKE(BEFORE, "\xeb\x10\x90\x90\x90\x90\x90", CALL "\xc3\x90\x90\x90\x90\x90");
	plan_and_free(window, UK_PATCH_PRE);
	window = MAKE(BEFORE, "\xeb\x10", CALL "\x90\x90\x90\x90\x90\x90");
	plan_and_free(window, UK_PATCH_REFUSED);
	window = MAKE(BEFORE, "\xeb\x10", CALL "\xc3\x90\x90\x90\x90\xc3");
	plan_and_free(window, UK_PATCH_REFUSED);
	window = MAKE(BEFORE, "\xeb\x10", CALL "\xc3\x90\x90\x90\x90\x90\x75\xfa");
	plan_and_free(window, UK_PATCH_REFUSED);
	window = MAKE(BEFORE + 2, "\xeb\x10", CALL "\xc3\x90\x90\x90\x90\x90");
	plan_and_free(window, UK_PATCH_REFUSED);
	window = MAKE(BEFORE + 6, "\xeb\x10", CALL "\xc3\x90\x90\x90\x90\x90");
	plan_and_free(window, UK_PATCH_REFUSED);
}

/* What earlier patches have moved out of the text, and where they return to. */
static void test_trampolines(void)
{
	static const u8 jne[] = {0x90, 0x0f, 0x85, 0, 0, 0, 0};
	struct window window = MAKE(BEFORE, "\xe2\x10\x90", "\x90\x90\x90\x90");
	u8 trampolines[sizeof(jne)];

	memcpy(trampolines, jne, sizeof(jne));
	window.site.trampolines = trampolines;
	window.site.trampolines_size = sizeof(trampolines);
	for (s32 distance = -1; distance <= 6; distance++) {
		bool is_inside = distance > 0 && distance < UK_PATCH_JUMP_SIZE;
		struct uk_patch patch;

		window.site.trampolines_address = window.site.address + (u64)(s64)distance + 0x1000;
		memcpy(trampolines + 3, &(s32){-0x1000 - 7}, sizeof(s32));
		patch = plan(&window, is_inside ? UK_PATCH_REFUSED : UK_PATCH_POST);
		CHECK(patch.reasons[UK_PATCH_POST] ==
		      (is_inside ? UK_PATCH_BRANCH_TARGET : UK_PATCH_OK));
	}
	free(window.bytes);
}

int main(void)
{
	test_bytes();
	test_all();
	test_room_and_reach();
	test_mov();
	test_refused();
	test_boundaries();
	test_padding();
	test_trampolines();
	return 0;
}
