/*
 * address_list: the value of `to`.
 */
#include "config.h"

#include "base/mem.h"
#include "deliver/address_list.h"

int
address_list_check(const struct setting_list *list, enum mail_address_form form,
    size_t max, struct err *err)
{
	if (list->count > max)
		return err_set(err,
		    "to names %zu addresses; a sink takes %zu at most, use a "
		    "mailing list or a second sink",
		    list->count, max);
	for (size_t i = 0; i < list->count; i++) {
		if (mail_address(span_str(list->items[i].text), form, err))
			return err_prefix(err, "to");
	}
	return 0;
}

const char **
address_list_array(const struct setting_list *list)
{
	const char **array = xcalloc(list->count + 1, sizeof(*array));

	for (size_t i = 0; i < list->count; i++)
		array[i] = list->items[i].text;
	return array;
}
