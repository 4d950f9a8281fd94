/* Creating, waiting for, stopping and ending processes: fork(2), wait(2), setpgid(2), prctl(2); the
 * same on Linux. */
#include "child_processes.h"
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

static int zeroes(const char *memory, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (memory[i])
			return 0;
	}
	return 1;
}

#define SIZE (1UL << 20)

static void memory(void)
{
	char *private =
		mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *wiped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *left = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *heap = malloc(100000);
	unsigned char vector;

	memset(private, 1, SIZE);
	memset(shared, 1, SIZE / 2);
	memset(wiped, 1, SIZE);
	memset(left, 1, SIZE);
	memset(heap, 1, 100000);
	result("wipe", madvise(wiped, SIZE, MADV_WIPEONFORK));
	result("wipe shared", madvise(shared, SIZE, MADV_WIPEONFORK));
	result("do not fork", madvise(left, SIZE / 2, MADV_DONTFORK));
	result("do not fork nothing", madvise((char *)0x10000, 4096, MADV_DONTFORK));
	CHILD("memory of the child", {
		SAY("private %d, shared %d %d, heap %d, wiped %d, left out %d %ld\n", private[5000],
		    shared[5000], shared[SIZE - 1], heap[99999], zeroes(wiped, SIZE),
		    left[SIZE - 1], (long)mincore(left, 4096, &vector));
		memset(private, 2, SIZE);
		memset(shared, 2, SIZE);
		memset(heap, 2, 100000);
		mprotect(private, SIZE, PROT_READ);
	});
	SAY("private %d, shared %d %d, heap %d, wiped %d\n", private[5000], shared[5000],
	    shared[SIZE - 1], heap[99999], wiped[0]);
	memset(private, 3, SIZE);
	/* The first child copies, the second one has the memory alone. */
	for (int i = 0; i < 2; i++)
		CHILD("written again", private[i * 4096] = 4; SAY("%d\n", private[SIZE - 1]));
	munmap(private, SIZE);
	munmap(shared, SIZE);
	munmap(wiped, SIZE);
	munmap(left, SIZE);
	free(heap);
}

static void descriptors(void)
{
	char name[] = "/tmp/processes-XXXXXX", text[16] = {0};
	int file = mkstemp(name), ends[2], other;
	struct flock lock = {.l_type = F_WRLCK, .l_len = 10};

	unlink(name);
	write(file, "0123456789", 10);
	lseek(file, 0, SEEK_SET);
	result("record lock", fcntl(file, F_SETLK, &lock));
	pipe(ends);
	CHILD("descriptors of the child", {
		struct flock found = {.l_type = F_WRLCK, .l_len = 10};

		read(file, text, 3);
		fcntl(file, F_GETLK, &found);
		SAY("read %s, lock of %s, at %ld\n", text,
		    found.l_pid == getppid() ? "parent" : "?", (long)lseek(file, 0, SEEK_CUR));
		result("conflict", fcntl(file, F_SETLK, &lock));
		close(ends[0]);
		write(ends[1], "x", 1);
		/* Closes its copy only, and drops none of the parent's locks. */
		close(file);
	});
	SAY("at %ld\n", (long)lseek(file, 0, SEEK_CUR));
	CHILD("the lock is still there", result("conflict", fcntl(file, F_SETLK, &lock)));
	close(ends[1]);
	SAY("%ld ", (long)read(ends[0], text, 16));
	SAY("%ld\n", (long)read(ends[0], text, 16));
	other = open("/dev/null", O_RDONLY);
	flock(file, LOCK_EX);
	CHILD("whole file", result("flock", flock(file, LOCK_EX | LOCK_NB)));
	/* A child that ends drops its record locks. */
	lock.l_type = F_UNLCK;
	fcntl(file, F_SETLK, &lock);
	lock.l_type = F_WRLCK;
	CHILD("locks", fcntl(file, F_SETLK, &lock));
	result("after the child's end", fcntl(file, F_SETLK, &lock));
	close(other);
	close(file);
	close(ends[0]);
}

