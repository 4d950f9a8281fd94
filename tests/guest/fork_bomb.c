/* Creates processes for ever; the first one ends when it cannot create more, or after a while. */
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t first = getpid();
	time_t start = time(NULL);

	for (;;) {
		pid_t pid = fork();

		if (getpid() == first && (pid < 0 || time(NULL) - start > 2))
			_exit(5);
	}
}
