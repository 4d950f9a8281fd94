/* Jumps to the start of the kernel's text, which is 32-bit code. */
#include <stdint.h>

int main(void)
{
	((void (*)(void))(uintptr_t)0xffffffff80100000)();
	return 0;
}