static void inheritance(void)
{
	struct itimerval timer = {.it_value.tv_sec = 1000}, found;
	struct rlimit limit = {33, 44};
	sigset_t set, pending;
	stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ}, old;
	char name[16] = "a name";
	timer_t posix;

	timer_create(CLOCK_MONOTONIC, NULL, &posix);
	setitimer(ITIMER_REAL, &timer, NULL);
	setrlimit(RLIMIT_CORE, &limit);
	sigaltstack(&stack, NULL);
	prctl(PR_SET_NAME, name);
	umask(027);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	prctl(PR_SET_PDEATHSIG, SIGUSR2);
	chdir("/usr");
	CHILD("inheritance", {
		int death = -1;

		getitimer(ITIMER_REAL, &found);
		getrlimit(RLIMIT_CORE, &limit);
		sigaltstack(NULL, &old);
		prctl(PR_GET_NAME, name);
		prctl(PR_GET_PDEATHSIG, &death);
		sigpending(&pending);
		sigprocmask(SIG_BLOCK, NULL, &set);
		SAY("timer %ld, limits %ld %ld, stack %d, name %s, umask %o, blocked %d, pending "
		    "%d, death signal %d, timer %ld, cwd %s\n",
		    (long)found.it_value.tv_sec, (long)limit.rlim_cur, (long)limit.rlim_max,
		    old.ss_sp == stack.ss_sp, name, umask(0), sigismember(&set, SIGUSR1),
		    sigismember(&pending, SIGUSR1), death, (long)timer_gettime(posix, NULL),
		    getcwd((char[64]){0}, 64));
		chdir("/");
		umask(0);
	});
	SAY("umask %o, cwd %s\n", umask(022), getcwd((char[64]){0}, 64));
	prctl(PR_SET_PDEATHSIG, 0);
	chdir("/");
	timer_delete(posix);
	timer.it_value.tv_sec = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	act(SIGUSR1, handler, 0);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	act(SIGUSR1, NULL, 0);
	stack.ss_flags = SS_DISABLE;
	sigaltstack(&stack, NULL);
	free(stack.ss_sp);
}

static void waits(void)
{
	siginfo_t information;
	struct rusage usage;
	int status = -1;
	pid_t pid;

	result("wait without children", wait(NULL));
	result("waitpid of a stranger", waitpid(1 << 21, NULL, 0));
	result("waitpid of INT_MIN", waitpid(INT32_MIN, NULL, 0));
	result("bad options", waitpid(-1, NULL, 0x1000));
	result("waitid without options", waitid(P_ALL, 0, &information, 0));
	result("waitid of a bad kind", waitid((idtype_t)9, 0, &information, WEXITED));
	result("waitid of pid 0", waitid(P_PID, 0, &information, WEXITED));
	result("waitid without children", waitid(P_ALL, 0, &information, WEXITED));
	pid = fork();
	if (pid == 0)
		pause_for_ever();
	result("WNOHANG", waitpid(pid, &status, WNOHANG));
	memset(&information, 0x55, sizeof(information));
	result("waitid WNOHANG", waitid(P_PID, pid, &information, WEXITED | WNOHANG));
	SAY("%d %d\n", information.si_pid, information.si_signo);
	result("another group", waitpid(-(1 << 21), &status, WNOHANG));
	result("__WCLONE", waitpid(pid, &status, __WCLONE | WNOHANG));
	result("__WALL", waitpid(pid, &status, __WALL | WNOHANG));
	result("SIGCHLD as exit signal", waitpid(0, &status, WNOHANG));
	kill(pid, SIGTERM);
	for (int i = 0; i < 2; i++) {
		result("waitid WNOWAIT", waitid(P_PID, pid, &information, WEXITED | WNOWAIT));
		SAY("%d %d %d %d\n", information.si_signo, information.si_code,
		    information.si_status, information.si_pid == pid);
	}
	result("kill of a zombie", kill(pid, SIGUSR1));
	SAY("%d\n", wait4(pid, &status, 0, &usage) == pid);
	SAY("%s\n", status_text(status));
	result("twice", waitpid(pid, &status, 0));
	result("kill of nobody", kill(pid, 0));
	result("bad pointer", (pid = fork()) ? waitpid(pid, (int *)8, 0) : (_exit(3), 0));
	result("it was waited for", waitpid(pid, NULL, 0));
	for (int code = 0; code < 3; code++)
		CHILD("exit status", _exit(code * 127));
	CHILD("of 256", _exit(256));
	CHILD("abort", signal(SIGABRT, SIG_DFL), abort());
	CHILD("null pointer", *(volatile char *)NULL = 0);
	CHILD("last thread", syscall(SYS_exit, 9));
}

