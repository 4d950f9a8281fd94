/* Processes that share more than after fork(2), and processes of several threads: vfork(2),
 * clone(2), getrusage(2); the same on Linux. */
#include "child_processes.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

static int shared_variable;

static void vforks(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		shared_variable = 7;
		_exit(8);
	}
	SAY("vfork: %d\n", shared_variable);
	end("vfork", pid);
	pid = vfork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 9", NULL);
		_exit(1);
	}
	end("vfork and exec", pid);
	pid = vfork();
	if (pid == 0) {
		execl("/nowhere", "nowhere", NULL);
		_exit(errno);
	}
	end("vfork and no exec", pid);
}

static char clone_stack[65536] __attribute__((aligned(16)));

static int clone_function(void *argument)
{
	shared_variable = 55;
	close(3);
	chdir("/usr");
	return 12;
}

static void clone_once(const char *what, int flags)
{
	int null = open("/dev/null", O_RDONLY), moved = dup2(null, 3);
	pid_t pid, numbers[2] = {0, 0};

	shared_variable = 1;
	pid = clone(clone_function, clone_stack + sizeof(clone_stack),
		    flags | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, NULL, &numbers[0], NULL,
		    &numbers[1]);
	if (pid < 0) {
		result(what, pid);
	} else {
		int status = -1;

		result("waited", waitpid(pid, &status, __WALL) == pid);
		SAY("%s: %s, memory %d, descriptor %d, cwd %s, numbers %d %d\n", what,
		    status_text(status), shared_variable, fcntl(3, F_GETFD),
		    getcwd((char[64]){0}, 64), numbers[0] == pid, numbers[1] == pid);
	}
	chdir("/");
	close(null);
	close(moved);
}

static void clones(void)
{
	clone_once("like fork", SIGCHLD);
	clone_once("memory", CLONE_VM | SIGCHLD);
	clone_once("memory, files", CLONE_VM | CLONE_FILES | SIGCHLD);
	clone_once("files", CLONE_FILES | SIGCHLD);
	clone_once("paths", CLONE_FS | SIGCHLD);
	clone_once("all", CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD);
	clone_once("vfork", CLONE_VM | CLONE_VFORK | SIGCHLD);
	clone_once("vfork without memory", CLONE_VFORK | SIGCHLD);
	clone_once("no signal", 0);
	ignore(SIGUSR1);
	clone_once("another signal", SIGUSR1);
	act(SIGUSR1, NULL, 0);
	clone_once("handlers without memory", CLONE_SIGHAND | SIGCHLD);
	clone_once("thread without handlers", CLONE_THREAD | CLONE_VM);
}

static void *forking_thread(void *argument)
{
	CHILD("from a thread", SAY("threads: %d\n", getpid() == (int)syscall(SYS_gettid)));
	return NULL;
}

static volatile int go_on = 1;

static void *busy_thread(void *argument)
{
	while (go_on) {
		void *memory = malloc(5000);
		int fd = open("/dev/null", O_RDONLY);

		memset(memory, 5, 5000);
		free(memory);
		close(fd);
		sched_yield();
	}
	return NULL;
}

static void fork_in_handler(int signal, siginfo_t *information, void *context)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(3);
	last_status = WEXITSTATUS(end_of(pid));
}

static void threads(void)
{
	pthread_t thread, busy[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&busy[i], NULL, busy_thread, NULL);
	pthread_create(&thread, NULL, forking_thread, NULL);
	pthread_join(thread, NULL);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(i);
		if (WEXITSTATUS(end_of(pid)) != i)
			SAY("wrong status\n");
	}
	act(SIGUSR1, fork_in_handler, 0);
	raise(SIGUSR1);
	SAY("in a handler: %d\n", last_status);
	act(SIGUSR1, NULL, 0);
	/* All threads of a process end together. */
	CHILD("exit with threads", {
		pthread_create(&thread, NULL, busy_thread, NULL);
		pthread_create(&thread, NULL, (void *(*)(void *))pause_for_ever, NULL);
		sched_yield();
		exit(21);
	});
	go_on = 0;
	for (int i = 0; i < 2; i++)
		pthread_join(busy[i], NULL);
}

static void usage(void)
{
	struct rusage before, after;
	pid_t pid;

	getrusage(RUSAGE_CHILDREN, &before);
	pid = fork();
	if (pid == 0) {
		struct timespec now, start;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
		SAY("begins at 0: %d\n", start.tv_sec == 0 && start.tv_nsec < 100000000);
		do
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
		while (now.tv_sec == 0 && now.tv_nsec < 150000000);
		_exit(0);
	}
	end("busy", pid);
	getrusage(RUSAGE_CHILDREN, &after);
	SAY("children's time: %d\n",
	    (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 + after.ru_utime.tv_usec -
			    before.ru_utime.tv_usec +
			    (after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000 +
			    after.ru_stime.tv_usec - before.ru_stime.tv_usec >
		    100000);
}

int main(void)
{
	chdir("/");
	vforks();
	clones();
	threads();
	usage();
	SAY("end\n");
	return 17;
}
