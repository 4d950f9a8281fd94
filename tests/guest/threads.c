/* SPDX-License-Identifier: BSD-3-Clause */
/* pthreads: what they share, wait for and leave behind; the same natively and on the unikernel. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 8
#define ROUNDS	1000

static pthread_t start(void *(*function)(void *), void *argument)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, function, argument);

	if (error) {
		printf("pthread_create: %d\n", error);
		exit(1);
	}
	return thread;
}

static long result_of(pthread_t thread)
{
	void *result = NULL;
	int error = pthread_join(thread, &result);

	return error ? -error : (long)result;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;
static __thread long own = 7;

static void *count(void *argument)
{
	own += (long)argument;
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
		if (i % 100 == 0)
			sched_yield();
	}
	return (void *)own;
}

static void *take_turns(void *argument)
{
	int self = (int)(long)argument;

	for (int i = 0; i < 100; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != self)
			pthread_cond_wait(&condition, &mutex);
		turn = !self;
		pthread_cond_signal(&condition);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void mutexes(void)
{
	pthread_t threads[WORKERS];
	struct timespec past = {1, 0};
	long sum = 0;

	for (long i = 0; i < WORKERS; i++)
		threads[i] = start(count, (void *)i);
	for (int i = 0; i < WORKERS; i++)
		sum += result_of(threads[i]);
	printf("mutex: %ld, thread-local %ld, own %ld\n", counter, sum, own);
	threads[0] = start(take_turns, (void *)0);
	threads[1] = start(take_turns, (void *)1);
	result_of(threads[0]);
	result_of(threads[1]);
	pthread_mutex_lock(&mutex);
	printf("condition: turn %d, timed out %d\n", turn,
	       pthread_cond_timedwait(&condition, &mutex, &past) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
}

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int initialised, serial;
static long shared[2];

static void initialise(void)
{
	usleep(1000);
	initialised++;
}

static void *meet(void *argument)
{
	long bad = 0;

	pthread_once(&once, initialise);
	bad += initialised != 1;
	if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
		serial++;
	for (int i = 0; i < 200; i++) {
		if ((long)argument % 4 == 0) {
			pthread_rwlock_wrlock(&rwlock);
			shared[0]++;
			if (i % 20 == 0)
				sched_yield();
			shared[1]++;
		} else {
			pthread_rwlock_rdlock(&rwlock);
			bad += shared[0] != shared[1];
			if (i % 20 == 0)
				sched_yield();
		}
		pthread_rwlock_unlock(&rwlock);
	}
	pthread_barrier_wait(&barrier);
	return (void *)bad;
}

static void meetings(void)
{
	pthread_t threads[WORKERS];
	long bad = 0;

	pthread_barrier_init(&barrier, NULL, WORKERS);
	for (long i = 0; i < WORKERS; i++)
		threads[i] = start(meet, (void *)i);
	for (int i = 0; i < WORKERS; i++)
		bad += result_of(threads[i]);
	printf("barrier: serial %d, once %d, rwlock %ld %ld, bad %ld\n", serial, initialised,
	       shared[0], shared[1], bad);
}

static int pipe_ends[2];

static void *produce(void *argument)
{
	char block[4096];

	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 64; i++) {
		if (write(pipe_ends[1], block, sizeof(block)) != sizeof(block))
			return (void *)-1L;
	}
	close(pipe_ends[1]);
	return NULL;
}

static void pipes(void)
{
	struct pollfd wait = {.events = POLLIN};
	static char block[1000];
	long total = 0, result;
	pthread_t thread;
	int other[2];

	if (pipe(pipe_ends) || pipe(other))
		exit(1);
	thread = start(produce, NULL);
	for (;;) {
		ssize_t got;

		wait.fd = pipe_ends[0];
		if (poll(&wait, 1, -1) != 1)
			break;
		got = read(pipe_ends[0], block, sizeof(block));
		if (got <= 0)
			break;
		total += got;
	}
	result = result_of(thread);
	printf("pipe: %ld bytes, producer %ld\n", total, result);
	wait.fd = other[0];
	printf("poll: %d\n", poll(&wait, 1, 20));
}

static atomic_int cleaned, arrived;

static void clean(void *argument)
{
	cleaned += (int)(long)argument;
}

static void *wait_for_ever(void *argument)
{
	char byte;

	pthread_cleanup_push(clean, (void *)3);
	arrived++;
	if (read(*(int *)argument, &byte, 1) == 1)
		return NULL;
	pthread_cleanup_pop(0);
	return NULL;
}

static void *compute_for_ever(void *argument)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	arrived++;
	for (volatile int i = 0;; i++)
		;
	return NULL;
}

static void cancellation(void)
{
	pthread_t blocked, busy;
	int ends[2];

	if (pipe(ends))
		exit(1);
	blocked = start(wait_for_ever, &ends[0]);
	busy = start(compute_for_ever, NULL);
	while (arrived < 2)
		usleep(1000);
	pthread_cancel(blocked);
	pthread_cancel(busy);
	printf("cancelled: %d", result_of(blocked) == (long)PTHREAD_CANCELED);
	printf(" %d, cleaned %d\n", result_of(busy) == (long)PTHREAD_CANCELED, cleaned);
}

static atomic_int seen[2];
static __thread int is_second;
static atomic_int is_ready, is_over;

static void handler(int signal)
{
	seen[is_second]++;
}

static void *receive(void *argument)
{
	sigset_t none, both;

	is_second = 1;
	sigemptyset(&none);
	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &both, NULL);
	is_ready = 1;
	while (!is_over)
		sigsuspend(&none);
	return NULL;
}

static void *receive_by_wait(void *argument)
{
	sigset_t set;
	int signal = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigwait(&set, &signal);
	return (void *)(long)signal;
}

static void signals(void)
{
	struct sigaction action = {.sa_handler = handler};
	sigset_t set, pending;
	pthread_t thread;

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	thread = start(receive, NULL);
	while (!is_ready)
		usleep(1000);
	pthread_kill(thread, SIGUSR1);
	while (!seen[1])
		usleep(1000);
	pthread_kill(pthread_self(), SIGUSR1);
	printf("directed: %d %d\n", seen[0], seen[1]);
	/* The process's signal goes to a thread that does not block it. */
	kill(getpid(), SIGUSR2);
	while (seen[1] < 2)
		usleep(1000);
	printf("to the process: %d %d\n", seen[0], seen[1]);
	is_over = 1;
	pthread_kill(thread, SIGUSR1);
	result_of(thread);
	/* All block it now: it waits for the process. */
	kill(getpid(), SIGUSR2);
	sigpending(&pending);
	printf("pending: %d\n", sigismember(&pending, SIGUSR2));
	thread = start(receive_by_wait, NULL);
	printf("waited for: %d\n", result_of(thread) == SIGUSR2);
	sigpending(&pending);
	printf("pending: %d, no such thread: %d\n", sigismember(&pending, SIGUSR2),
	       (int)syscall(SYS_tgkill, getpid(), 999999, 0));
}

