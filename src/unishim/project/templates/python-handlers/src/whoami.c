/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
	struct utsname system;

	uname(&system);
	printf("I run on %s, as user %d.\n", system.nodename, (int)getuid());
	fprintf(stderr, "This has a secret in it.\n");
	return 0;
}
