/* SPDX-License-Identifier: BSD-3-Clause */
/* mmap(2) and its relatives. */
#include <uk/linux/mman.h>
#include <uk/mm.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define PROT_ALL   (PROT_READ | PROT_WRITE | PROT_EXEC)
/* What mprotect(2) takes; the processor needs nothing for PROT_SEM. */
#define PROT_KNOWN ((unsigned long)(PROT_ALL | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP))

UK_SYSCALL_PARTIAL(mmap,
		   "no files and devices (ENODEV), no huge pages; MAP_GROWSDOWN has no effect");
UK_SYSCALL_R_DEFINE(void *, mmap, void *, address, size_t, length, int, prot, int, flags, int, fd,
		    off_t, offset)
{
	u32 vma_flags = 0;
	uintptr_t result;
	int error;

	/* Unknown protection bits are ignored here, but not by mprotect(2), as on Linux. */
	if (!IS_ALIGNED((u64)offset, UK_PAGE_SIZE))
		return (void *)(long)-EINVAL;
	switch (flags & MAP_TYPE) {
	case MAP_SHARED_VALIDATE:
		if (flags & MAP_ANONYMOUS)
			return (void *)(long)-EINVAL;
		/* fallthrough */
	case MAP_SHARED:
		/* One process: whom it is shared with shows only with files and fork(2). */
		vma_flags |= UK_VMA_SHARED;
		break;
	case MAP_PRIVATE:
		break;
	default:
		return (void *)(long)-EINVAL;
	}
	if (flags & MAP_HUGETLB)
		return (void *)(long)-ENOMEM;
	if (!(flags & MAP_ANONYMOUS)) {
		struct uk_file *file = uk_fd_get(fd);

		if (!file)
			return (void *)(long)-EBADF;
		uk_file_put(file);
		return (void *)(long)-ENODEV;
	}
	if (flags & MAP_NORESERVE)
		vma_flags |= UK_VMA_NORESERVE;
	if (flags & MAP_FIXED)
		vma_flags |= UK_VMA_FIXED;
	if (flags & MAP_FIXED_NOREPLACE)
		vma_flags |= UK_VMA_NOREPLACE;
	if (flags & (MAP_POPULATE | MAP_LOCKED))
		vma_flags |= UK_VMA_POPULATE;
	if (flags & MAP_32BIT)
		vma_flags |= UK_VMA_BELOW_4G;
	error = uk_mm_map((uintptr_t)address, length, (u32)prot & PROT_ALL, vma_flags,
			  UK_VMA_ANONYMOUS, NULL, &result);
	return error ? (void *)(long)error : (void *)result;
}

UK_SYSCALL_R_DEFINE(int, munmap, void *, address, size_t, length)
{
	return uk_mm_unmap((uintptr_t)address, length);
}

UK_SYSCALL_PARTIAL(mprotect, "PROT_GROWSDOWN and PROT_GROWSUP have no effect");
UK_SYSCALL_R_DEFINE(int, mprotect, void *, address, size_t, length, unsigned long, prot)
{
	if (prot & ~PROT_KNOWN)
		return -EINVAL;
	return uk_mm_protect((uintptr_t)address, length, (u32)prot & PROT_ALL);
}

UK_LLSYSCALL_R_DEFINE(long, mremap, uintptr_t, old_address, size_t, old_size, size_t, new_size,
		      unsigned long, flags, uintptr_t, new_address)
{
	uintptr_t result;
	int error;

	if (flags > UINT32_MAX)
		return -EINVAL;
	error = uk_mm_remap(old_address, old_size, new_size, (u32)flags, new_address, &result);
	return error ? error : (long)result;
}

UK_LLSYSCALL_R_DEFINE(long, brk, uintptr_t, address)
{
	return (long)uk_mm_brk(address);
}
