/* The 32-bit entries of Linux, which this kernel does not have: old_entries NAME. */
#include <string.h>

int main(int argc, char **argv)
{
	if (strcmp(argv[1], "int80") == 0)
		__asm__ volatile("int $0x80" : : "a"(20) : "memory");
	if (strcmp(argv[1], "sysenter") == 0)
		__asm__ volatile("sysenter" : : "a"(20) : "memory");
	return 0;
}
