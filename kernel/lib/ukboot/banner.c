/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/print.h>
#include <uk/version.h>

#include "boot.h"

void banner_print(void)
{
	uk_print("            _     _     _\n"
		 "  _  _ _ _ (_)___| |_  (_)_ __\n"
		 " | || | ' \\| (_-<| ' \\ | | '  \\    a Linux program,\n"
		 "  \\_,_|_||_|_/__/|_||_||_|_|_|_|   and nothing else\n"
		 "                              " UK_VERSION "\n");
}
