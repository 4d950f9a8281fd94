/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that affect or query resident memory: madvise(2), mincore(2), msync(2), mlock(2). */
#include <uk/linux/mman.h>
#include <uk/mm.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

/* The checks that the calls below share: 0, -EINVAL or -ENOMEM; rounds *length up to pages. */
static int check_range(uintptr_t address, size_t *length)
{
	if (!IS_ALIGNED(address, UK_PAGE_SIZE))
		return -EINVAL;
	if (!uk_access_ok((void *)address, *length))
		return -ENOMEM;
	*length = ALIGN_UP(*length, UK_PAGE_SIZE);
	return uk_mm_is_mapped(uk_mm_current(), address, *length) ? 0 : -ENOMEM;
}

/* Whether the range, in pages, wraps around: -EINVAL for madvise(2) only. */
static bool wraps(uintptr_t address, size_t length)
{
	uintptr_t end;

	return length > ALIGN_DOWN(SIZE_MAX, UK_PAGE_SIZE) ||
	       __builtin_add_overflow(address, ALIGN_UP(length, UK_PAGE_SIZE), &end);
}

static int set_fork(uintptr_t address, size_t length, enum uk_mm_fork what)
{
	if (!uk_access_ok((void *)address, length))
		return -ENOMEM;
	return uk_mm_set_fork(uk_mm_current(), address, length, what);
}

UK_SYSCALL_PARTIAL(madvise, "most advice has no effect");
UK_SYSCALL_R_DEFINE(int, madvise, void *, address, size_t, length, int, advice)
{
	if (wraps((uintptr_t)address, length))
		return -EINVAL;
	if (!IS_ALIGNED((uintptr_t)address, UK_PAGE_SIZE))
		return -EINVAL;
	switch (advice) {
	case MADV_POPULATE_READ:
		return uk_mm_populate(uk_mm_current(), (uintptr_t)address, length, UK_PROT_READ);
	case MADV_POPULATE_WRITE:
		return uk_mm_populate(uk_mm_current(), (uintptr_t)address, length, UK_PROT_WRITE);
	case MADV_REMOVE:
		return uk_mm_punch(uk_mm_current(), (uintptr_t)address,
				   ALIGN_UP(length, UK_PAGE_SIZE));
	case MADV_DONTFORK:
		return set_fork((uintptr_t)address, length, UK_MM_FORK_LEAVE_OUT);
	case MADV_DOFORK:
		return set_fork((uintptr_t)address, length, UK_MM_FORK_TAKE);
	case MADV_WIPEONFORK:
		return set_fork((uintptr_t)address, length, UK_MM_FORK_WIPE);
	case MADV_KEEPONFORK:
		return set_fork((uintptr_t)address, length, UK_MM_FORK_KEEP);
	case MADV_DONTNEED:
	case MADV_FREE:
		return uk_mm_discard(uk_mm_current(), (uintptr_t)address, length);
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_COLD:
	case MADV_PAGEOUT:
		return check_range((uintptr_t)address, &length);
	default:
		return -EINVAL;
	}
}

UK_SYSCALL_R_DEFINE(int, mincore, void *, address, size_t, length, unsigned char *, vector)
{
	uintptr_t page = (uintptr_t)address;
	int error = check_range(page, &length);

	for (size_t i = 0; !error && i < length >> UK_PAGE_SHIFT; i++, page += UK_PAGE_SIZE) {
		unsigned char present = uk_mm_is_resident(uk_mm_current(), page);

		error = copy_to_user(vector + i, &present, sizeof(present));
	}
	return error;
}

UK_SYSCALL_R_DEFINE(int, msync, void *, address, size_t, length, int, flags)
{
	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	return check_range((uintptr_t)address, &length);
}

/* mlock(2) rounds the address down. */
static int lock(uintptr_t address, size_t length)
{
	length += address & ~UK_PAGE_MASK;
	return check_range(ALIGN_DOWN(address, UK_PAGE_SIZE), &length);
}

UK_SYSCALL_PARTIAL(mlock, "pages always stay in memory, but are not read in");
UK_SYSCALL_R_DEFINE(int, mlock, const void *, address, size_t, length)
{
	return lock((uintptr_t)address, length);
}

UK_SYSCALL_PARTIAL(mlock2, "as mlock");
UK_SYSCALL_R_DEFINE(int, mlock2, const void *, address, size_t, length, unsigned int, flags)
{
	return flags > 1 ? -EINVAL : lock((uintptr_t)address, length);
}

UK_SYSCALL_R_DEFINE(int, munlock, const void *, address, size_t, length)
{
	return lock((uintptr_t)address, length);
}

UK_SYSCALL_PARTIAL(mlockall, "as mlock");
UK_SYSCALL_R_DEFINE(int, mlockall, int, flags)
{
	/* MCL_ONFAULT (4) alone is invalid. */
	return flags == 0 || flags == 4 || flags & ~7 ? -EINVAL : 0;
}

UK_SYSCALL_R_DEFINE(int, munlockall)
{
	return 0;
}