static void child_signals(void)
{
	sigset_t set;
	siginfo_t information;
	pid_t pid;

	act(SIGCHLD, handler, SA_RESTART);
	CHILD("SIGCHLD", _exit(5));
	SAY("%d %d %d\n", caught, last_code, last_status);
	CHILD("SIGCHLD", raise(SIGKILL));
	SAY("%d %d %d\n", caught, last_code, last_status);
	caught = 0;
	act(SIGCHLD, handler, SA_NOCLDWAIT);
	pid = fork();
	if (pid == 0)
		_exit(1);
	result("SA_NOCLDWAIT", waitpid(pid, NULL, 0));
	SAY("%d\n", caught);
	ignore(SIGCHLD);
	pid = fork();
	if (pid == 0)
		_exit(1);
	result("SIG_IGN", waitpid(-1, NULL, 0));
	act(SIGCHLD, NULL, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == 0)
		_exit(77);
	result("sigwaitinfo", sigwaitinfo(&set, &information));
	SAY("%d %d %d %d\n", information.si_code, information.si_status, information.si_pid == pid,
	    information.si_uid == getuid());
	end("then wait", pid);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void stops(void)
{
	siginfo_t information;
	int status = 0, ends[2];
	char byte;
	pid_t pid;

	pipe(ends);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		read(ends[0], &byte, 1);
		raise(SIGTSTP);
		act(SIGCONT, handler, 0);
		raise(SIGSTOP);
		_exit(10 + caught);
	}
	waitpid(pid, &status, WUNTRACED);
	SAY("%s\n", status_text(status));
	result("reported once", waitpid(pid, &status, WUNTRACED | WNOHANG));
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	SAY("%s\n", status_text(status));
	write(ends[1], "x", 1);
	waitpid(pid, &status, WUNTRACED);
	SAY("%s\n", status_text(status));
	kill(pid, SIGCONT);
	waitid(P_PID, pid, &information, WSTOPPED);
	SAY("%d %d\n", information.si_code, information.si_status);
	/* A signal that ends it waits for the continuation, SIGKILL does not. */
	kill(pid, SIGUSR1);
	result("still there", waitpid(pid, &status, WNOHANG));
	kill(pid, SIGCONT);
	end("continued", pid);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGKILL);
	end("killed while stopped", pid);
	act(SIGCHLD, handler, SA_RESTART | SA_NOCLDSTOP);
	caught = 0;
	pid = fork();
	if (pid == 0)
		pause_for_ever();
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	SAY("SA_NOCLDSTOP: %d\n", caught);
	act(SIGCHLD, handler, SA_RESTART);
	kill(pid, SIGCONT);
	/* Linux sends it when the child runs. */
	while (caught < 1)
		usleep(1000);
	SAY("CLD_CONTINUED: %d %d %d\n", caught, last_code, last_status);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	SAY("CLD_STOPPED: %d %d %d\n", caught, last_code, last_status);
	kill(pid, SIGKILL);
	kill(pid, SIGCONT);
	end("killed", pid);
	act(SIGCHLD, NULL, 0);
	close(ends[0]);
	close(ends[1]);
}

/* A wait that a stop does not interrupt. */
static void stopped_sleep(void)
{
	int status, ends[2];
	char byte;
	pid_t pid;

	pipe(ends);
	pid = fork();
	if (pid == 0) {
		struct timespec time = {0, 200000000};

		write(ends[1], "x", 1);
		_exit(nanosleep(&time, NULL) ? 1 : 42);
	}
	read(ends[0], &byte, 1);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	end("sleep with a stop", pid);
	close(ends[0]);
	close(ends[1]);
}

