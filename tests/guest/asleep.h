/* Waits until another thread of the process sleeps in the kernel. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int own_tid(void)
{
	return (int)syscall(SYS_gettid);
}

static inline int is_asleep(int tid)
{
	char name[64], text[512] = "";
	const char *state;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/self/task/%d/stat", tid);
	file = fopen(name, "r");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

/* The thread stores its number right before it waits. */
static inline void wait_until_asleep(volatile int *tid)
{
	while (!*tid || !is_asleep(*tid))
		usleep(1000);
}
