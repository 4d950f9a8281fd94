/* SPDX-License-Identifier: BSD-3-Clause */
/* How a program was loaded, seen from inside: arguments, auxiliary vector, data, relocations, TLS.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char _start[];
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static char big[100000];
static int initialized = 5;
static const char *const relocated[] = {"one", "two", "three"};
static _Thread_local int own = 77;
static int constructed;

__attribute__((constructor)) static void construct(void)
{
	constructed++;
}

static long sum(const char *bytes, size_t size)
{
	long total = 0;

	for (size_t i = 0; i < size; i++)
		total += bytes[i];
	return total;
}

int main(int argc, char **argv)
{
	const ElfW(Phdr) *headers = (const void *)getauxval(AT_PHDR);
	const ElfW(Ehdr) *base = (const void *)getauxval(AT_BASE);
	char path[200];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	for (int i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, argv[i]);
	printf("execfn %s\n", (const char *)getauxval(AT_EXECFN));
	path[length > 0 ? length : 0] = '\0';
	printf("exe %s\n", path);
	/* The file of a running program is not writable (open(2), ETXTBSY). */
	printf("busy %d\n", open("/proc/self/exe", O_RDWR) < 0 ? errno : 0);
	printf("secure %lu, headers %d, entry %d\n", getauxval(AT_SECURE),
	       (const char *)headers == (const char *)&__ehdr_start + __ehdr_start.e_phoff,
	       (char *)getauxval(AT_ENTRY) == _start);
	printf("count %lu, size %lu\n", getauxval(AT_PHNUM), getauxval(AT_PHENT));
	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
		if (headers[i].p_type == PT_INTERP)
			printf("interpreter %s\n", (const char *)&__ehdr_start -
							   (__ehdr_start.e_type == ET_EXEC
								    ? (unsigned long)&__ehdr_start
								    : 0) +
							   headers[i].p_vaddr);
	}
	printf("type %d, loader %d\n", __ehdr_start.e_type,
	       base ? memcmp(base->e_ident, ELFMAG, SELFMAG) == 0 : -1);
	printf("bss %ld, data %d, relocated %s, tls %d, constructed %d\n", sum(big, sizeof(big)),
	       initialized++, relocated[argc % 3], own++, constructed);
	return 40 + (argc & 7);
}
