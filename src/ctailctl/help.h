/*
 * help: what `ctailctl help' says.
 */
#ifndef CTAIL_CTAILCTL_HELP_H
#define CTAIL_CTAILCTL_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* All commands, on one screen of 24 lines. */
void help_print(FILE *to);

/* The usage and the options of one; false: there is no such command. */
bool help_print_command(FILE *to, const char *name);

#endif
