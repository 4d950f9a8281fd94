/* SPDX-License-Identifier: BSD-3-Clause */
/* Something of everything that a trace's page shows: threads, failed calls, memory that is mapped
 * and unmapped, a signal. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MIB (1UL << 20)

static void *work(void *number)
{
	size_t size = (1 + (size_t)number) * MIB;
	const struct timespec pause = {0, 2000000};

	for (int round = 0; round < 5; round++) {
		void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0);

		open("/nowhere/<b>&amp;</script>", O_RDONLY);
		nanosleep(&pause, NULL);
		mprotect(memory, size / 2, PROT_NONE);
		munmap(memory, size);
		syscall(SYS_gettid);
	}
	return NULL;
}

static void handle(int signal)
{
}

int main(void)
{
	pthread_t threads[3];

	signal(SIGUSR1, handle);
	for (size_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	raise(SIGUSR1);
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
