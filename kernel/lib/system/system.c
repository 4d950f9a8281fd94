/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/system.h>
#include <uk/version.h>

const struct utsname uk_system_name = {
	.sysname = "Linux",
	.nodename = "unishim",
	/* Programs compare the release with a minimum; the system calls are those of this
	 * release. */
	.release = "6.1.0-unishim",
	.version = "#1 unishim " UK_VERSION,
	.machine = "x86_64",
	.domainname = "(none)",
};

static const char *command_line = "";

void uk_system_set_command_line(const char *line)
{
	command_line = line;
}

const char *uk_system_command_line(void)
{
	return command_line;
}
