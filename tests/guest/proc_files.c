/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads /proc and /sys as programs do, and compares their contents with the facts. */
#define _GNU_SOURCE
#include "read_text.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

extern char **environ;

static size_t count_words(const char *text)
{
	size_t count = 0;

	while (*(text += strspn(text, " \n"))) {
		text += strcspn(text, " \n");
		count++;
	}
	return count;
}

static void describe(const char *path)
{
	struct stat status;

	if (lstat(path, &status))
		printf("%s: %s\n", path, strerror(errno));
	else
		printf("%s: %o, size %lld, owner %u\n", path, status.st_mode,
		       (long long)status.st_size, status.st_uid);
}

static void test_attributes(void)
{
	static const char *const paths[] = {"/proc",
					    "/proc/self/",
					    "/proc/self/fdinfo",
					    "/proc/self/task",
					    "/proc/self/stat",
					    "/proc/self/statm",
					    "/proc/self/status",
					    "/proc/self/environ",
					    "/proc/self/auxv",
					    "/proc/self/comm",
					    "/proc/self/cmdline",
					    "/proc/self/maps",
					    "/proc/self/smaps",
					    "/proc/self/limits",
					    "/proc/self/mounts",
					    "/proc/self/mountinfo",
					    "/proc/self/exe",
					    "/proc/self/cwd",
					    "/proc/self/root",
					    "/proc/self/oom_score_adj",
					    "/proc/self/cgroup",
					    "/proc/mounts",
					    "/proc/cpuinfo",
					    "/proc/meminfo",
					    "/proc/uptime",
					    "/proc/version",
					    "/proc/sys/kernel/osrelease",
					    "/proc/sys/kernel/random/uuid",
					    "/proc/self/nothing",
					    "/proc/4194305",
					    "/proc/01",
					    "/proc/self/fd/99",
					    "/proc/self/fd/00",
					    "/proc/self/fd/-1"};
	struct stat root, proc;
	struct statfs statistics;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		describe(paths[i]);
	check("another device",
	      stat("/", &root) == 0 && stat("/proc", &proc) == 0 && root.st_dev != proc.st_dev);
	check("its file system", statfs("/proc", &statistics) == 0 && statistics.f_type == 0x9fa0);
	printf("create: %s\n",
	       open("/proc/nothing", O_CREAT | O_WRONLY, 0644) < 0 ? strerror(errno) : "made");
	printf("mkdir: %s\n", mkdir("/proc/nothing", 0755) ? strerror(errno) : "made");
	printf("unlink: %s\n", unlink("/proc/version") ? strerror(errno) : "gone");
	printf("chmod: %s\n", chmod("/proc/self/stat", 0777) ? strerror(errno) : "done");
}

static void test_arguments(int argc, char **argv)
{
	const char *at;
	bool same = read_file("/proc/self/cmdline");

	at = data;
	for (int i = 0; i < argc; i++) {
		same = same && at < data + length && strcmp(at, argv[i]) == 0;
		at += strlen(argv[i]) + 1;
	}
	check("cmdline", same && at == data + length);
	same = read_file("/proc/self/environ");
	at = data;
	for (char **name = environ; *name; name++) {
		same = same && at < data + length && strcmp(at, *name) == 0;
		at += strlen(*name) + 1;
	}
	check("environ", same && at == data + length);
	argv[argc - 1][0] = '#'; /* overwritten arguments are visible */
	check("cmdline changes", read_file("/proc/self/cmdline") && memchr(data, '#', length));
}

static void test_auxv(void)
{
	unsigned long pair[2];
	bool entry = false, end = false;

	read_file("/proc/self/auxv");
	for (size_t at = 0; at + sizeof(pair) <= length; at += sizeof(pair)) {
		memcpy(pair, data + at, sizeof(pair));
		entry |= pair[0] == AT_ENTRY && pair[1] == getauxval(AT_ENTRY);
		end = pair[0] == AT_NULL;
	}
	check("auxv", entry && end);
}

static void test_executable(const char *argv0)
{
	char target[PATH_MAX], magic[4];
	ssize_t size = readlink("/proc/self/exe", target, sizeof(target) - 1);
	struct stat named, followed;
	int fd;

	target[size > 0 ? size : 0] = '\0';
	check("exe is absolute", *target == '/');
	check("exe has the name", strcmp(strrchr(target, '/'), strrchr(argv0, '/')) == 0);
	check("exe is the file",
	      stat(target, &named) == 0 && stat("/proc/self/exe", &followed) == 0 &&
		      named.st_ino == followed.st_ino && named.st_dev == followed.st_dev);
	fd = open("/proc/self/exe", O_RDONLY);
	check("exe is an ELF", read(fd, magic, 4) == 4 && memcmp(magic, "\177ELF", 4) == 0);
	close(fd);
	check("exe, a short buffer", readlink("/proc/self/exe", target, 3) == 3);
}

