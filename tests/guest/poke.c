/* Writes to the address in its argument. */
#include <stdlib.h>

int main(int argc, char **argv)
{
	*(volatile char *)strtoul(argv[1], NULL, 0) = 1;
	return 0;
}
