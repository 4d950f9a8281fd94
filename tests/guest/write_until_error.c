/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes to a descriptor until that fails; the exit status is the errno. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc > 1 ? atoi(argv[1]) : 1;

	while (write(fd, "some text\n", 10) > 0)
		;
	return errno;
}
