/* Descriptors of processes: pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2), CLONE_PIDFD and
 * waitid(2) with P_PIDFD; the same on Linux. */
#include "child_processes.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define PIDFD	    3 /* P_PIDFD */
#define CLONE_PIDFD 0x1000

/* A number, or 99 for a descriptor, which may be any. */
static void value(const char *what, long number)
{
	result(what, number > 2 ? 99 : number);
}

static int open_process(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static long send(int fd, int signal, siginfo_t *information, unsigned flags)
{
	return syscall(SYS_pidfd_send_signal, fd, signal, information, flags);
}

static void poll_one(const char *what, int fd, int timeout)
{
	struct pollfd one = {fd, POLLIN | POLLOUT, 0};

	value(what, poll(&one, 1, timeout));
	SAY("%#x\n", one.revents);
}

static void wait_for(const char *what, int fd, int options)
{
	siginfo_t information;

	memset(&information, 0, sizeof(information));
	value(what, waitid((idtype_t)PIDFD, (id_t)fd, &information, options));
	SAY("%d %d %d\n", information.si_pid != 0, information.si_code, information.si_status);
}

static void show_lines(int fd, pid_t pid)
{
	char name[64], line[64];
	FILE *file;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	file = fopen(name, "r");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "Pid:", 4) == 0)
			SAY("Pid: %d\n", atoi(line + 4) == pid);
		else if (strncmp(line, "pos", 3) == 0 || strncmp(line, "flags", 5) == 0)
			SAY("%s", line);
	}
	if (file)
		fclose(file);
}

static void *open_thread(void *argument)
{
	value("a thread", open_process((pid_t)syscall(SYS_gettid), 0));
	return NULL;
}

static int opening(void)
{
	char name[64], link[64] = "";
	struct stat status;
	pthread_t thread;
	int self = open_process(getpid(), 0);

	value("self", self);
	SAY("%d %#x\n", fcntl(self, F_GETFD), fcntl(self, F_GETFL));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", self);
	readlink(name, link, sizeof(link) - 1);
	SAY("%s\n", link);
	value("nobody", open_process(1 << 21, 0));
	value("0", open_process(0, 0));
	value("-1", open_process(-1, 0));
	value("bad flags", open_process(getpid(), 1));
	value("without blocking", open_process(getpid(), O_NONBLOCK));
	pthread_create(&thread, NULL, open_thread, NULL);
	pthread_join(thread, NULL);
	value("read", read(self, link, 8));
	value("write", write(self, link, 8));
	value("lseek", lseek(self, 0, SEEK_SET));
	value("fstat", fstat(self, &status));
	SAY("%o\n", status.st_mode);
	return self;
}

static void signals(int fd)
{
	siginfo_t information = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};

	value("signal 0", send(fd, 0, NULL, 0));
	value("bad signal", send(fd, 99, NULL, 0));
	value("bad flags", send(fd, 0, NULL, 64));
	value("two flags", send(fd, 0, NULL, 3));
	value("bad descriptor", send(99, 0, NULL, 0));
	value("another file", send(1, 0, NULL, 0));
	value("another number", send(fd, SIGTERM, &information, 0));
	information.si_code = SI_USER;
	value("as kill", send(fd, SIGUSR1, &information, 0));
	value("bad pointer", send(fd, SIGTERM, (siginfo_t *)8, 0));
}

static void descriptors(int fd, int self)
{
	value("getfd", syscall(SYS_pidfd_getfd, fd, 1, 0));
	value("no such descriptor", syscall(SYS_pidfd_getfd, fd, 777, 0));
	value("bad flags", syscall(SYS_pidfd_getfd, fd, 1, 1));
	value("another file", syscall(SYS_pidfd_getfd, 1, 1, 0));
	value("close-on-exec", fcntl((int)syscall(SYS_pidfd_getfd, self, 1, 0), F_GETFD));
	CHILD("another user", setuid(1001),
	      value("getfd of root's", syscall(SYS_pidfd_getfd, fd, 1, 0)));
}

static void life(int self)
{
	pid_t child = fork();
	int fd;

	if (child == 0)
		pause_for_ever();
	fd = open_process(child, 0);
	poll_one("running", fd, 0);
	show_lines(fd, child);
	wait_for("WNOHANG", fd, WEXITED | WNOHANG);
	signals(fd);
	descriptors(fd, self);
	value("kill", send(fd, SIGTERM, NULL, 0));
	poll_one("ended", fd, 2000);
	value("getfd of a zombie", syscall(SYS_pidfd_getfd, fd, 1, 0));
	value("signal to a zombie", send(fd, SIGTERM, NULL, 0));
	value("open of a zombie", open_process(child, 0));
	wait_for("waitid", fd, WEXITED);
	poll_one("waited for", fd, 0);
	value("signal 0", send(fd, 0, NULL, 0));
	wait_for("again", fd, WEXITED);
	wait_for("bad descriptor", 99, WEXITED);
	wait_for("another file", 1, WEXITED);
	value("getfd", syscall(SYS_pidfd_getfd, fd, 1, 0));
	show_lines(fd, -1);
	wait_for("not a child", self, WEXITED);
}

struct arguments {
	unsigned long flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls,
		rest[3];
};

static void cloning(void)
{
	int fd = -1, number = 0;
	struct arguments arguments = {
		.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
		.pidfd = (unsigned long)&fd,
		.parent_tid = (unsigned long)&number,
		.exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);

	if (pid == 0)
		_exit(7);
	SAY("clone: %d %d\n", fd > 2, fcntl(fd, F_GETFD));
	wait_for("waitid", fd, WEXITED);
	value("with the number",
	      syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &fd, 0, 0));
	value("bad pointer", syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, 8, 0, 0));
	pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
	if (pid == 0)
		_exit(9);
	SAY("clone3: %d\n", number == pid);
	wait_for("waitid", fd, WEXITED);
	pid = fork();
	if (pid == 0)
		pause_for_ever();
	fd = open_process((pid_t)pid, O_NONBLOCK);
	wait_for("would block", fd, WEXITED);
	kill((pid_t)pid, SIGKILL);
	poll_one("ended", fd, 2000);
	wait_for("does not block", fd, WEXITED);
}

int main(void)
{
	int self = opening();

	life(self);
	cloning();
	SAY("end\n");
	return 0;
}
