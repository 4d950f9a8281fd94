/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints each call on the kernel's console after it has returned, in strace's style: as far as the
 * table describes it, with one format letter per argument. `unishim trace` shows calls completely.
 */
#include <uk/bits/errno_names.h>
#include <uk/bits/syscall_formats.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "shim.h"

#define TEXT_MAX   32	    /* bytes shown of a string, as strace -s */
#define UNKNOWN	   "xxxxxx" /* the format for an unknown number */
#define ESCAPE_MAX 4	    /* \x7f */

static void print_bytes(const char __user *user, size_t length)
{
	char bytes[TEXT_MAX], text[TEXT_MAX * ESCAPE_MAX + 1], *out = text;
	size_t shown = MIN(length, sizeof(bytes));

	if (copy_from_user(bytes, user, shown)) {
		uk_print("0x%lx", (unsigned long)user);
		return;
	}
	for (size_t i = 0; i < shown; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '\n')
			out += uk_snprintf(out, ESCAPE_MAX, "\\n");
		else if (byte == '"' || byte == '\\')
			out += uk_snprintf(out, ESCAPE_MAX, "\\%c", byte);
		else if (byte < ' ' || byte >= 0x7f)
			out += uk_snprintf(out, ESCAPE_MAX + 1, "\\x%02x", byte);
		else
			*out++ = (char)byte;
	}
	*out = '\0';
	uk_print("\"%s\"%s", text, length > shown ? "..." : "");
}

static void print_string(const char __user *user)
{
	char text[TEXT_MAX + 1];
	ssize_t length = strncpy_from_user(text, user, sizeof(text));

	if (!user)
		uk_print("NULL");
	else if (length < 0)
		uk_print("0x%lx", (unsigned long)user);
	else
		print_bytes(user, (size_t)length);
}

static void print_argument(const char **format, const u64 *arguments, unsigned int index,
			   long result)
{
	u64 value = arguments[index];
	char length;

	switch (*(*format)++) {
	case 'd':
		uk_print("%d", (int)value);
		break;
	case 'u':
		uk_print("%u", (unsigned int)value);
		break;
	case 'l':
		uk_print("%ld", (long)value);
		break;
	case 'z':
		uk_print("%lu", (unsigned long)value);
		break;
	case 'o':
		uk_print("0%o", (unsigned int)value);
		break;
	case 's':
		print_string((const char *)value);
		break;
	case 'b': /* followed by the index of the argument with the length, or r for the result */
		length = *(*format)++;
		if (length == 'r' && result < 0)
			uk_print("0x%lx", (unsigned long)value);
		else
			print_bytes((const char *)value,
				    length == 'r' ? (size_t)result : arguments[length - '0']);
		break;
	case 'p':
		if (!value) {
			uk_print("NULL");
			break;
		}
		__attribute__((fallthrough));
	default:
		uk_print("0x%lx", (unsigned long)value);
	}
}

void shim_print_result(const struct __regs *regs, long nr)
{
	const u64 arguments[] = {regs->rarg0, regs->rarg1, regs->rarg2,
				 regs->rarg3, regs->rarg4, regs->rarg5};
	const char *name = uk_syscall_name(nr);
	const char *format = name ? syscall_formats + syscall_format_offsets[nr] : UNKNOWN;
	long result = (long)regs->rret0;

	if (name)
		uk_print("%s(", name);
	else
		uk_print("syscall_0x%x(", (unsigned int)nr);
	for (unsigned int i = 0; *format; i++) {
		uk_print("%s", i ? ", " : "");
		print_argument(&format, arguments, i, result);
	}
	if (!UK_SYSCALL_IS_ERROR(result))
		uk_print(result >= 0 && result < 4096 ? ") = %ld\n" : ") = 0x%lx\n", result);
	else if (-result < (long)ARRAY_SIZE(errno_names) && errno_names[-result])
		uk_print(") = -1 %s\n", errno_names[-result]);
	else
		uk_print(") = %ld\n", result);
}
