/* Jumps to where the kernel's text begins, which is 32-bit code. */
#include <stdint.h>

int main(void)
{
	((void (*)(void))(uintptr_t)0xffffffff80100000)();
	return 0;
}