static void groups(void)
{
	int status, to_child[2], to_parent[2];
	char byte;
	pid_t pid, other;

	pipe(to_child);
	pipe(to_parent);
	pid = fork();
	if (pid == 0) {
		SAY("own group: %d\n", getpgrp() == getpid());
		result("setpgid", setpgid(0, 0));
		SAY("own group: %d\n", getpgrp() == getpid());
		write(to_parent[1], "x", 1);
		read(to_child[0], &byte, 1);
		result("session", setsid() == getpid());
		_exit(0);
	}
	read(to_parent[0], &byte, 1);
	SAY("%d %d\n", getpgid(pid) == pid, getsid(pid) == getsid(0));
	other = fork();
	if (other == 0)
		pause_for_ever();
	result("join", setpgid(other, pid));
	SAY("%d\n", getpgid(other) == pid);
	result("a group of nobody", setpgid(other, 1 << 21));
	result("a negative group", setpgid(other, -1));
	result("a stranger", setpgid(1 << 21, 0));
	result("group of a stranger", getpgid(1 << 21));
	result("session of a stranger", getsid(1 << 21));
	ignore(SIGUSR1);
	result("kill of a group", kill(-pid, SIGUSR2));
	SAY("%s\n", status_text(end_of(pid)));
	SAY("%s\n", status_text(end_of(other)));
	result("kill of an empty group", kill(-pid, 0));
	act(SIGUSR1, NULL, 0);
	pid = fork();
	if (pid == 0) {
		SAY("session: %d\n", setsid() == getpid());
		SAY("%d %d\n", getsid(0) == getpid(), getpgrp() == getpid());
		result("again", setsid());
		result("setpgid of a leader", setpgid(0, 0));
		/* Its group is orphaned: TSTP has no effect. */
		raise(SIGTSTP);
		_exit(4);
	}
	waitpid(pid, &status, WUNTRACED);
	SAY("%s\n", status_text(status));
	close(to_child[0]);
	close(to_child[1]);
	close(to_parent[0]);
	close(to_parent[1]);
}

/* A group that becomes orphaned while it is stopped gets SIGHUP and SIGCONT. */
static void orphaned_group(void)
{
	int ends[2], status;
	char text[8] = {0};
	pid_t pid;

	pipe(ends);
	pid = fork();
	if (pid == 0) {
		pid_t child;

		setsid();
		child = fork();
		if (child == 0) {
			setpgid(0, 0);
			act(SIGHUP, handler, 0);
			raise(SIGSTOP);
			write(ends[1], caught ? "hup" : "no", 3);
			_exit(0);
		}
		waitpid(child, &status, WUNTRACED);
		_exit(0);
	}
	close(ends[1]);
	end("leader", pid);
	read(ends[0], text, sizeof(text));
	SAY("orphan: %s\n", text);
	close(ends[0]);
	end("adopted", -1);
}

static void orphans(void)
{
	int ends[2], status;
	char byte = 0;
	pid_t pid;

	caught = 0;
	result("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
	pipe(ends);
	pid = fork();
	if (pid == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			act(SIGUSR2, handler, 0);
			prctl(PR_SET_PDEATHSIG, SIGUSR2);
			write(ends[1], "x", 1);
			while (getppid() == parent || !caught)
				usleep(1000);
			SAY("orphan: %d %d\n", getppid() == parent, caught);
			_exit(6);
		}
		read(ends[0], &byte, 1);
		_exit(5);
	}
	status = end_of(pid);
	end("orphan", -1);
	SAY("parent: %s\n", status_text(status));
	result("no others", wait(NULL));
	orphaned_group();
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	pid_t pid = fork();

	/* A group that is not orphaned, whoever runs the test. */
	if (pid) {
		setpgid(pid, pid);
		return WEXITSTATUS(end_of(pid));
	}
	setpgid(0, 0);
	chdir("/");
	memory();
	descriptors();
	inheritance();
	waits();
	child_signals();
	stops();
	stopped_sleep();
	groups();
	orphans();
	SAY("end\n");
	return 17;
}
