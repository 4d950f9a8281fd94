/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_VERSION_H
#define UK_VERSION_H

/* A test compares it with the Python package's version. */
#define UK_VERSION "0.1.0"

#endif
