/* Which changes of a file's contents take its set-ID bits away; the same on Linux. */
#include "child_processes.h"
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define USER  1000
#define GROUP 2000
#define NAME  "set-id-bits"

enum change {
	WRITE,
	WRITE_NOTHING,
	PWRITE,
	WRITEV,
	SENDFILE,
	COPY_RANGE,
	SPLICE,
	FTRUNCATE,
	TRUNCATE,
	OPEN_TRUNCATE,
	STORE,
	READ,
	OPEN,
	CHANGES
};

static const char *const names[CHANGES] = {
	"write",  "write of nothing", "pwrite",	  "writev",	      "sendfile", "copy_file_range",
	"splice", "ftruncate",	      "truncate", "open to truncate", "store",	  "read",
	"open",
};

static long splice_into(int fd)
{
	int ends[2];
	long done;

	if (pipe(ends) || write(ends[1], "spliced", 7) != 7)
		return -1;
	done = splice(ends[0], NULL, fd, NULL, 7, 0);
	close(ends[0]);
	close(ends[1]);
	return done;
}

static long store(int fd)
{
	char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -1;
	memory[0] = 'm';
	return munmap(memory, 4096);
}

static long change(enum change what, int fd, int source)
{
	struct iovec vector = {"vector", 6};
	char bytes[4];

	switch (what) {
	case WRITE:
		return write(fd, "new", 3);
	case WRITE_NOTHING:
		return write(fd, "new", 0);
	case PWRITE:
		return pwrite(fd, "new", 3, 100);
	case WRITEV:
		return writev(fd, &vector, 1);
	case SENDFILE:
		return sendfile(fd, source, NULL, 4);
	case COPY_RANGE:
		return copy_file_range(source, NULL, fd, NULL, 4, 0);
	case SPLICE:
		return splice_into(fd);
	case FTRUNCATE:
		return ftruncate(fd, 10);
	case TRUNCATE:
		return truncate(NAME, 10);
	case OPEN_TRUNCATE:
		return close(open(NAME, O_WRONLY | O_TRUNC));
	case STORE:
		return store(fd);
	case READ:
		return read(fd, bytes, sizeof(bytes));
	default:
		return 0;
	}
}

/* The process may write to the file because everybody may. */
static void try(const char *who, uid_t user, gid_t group, mode_t mode)
{
	for (enum change what = 0; what < CHANGES; what++) {
		struct stat status;
		pid_t child;
		int fd = open(NAME, O_CREAT | O_RDWR | O_TRUNC, 0600);

		if (write(fd, "old contents", 12) != 12)
			exit(1);
		close(fd);
		if (chown(NAME, USER, GROUP) || chmod(NAME, mode))
			exit(1);
		child = fork();
		if (child == 0) {
			int source = open("set-id-source", O_RDONLY);

			if (setgroups(0, NULL) || setgid(group) || setuid(user))
				_exit(1);
			fd = open(NAME, O_RDWR);
			SAY("%s, %o, %s: %ld", who, mode, names[what], change(what, fd, source));
			_exit(0);
		}
		if (end_of(child))
			exit(1);
		stat(NAME, &status);
		SAY(" %o\n", status.st_mode);
	}
}

int main(void)
{
	static const mode_t modes[] = {04777, 02777, 06777, 02767, 06766, 0777};
	char folder[] = "/tmp/set-id-bits.XXXXXX";
	int source;

	if (!mkdtemp(folder) || chdir(folder) || chmod(folder, 0755))
		return 1;
	source = open("set-id-source", O_CREAT | O_WRONLY, 0644);
	if (write(source, "source", 6) != 6)
		return 1;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		try("root", 0, 0, modes[i]);
		try("owner", USER, GROUP, modes[i]);
		try("owner in another group", USER, GROUP + 1, modes[i]);
		try("somebody", USER + 1, GROUP + 1, modes[i]);
	}
	unlink(NAME);
	unlink("set-id-source");
	rmdir(folder);
	SAY("end\n");
	return 0;
}
