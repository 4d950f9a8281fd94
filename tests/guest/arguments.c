/* What a program is given: arguments, environment, auxv, input. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	char buffer[4096];
	ssize_t length, total = 0;

	for (int i = 1; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	for (char **variable = environ; *variable; variable++)
		printf("variable: %s\n", *variable);
	printf("argv ends: %d, page size %lu, clock ticks %lu, secure %lu\n", argv[argc] == NULL,
	       getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_SECURE));
	printf("platform %s, phent %lu, random %d, stack aligned %d\n",
	       (char *)getauxval(AT_PLATFORM), getauxval(AT_PHENT), getauxval(AT_RANDOM) != 0,
	       ((uintptr_t)argv - 8) % 16 == 0);
	printf("header %d\n", memcmp((void *)(getauxval(AT_PHDR) - 64), ELFMAG, SELFMAG) == 0);
	fflush(stdout);
	while ((length = read(0, buffer, sizeof(buffer))) > 0) {
		total += length;
		if (write(1, buffer, length) != length)
			return 1;
	}
	printf("read %zd bytes, then %zd\n", total, length);
	return 17;
}
