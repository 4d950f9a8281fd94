/* Many children: one after the other, at once, as zombies, while threads use everything that a fork
 * copies, under a storm of signals; and forks without memory or numbers. The same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include "wait_status.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static void say(const char *what, long value)
{
	printf("%s: %ld\n", what, value);
	fflush(stdout);
}

static void in_turn(int count)
{
	int good = 0;

	for (int i = 0; i < count; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(i % 256);
		good += waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
			WEXITSTATUS(status) == i % 256;
	}
	say("one after the other", good);
}

static void at_once(int count)
{
	int ends[2], good = 0;
	char byte;

	pipe(ends);
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			close(ends[1]);
			_exit(read(ends[0], &byte, 1) == 0 ? 3 : 4);
		}
		good += pid > 0;
	}
	say("at once", good);
	close(ends[1]);
	close(ends[0]);
	for (good = 0; count > 0; count--) {
		int status;

		good += wait(&status) > 0 && WEXITSTATUS(status) == 3;
	}
	say("ended", good);
}

static void zombies(int count)
{
	int good = 0;

	for (int i = 0; i < count; i++) {
		if (fork() == 0)
			_exit(1);
	}
	usleep(20000);
	while (wait(NULL) > 0)
		good++;
	say("zombies", good);
}

/* Each child creates the next one. */
static void generations(int count)
{
	int status;
	pid_t pid;

	if (count == 0)
		_exit(11);
	pid = fork();
	if (pid == 0)
		generations(count - 1);
	waitpid(pid, &status, 0);
	_exit(WEXITSTATUS(status));
}

static volatile int go_on = 1;
static volatile sig_atomic_t caught;

static void *use(void *argument)
{
	while (go_on) {
		char *memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int fd = open("/dev/zero", O_RDONLY);

		read(fd, memory, 65536);
		close(fd);
		munmap(memory, 65536);
	}
	return NULL;
}

static void beside_threads(int count)
{
	pthread_t threads[3];
	int good = 0;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, use, NULL);
	for (int i = 0; i < count; i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			memset(malloc(100000), 1, 100000);
			_exit(5);
		}
		waitpid(pid, &status, 0);
		good += WIFEXITED(status) && WEXITSTATUS(status) == 5;
	}
	go_on = 0;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	say("beside threads", good);
}

static void handler(int signal)
{
	caught++;
}

static void storm(int count)
{
	int good = 0;
	pid_t parent = getpid(), sender;

	signal(SIGUSR1, handler);
	sender = fork();
	if (sender == 0) {
		for (;;) {
			kill(parent, SIGUSR1);
			usleep(100);
		}
	}
	for (int i = 0; i < count; i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			if (i % 2)
				execl("/bin/true", "true", NULL);
			_exit(0);
		}
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	kill(sender, SIGKILL);
	while (waitpid(sender, NULL, 0) < 0)
		;
	say("under a storm", good);
	say("signals", caught > 0);
}

static void deep_vfork(int depth)
{
	pid_t pid;

	if (depth == 0)
		_exit(2);
	pid = vfork();
	if (pid == 0)
		deep_vfork(depth - 1);
	_exit(pid < 0 ? 9 : 2);
}

/* A child in vfork that overflows the stack that it shares. */
static int overflow(int depth)
{
	volatile char large[4096];

	large[0] = (char)depth;
	return overflow(depth + 1) + large[0];
}

int main(int argc, char **argv)
{
	int scale = argc > 1 ? atoi(argv[1]) : 10, status = -1;
	pid_t pid;

	in_turn(30 * scale);
	at_once(4 * scale);
	zombies(5 * scale);
	pid = fork();
	if (pid == 0)
		generations(20);
	waitpid(pid, &status, 0);
	printf("generations: %s\n", status_text(status));
	beside_threads(scale);
	storm(2 * scale);
	pid = fork();
	if (pid == 0)
		deep_vfork(10);
	waitpid(pid, &status, 0);
	printf("vfork in vfork: %s\n", status_text(status));
	fflush(stdout);
	pid = vfork();
	if (pid == 0)
		_exit(overflow(0));
	waitpid(pid, &status, 0);
	printf("overflow in vfork: %s\n", status_text(status));
	return 0;
}
