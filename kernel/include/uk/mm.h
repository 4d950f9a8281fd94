/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address spaces of programs: VMAs (what may be where) and the pages behind them, mapped on demand.
 *
 * Addresses and lengths are bytes. Functions return 0 or a negative errno like mmap(2), munmap(2),
 * mprotect(2), mremap(2), madvise(2), brk(2). Each works on any address space, whether or not its
 * program is running.
 */
#ifndef UK_MM_H
#define UK_MM_H

#include <uk/file.h>
#include <uk/page.h>
#include <uk/process.h>
#include <uk/space.h>

/* Protection bits, numbered like PROT_* in mman.h. */
#define UK_PROT_NONE  0u
#define UK_PROT_READ  1u
#define UK_PROT_WRITE 2u
#define UK_PROT_EXEC  4u

/* The type of a VMA, for /proc/self/maps and reports. */
enum uk_vma_kind {
	UK_VMA_ANONYMOUS,
	UK_VMA_FILE,
	UK_VMA_HEAP, /* brk */
	UK_VMA_STACK,
	UK_VMA_VDSO,
	UK_VMA_TRAMPOLINES, /* of patched system calls (the `linux` platform) */
	UK_VMA_GUARD,	    /* never accessible, below the stack */
};

/* VMA flags. */
#define UK_VMA_SHARED	 1u
#define UK_VMA_NORESERVE 2u
#define UK_VMA_FIXED	 4u /* mm_map: replace existing mappings (MAP_FIXED) */
#define UK_VMA_NOREPLACE 8u /* mm_map: -EEXIST if there is a mapping */
#define UK_VMA_POPULATE	 16u
#define UK_VMA_BELOW_4G	 32u /* MAP_32BIT: below 2 GiB */

/*
 * What a mapping shows: a file, or consecutive frames, or (neither) zeroes. Read and execute faults
 * map the source's own pages in place; write faults of private mappings copy them.
 */
struct uk_mm_source {
	struct uk_file *file; /* its vnode has the operation page; the VMA takes a reference */
	u64 offset;	      /* in the file, of the mapping's first byte; page-aligned */
	/* without a file: physical address of the first byte; the mapping takes references */
	uk_paddr_t frames;
	size_t size; /* of the frames, bytes; page-aligned; pages past it are zero */
};

struct uk_vma {
	uintptr_t start, end;
	u32 prot;
	u32 flags;
	enum uk_vma_kind kind;
	struct uk_mm_source source;
};

/* Nothing is mapped below this address, so that a null pointer with an offset faults (Linux:
 * mmap_min_addr). */
#define UK_MM_LOWEST 0x10000UL

/* An address space. Processes hold counted references to it. */
struct uk_mm {
	u32 references;
	struct ukplat_space *space;	  /* the present pages */
	struct vma_node *vmas;		  /* lib/mm/tree.h; NULL: no mappings */
	uintptr_t mmap_top;		  /* uk_mm_set_mmap_top() */
	uintptr_t heap_start, heap_break; /* uk_mm_brk() */
	size_t resident;		  /* resident pages */
};

/* Creates an address space without mappings, with one reference. NULL: no memory. */
struct uk_mm *uk_mm_create(void);
static inline struct uk_mm *uk_mm_get(struct uk_mm *mm)
{
	mm->references++;
	return mm;
}
/* Puts a reference; the last one unmaps everything and frees the address space, which must not be
 * the current space's (uk/space.h). */
void uk_mm_put(struct uk_mm *mm);

/* fork(2): creates a copy with one reference, in which both sides copy a page when they write to
 * it, except in shared mappings. NULL: no memory. */
struct uk_mm *uk_mm_fork(struct uk_mm *mm);
/* What uk_mm_fork() does with a range (madvise(2)): copies it, leaves it out, or leaves its pages
 * out, so that they are zero. -ENOMEM (not all is mapped), -EINVAL (to wipe: not a private mapping
 * without a file). */
enum uk_mm_fork {
	UK_MM_FORK_LEAVE_OUT, /* MADV_DONTFORK */
	UK_MM_FORK_TAKE,      /* MADV_DOFORK */
	UK_MM_FORK_WIPE,      /* MADV_WIPEONFORK */
	UK_MM_FORK_KEEP,      /* MADV_KEEPONFORK */
};
int uk_mm_set_fork(struct uk_mm *mm, uintptr_t address, size_t length, enum uk_mm_fork what);

/* The address space of the current process. */
static inline struct uk_mm *uk_mm_current(void)
{
	return uk_process_current()->mm;
}

