/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Turns a `syscall` instruction that has trapped into a jump. Computation over bytes only: nothing
 * is written but the plan, no memory is read but the window, and there is no state. The caller
 * writes the bytes and owns the memory of the trampolines.
 *
 * A trampoline is
 *
 *		[instructions moved from before the site]
 *		lea	resume(%rip), %rcx
 *		lea	site + 2(%rip), %r11
 *		jmp	*slot(%rip)
 *	resume:	[instructions moved from behind the site, jmp behind them]
 *
 * without the last part where nothing was moved from behind: resume is site + 2 then. %rcx and %r11
 * are free, since `syscall` overwrites them; nothing else is changed, not the flags, not the stack
 * (whose red zone may be in use).
 *
 * The slot holds the address of the common entry, which finds
 *
 *	%rax, %rdi, %rsi, %rdx, %r10, %r8, %r9	number and arguments
 *	%r11	site + 2: the ip that the program must be told, in signal frames too (musl compares
 *it) %rcx	where the program goes on %rsp, flags, all other registers	the program's
 *
 * and MUST go to what was in %rcx with the result in %rax and all but %rcx and %r11 preserved. So
 * must a new thread or process that the call made.
 */
#ifndef UK_PATCH_H
#define UK_PATCH_H

#include <uk/types.h>

#define UK_PATCH_SYSCALL_SIZE	2
#define UK_PATCH_JUMP_SIZE	5  /* of jmp rel32 */
#define UK_PATCH_BYTES_MAX	20 /* of one write */
#define UK_PATCH_WRITES_MAX	2
#define UK_PATCH_TRAMPOLINE_MAX 64 /* a trampoline is never longer */
#define UK_PATCH_PLACES_MAX	6

/* In the order in which they are tried. */
enum uk_patch_form {
	UK_PATCH_REFUSED, /* the site goes on trapping */
	UK_PATCH_MOV,	  /* over `mov $number, %eax` (%rax) directly before; the syscall stays */
	UK_PATCH_POST,	  /* over the syscall and instructions behind it */
	UK_PATCH_PRE,	  /* over instructions before it and, where these are short, the syscall */
	UK_PATCH_PAD, /* a short jump over the syscall, to a jump in padding between functions */
	UK_PATCH_FORMS,
};

enum uk_patch_reason {
	UK_PATCH_OK,
	UK_PATCH_NO_SYSCALL,	/* the window has no `syscall` at the address */
	UK_PATCH_SIGNAL_RETURN, /* rt_sigreturn: unwinders know the restorer by its bytes */
	UK_PATCH_OUT_OF_REACH,	/* a displacement does not fit into 32 bits */
	UK_PATCH_NO_ROOM,	/* the trampoline is longer than the capacity */
	UK_PATCH_OTHER_NUMBER,	/* MOV: no move of the trapped number directly before */
	UK_PATCH_UNDECODABLE,	/* an unknown instruction, or the window ends inside of one */
	UK_PATCH_NOT_MOVABLE, /* an instruction that works in its own place only, as a call does */
	UK_PATCH_BRANCH_TARGET, /* a branch goes, or may go, between the replaced instructions */
	UK_PATCH_BOUNDARIES,	/* where instructions begin before the site cannot be told */
	UK_PATCH_NO_PADDING,	/* none, or not enough, or not in reach of a short jump */
};

struct uk_patch_site {
	/*
	 * Readable text of the program that holds the site, and its guest address. Branches are
	 * looked for in all of it, at about 1 us for each 2 KiB: best is the whole mapping.
	 */
	const u8 *window;
	u64 window_address;
	size_t window_size;

	u64 address; /* guest address of the `syscall`: what trapped, less 2 */
	u64 number;  /* %rax at the trap */

	u64 trampoline;		    /* where one may be placed, and the bytes that are free there */
	size_t trampoline_capacity; /* with UK_PATCH_TRAMPOLINE_MAX there is always room */
	u64 slot;		    /* guest address of the 8 bytes that hold the entry's address */

	/*
	 * All trampolines of the window's text so far, size 0 when there are none. Branches that
	 * were moved there are no longer in the window, and what goes back is not either.
	 */
	const u8 *trampolines;
	u64 trampolines_address;
	size_t trampolines_size;
};

struct uk_patch_write {
	u64 address;
	u8 size;
	u8 bytes[UK_PATCH_BYTES_MAX];
};

/* What was where: as little as must be kept of a patch. */
struct uk_patch_map {
	u64 start;	/* of the bytes replaced at the site */
	u64 trampoline; /* its address */
	u8 replaced;	/* how many bytes, at start */
	u8 trampoline_size;
	u8 count;
	/* Instructions, in ascending order: offset from start, and offset in the trampoline. */
	struct {
		u8 original, moved;
	} places[UK_PATCH_PLACES_MAX];
};

struct uk_patch {
	enum uk_patch_form form;
	/* Why each form was not chosen; [UK_PATCH_REFUSED] is for what holds for all of them. */
	enum uk_patch_reason reasons[UK_PATCH_FORMS];

	/*
	 * To be written in this order, after the trampoline. Until it is done nothing else may
	 * execute these bytes.
	 */
	struct uk_patch_write writes[UK_PATCH_WRITES_MAX];
	size_t write_count;

	u8 trampoline[UK_PATCH_TRAMPOLINE_MAX]; /* its size is in the map */
	u64 resume; /* where the trap that led to the plan goes on, with the call's result */
	struct uk_patch_map map;
};

/*
 * Plans the patch of a site. The form; all of *patch is set, with no writes when it is refused. The
 * caller should remember a refusal: only for another number can the answer be another one.
 */
enum uk_patch_form uk_patch_plan(const struct uk_patch_site *site, struct uk_patch *patch);

/*
 * The program may come back by an address that it was told or interrupted at (rt_sigreturn, a
 * changed signal frame): when *ip lies behind the first of the replaced bytes, it becomes that of
 * the instruction's copy in the trampoline. False when it is no such address: nothing is changed.
 */
bool uk_patch_to_trampoline(const struct uk_patch_map *map, u64 *ip);

/*
 * The reverse, for faults and signals that arrive in the trampoline: *ip becomes the address where
 * the program would be without the patch; the site's for what stands for the syscall. False when
 * *ip is not in the trampoline.
 */
bool uk_patch_to_original(const struct uk_patch_map *map, u64 *ip);

#endif
