/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Turns a `syscall` instruction that has trapped into a jump. Pure computation: it writes only the
 * plan, reads only the window, and has no state. The caller writes the bytes and owns the memory of
 * the trampolines.
 *
 * A trampoline is
 *
 *		[instructions moved from before the site]
 *		lea	resume(%rip), %rcx
 *		lea	site + 2(%rip), %r11
 *		jmp	*slot(%rip)
 *	resume:	[instructions moved from after the site, followed by a jmp]
 *
 * The last part is missing if no instruction after the site was moved: resume is site + 2 then.
 * %rcx and %r11 are free, since `syscall` overwrites them; nothing else is changed, neither the
 * flags nor the stack (whose red zone may be in use).
 *
 * The slot holds the address of the common entry, at which
 *
 *	%rax, %rdi, %rsi, %rdx, %r10, %r8, %r9	are the number and the arguments,
 *	%r11	is site + 2: the ip to report to the program, in signal frames too
 *		(musl compares it),
 *	%rcx	is where the program continues,
 *	%rsp, the flags and all other registers	are the program's.
 *
 * The entry MUST go to the address that was in %rcx, with the result in %rax and all registers but
 * %rcx and %r11 preserved. So must a new thread or process that the call created.
 */
#ifndef UK_PATCH_H
#define UK_PATCH_H

#include <uk/types.h>

#define UK_PATCH_SYSCALL_SIZE	2
#define UK_PATCH_JUMP_SIZE	5  /* of jmp rel32 */
#define UK_PATCH_BYTES_MAX	20 /* of one write */
#define UK_PATCH_WRITES_MAX	2
#define UK_PATCH_TRAMPOLINE_MAX 64 /* maximum size of a trampoline */
#define UK_PATCH_PLACES_MAX	6

/* In the order in which they are tried. */
enum uk_patch_form {
	UK_PATCH_REFUSED, /* the site continues to trap */
	UK_PATCH_MOV,	  /* over `mov $number, %eax` (%rax) directly before; the syscall stays */
	UK_PATCH_POST,	  /* over the syscall and instructions after it */
	UK_PATCH_PRE,	  /* over instructions before it and, if these are short, the syscall */
	UK_PATCH_PAD, /* a short jump over the syscall, to a jump in padding between functions */
	UK_PATCH_FORMS,
};

enum uk_patch_reason {
	UK_PATCH_OK,
	UK_PATCH_NO_SYSCALL,	/* the window has no `syscall` at the address */
	UK_PATCH_SIGNAL_RETURN, /* rt_sigreturn: unwinders recognise the restorer by its bytes */
	UK_PATCH_OUT_OF_REACH,	/* a displacement does not fit into 32 bits */
	UK_PATCH_NO_ROOM,	/* the trampoline is longer than the capacity */
	UK_PATCH_OTHER_NUMBER,	/* MOV: no move of the trapped number directly before */
	UK_PATCH_UNDECODABLE,	/* an unknown instruction, or the window ends inside one */
	UK_PATCH_NOT_MOVABLE,	/* an instruction that only works in place, such as a call */
	UK_PATCH_BRANCH_TARGET, /* a branch goes, or may go, between the replaced instructions */
	UK_PATCH_BOUNDARIES,	/* instruction boundaries before the site cannot be determined */
	UK_PATCH_NO_PADDING,	/* none, or too little, or out of reach of a short jump */
};

struct uk_patch_site {
	/*
	 * Readable text of the program that contains the site, and its guest address. All of it is
	 * searched for branches, at about 1 us per 2 KiB; the whole mapping is best.
	 */
	const u8 *window;
	u64 window_address;
	size_t window_size;

	u64 address; /* guest address of the `syscall`: the trap's ip minus 2 */
	u64 number;  /* %rax at the trap */

	/* where a trampoline may be placed, and the bytes that are free there */
	u64 trampoline;
	size_t trampoline_capacity; /* UK_PATCH_TRAMPOLINE_MAX is always enough */
	u64 slot;		    /* guest address of the 8 bytes that hold the entry's address */

	/*
	 * All trampolines of the window's text so far; size 0: none. Branches that were moved there
	 * are no longer in the window, and neither are jumps back.
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

/* What was where: the minimum that must be kept of a patch. */
struct uk_patch_map {
	u64 start;	/* of the bytes replaced at the site */
	u64 trampoline; /* its address */
	u8 replaced;	/* number of bytes, at start */
	u8 trampoline_size;
	u8 count;
	/* Instructions, in ascending order: offset from start, and offset in the trampoline. */
	struct {
		u8 original, moved;
	} places[UK_PATCH_PLACES_MAX];
};

struct uk_patch {
	enum uk_patch_form form;
	/* Why each form was not chosen; [UK_PATCH_REFUSED] is for reasons that apply to all
	 * forms. */
	enum uk_patch_reason reasons[UK_PATCH_FORMS];

	/*
	 * To be written in this order, after the trampoline. Until that is done, nothing else may
	 * execute these bytes.
	 */
	struct uk_patch_write writes[UK_PATCH_WRITES_MAX];
	size_t write_count;

	u8 trampoline[UK_PATCH_TRAMPOLINE_MAX]; /* its size is in the map */
	u64 resume; /* where the trap that led to the plan continues, with the call's result */
	struct uk_patch_map map;
};

/*
 * Plans the patch of a site. Returns the form; all of *patch is set, without writes if it is
 * refused. The caller should remember a refusal: the answer can only differ for another number.
 */
enum uk_patch_form uk_patch_plan(const struct uk_patch_site *site, struct uk_patch *patch);

/*
 * For addresses that the program was given or was interrupted at, and may return to (rt_sigreturn,
 * a changed signal frame): if *ip is after the first of the replaced bytes, it becomes the address
 * of the instruction's copy in the trampoline. False if it is not such an address: *ip is
 * unchanged.
 */
bool uk_patch_to_trampoline(const struct uk_patch_map *map, u64 *ip);

/*
 * The reverse, for faults and signals that arrive in the trampoline: *ip becomes the address where
 * the program would be without the patch; the site's, for the instructions that replace the
 * syscall. False if *ip is not in the trampoline.
 */
bool uk_patch_to_original(const struct uk_patch_map *map, u64 *ip);

#endif
