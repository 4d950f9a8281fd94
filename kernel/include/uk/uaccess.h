/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The only way to dereference a guest pointer. Every function checks that the range is in the
 * guest's half of the address space and survives a fault inside it: memory that is not mapped (or
 * not writable) gives -EFAULT, memory that is mapped on demand is mapped.
 */
#ifndef UK_UACCESS_H
#define UK_UACCESS_H

#include <uk/essentials.h>

#ifdef UK_HOSTED
#define UK_GUEST_END 0x7ffffffff000UL
#define UK_TASK_SIZE UK_GUEST_END
#else
#include <uk/address_space.h> /* UK_GUEST_END: the first address that is not the guest's; UK_TASK_SIZE: Linux's */
#endif

static inline bool uk_access_ok(const void __user *pointer, size_t size)
{
	return size <= UK_GUEST_END && (uintptr_t)pointer <= UK_GUEST_END - size;
}

/* Each returns 0 or -EFAULT. On -EFAULT the destination holds an unspecified part of the data. */
int copy_from_user(void *destination, const void __user *source, size_t size);
int copy_to_user(void __user *destination, const void *source, size_t size);

/* Like the above, but returns the number of bytes that could not be copied (0 is success): for
 * calls that report a short count, as write(2) and process_vm_readv(2) do. */
size_t copy_from_user_partial(void *destination, const void __user *source, size_t size);
size_t copy_to_user_partial(void __user *destination, const void *source, size_t size);
size_t clear_user_partial(void __user *destination, size_t size);

/*
 * For the operations of files, whose buffers are the program's, checked by uk_access_ok() in the
 * handler, or the kernel's own (uk/file.h): no check of the range. Returns the number of bytes that
 * could not be copied.
 */
size_t copy_to_buffer(void *buffer, const void *source, size_t size);
size_t copy_from_buffer(void *destination, const void *buffer, size_t size);
size_t clear_buffer(void *buffer, size_t size);

/*
 * Copies a NUL-terminated string of at most size bytes, including the terminator. Returns its
 * length without the terminator, size if there was no terminator in size bytes (destination is then
 * not terminated), or -EFAULT.
 */
ssize_t strncpy_from_user(char *destination, const char __user *source, size_t size);

#endif
