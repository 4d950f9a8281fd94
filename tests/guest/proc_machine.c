/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares what /proc and /sys report about the machine with the results of calls. */
#define _GNU_SOURCE
#include "errno_text.h"
#include "read_text.h"
#include <cpuid.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>

static int count_words(const char *line)
{
	int count = 0;

	while (*(line += strspn(line, " "))) {
		if (*line == '\n')
			break;
		line += strcspn(line, " \n");
		count++;
	}
	return count;
}

static bool has_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = line; (at = strstr(at, word)) && at < line + strcspn(line, "\n");
	     at++) {
		if (at[-1] == ' ' && strchr(" \n", at[length]))
			return true;
	}
	return false;
}

static void test_cpuinfo(void)
{
	static const char *const words[] = {"fpu",  "tsc",     "cx8", "cmov",
					    "sse2", "syscall", "nx",  "lm"};
	unsigned int eax, vendor[3];
	int processors = 0;

	__cpuid(0, eax, vendor[0], vendor[2], vendor[1]);
	read_file("/proc/cpuinfo");
	for (const char *at = data; (at = strstr(at, "processor\t")); at++)
		processors++;
	check("processors", processors == get_nprocs());
	check("vendor", memcmp(field("vendor_id"), vendor, 12) == 0);
	check("level", (unsigned int)atoi(field("cpuid level")) == eax);
	__cpuid(1, eax, vendor[0], vendor[1], vendor[2]);
	check("family", (unsigned int)atoi(field("cpu family")) ==
				(eax >> 8 & 15) + ((eax >> 8 & 15) == 15 ? eax >> 20 & 255 : 0));
	check("stepping", (unsigned int)atoi(field("stepping")) == (eax & 15));
	check("line", (unsigned int)atoi(field("clflush size")) == (vendor[0] >> 8 & 255) * 8);
	check("frequency", atof(field("cpu MHz")) > 100 && atof(field("bogomips")) > 100);
	check("model name", *field("model name") > ' ');
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		printf("%s: %d\n", words[i], has_word(field("flags"), words[i]));
	check("ends with an empty line", strcmp(data + strlen(data) - 2, "\n\n") == 0);
}

static void test_memory(void)
{
	struct sysinfo info;
	long total, free, available;

	sysinfo(&info);
	read_file("/proc/meminfo");
	total = atol(field("MemTotal"));
	free = atol(field("MemFree"));
	available = atol(field("MemAvailable"));
	check("MemTotal", (unsigned long)total == info.totalram * info.mem_unit / 1024);
	check("MemFree", free > 0 && free <= total);
	check("MemAvailable", available > 0 && available <= total);
	check("its form", strncmp(data, "MemTotal:  ", 11) == 0 && data[27] == '\n' &&
				  strncmp(data + 24, " kB", 3) == 0);
	check("Cached", *field("Buffers") && *field("Cached") && *field("SwapTotal"));
}

static void test_times(void)
{
	struct timespec now;
	double uptime = -1, idle = -1, loads[3];
	long first = 0, processes, running, last;

	read_pieces("/proc/uptime", 1);
	clock_gettime(CLOCK_BOOTTIME, &now);
	check("uptime", sscanf(data, "%lf %lf\n", &uptime, &idle) == 2 && idle >= 0 &&
				uptime <= (double)now.tv_sec + 1 &&
				uptime >= (double)now.tv_sec - 2);
	read_file("/proc/loadavg");
	check("loadavg", sscanf(data, "%lf %lf %lf %ld/%ld %ld", loads, loads + 1, loads + 2,
				&running, &processes, &last) == 6 &&
				 running >= 1 && processes >= running && last >= 1);
	read_file("/proc/stat");
	clock_gettime(CLOCK_REALTIME, &now);
	first = atol(field("btime"));
	check("btime", labs(now.tv_sec - (long)uptime - first) <= 3);
	printf("cpu: %d numbers, cpu0: %d\n", count_words(field("cpu ")),
	       count_words(field("cpu0 ")));
	check("its counts", *field("intr") && *field("ctxt") && atoi(field("procs_running")) >= 1);
}

static void test_names(void)
{
	struct utsname name;
	char begin[200];

	uname(&name);
	snprintf(begin, sizeof(begin), "Linux version %s (", name.release);
	check("version", read_file("/proc/version") && strncmp(data, begin, strlen(begin)) == 0 &&
				 strstr(data, name.version));
	check("osrelease", read_file("/proc/sys/kernel/osrelease") &&
				   strcmp(strtok(data, "\n"), name.release) == 0);
	check("ostype",
	      read_file("/proc/sys/kernel/ostype") && strcmp(strtok(data, "\n"), "Linux") == 0);
	check("version of sysctl", read_file("/proc/sys/kernel/version") &&
					   strcmp(strtok(data, "\n"), name.version) == 0);
	check("hostname", read_file("/proc/sys/kernel/hostname") &&
				  strcmp(strtok(data, "\n"), name.nodename) == 0);
	check("domainname", read_file("/proc/sys/kernel/domainname") &&
				    strcmp(strtok(data, "\n"), name.domainname) == 0);
}

