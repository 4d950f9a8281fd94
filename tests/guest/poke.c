/* Writes to the address that the argument names. */
#include <stdlib.h>

int main(int argc, char **argv)
{
	*(volatile char *)strtoul(argv[1], NULL, 0) = 1;
	return 0;
}