/* Sets the range for mappings without a hint: top down below mmap_top. */
void uk_mm_set_mmap_top(struct uk_mm *mm, uintptr_t mmap_top);

/*
 * Maps [address, address+length). address is a hint without UK_VMA_FIXED. Returns the address in
 * *result. -EINVAL (length 0, unaligned fixed address), -ENOMEM (no room, or more private writable
 * memory than is free, unless UK_VMA_NORESERVE), -EEXIST.
 */
int uk_mm_map(struct uk_mm *mm, uintptr_t address, size_t length, u32 prot, u32 flags,
	      enum uk_vma_kind kind, const struct uk_mm_source *source, uintptr_t *result);
int uk_mm_unmap(struct uk_mm *mm, uintptr_t address, size_t length);
/* Also -EACCES: a shared mapping of a file that is not open for writing, or code on noexec. */
int uk_mm_protect(struct uk_mm *mm, uintptr_t address, size_t length, u32 prot);
int uk_mm_remap(struct uk_mm *mm, uintptr_t old_address, size_t old_length, size_t new_length,
		u32 linux_flags, uintptr_t new_address, uintptr_t *result);
/* MADV_DONTNEED / MADV_FREE: frees pages; the next access reads zero (or the source). -ENOMEM if
 * part of the range is not mapped (after processing the mapped part). */
int uk_mm_discard(struct uk_mm *mm, uintptr_t address, size_t length);
/* MADV_POPULATE_READ / MADV_POPULATE_WRITE: like a fault at each page. access is one UK_PROT_* bit.
 * -EINVAL (a VMA forbids it), -ENOMEM (not mapped, or no memory), -EFAULT (no such page). */
int uk_mm_populate(struct uk_mm *mm, uintptr_t address, size_t length, u32 access);
/* MADV_REMOVE: punches holes into the files that the range maps; whole pages. -ENOMEM (not mapped),
 * -EINVAL (not a shared mapping of a file), -EACCES (not open for writing), -EOPNOTSUPP (the file
 * system does not support it), or the file system's error. */
int uk_mm_punch(struct uk_mm *mm, uintptr_t address, size_t length);
/* Whether all of [address, address + length) is mapped. */
bool uk_mm_is_mapped(const struct uk_mm *mm, uintptr_t address, size_t length);

/* The heap: [start, break). uk_mm_brk(mm, 0) and failures return the current break. */
void uk_mm_brk_init(struct uk_mm *mm, uintptr_t start);
uintptr_t uk_mm_brk(struct uk_mm *mm, uintptr_t new_break);

/* The VMA that contains address, or NULL; the first VMA that ends above address, or NULL (iterate
 * with uk_mm_next(mm, vma->end)). Valid until the address space changes. */
const struct uk_vma *uk_mm_find(const struct uk_mm *mm, uintptr_t address);
const struct uk_vma *uk_mm_next(const struct uk_mm *mm, uintptr_t address);

/*
 * Handles a fault at address: access is one UK_PROT_* bit. 0: mapped, retry. -EFAULT: nothing is
 * mapped there (SEGV_MAPERR). -EACCES: the VMA forbids it (SEGV_ACCERR). -ENOMEM: memory is
 * exhausted. Others: the file has no such page (-ENXIO), or cannot supply it (SIGBUS).
 */
int uk_mm_fault(struct uk_mm *mm, uintptr_t address, u32 access);
/* The signal (SIGSEGV or SIGBUS) for a result of uk_mm_fault(), and its si_code. */
int uk_mm_fault_signal(int result, int *code);

/* Copies bytes of any address space to kernel memory. A page that is present is read whatever its
 * protection (as by Linux's access_process_vm() with FOLL_FORCE), an absent one is mapped. Returns
 * the number of bytes that could not be copied. */
size_t uk_mm_read(struct uk_mm *mm, void *destination, uintptr_t address, size_t size);

/* The same in the other direction: a page is made writable as by the program's write, but only
 * where its mapping allows that. */
size_t uk_mm_write(struct uk_mm *mm, uintptr_t address, const void *source, size_t size);

/* mincore(2): whether the page is in memory, mapped or in its file. address is inside a VMA. */
bool uk_mm_is_resident(const struct uk_mm *mm, uintptr_t address);

/* Resident bytes of guest memory, for reports. */
size_t uk_mm_resident(const struct uk_mm *mm);
/* The same for a range (by walking it), and how many of them are the program's own, not a
 * file's. */
size_t uk_mm_resident_in(const struct uk_mm *mm, uintptr_t start, uintptr_t end, size_t *owned);

#endif
