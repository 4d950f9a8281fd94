/* SPDX-License-Identifier: BSD-3-Clause */
/* mmap(2) and related calls. */
#include <uk/device.h>
#include <uk/linux/mman.h>
#include <uk/mm.h>
#include <uk/ramfs.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

/* The flags that MAP_SHARED_VALIDATE accepts. */
#define MAP_KNOWN                                                                                  \
	((u32)(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_32BIT | MAP_GROWSDOWN | MAP_DENYWRITE |  \
	       MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK |         \
	       MAP_STACK | MAP_HUGETLB | MAP_FIXED_NOREPLACE) |                                    \
	 MAP_HUGE_MASK << MAP_HUGE_SHIFT)
#define PROT_ALL   (PROT_READ | PROT_WRITE | PROT_EXEC)
/* The bits that mprotect(2) accepts; the processor needs nothing for PROT_SEM. */
#define PROT_KNOWN ((unsigned long)(PROT_ALL | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP))

/* mmap(2) of /dev/zero is an old form of MAP_ANONYMOUS. */
static bool is_zero_device(const struct uk_vnode *vnode)
{
	return uk_vnode_is(vnode, S_IFCHR) && vnode->rdev == uk_device_number(1, 5);
}

/* Whether the file may be mapped this way: mmap(2), ERRORS, in the order of Linux's do_mmap(). */
static int check_file(const struct uk_file *file, size_t length, u32 prot, bool shared, u64 offset)
{
	u64 pages = ALIGN_UP(length, UK_PAGE_SIZE) >> UK_PAGE_SHIFT;
	u32 seals = file->vnode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE);

	if (length == 0)
		return -EINVAL;
	if ((offset >> UK_PAGE_SHIFT) + pages > UINT64_MAX >> UK_PAGE_SHIFT)
		return -EOVERFLOW;
	if (!(file->mode & UK_FILE_READ) ||
	    (shared && prot & PROT_WRITE && !(file->mode & UK_FILE_WRITE)))
		return -EACCES;
	if (prot & PROT_EXEC && file->path.mount && file->path.mount->flags & MS_NOEXEC)
		return -EPERM;
	if (!file->vnode->operations->page && !is_zero_device(file->vnode))
		return -ENODEV;
	return shared && prot & PROT_WRITE && seals ? -EPERM : 0;
}

/* As on Linux, shared memory without a file has one of its own, so that it stays shared after
 * fork(2). */
static int map_anonymous(uintptr_t address, size_t length, u32 prot, u32 flags, uintptr_t *result)
{
	struct uk_mm_source source = {0};
	int error = 0;

	if (flags & UK_VMA_SHARED && length) {
		if (length > UK_GUEST_END)
			return -ENOMEM;
		source.file = uk_ramfs_new_shared_memory("dev/zero", ALIGN_UP(length, UK_PAGE_SIZE),
							 &error);
		if (error)
			return error;
	}
	error = uk_mm_map(uk_mm_current(), address, length, prot, flags, UK_VMA_ANONYMOUS,
			  source.file ? &source : NULL, result);
	if (source.file)
		uk_file_put(source.file);
	return error;
}

/* Takes over the reference to the file. */
static int map_file(struct uk_file *file, uintptr_t address, size_t length, u32 prot, u32 flags,
		    u64 offset, uintptr_t *result)
{
	const struct uk_mm_source source = {.file = file, .offset = offset};
	int error = check_file(file, length, prot, flags & UK_VMA_SHARED, offset);

	if (!error && is_zero_device(file->vnode))
		error = map_anonymous(address, length, prot, flags, result);
	else if (!error)
		error = uk_mm_map(uk_mm_current(), address, length, prot, flags, UK_VMA_FILE,
				  &source, result);
	uk_file_put(file);
	return error;
}

UK_SYSCALL_PARTIAL(mmap, "no devices but /dev/zero (ENODEV), no huge pages; MAP_GROWSDOWN has no "
			 "effect");
UK_SYSCALL_R_DEFINE(void *, mmap, void *, address, size_t, length, int, prot, int, flags, int, fd,
		    off_t, offset)
{
	struct uk_file *file;
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
		if ((u32)flags & ~MAP_KNOWN)
			return (void *)(long)-EOPNOTSUPP;
		/* fallthrough */
	case MAP_SHARED:
		vma_flags |= UK_VMA_SHARED;
		break;
	case MAP_PRIVATE:
		break;
	default:
		return (void *)(long)-EINVAL;
	}
	if (flags & MAP_HUGETLB)
		return (void *)(long)-ENOMEM;
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
	if (!(flags & MAP_ANONYMOUS)) {
		file = uk_fd_get(fd);
		if (!file)
			return (void *)(long)-EBADF;
		error = map_file(file, (uintptr_t)address, length, (u32)prot & PROT_ALL, vma_flags,
				 (u64)offset, &result);
		return error ? (void *)(long)error : (void *)result;
	}
	error = map_anonymous((uintptr_t)address, length, (u32)prot & PROT_ALL, vma_flags, &result);
	return error ? (void *)(long)error : (void *)result;
}

UK_SYSCALL_R_DEFINE(int, munmap, void *, address, size_t, length)
{
	return uk_mm_unmap(uk_mm_current(), (uintptr_t)address, length);
}

UK_SYSCALL_PARTIAL(mprotect, "PROT_GROWSDOWN and PROT_GROWSUP have no effect");
UK_SYSCALL_R_DEFINE(int, mprotect, void *, address, size_t, length, unsigned long, prot)
{
	if (prot & ~PROT_KNOWN)
		return -EINVAL;
	return uk_mm_protect(uk_mm_current(), (uintptr_t)address, length, (u32)prot & PROT_ALL);
}

UK_LLSYSCALL_R_DEFINE(long, mremap, uintptr_t, old_address, size_t, old_size, size_t, new_size,
		      unsigned long, flags, uintptr_t, new_address)
{
	uintptr_t result;
	int error;

	if (flags > UINT32_MAX)
		return -EINVAL;
	error = uk_mm_remap(uk_mm_current(), old_address, old_size, new_size, (u32)flags,
			    new_address, &result);
	return error ? error : (long)result;
}

UK_LLSYSCALL_R_DEFINE(long, brk, uintptr_t, address)
{
	return (long)uk_mm_brk(uk_mm_current(), address);
}
