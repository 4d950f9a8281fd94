/* execve(2), execveat(2): what a new program keeps, what it loses, and why it does not begin; the
 * same on Linux. Executes itself, with the name of a part as its first argument. */
#include "child_processes.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

extern char **environ;
static const char *self;
static char folder[64];

static void file(const char *name, const char *contents, size_t size, mode_t mode)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	write(fd, contents, size);
	close(fd);
	chmod(name, mode);
}

/* The new program. */
static int kept(char **argv)
{
	struct itimerval timer;
	struct sigaction one, two;
	char name[16] = "", link[64] = "";
	sigset_t set, pending;
	stack_t stack;

	for (int i = 0; argv[i]; i++)
		SAY("[%s]", argv[i]);
	for (int i = 0; environ[i]; i++)
		SAY("{%s}", environ[i]);
	getitimer(ITIMER_REAL, &timer);
	sigaction(SIGUSR1, NULL, &one);
	sigaction(SIGUSR2, NULL, &two);
	sigprocmask(SIG_BLOCK, NULL, &set);
	sigpending(&pending);
	sigaltstack(NULL, &stack);
	prctl(PR_GET_NAME, name);
	SAY("\ntimer %ld, handler %d, ignored %d, blocked %d, pending %d, stack %d, name %.4s\n",
	    (long)timer.it_value.tv_sec / 100, one.sa_handler == SIG_DFL, two.sa_handler == SIG_IGN,
	    sigismember(&set, SIGUSR1), sigismember(&pending, SIGUSR1), stack.ss_flags, name);
	SAY("descriptors %d %d, umask %o, cwd %.5s\n", fcntl(10, F_GETFD), fcntl(11, F_GETFD),
	    umask(0), getcwd((char[64]){0}, 64));
	SAY("auxv: %d %d %ld %d\n", getauxval(AT_ENTRY) != 0, getauxval(AT_RANDOM) != 0,
	    getauxval(AT_SECURE), (int)(getauxval(AT_PAGESZ)));
	readlink("/proc/self/exe", link, sizeof(link));
	SAY("%d %s\n", getpid() == (int)syscall(SYS_gettid), strrchr(link, '/') ? "exe" : "?");
	return 5;
}

static void keep(void)
{
	char *arguments[] = {(char *)self, "kept", "", "a b", NULL};
	char *environment[] = {"A=1", "B", NULL};
	struct itimerval timer = {.it_value.tv_sec = 1000};
	stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ};
	sigset_t set;
	timer_t posix;

	act(SIGUSR1, handler, 0);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	setitimer(ITIMER_REAL, &timer, NULL);
	timer_create(CLOCK_MONOTONIC, NULL, &posix);
	sigaltstack(&stack, NULL);
	prctl(PR_SET_NAME, "other");
	dup2(1, 10);
	dup3(1, 11, O_CLOEXEC);
	umask(077);
	chdir("/usr");
	execve(self, arguments, environment);
}

static void *wait_for_ever(void *argument)
{
	for (;;)
		pause();
}

static void *execute(void *argument)
{
	char *arguments[] = {(char *)self, "kept", NULL};

	usleep(1000);
	execve(self, arguments, arguments + 2);
	return NULL;
}

static void threads(void)
{
	pthread_t thread;

	signal(SIGUSR2, SIG_IGN);
	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, wait_for_ever, NULL);
	/* The leader is not the one that executes. */
	pthread_create(&thread, NULL, execute, NULL);
	pthread_join(thread, NULL);
}

static void attempt(const char *what, const char *path)
{
	char *arguments[] = {"attempt", NULL};

	CHILD(what, execve(path, arguments, arguments + 1); SAY("%s ", errno_text()));
}

static void failures(void)
{
	char text[8192], *arguments[] = {"x", NULL};
	void *unmapped = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd;

	chdir(folder);
	file("empty", "", 0, 0755);
	file("text", "just text\n", 10, 0755);
	file("no-x", "#!/bin/sh\n", 10, 0644);
	file("elf", "\177ELF", 4, 0755);
	file("no-interpreter", "#!\n", 3, 0755);
	file("missing-interpreter", "#!/nowhere/x\n", 13, 0755);
	file("folder-interpreter", "#!/usr\n", 7, 0755);
	file("self-interpreter", "#!./self-interpreter\n", 21, 0755);
	symlink("loop", "loop");
	attempt("nothing", "/nowhere");
	attempt("empty name", "");
	attempt("a folder", "/usr");
	attempt("below a file", "text/x");
	attempt("empty", "empty");
	attempt("text", "text");
	attempt("not executable", "no-x");
	attempt("half an ELF file", "elf");
	attempt("no interpreter", "no-interpreter");
	attempt("missing interpreter", "missing-interpreter");
	attempt("a folder as interpreter", "folder-interpreter");
	attempt("its own interpreter", "self-interpreter");
	attempt("loop", "loop");
	attempt("a device", "/dev/null");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	attempt("long name", text);
	text[300] = '\0';
	attempt("long component", text);
	fd = open("text", O_WRONLY);
	file("busy", "#!/bin/true\n", 12, 0755);
	close(fd);
	fd = open("busy", O_WRONLY);
	attempt("open for writing", "busy");
	close(fd);
	result("bad path", execve((char *)8, arguments, environ));
	result("bad path", execve(unmapped, arguments, environ));
	result("bad argv", execve(self, (char **)8, environ));
	result("bad envp", execve(self, arguments, (char **)unmapped));
	arguments[0] = unmapped;
	result("bad argument", execve(self, arguments, environ));
	result("bad variable", execve(self, arguments + 1, arguments));
}

