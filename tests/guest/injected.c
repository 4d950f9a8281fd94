/* Makes calls with any arguments: rows.h and memory.h are written by a test, and a tracer makes
 * each call fail. */
static unsigned char memory[] __attribute__((aligned(4096))) = {
#include "memory.h"
};

static const unsigned long rows[][7] = {
#include "rows.h"
};

static void call(long number, const unsigned long *arguments)
{
	register unsigned long r10 __asm__("r10") = arguments[3];
	register unsigned long r8 __asm__("r8") = arguments[4];
	register unsigned long r9 __asm__("r9") = arguments[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]),
			   "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
}

void _start(void)
{
	for (unsigned long row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		unsigned long arguments[6];

		for (int index = 0; index < 6; index++) {
			arguments[index] = rows[row][index + 1];
			if (arguments[index] >> 48 == 0xabcd)
				arguments[index] =
					(unsigned long)memory + (arguments[index] & 0xffff);
		}
		call(rows[row][0], arguments);
	}
	call(231, (unsigned long[6]){0});
}
