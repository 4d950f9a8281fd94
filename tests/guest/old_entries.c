/* The entry points of 32-bit system calls and code, which this kernel does not have: old_entries
 * NAME.
 */
#include <stdint.h>
#include <string.h>

int main(int argc, char **argv)
{
	/* getpid() of 32-bit programs, and an invalid number. */
	if (strcmp(argv[1], "int80") == 0)
		__asm__ volatile("int $0x80" : : "a"(20) : "memory");
	if (strcmp(argv[1], "int80-none") == 0)
		__asm__ volatile("int $0x80" : : "a"(-1) : "memory");
	if (strcmp(argv[1], "sysenter") == 0)
		__asm__ volatile("sysenter" : : "a"(20) : "memory");
	/* Linux's segment of 32-bit code. */
	if (strcmp(argv[1], "far-jump") == 0) {
		struct __attribute__((packed)) {
			uint32_t offset;
			uint16_t segment;
		} target = {0x10000, 0x23};

		__asm__ volatile("ljmp *%0" : : "m"(target) : "memory");
	}
	if (strcmp(argv[1], "far-return") == 0)
		__asm__ volatile("pushq $0x23\n"
				 "pushq $0x10000\n"
				 "lretq"
				 :
				 :
				 : "memory");
	return 0;
}
