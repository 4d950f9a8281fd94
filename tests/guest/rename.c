/* rename(2) and renameat2(2). */
#define _GNU_SOURCE
#include "files.h"
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#define NOREPLACE 1
#define EXCHANGE  2

static long rename2(const char *old, const char *new, unsigned int flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, flags);
}

static void make(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	if (write(fd, text, strlen(text)) < 0)
		printf("%s: %s\n", path, errno_text());
	close(fd);
}

static void contents(const char *path)
{
	char text[100] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		printf("%s: %s\n", path, errno_text());
	else
		printf("%s: %s\n", path, text);
	close(fd);
}

static void plain(void)
{
	int fd;

	make("one", "first");
	make("two", "second");
	fd = open("two", O_RDONLY);
	TRY(rename("one", "two"));
	contents("one");
	contents("two");
	show("replaced", fd);
	close(fd);
	TRY(rename("two", "two"));
	TRY(link("two", "same"));
	TRY(rename("two", "same"));
	show_path("two");
	show_path("same");
	TRY(rename("nothing", "three"));
	TRY(rename("two", "nothing/three"));
	TRY(rename("two", "two/three"));
	TRY(rename("two/", "three"));
	TRY(rename("two", "three/"));
	TRY(rename("", "three"));
	TRY(rename("two", ""));
	TRY(rename("two", "."));
	TRY(rename(".", "two"));
	TRY(rename("..", "two"));
	TRY(rename("two", "a-name-that-does-not-fit-into-a-few-bytes-of-memory"));
	contents("a-name-that-does-not-fit-into-a-few-bytes-of-memory");
	TRY(rename("a-name-that-does-not-fit-into-a-few-bytes-of-memory", "two"));
	TRY(symlink("two", "link"));
	TRY(rename("link", "moved-link"));
	show_path("moved-link");
	TRY(rename("two", "moved-link"));
	show_path("moved-link");
}

static void folders(void)
{
	char path[4096];
	size_t length = strlen(getcwd(path, sizeof(path)));
	int fd;

	TRY(mkdir("a", 0755) + mkdir("a/b", 0755) + mkdir("c", 0755) + mkdir("full", 0755));
	make("a/b/file", "inside");
	make("full/file", "x");
	make("plain", "plain");
	TRY(rename("a", "a/b/c"));
	TRY(rename("a/b", "a"));
	TRY(rename("a", "full"));
	TRY(rename("a", "plain"));
	TRY(rename("plain", "a"));
	TRY(rename("a/b", "c"));
	contents("c/file");
	show_path("a");
	show_path("c");
	TRY(rename("c/", "a/d/"));
	contents("a/d/file");
	show_path("a");
	TRY(chdir("a/d"));
	TRY(rename("../../a", "../../z"));
	printf("here: %s\n", getcwd(path, sizeof(path)) ? path + length : errno_text());
	TRY(rename("../d", "../e"));
	printf("here: %s\n", getcwd(path, sizeof(path)) ? path + length : errno_text());
	TRY(chdir("../.."));
	fd = open("z/e", O_RDONLY);
	TRY(renameat(fd, "file", AT_FDCWD, "out"));
	contents("out");
	TRY(rmdir("z/e"));
	TRY(renameat(AT_FDCWD, "out", fd, "file"));
	TRY(renameat(99, "out", fd, "file"));
	close(fd);
}

static void flags(void)
{
	make("x", "is x");
	make("y", "is y");
	TRY(mkdir("d", 0755) + mkdir("d/inner", 0755));
	TRY(rename2("x", "y", NOREPLACE));
	TRY(rename2("x", "new", NOREPLACE));
	TRY(rename2("new", "x", 0));
	TRY(rename2("x", "y", EXCHANGE));
	contents("x");
	contents("y");
	TRY(rename2("x", "d", EXCHANGE));
	contents("d");
	show_path("x");
	show_path("x/inner");
	TRY(rename2("x", "x/inner", EXCHANGE));
	TRY(rename2("x/inner", "x", EXCHANGE));
	TRY(rename2("x", "nothing", EXCHANGE));
	TRY(rename2("nothing", "x", EXCHANGE));
	TRY(rename2("x", "y", EXCHANGE | NOREPLACE));
	TRY(rename2("x", "y", 64));
	TRY(rename2("x/inner", "y", EXCHANGE));
	show_path("x");
	show_path("x/inner");
	show_path("y");
	TRY(rename2("d", "a-name-that-does-not-fit-into-a-few-bytes-of-memory", 0));
	TRY(rename2("y", "a-name-that-does-not-fit-into-a-few-bytes-of-memory", EXCHANGE));
	contents("y");
	show_path("a-name-that-does-not-fit-into-a-few-bytes-of-memory");
}

int main(int argc, char **argv)
{
	start(argc, argv);
	plain();
	folders();
	flags();
	return 0;
}
