/* SPDX-License-Identifier: BSD-3-Clause */
/* Three threads take jobs from a pipe and write a file for each: the trace in the picture of the
 * documentation (tests/e2e/test_trace_page.py). */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define THREADS 3
#define JOBS	12

static int jobs[2];

static void pause_ms(long milliseconds)
{
	const struct timespec pause = {0, milliseconds * 1000000};

	nanosleep(&pause, NULL);
}

static void *work(void *unused)
{
	unsigned char job;

	while (read(jobs[0], &job, 1) == 1) {
		size_t size = (job + 1) * 65536UL;
		char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0);
		char path[32];
		int file;

		snprintf(path, sizeof(path), "/tmp/jobs/%d", job);
		file = open(path, O_WRONLY | O_CREAT, 0644);
		if (file < 0) /* for the failed calls: the directory does not exist */
			file = open(path + sizeof("/tmp/jobs") - 1, O_WRONLY | O_CREAT, 0644);
		write(file, memory, size);
		pause_ms(2 + job % 3);
		close(file);
		munmap(memory, size);
	}
	return NULL;
}

static void report(int signal)
{
	write(STDERR_FILENO, "half\n", 5);
}

int main(void)
{
	pthread_t threads[THREADS];

	signal(SIGUSR1, report);
	pipe(jobs);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (unsigned char job = 0; job < JOBS; job++) {
		write(jobs[1], &job, 1);
		pause_ms(1);
		if (job == JOBS / 2)
			raise(SIGUSR1);
	}
	close(jobs[1]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
