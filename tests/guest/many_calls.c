/* Enough calls to fill a trace's ring many times: many_calls COUNT. */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char text[600];

	memset(text, 'x', sizeof(text));
	for (long i = 0; i < strtol(argv[1], NULL, 10); i++) {
		syscall(SYS_getppid, i);
		/* Records of different sizes, so that they reach the end of the ring at various
		 * offsets. */
		text[i % sizeof(text)] = 0;
		access(text, 0);
		text[i % sizeof(text)] = 'x';
	}
	return 0;
}
