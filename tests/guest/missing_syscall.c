/* With the raw call, because the C library could use the vDSO or rseq instead. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	unsigned int cpu = 0, node = 0;

	printf("Here we are in the binary, calling getcpu\n");
	printf("Getcpu returned: %ld\n", syscall(SYS_getcpu, &cpu, &node, NULL));
	return 0;
}
