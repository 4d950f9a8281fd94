/* For debuggers: frames with known names, threads, a handler, and several ways to end. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct node {
	int value;
	struct node *next;
};

struct node *list;
char text[] = "a global text";
double number = 2.5;
long counter = 7;
char *sparse;

static pthread_barrier_t barrier;

static void __attribute__((noinline)) say(const char *what)
{
	if (write(1, what, strlen(what)) < 0)
		_exit(1);
}

static long __attribute__((noinline)) twice(long value)
{
	long result = value * 2;

	counter += result;
	return result;
}

static void on_signal(int signal)
{
	say("handled\n");
	_exit(signal);
}

static void __attribute__((noinline)) wait_for_ever(void)
{
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
}

static void *work(void *argument)
{
	wait_for_ever();
	return argument;
}

static void __attribute__((noinline)) write_to_null(struct node *node)
{
	__asm__ volatile("movsd %0, %%xmm5" : : "m"(number) : "xmm5");
	node->next->value = 1;
	counter++;
}

static void start_threads(void)
{
	pthread_t threads[2];

	pthread_barrier_init(&barrier, NULL, 3);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	pthread_barrier_wait(&barrier);
	usleep(20000);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	unsigned long size = 8UL << 20;
	long value = twice(21);

	say("hello\n");
	printf("%ld %ld\n", value, counter);
	fflush(stdout);
	if (strcmp(how, "loop") == 0) {
		for (;;)
			__asm__ volatile("");
	}
	list = calloc(1, sizeof(*list));
	list->value = 42;
	/* 64 GiB; other writers of core files would write all of it. */
	if (strcmp(how, "sparse") == 0)
		size = 1UL << 36;
	sparse = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	sparse[1 << 20] = 'x';
	sparse[size / 2] = 'y';
	if (strcmp(how, "threads") == 0)
		start_threads();
	if (strcmp(how, "handler") == 0)
		signal(SIGSEGV, on_signal);
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "jump") == 0)
		((void (*)(void))0x12345)();
	if (*how)
		write_to_null(list);
	return 5;
}
