/*
 * alert_row: alerts as the store's rows.
 */
#ifndef CTAIL_CTAILD_ALERT_ROW_H
#define CTAIL_CTAILD_ALERT_ROW_H

#include "message/alert.h"
#include "store/store_alert.h"

/* An id for an alert without a record: (database UUID, sequence number of the
 * transaction that runs).  0, or as the store's functions. */
int alert_row_name(struct store *store, struct alert *alert, struct err *err);

/* As store_alert_put. */
int alert_row_put(struct store *store, const struct alert *alert,
    struct err *err);

#endif
