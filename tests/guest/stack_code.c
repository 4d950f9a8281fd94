/* Runs an instruction on the stack: `ret`. */
#include <stdint.h>

int main(void)
{
	volatile unsigned char code[16] = {0xc3};

	((void (*)(void))(uintptr_t)code)();
	return 0;
}
