/* SPDX-License-Identifier: BSD-3-Clause */
/* A library with data, relocations and system calls of its own. */
#include <sys/syscall.h>

static const char *const words[] = {"hello", "from", "the", "library"};
static int calls;

const char *greeting_word(int number);
const char *greeting_word(int number)
{
	calls++;
	return words[number % 4];
}

int greeting_calls(void);
int greeting_calls(void)
{
	return calls;
}

/* One site, executed count times. */
long greeting_system_calls(int count);
long greeting_system_calls(int count)
{
	long sum = 0;

	for (int i = 0; i < count; i++) {
		long result;

		__asm__ volatile("syscall"
				 : "=a"(result)
				 : "a"(SYS_getuid)
				 : "rcx", "r11", "memory");
		sum += result + 1;
	}
	return sum;
}

void greeting_crash(volatile int *nowhere);
void greeting_crash(volatile int *nowhere)
{
	*nowhere = 1;
}