static void test_places(const char *folder)
{
	char here[PATH_MAX], link[PATH_MAX];
	ssize_t size;

	check("chdir", chdir(folder) == 0 && getcwd(here, sizeof(here)));
	size = readlink("/proc/self/cwd", link, sizeof(link) - 1);
	link[size > 0 ? size : 0] = '\0';
	check("cwd", strcmp(here, link) == 0);
	size = readlink("/proc/self/root", link, sizeof(link));
	check("root", size == 1 && *link == '/');
	check("below cwd", access("/proc/self/cwd/../proc/version", F_OK) == 0 ||
				   access("/proc/self/root/proc/version", F_OK) == 0);
	size = readlink("/proc/self", link, sizeof(link) - 1);
	link[size > 0 ? size : 0] = '\0';
	check("self", atoi(link) == getpid());
}

struct mapping {
	unsigned long start, end, offset;
	int column; /* column of the name */
	char prot[5], name[PATH_MAX];
};

static bool find_mapping(const void *address, struct mapping *mapping)
{
	for (const char *line = data; *line; line = strchr(line, '\n') + 1) {
		int name = 0;

		if (sscanf(line, "%lx-%lx %4s %lx %*x:%*x %*u%n", &mapping->start, &mapping->end,
			   mapping->prot, &mapping->offset, &name) < 4)
			return false;
		name += (int)strspn(line + name, " ");
		mapping->column = name;
		snprintf(mapping->name, sizeof(mapping->name), "%.*s",
			 (int)strcspn(line + name, "\n"), line + name);
		if ((unsigned long)address >= mapping->start &&
		    (unsigned long)address < mapping->end)
			return true;
	}
	return false;
}

static bool ascending(void)
{
	unsigned long start, end, last = 0;

	for (const char *line = data; *line; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "%lx-%lx ", &start, &end) != 2 || start < last || end <= start)
			return false;
		last = end;
	}
	return true;
}

static void test_maps(void)
{
	const size_t size = 8 * 4096;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *heap = (char *)syscall(SYS_brk, 0), local, target[PATH_MAX];
	static char whole[sizeof(data)];
	struct mapping mapping;

	syscall(SYS_brk, heap + 4096);
	mprotect(memory + 4096, 4096, PROT_READ);
	mprotect(memory + 2 * 4096, 4096, PROT_NONE);
	check("maps", read_file("/proc/self/maps") && ascending());
	for (size_t page = 1; page < 4; page++) {
		bool found = find_mapping(memory + page * 4096, &mapping);

		printf("page %zu: %s %s\n", page, found ? mapping.prot : "-", mapping.name);
	}
	check("heap", find_mapping(heap, &mapping) && strcmp(mapping.name, "[heap]") == 0);
	check("stack", find_mapping(&local, &mapping) && strcmp(mapping.name, "[stack]") == 0);
	check("vdso", find_mapping((void *)getauxval(AT_SYSINFO_EHDR), &mapping) &&
			      strcmp(mapping.name, "[vdso]") == 0 && mapping.prot[2] == 'x');
	check("code", find_mapping((void *)test_maps, &mapping) && mapping.prot[2] == 'x' &&
			      readlink("/proc/self/exe", target, sizeof(target)) ==
				      (ssize_t)strlen(mapping.name) &&
			      memcmp(target, mapping.name, strlen(mapping.name)) == 0);
	printf("its name is at column %d\n", mapping.column);
	munmap(memory, size);
	check("unmapped", read_file("/proc/self/maps") && !find_mapping(memory + 4096, &mapping));
	/* Read in pieces, the text is the same. */
	memcpy(whole, data, length + 1);
	check("in pieces", read_pieces("/proc/self/maps", 1000) && strcmp(whole, data) == 0);
}

