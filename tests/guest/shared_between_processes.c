/* Memory that processes share, without a file and of /dev/shm, and what waits in it: mutexes (also
 * robust and priority-inheriting ones whose owner dies), conditions, semaphores. */
#include "child_processes.h"
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SIZE	  8192
#define CHILDREN  3
#define ROUNDS	  200
#define A_MOMENT  5000 /* microseconds, in which others come to wait */
#define LONG_TIME 20000

struct area {
	pthread_mutex_t plain, inheriting, robust[2];
	pthread_cond_t condition;
	sem_t semaphore;
	volatile int count, turn;
};

static void prepare_mutex(pthread_mutex_t *mutex, int robust, int protocol)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, robust);
	pthread_mutexattr_setprotocol(&attributes, protocol);
	result("mutex", pthread_mutex_init(mutex, &attributes));
}

static void count_together(struct area *area, pthread_mutex_t *mutex)
{
	area->count = 0;
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			for (int k = 0; k < ROUNDS; k++) {
				pthread_mutex_lock(mutex);
				int before = area->count;

				if (k % 20 == 0)
					usleep(100);
				area->count = before + 1;
				pthread_mutex_unlock(mutex);
			}
			_exit(0);
		}
	for (int i = 0; i < CHILDREN; i++)
		wait(NULL);
	result("counted", area->count);
}

static void owner_dies(struct area *area, pthread_mutex_t *mutex, int killed)
{
	pid_t child = fork();
	int error;

	if (child == 0) {
		pthread_mutex_lock(mutex);
		sem_post(&area->semaphore);
		usleep(LONG_TIME);
		if (killed)
			raise(SIGKILL);
		_exit(3);
	}
	sem_wait(&area->semaphore);
	error = pthread_mutex_lock(mutex);
	SAY("owner died: %s\n", error == EOWNERDEAD ? "yes" : "no");
	result("consistent", pthread_mutex_consistent(mutex));
	result("unlock", pthread_mutex_unlock(mutex));
	end("owner", child);
}

static void wait_for_a_condition(struct area *area)
{
	pid_t child = fork();

	if (child == 0) {
		pthread_mutex_lock(&area->plain);
		while (!area->turn)
			pthread_cond_wait(&area->condition, &area->plain);
		area->turn = 2;
		pthread_mutex_unlock(&area->plain);
		_exit(0);
	}
	usleep(A_MOMENT);
	pthread_mutex_lock(&area->plain);
	area->turn = 1;
	pthread_cond_signal(&area->condition);
	pthread_mutex_unlock(&area->plain);
	end("condition", child);
	result("turn", area->turn);
}

/* other: a second mapping of the same memory. */
static void share(struct area *area, struct area *other)
{
	pthread_condattr_t attributes;
	pid_t child;

	pthread_condattr_init(&attributes);
	pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&area->condition, &attributes);
	sem_init(&area->semaphore, 1, 0);
	prepare_mutex(&area->plain, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
	prepare_mutex(&area->inheriting, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
	prepare_mutex(&area->robust[0], PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
	prepare_mutex(&area->robust[1], PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_INHERIT);
	count_together(area, &area->plain);
	count_together(area, &area->inheriting);
	for (int i = 0; i < 4; i++)
		owner_dies(area, &area->robust[i / 2], i % 2);
	wait_for_a_condition(area);
	child = fork();
	if (child == 0)
		_exit(sem_wait(&other->semaphore));
	usleep(A_MOMENT);
	sem_post(&area->semaphore);
	end("woken at another address", child);
}

static void *map(int fd)
{
	return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0),
		    fd, 0);
}

static void share_nameless(void)
{
	char *memory = map(-1), *same, line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "/dev/zero"))
			SAY("%s", strchr(line, '/'));
	fclose(maps);
	same = mremap(memory, 0, SIZE, MREMAP_MAYMOVE); /* a second mapping, mremap(2) */
	SAY("mapped again: %d\n", same != MAP_FAILED);
	share((struct area *)memory, (struct area *)same);
	memory = mremap(memory, SIZE, 2 * SIZE, MREMAP_MAYMOVE);
	CHILD("inside", memory[SIZE - 1] = 1);
	SAY("written: %d %d\n", memory[SIZE - 1], same[SIZE - 1]);
	CHILD("beyond the file", memory[SIZE] = 1);
}

static void share_named(void)
{
	char name[64]; /* tests run at the same time, with one /dev/shm */
	sem_t *semaphore;
	struct stat status;
	int fd;

	snprintf(name, sizeof(name), "/unishim_shared_%d", getpid());
	stat("/dev/shm", &status);
	SAY("mode %o\n", status.st_mode);
	fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	SAY("open: %d\n", fd >= 0);
	result("twice", shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600));
	result("size", ftruncate(fd, SIZE));
	share(map(fd), map(fd));
	result("unlink", shm_unlink(name));
	result("unlink again", shm_unlink(name));
	semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	CHILD("post", sem_post(sem_open(name, 0)));
	result("wait", sem_wait(semaphore));
	result("unlink", sem_unlink(name));
}

int main(void)
{
	share_nameless();
	share_named();
	SAY("end\n");
	return 0;
}
