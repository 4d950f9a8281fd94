/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/debugger.h>

bool uk_debugger;
