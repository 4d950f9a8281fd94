#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHUNK (1 << 20)

int main(int argc, char **argv)
{
	char *block;

	if (strcmp(argv[1], "malloc") == 0) {
		while ((block = malloc(CHUNK)))
			memset(block, 1, CHUNK);
		printf("malloc failed, and the program goes on\n");
		return 0;
	}
	for (;;) {
		block = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		memset(block, 1, CHUNK);
	}
}
