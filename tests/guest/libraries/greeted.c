/* SPDX-License-Identifier: BSD-3-Clause */
/* Uses greeting.c: linked to it, or, if its path is given, loaded at run time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef LINKED
const char *greeting_word(int number);
int greeting_calls(void);
long greeting_system_calls(int count);
void greeting_crash(volatile int *nowhere);
#define word	     greeting_word
#define calls	     greeting_calls
#define system_calls greeting_system_calls
#define crash	     greeting_crash
#else
static const char *(*word)(int number);
static int (*calls)(void);
static long (*system_calls)(int count);
static void (*crash)(volatile int *nowhere);

static void *find(void *library, const char *name)
{
	void *symbol = dlsym(library, name);

	if (!symbol) {
		puts(dlerror());
		exit(1);
	}
	return symbol;
}

static void load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);

	if (!library) {
		puts(dlerror());
		exit(1);
	}
	word = find(library, "greeting_word");
	calls = find(library, "greeting_calls");
	system_calls = find(library, "greeting_system_calls");
	crash = find(library, "greeting_crash");
}
#endif

int main(int argc, char **argv)
{
#ifndef LINKED
	load(argv[1]);
#endif
	for (int i = 0; i < 4; i++)
		printf("%s\n", word(i));
	printf("%d calls, %ld system calls made\n", calls(), system_calls(1000) > 0 ? 1000L : 0L);
	fflush(stdout);
	if (argc > 2)
		crash(NULL);
	return 0;
}