static void test_many_maps(void)
{
	const size_t pages = 4000;
	char *memory = mmap(NULL, pages * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t lines = 0;

	for (size_t i = 0; i < pages; i += 2)
		mprotect(memory + i * 4096, 4096, PROT_NONE);
	read_pieces("/proc/self/maps", 777);
	for (const char *line = data; *line; line = strchr(line, '\n') + 1)
		lines++;
	check("many maps", ascending() && lines >= pages && lines < pages + 100);
	read_file("/proc/self/smaps");
	lines = 0;
	for (const char *at = data; (at = strstr(at, "Private_Dirty:")); at++)
		lines++;
	check("many smaps", lines >= pages && lines < pages + 100);
	munmap(memory, pages * 4096);
}

static void test_smaps(void)
{
	const size_t size = 64 * 4096;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char start[32];
	const char *mapping;
	long kib = -1, resident = -1;

	mprotect(memory, size, PROT_READ | PROT_WRITE | PROT_EXEC); /* merged with no neighbour */
	memset(memory, 1, size);
	snprintf(start, sizeof(start), "%lx-", (unsigned long)memory);
	read_file("/proc/self/smaps");
	mapping = strstr(data, start);
	if (mapping)
		sscanf(strstr(mapping, "\nSize:"), " Size: %ld", &kib);
	if (mapping)
		sscanf(strstr(mapping, "\nRss:"), " Rss: %ld", &resident);
	printf("smaps: size %ld, resident %ld\n", kib, resident);
	munmap(memory, size);
}

static void test_stat(void)
{
	char name[17] = "";
	char state = 0;
	int pid = 0;
	unsigned long size, resident, shared;

	prctl(PR_SET_NAME, "a (name) x");
	read_file("/proc/self/stat");
	printf("stat: %zu words behind the name\n", count_words(strrchr(data, ')') + 1));
	check("stat begins", sscanf(data, "%d (a (name) x) %c", &pid, &state) == 2 &&
				     pid == getpid() && state == 'R');
	read_file("/proc/self/statm");
	printf("statm: %zu words\n", count_words(data));
	check("statm", sscanf(data, "%lu %lu %lu", &size, &resident, &shared) == 3 &&
			       size >= resident && resident > 0 && resident >= shared);
	read_file("/proc/self/comm");
	printf("comm: %s", data);
	int fd = open("/proc/self/comm", O_WRONLY | O_TRUNC);
	check("comm is written", write(fd, "another", 7) == 7);
	close(fd);
	prctl(PR_GET_NAME, name);
	printf("name: %s\n", name);
}

static void test_status(void)
{
	static const char *const names[] = {
		"Name:",   "Umask:",  "State:",	 "Uid:",    "Gid:",	   "Threads:",
		"SigPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "NoNewPrivs:", "Seccomp:"};
	sigset_t blocked;

	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	raise(SIGUSR2);
	umask(027);
	read_file("/proc/self/status");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = field(names[i]);

		printf("%s %.*s\n", names[i], (int)strcspn(value, "\n"), value);
	}
	check("Pid", atoi(field("Pid:")) == getpid());
	check("PPid", atoi(field("PPid:")) == getppid());
	check("VmRSS", atoi(field("VmRSS:")) > 0);
	check("VmSize", atoi(field("VmSize:")) >= atoi(field("VmRSS:")));
}

static void test_limits(void)
{
	const struct rlimit limit = {123, 456};
	unsigned long soft = 0, hard = 0;

	setrlimit(RLIMIT_NOFILE, &limit);
	read_file("/proc/self/limits");
	sscanf(field("Max open files"), "%lu %lu", &soft, &hard);
	printf("limits: %.*s\n%lu %lu\n", (int)strcspn(data, "\n"), data, soft, hard);
	printf("%.*s|\n", (int)strcspn(strstr(data, "Max nice"), "\n"), strstr(data, "Max nice"));
}

static void test_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_RDWR);
	char text[16] = "";

	check("oom_score_adj", write(fd, "17\n", 3) == 3 && pread(fd, text, 15, 0) == 3);
	printf("%s", text);
	printf("%s\n", write(fd, "nonsense", 8) < 0 ? strerror(errno) : "taken");
	printf("%s\n", write(fd, "2000", 4) < 0 ? strerror(errno) : "taken");
	close(fd);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* The parent may have the program ignore some, like timeout(1), and posix_spawn(3)
	 * those of the C library, which signal(3) does not reach. */
	for (int number = 1; number < NSIG; number++)
		syscall(SYS_rt_sigaction, number, (uint64_t[4]){0}, NULL, 8);
	test_arguments(argc, argv);
	test_auxv();
	test_executable(argv[0]);
	test_places("/tmp");
	test_maps();
	test_many_maps();
	test_smaps();
	test_stat();
	test_status();
	test_limits();
	test_oom();
	test_attributes();
	return 0;
}
