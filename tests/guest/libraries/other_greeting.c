/* SPDX-License-Identifier: BSD-3-Clause */
/* Replaces one function of greeting.c (LD_PRELOAD). */
const char *greeting_word(int number);
const char *greeting_word(int number)
{
	return "preloaded";
}
