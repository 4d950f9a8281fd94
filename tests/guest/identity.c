#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
	char path[256] = "", directory[256] = "";
	struct utsname name;
	struct sysinfo system;
	cpu_set_t set;

	printf("pid %d, parent %d, thread %ld\n", getpid(), getppid(), syscall(SYS_gettid));
	printf("uid %d %d, gid %d %d\n", getuid(), geteuid(), getgid(), getegid());
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 ||
	    !getcwd(directory, sizeof(directory)))
		return 1;
	printf("exe %s\ncwd %s\n", path, directory);
	sched_getaffinity(0, sizeof(set), &set);
	printf("cpus %d\n", CPU_COUNT(&set));
	uname(&name);
	printf("%s %s %s\n", name.sysname, name.nodename, name.machine);
	sysinfo(&system);
	printf("memory %lu\n", system.totalram * system.mem_unit);
	return 0;
}