static void sizes(void)
{
	static char *many[300000], large[200000];
	int count = 0;

	memset(large, 'y', sizeof(large) - 1);
	many[0] = (char *)self;
	many[1] = "count";
	many[2] = large;
	result("a string that is too long", execve(self, many, environ));
	large[131071] = '\0';
	CHILD("the longest string", execve(self, many, environ));
	large[100000] = '\0';
	for (count = 2; count < 30; count++)
		many[count] = large;
	result("strings that are too long", execve(self, many, environ));
	many[12] = NULL;
	CHILD("a megabyte", execve(self, many, environ));
	for (count = 2; count < 100000; count++)
		many[count] = "z";
	many[count] = NULL;
	CHILD("many", execve(self, many, environ));
	for (count = 2; count < 299999; count++)
		many[count] = "z";
	many[count] = NULL;
	result("too many", execve(self, many, environ));
}

static void scripts(void)
{
	char name[16], text[64];

	chdir(folder);
	file("s0", "#!/bin/echo  one two \nignored\n", 30, 0755);
	for (int i = 1; i < 8; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(text, sizeof(text), "#!%s/s%d %d\n", folder, i - 1, i);
		file(name, text, strlen(text), 0755);
	}
	for (int i = 0; i < 8; i++) {
		int fd = open("out", O_CREAT | O_TRUNC | O_RDWR, 0600);
		pid_t pid = fork();

		snprintf(name, sizeof(name), "s%d", i);
		if (pid == 0) {
			dup2(fd, 1);
			execl(name, "argv0", "last", NULL);
			dprintf(1, "%s\n", errno_text());
			_exit(1);
		}
		end(name, pid);
		lseek(fd, 0, SEEK_SET);
		for (char *at = text; read(fd, at, 1) == 1; at = text) {
			/* Without the name of the folder, which is random. */
			static char line[512];
			size_t length = 0;

			line[length++] = *at;
			length += (size_t)read(fd, line + length, sizeof(line) - length - 1);
			line[length] = '\0';
			for (char *found; (found = strstr(line, folder));)
				memmove(found, found + strlen(folder),
					strlen(found + strlen(folder)) + 1);
			SAY("%s", line);
		}
		close(fd);
	}
}

static void by_descriptor(void)
{
	char *arguments[] = {"by descriptor", "kept", NULL}, *none[] = {NULL};
	int fd = open(self, O_RDONLY | O_CLOEXEC), path = open(self, O_PATH), directory, memory;
	char buffer[65536];
	ssize_t length;

	CHILD("fexecve", fexecve(fd, arguments, none));
	CHILD("O_PATH", syscall(SYS_execveat, path, "", arguments, none, AT_EMPTY_PATH));
	result("without AT_EMPTY_PATH", syscall(SYS_execveat, fd, "", arguments, none, 0));
	result("bad flags", syscall(SYS_execveat, fd, "", arguments, none, 1));
	result("bad descriptor", syscall(SYS_execveat, 99, "", arguments, none, AT_EMPTY_PATH));
	result("file as folder", syscall(SYS_execveat, fd, "x", arguments, none, 0));
	directory = open("/bin", O_RDONLY | O_DIRECTORY);
	CHILD("below a folder", syscall(SYS_execveat, directory, "true", arguments, none, 0));
	chdir(folder);
	symlink("/bin/true", "link");
	result("link",
	       syscall(SYS_execveat, AT_FDCWD, "link", arguments, none, AT_SYMLINK_NOFOLLOW));
	file("script", "#!/bin/sh\nexit 7\n", 17, 0755);
	fd = open("script", O_RDONLY);
	CHILD("script", fexecve(fd, arguments, none));
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	result("hidden script", syscall(SYS_execveat, fd, "", arguments, none, AT_EMPTY_PATH));
	memory = (int)syscall(SYS_memfd_create, "x", 0);
	fd = open("/bin/true", O_RDONLY);
	while ((length = read(fd, buffer, sizeof(buffer))) > 0)
		write(memory, buffer, (size_t)length);
	CHILD("memory file", syscall(SYS_execveat, memory, "", arguments, none, AT_EMPTY_PATH));
}

int main(int argc, char **argv)
{
	char path[256] = {0};
	const char *part = argc > 1 ? argv[1] : "";

	if (strcmp(part, "kept") == 0)
		return kept(argv + 1);
	if (strcmp(part, "count") == 0) {
		size_t size = 0;

		for (int i = 0; i < argc; i++)
			size += i == 0 ? 0 : strlen(argv[i]);
		SAY("%d arguments, %zu bytes\n", argc, size);
		return 0;
	}
	close(10);
	close(11);
	chdir("/");
	readlink("/proc/self/exe", path, sizeof(path) - 1);
	self = path;
	strcpy(folder, "/tmp/execute-XXXXXX");
	mkdtemp(folder);
	CHILD("keep", keep());
	CHILD("threads", threads());
	CHILD("no arguments", execve("/bin/true", NULL, NULL));
	failures();
	sizes();
	scripts();
	by_descriptor();
	chdir("/");
	CHILD("remove", execl("/bin/rm", "rm", "-rf", folder, NULL));
	SAY("end\n");
	return 0;
}
