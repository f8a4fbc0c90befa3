/*
 * address_list: the value of `to`.
 */
#ifndef CTAIL_DELIVER_ADDRESS_LIST_H
#define CTAIL_DELIVER_ADDRESS_LIST_H

#include "base/setting.h"
#include "message/mail.h"

int address_list_check(const struct setting_list *list,
    enum mail_address_form form, size_t max, struct err *err);

/* An array of the borrowed addresses, for mail_render; the array is the
 * caller's to free. */
const char **address_list_array(const struct setting_list *list);

#endif
