/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the kernel's log with syslog(2), which glibc calls klogctl(3). */
#include <stdio.h>
#include <sys/klog.h>

#define SYSLOG_ACTION_READ_ALL 3

int main(void)
{
	char log[256];
	int length = klogctl(SYSLOG_ACTION_READ_ALL, log, sizeof(log));

	if (length < 0) {
		perror("klogctl");
		return 1;
	}
	printf("The kernel says: %.*s\n", length, log);
	return 0;
}
