/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ordered constructors. UK_INIT(class, function) makes ukboot call `int function(void)` at boot;
 * classes run in the order below, functions of one class in link order. A non-zero result panics.
 */
#ifndef UK_INIT_H
#define UK_INIT_H

#define UK_INIT_CLASS_EARLY 1 /* needs only memory */
#define UK_INIT_CLASS_PLAT  2 /* drivers */
#define UK_INIT_CLASS_LIB   3 /* libraries */
#define UK_INIT_CLASS_LATE  4 /* needs everything else */

typedef int (*uk_init_function)(void);

#ifdef UK_HOSTED
#define UK_INIT_SECTION(class) "uk_inittab" /* kernel/tests/init.h */
#else
#define UK_INIT_SECTION(class) ".uk_inittab." #class
#endif
#define UK_INIT_ENTRY(class, function)                                                             \
	static const uk_init_function __attribute__((used, section(UK_INIT_SECTION(class))))       \
	uk_init_entry_##function = (function)
#define UK_INIT_EXPAND(class, function) UK_INIT_ENTRY(class, function)
#define UK_INIT(class, function)	UK_INIT_EXPAND(class, function)

#endif
