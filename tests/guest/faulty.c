/* Repeats the same calls and prints which ones failed, to test fault injection. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "errno_text.h"

static long elapsed_ms(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void show(int round, const char *what, long result)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "%d %s %s\n", round, what,
			      result < 0 ? errno_text() : "ok");

	if (write(2, line, (size_t)length) < 0)
		_exit(99);
}

int main(void)
{
	struct timespec start;
	char byte = 'x';
	int null;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int round = 1; round <= 6; round++) {
		show(round, "write", write(1, &byte, 1));
		null = open("/dev/null", O_WRONLY);
		show(round, "open-null", null);
		show(round, "write-null", write(null, &byte, 1));
		close(null);
		show(round, "open-zero", close(open("/dev/zero", O_RDONLY)));
		show(round, "getppid", syscall(SYS_getppid));
	}
	return elapsed_ms(&start) >= 1000 ? 3 : 0;
}
