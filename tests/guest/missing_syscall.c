/* By the raw call: the C library could answer from the vDSO or from rseq. */
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
