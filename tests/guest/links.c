/* Hard and symbolic links. */
#define _GNU_SOURCE
#include "files.h"
#include <fcntl.h>
#include <string.h>

static void read_link(const char *path, int size)
{
	char buffer[5000];
	ssize_t length = readlink(path, buffer, size);

	if (length < 0)
		printf("%s -> %s\n", path, errno_text());
	else
		printf("%s -> %.*s\n", path, (int)length, buffer);
}

static void hard(void)
{
	int fd = OPENED(open("file", O_RDWR | O_CREAT, 0644));

	TRY(link("file", "second"));
	TRY(link("file", "second"));
	TRY(link("nothing", "third"));
	TRY(link("file", "nothing/third"));
	TRY(link("file", "third/"));
	TRY(link(".", "folder"));
	TRY(write(fd, "text", 4));
	show_path("second");
	TRY(unlink("file"));
	show_path("second");
	show("open", fd);
	TRY(unlink("second"));
	show("open", fd);
	TRY(write(fd, "more", 4));
	TRY(pread(fd, (char[10]){0}, 10, 0));
	TRY(linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH));
	TRY(unlink("second"));
	close(fd);
}

static void symbolic(void)
{
	char longest[4097];

	TRY(close(creat("target", 0644)));
	TRY(mkdir("folder", 0755));
	TRY(close(creat("folder/inner", 0600)));
	TRY(symlink("target", "link"));
	TRY(symlink("target", "link"));
	TRY(symlink("", "empty"));
	TRY(symlink("x", ""));
	TRY(symlink("nothing", "dangling"));
	TRY(symlink("folder", "to-folder"));
	TRY(symlink("to-folder/../to-folder", "twice"));
	TRY(symlink("/", "root"));
	TRY(symlink("a", "b") + symlink("b", "a"));
	TRY(symlink("self", "self"));
	TRY(symlink("x", "slash/"));
	memset(longest, 'n', sizeof(longest));
	longest[4096] = '\0';
	TRY(symlink(longest, "longest"));
	longest[4095] = '\0';
	TRY(symlink(longest, "longest"));
	longest[60] = '\0';
	TRY(symlink(longest, "long"));
	show_path("long");
	read_link("link", 100);
	read_link("link", 3);
	read_link("link", 0);
	read_link("link/", 100);
	read_link("target", 100);
	read_link("folder", 100);
	read_link("", 100);
	read_link("nothing", 100);
	read_link("a", 100);
	show_path("link");
	show_path("to-folder");
	show_path("to-folder/");
	show_path("twice/inner");
	show_path("twice/./../folder/inner");
	show_path("root/nothing");
	show_path("a/x");
	show_path("self");
	TRY(access("link", F_OK));
	TRY(access("dangling", F_OK));
	TRY(access("a", F_OK));
	TRY(access("self/", F_OK));
}

static void opening(void)
{
	int fd;

	OPENED(open("link", O_RDONLY | O_NOFOLLOW));
	OPENED(open("a", O_RDONLY));
	OPENED(open("dangling", O_RDONLY));
	OPENED(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0644));
	OPENED(open("dangling", O_CREAT | O_NOFOLLOW | O_WRONLY, 0644));
	OPENED(open("dangling", O_CREAT | O_WRONLY, 0644));
	show_path("nothing");
	OPENED(open("to-folder", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	OPENED(open("to-folder/", O_RDONLY | O_NOFOLLOW));
	OPENED(open("to-folder/new", O_CREAT | O_WRONLY, 0644));
	show_path("folder/new");
	fd = OPENED(open("link", O_PATH | O_NOFOLLOW));
	show("link itself", fd);
	TRY(readlinkat(fd, "", (char[100]){0}, 100));
	TRY(unlink("link"));
	show("link itself", fd);
	TRY(unlink("to-folder/"));
	TRY(unlink("to-folder"));
	TRY(link("dangling", "copy"));
	show_path("copy");
	TRY(linkat(AT_FDCWD, "dangling", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
	show_path("followed");
	TRY(lchown("dangling", 5, 6));
	show_path("dangling");
	TRY(fchmodat(AT_FDCWD, "dangling", 0640, 0));
	show_path("nothing");
}

/* Forty links are followed, but not one more. */
static void chain(void)
{
	char name[20], target[20];

	TRY(close(creat("end", 0644)));
	for (int i = 0; i < 42; i++) {
		snprintf(name, sizeof(name), "chain%d", i);
		snprintf(target, sizeof(target), i ? "chain%d" : "end", i - 1);
		if (symlink(target, name))
			printf("%s\n", errno_text());
	}
	TRY(access("chain39", F_OK));
	TRY(access("chain40", F_OK));
	TRY(access("chain41", F_OK));
}

int main(int argc, char **argv)
{
	start(argc, argv);
	hard();
	symbolic();
	opening();
	chain();
	return 0;
}
