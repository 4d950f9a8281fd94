/* Record locks on a file that the host locks too; waits for a line on standard input twice. */
#include "errno_text.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void try(const char *what, long result)
{
	if (result == -1)
		printf("%s: %s\n", what, errno_text());
	else
		printf("%s: %ld\n", what, result);
}

int main(int argc, char **argv)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10}, found = lock;
	struct flock elsewhere = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 20};
	char line[100];
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fd = argc > 1 ? open(argv[1], O_RDWR) : -1;
	try("set", fcntl(fd, F_SETLK, &lock));
	if (fcntl(fd, F_GETLK, &found) == 0)
		printf("get: type %d, start %ld, length %ld\n", found.l_type, (long)found.l_start,
		       (long)found.l_len);
	try("elsewhere", fcntl(fd, F_SETLK, &elsewhere));
	printf("waiting\n");
	if (fcntl(fd, F_SETLKW, &lock) == 0)
		printf("got it\n");
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	close(fd);
	printf("closed\n");
	return !fgets(line, sizeof(line), stdin);
}
