/* SPDX-License-Identifier: BSD-3-Clause */
/* process_vm_readv(2), process_vm_writev(2). */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/file.h>
#include <uk/mm.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

/* A position in the buffers of a vector. */
struct position {
	const struct uk_io_vector *vector;
	size_t element, offset;
};

/* The bytes that are left of the element; empty ones are skipped. 0: the end. */
static size_t rest_of(struct position *position)
{
	const struct uk_io_vector *vector = position->vector;

	while (position->element < vector->count &&
	       position->offset == vector->elements[position->element].iov_len) {
		position->element++;
		position->offset = 0;
	}
	if (position->element == vector->count)
		return 0;
	return vector->elements[position->element].iov_len - position->offset;
}

static uintptr_t address_of(const struct position *position)
{
	return (uintptr_t)position->vector->elements[position->element].iov_base + position->offset;
}

/* Copies at most a page of the other space. Returns the number of bytes that were not copied. */
static size_t copy_part(struct uk_mm *mm, uintptr_t address, void __user *buffer, size_t size,
			bool write, u8 *page)
{
	const struct uk_vma *vma = uk_mm_find(mm, address);
	size_t missing;

	/* Linux, check_vma_flags(): unlike a debugger, the call respects the protection. */
	if (!vma || !(vma->prot & (write ? UK_PROT_WRITE : UK_PROT_READ)))
		return size;
	if (write) {
		missing = copy_from_buffer(page, buffer, size);
		return missing + uk_mm_write(mm, address, page, size - missing);
	}
	missing = uk_mm_read(mm, page, address, size);
	return missing + copy_to_buffer(buffer, page, size - missing);
}

static ssize_t transfer(struct uk_mm *mm, const struct uk_io_vector *own,
			const struct uk_io_vector *other, bool write)
{
	struct position near = {.vector = own}, far = {.vector = other};
	size_t done = 0, part, missing = 0;
	u8 *page = uk_malloc(UK_PAGE_SIZE);

	if (!page)
		return -ENOMEM;
	while (!missing && done < UK_FILE_LENGTH_MAX) {
		part = MIN(rest_of(&near), rest_of(&far));
		part = MIN(part, UK_FILE_LENGTH_MAX - done);
		if (!part)
			break;
		part = MIN(part, UK_PAGE_SIZE - address_of(&far) % UK_PAGE_SIZE);
		missing = copy_part(mm, address_of(&far), (void __user *)address_of(&near), part,
				    write, page);
		part -= missing;
		near.offset += part;
		far.offset += part;
		done += part;
	}
	uk_free(page);
	return missing && !done ? -EFAULT : (ssize_t)done;
}

static ssize_t transfer_checked(pid_t pid, const struct uk_io_vector *own,
				const struct uk_io_vector *other, bool write)
{
	const struct uk_thread *thread;
	struct uk_mm *mm;
	ssize_t result;

	if (!own->length || !other->length)
		return 0;
	thread = uk_thread_find(pid);
	if (!thread || !thread->process->mm)
		return -ESRCH;
	if (!uk_credentials_may_attach(thread->process))
		return -EPERM;
	/* The process may end while a page is fetched. */
	mm = uk_mm_get(thread->process->mm);
	result = transfer(mm, own, other, write);
	uk_mm_put(mm);
	return result;
}

static ssize_t do_transfer(pid_t pid, const struct iovec __user *local, size_t local_count,
			   const struct iovec __user *remote, size_t remote_count,
			   unsigned long flags, bool write)
{
	struct uk_io_vector own, other;
	ssize_t result;

	if (flags)
		return -EINVAL;
	result = uk_io_vector_get(&own, local, local_count, false);
	if (result)
		return result;
	if (own.length) {
		result = uk_io_vector_get(&other, remote, remote_count, true);
		if (!result) {
			result = transfer_checked(pid, &own, &other, write);
			uk_io_vector_put(&other);
		}
	}
	uk_io_vector_put(&own);
	return result;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, process_vm_readv, pid_t, pid, const struct iovec *, local_iov,
		      unsigned long, liovcnt, const struct iovec *, remote_iov, unsigned long,
		      riovcnt, unsigned long, flags)
{
	return do_transfer(pid, local_iov, liovcnt, remote_iov, riovcnt, flags, false);
}

UK_LLSYSCALL_R_DEFINE(ssize_t, process_vm_writev, pid_t, pid, const struct iovec *, local_iov,
		      unsigned long, liovcnt, const struct iovec *, remote_iov, unsigned long,
		      riovcnt, unsigned long, flags)
{
	return do_transfer(pid, local_iov, liovcnt, remote_iov, riovcnt, flags, true);
}