static void *nothing(void *argument)
{
	return argument;
}

static void many(void)
{
	pthread_attr_t attributes;
	long sum = 0;
	size_t size = 0;
	pthread_t thread;

	for (long i = 0; i < 3000; i++)
		sum += result_of(start(nothing, (void *)i));
	printf("many: %ld\n", sum);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_JOINABLE);
	if (pthread_create(&thread, &attributes, nothing, (void *)5))
		exit(1);
	pthread_attr_getstacksize(&attributes, &size);
	printf("stack: %zu, %ld\n", size, result_of(thread));
}

static pthread_mutex_t robust, inheriting;

static void *die_with_locks(void *argument)
{
	pthread_mutex_lock(&robust);
	return NULL;
}

static void *hold_inheriting(void *argument)
{
	pthread_mutex_lock(&inheriting);
	arrived++;
	usleep(20000);
	counter = 99;
	pthread_mutex_unlock(&inheriting);
	return NULL;
}

static void kinds_of_mutexes(void)
{
	pthread_mutexattr_t attributes;
	struct timespec soon;
	pthread_t thread;
	int first;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attributes);
	result_of(start(die_with_locks, NULL));
	first = pthread_mutex_lock(&robust);
	printf("robust: %d", first == EOWNERDEAD);
	printf(" %d", pthread_mutex_consistent(&robust));
	printf(" %d", pthread_mutex_unlock(&robust));
	printf(" %d\n", pthread_mutex_lock(&robust));
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&inheriting, &attributes);
	arrived = 0;
	thread = start(hold_inheriting, NULL);
	while (!arrived)
		usleep(1000);
	clock_gettime(CLOCK_REALTIME, &soon);
	first = pthread_mutex_timedlock(&inheriting, &soon);
	pthread_mutex_lock(&inheriting);
	printf("inheriting: %d, %ld\n", first == ETIMEDOUT, counter);
	pthread_mutex_unlock(&inheriting);
	result_of(thread);
}

static sem_t semaphore;

static void *post(void *argument)
{
	usleep(5000);
	sem_post(&semaphore);
	return NULL;
}

static void *lock_file(void *argument)
{
	int fd = open("/dev/null", O_RDWR);
	int error = flock(fd, LOCK_EX);

	close(fd);
	return (void *)(long)error;
}

static void waits(void)
{
	struct timespec soon;
	pthread_t thread;
	int fd = open("/dev/null", O_RDWR);

	sem_init(&semaphore, 0, 0);
	thread = start(post, NULL);
	printf("semaphore: %d", sem_wait(&semaphore));
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 5000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	printf(" %d\n", sem_timedwait(&semaphore, &soon));
	result_of(thread);
	flock(fd, LOCK_EX);
	thread = start(lock_file, NULL);
	usleep(5000);
	flock(fd, LOCK_UN);
	printf("lock: %ld\n", result_of(thread));
	close(fd);
}

static void priorities(void)
{
	struct sched_param param = {.sched_priority = 3};

	printf("policy %ld, priorities %d to %d, bad %d", syscall(SYS_sched_getscheduler, 0),
	       sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_RR),
	       sched_get_priority_max(77));
	printf(" %ld", syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &param));
	printf(", no such thread %ld\n", syscall(SYS_sched_getscheduler, 999999));
	printf("nice: %d", setpriority(PRIO_PROCESS, 0, 5));
	printf(" %d, no such kind %d\n", getpriority(PRIO_PROCESS, 0), setpriority(9, 0, 0));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	mutexes();
	meetings();
	pipes();
	cancellation();
	signals();
	many();
	kinds_of_mutexes();
	waits();
	priorities();
	return 0;
}
