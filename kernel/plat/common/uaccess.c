/* SPDX-License-Identifier: BSD-3-Clause */
/* uk/uaccess.h on a machine whose page faults can be fixed up. */
#include <uk/errno.h>
#include <uk/uaccess.h>

size_t uaccess_copy(void *to, const void *from, size_t size);
size_t uaccess_clear(void *to, size_t size);
ssize_t uaccess_copy_string(char *to, const char *from, size_t size);

/* How many bytes of [pointer, pointer + size) are in the guest's half. */
static size_t accessible(const void __user *pointer, size_t size)
{
	uintptr_t address = (uintptr_t)pointer;

	if (address >= UK_GUEST_END)
		return 0;
	return MIN(size, UK_GUEST_END - address);
}

size_t copy_from_user_partial(void *destination, const void __user *source, size_t size)
{
	size_t possible = accessible(source, size);

	return size - possible + uaccess_copy(destination, source, possible);
}

size_t copy_to_user_partial(void __user *destination, const void *source, size_t size)
{
	size_t possible = accessible(destination, size);

	return size - possible + uaccess_copy(destination, source, possible);
}

size_t clear_user_partial(void __user *destination, size_t size)
{
	size_t possible = accessible(destination, size);

	return size - possible + uaccess_clear(destination, possible);
}

size_t copy_to_buffer(void *buffer, const void *source, size_t size)
{
	return uaccess_copy(buffer, source, size);
}

size_t copy_from_buffer(void *destination, const void *buffer, size_t size)
{
	return uaccess_copy(destination, buffer, size);
}

size_t clear_buffer(void *buffer, size_t size)
{
	return uaccess_clear(buffer, size);
}

int copy_from_user(void *destination, const void __user *source, size_t size)
{
	if (!uk_access_ok(source, size))
		return -EFAULT;
	return uaccess_copy(destination, source, size) ? -EFAULT : 0;
}

int copy_to_user(void __user *destination, const void *source, size_t size)
{
	if (!uk_access_ok(destination, size))
		return -EFAULT;
	return uaccess_copy(destination, source, size) ? -EFAULT : 0;
}

ssize_t strncpy_from_user(char *destination, const char __user *source, size_t size)
{
	size_t possible = accessible(source, size);
	ssize_t length = uaccess_copy_string(destination, source, possible);

	/* The string extends beyond the guest's half. */
	if (length < 0 || ((size_t)length == possible && possible < size))
		return -EFAULT;
	return length;
}