static bool is_uuid(const char *text)
{
	static const char form[] = "hhhhhhhh-hhhh-4hhh-vhhh-hhhhhhhhhhhh\n";

	for (size_t i = 0; i < sizeof(form); i++) {
		const char *allowed = form[i] == 'h'   ? "0123456789abcdef"
				      : form[i] == 'v' ? "89ab"
						       : NULL;

		if (allowed ? !text[i] || !strchr(allowed, text[i]) : text[i] != form[i])
			return false;
	}
	return true;
}

static void test_random(void)
{
	char first[64];

	check("uuid", read_file("/proc/sys/kernel/random/uuid") && is_uuid(data));
	snprintf(first, sizeof(first), "%.60s", data);
	check("a new one", read_file("/proc/sys/kernel/random/uuid") && strcmp(first, data) != 0);
	check("boot_id", read_file("/proc/sys/kernel/random/boot_id") && is_uuid(data));
	snprintf(first, sizeof(first), "%.60s", data);
	check("the same", read_file("/proc/sys/kernel/random/boot_id") && strcmp(first, data) == 0);
}

static void test_numbers(void)
{
	static const char *const names[] = {"kernel/pid_max",
					    "kernel/threads-max",
					    "kernel/ngroups_max",
					    "kernel/cap_last_cap",
					    "kernel/random/entropy_avail",
					    "kernel/random/poolsize",
					    "vm/max_map_count",
					    "vm/mmap_min_addr",
					    "fs/file-max",
					    "fs/nr_open",
					    "fs/pipe-max-size",
					    "fs/inotify/max_user_watches",
					    "fs/inotify/max_user_instances"};
	char path[100], *end;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "/proc/sys/%s", names[i]);
		check(names[i],
		      read_file(path) && strtoul(data, &end, 10) > 0 && strcmp(end, "\n") == 0);
	}
	check("overcommit",
	      read_file("/proc/sys/vm/overcommit_memory") && *data >= '0' && *data <= '2');
}

static void test_mounts(void)
{
	char begin[64];
	struct stat proc;
	bool six = true, dash = true;

	check("filesystems", read_file("/proc/filesystems") && strstr(data, "nodev\tproc\n"));
	check("mounts", read_file("/proc/mounts") && strstr(data, " /proc proc rw"));
	for (const char *line = data; *line; line = strchr(line, '\n') + 1)
		six = six && count_words(line) == 6;
	check("six words", six);
	stat("/proc", &proc);
	snprintf(begin, sizeof(begin), " %u:%u / /proc rw", major(proc.st_dev), minor(proc.st_dev));
	check("mountinfo", read_file("/proc/self/mountinfo") && strstr(data, begin));
	for (const char *line = data; *line; line = strchr(line, '\n') + 1)
		dash = dash && count_words(line) >= 10 &&
		       strstr(line, " - ") < line + strcspn(line, "\n");
	check("its form", dash);
	check("devices", read_file("/proc/devices") &&
				 strncmp(data, "Character devices:\n  1 mem\n", 27) == 0 &&
				 strstr(data, "\nBlock devices:\n"));
}

static void test_sys(void)
{
	char text[8] = "";
	int fd, last = 0;

	check("online", read_file("/sys/devices/system/cpu/online") && *data == '0');
	check("possible", read_file("/sys/devices/system/cpu/possible") &&
				  (sscanf(data, "0-%d", &last), last + 1 == get_nprocs_conf()));
	check("present", read_file("/sys/devices/system/cpu/present") && *data == '0');
	printf("nothing: %s\n", access("/sys/devices/nothing", F_OK) ? errno_text() : "there");
	fd = open("/proc/version", O_RDONLY);
	printf("pread: %zd %s\n", pread(fd, text, 7, 6), text);
	printf("seek: %ld, from the end %s\n", (long)lseek(fd, 6, SEEK_SET),
	       lseek(fd, 0, SEEK_END) < 0 ? errno_text() : "taken");
	printf("read: %zd %s\n", read(fd, text, 7), text);
	printf("behind the end: %zd\n", pread(fd, text, 7, 1 << 20));
	printf("write: %s\n", write(fd, "x", 1) < 0 ? errno_text() : "taken");
	close(fd);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_cpuinfo();
	test_memory();
	test_times();
	test_names();
	test_random();
	test_numbers();
	test_mounts();
	test_sys();
	return 0;
}
