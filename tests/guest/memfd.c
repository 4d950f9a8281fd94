/* memfd_create(2) and its seals. */
#define _GNU_SOURCE
#include "files.h"
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#define CLOEXEC	      1
#define ALLOW_SEALING 2
#define SEAL	      1
#define SHRINK	      2
#define GROW	      4
#define WRITE	      8

static int memfd(const char *name, unsigned int flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

static long add(int fd, int seals)
{
	return fcntl(fd, F_ADD_SEALS, seals);
}

static void plain(void)
{
	char text[100];
	int fd = OPENED(memfd("name", CLOEXEC));

	show("new", fd);
	TRY(fcntl(fd, F_GETFD));
	TRY(fcntl(fd, F_GETFL) & O_ACCMODE);
	TRY(write(fd, "some text", 9));
	TRY(lseek(fd, 5, SEEK_SET));
	TRY(read(fd, text, sizeof(text)));
	TRY(ftruncate(fd, 100000));
	TRY(lseek(fd, 5000, SEEK_DATA));
	show("larger", fd);
	TRY(fcntl(fd, F_GET_SEALS));
	TRY(add(fd, WRITE));
	TRY(fchmod(fd, 0600));
	show("chmod", fd);
	close(fd);
	memset(text, 'x', sizeof(text));
	OPENED(memfd("", 0));
	OPENED(memfd("name", 0x800));
	OPENED(memfd("name", 8 | 16));
	OPENED(memfd((char *)8, 0));
}

static void names(void)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[250] = '\0';
	OPENED(memfd(name, 0));
	name[249] = '\0';
	OPENED(memfd(name, 0));
}

static void sealed(void)
{
	int fd = OPENED(memfd("sealed", ALLOW_SEALING)), file;

	TRY(write(fd, "0123456789", 10));
	TRY(fcntl(fd, F_GET_SEALS));
	TRY(add(fd, SHRINK));
	TRY(ftruncate(fd, 5));
	TRY(ftruncate(fd, 10));
	TRY(ftruncate(fd, 20));
	TRY(add(fd, GROW));
	TRY(ftruncate(fd, 21));
	TRY(pwrite(fd, "abc", 3, 17));
	TRY(pwrite(fd, "abc", 3, 18));
	TRY(pwrite(fd, "abc", 3, 100));
	TRY(fallocate(fd, 0, 0, 100));
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 5));
	TRY(add(fd, WRITE));
	TRY(write(fd, "abc", 3));
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 5));
	TRY(pread(fd, (char[10]){0}, 10, 0));
	TRY(add(fd, 0x4000));
	TRY(add(fd, SEAL));
	TRY(add(fd, SEAL));
	TRY(fcntl(fd, F_GET_SEALS));
	close(fd);
	file = open("/dev/null", O_RDWR);
	TRY(fcntl(file, F_GET_SEALS));
	TRY(add(file, WRITE));
	close(file);
}

int main(int argc, char **argv)
{
	start(argc, argv);
	plain();
	names();
	sealed();
	return 0;
}
