/* Locks of one process: records, open files, flock(2). */
#define _GNU_SOURCE
#include "files.h"
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

static long record(int fd, int operation, int type, int whence, long start, long length)
{
	struct flock lock = {.l_type = type, .l_whence = whence, .l_start = start, .l_len = length};
	long result = fcntl(fd, operation, &lock);

	if (result == 0 && (operation == F_GETLK || operation == F_OFD_GETLK))
		printf("  type %d, whence %d, start %ld, length %ld, mine %d\n", lock.l_type,
		       lock.l_whence, (long)lock.l_start, (long)lock.l_len,
		       lock.l_pid == getpid() ? 1 : lock.l_pid);
	return result;
}

static void records(void)
{
	int fd = OPENED(open("file", O_RDWR | O_CREAT, 0644));
	int other = OPENED(open("file", O_RDWR)), reader = OPENED(open("file", O_RDONLY));

	TRY(ftruncate(fd, 100));
	TRY(record(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 10));
	TRY(record(other, F_SETLK, F_WRLCK, SEEK_SET, 5, 10));
	TRY(record(other, F_GETLK, F_WRLCK, SEEK_SET, 0, 0));
	TRY(record(other, F_OFD_GETLK, F_RDLCK, SEEK_SET, 0, 0));
	TRY(record(other, F_OFD_GETLK, F_RDLCK, SEEK_SET, 15, 0));
	TRY(record(other, F_OFD_SETLK, F_WRLCK, SEEK_END, -5, 5));
	TRY(record(other, F_OFD_SETLK, F_WRLCK, SEEK_SET, 3, 1));
	TRY(record(fd, F_SETLK, F_RDLCK, SEEK_SET, 96, 1));
	TRY(record(fd, F_GETLK, F_RDLCK, SEEK_SET, 96, 1));
	TRY(record(fd, F_SETLK, F_UNLCK, SEEK_SET, 4, 2));
	TRY(record(reader, F_OFD_GETLK, F_WRLCK, SEEK_SET, 4, 1));
	TRY(record(reader, F_OFD_GETLK, F_WRLCK, SEEK_SET, 4, 0));
	TRY(record(reader, F_OFD_GETLK, F_WRLCK, SEEK_SET, 3, -2));
	TRY(record(reader, F_SETLK, F_WRLCK, SEEK_SET, 50, 1));
	TRY(record(reader, F_SETLK, F_RDLCK, SEEK_SET, 50, 1));
	TRY(record(fd, F_SETLK, 7, SEEK_SET, 0, 1));
	TRY(record(fd, F_SETLK, F_RDLCK, 7, 0, 1));
	TRY(record(fd, F_SETLK, F_RDLCK, SEEK_SET, -1, 1));
	TRY(record(fd, F_SETLK, F_RDLCK, SEEK_SET, 1, -2));
	TRY(record(fd, F_GETLK, F_UNLCK, SEEK_SET, 0, 1));
	TRY(record(fd, F_SETLKW, F_WRLCK, SEEK_SET, 20, 10));
	TRY(record(99, F_SETLK, F_WRLCK, SEEK_SET, 20, 10));
	/* Closing any descriptor of the file releases the process's locks. */
	close(reader);
	TRY(record(other, F_OFD_GETLK, F_WRLCK, SEEK_SET, 0, 90));
	close(other);
	TRY(record(fd, F_OFD_GETLK, F_WRLCK, SEEK_SET, 0, 0));
	close(fd);
}

static void whole_files(void)
{
	int fd = OPENED(open("file", O_RDWR | O_CREAT, 0644));
	int other = OPENED(open("file", O_RDONLY)), copy = dup(fd);

	TRY(flock(fd, LOCK_SH));
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(flock(other, LOCK_EX | LOCK_NB));
	TRY(flock(fd, LOCK_EX | LOCK_NB));
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(flock(copy, LOCK_UN));
	TRY(flock(other, LOCK_EX | LOCK_NB));
	TRY(record(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
	TRY(flock(fd, LOCK_SH | LOCK_NB));
	TRY(close(other));
	TRY(flock(fd, LOCK_SH | LOCK_NB));
	TRY(flock(fd, 0));
	TRY(flock(fd, LOCK_SH | LOCK_EX));
	TRY(flock(99, LOCK_SH));
	close(fd);
	close(copy);
}

int main(int argc, char **argv)
{
	start(argc, argv);
	records();
	whole_files();
	return 0;
}
