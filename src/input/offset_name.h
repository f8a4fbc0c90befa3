/*
 * offset_name: the name of an offset file that is not kept beside its log.
 *
 * All logs of a machine share one directory then, so the name is made from
 * the log's whole path, and no two paths make the same.
 */
#ifndef CTAIL_INPUT_OFFSET_NAME_H
#define CTAIL_INPUT_OFFSET_NAME_H

#include "base/buf.h"

/* Appends "var%log%a.log.offset" for /var/log/a.log. */
void offset_name_add(struct buf *out, const char *log_path);

#endif
