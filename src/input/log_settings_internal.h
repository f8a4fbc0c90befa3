/*
 * log_settings_internal: the values of [log NAME] that are no plain type.
 */
#ifndef CTAIL_INPUT_LOG_SETTINGS_INTERNAL_H
#define CTAIL_INPUT_LOG_SETTINGS_INTERNAL_H

#include "input/log_settings.h"

#define LOG_RECORD_LIMIT "200 lines 64k 2s"

int log_start_parse(struct span text, void *field, struct err *err);
void log_start_format(const void *field, struct buf *out);

int log_record_limit_parse(struct span text, void *field, struct err *err);
void log_record_limit_format(const void *field, struct buf *out);
bool log_record_limit_is_default(const struct log_record_limit *limit);

#endif
