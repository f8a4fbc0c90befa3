/*
 * sendmail_settings: the [sendmail NAME] section.
 */
#include "config.h"

#include "deliver/address_list.h"
#include "deliver/sendmail_settings.h"

static const struct setting sendmail_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PEOPLE),
    {.name = "to",
	.type = SETTING_ADDRESSES,
	.flags = SETTING_REQUIRED,
	.offset = offsetof(struct sendmail_settings, to),
	.help = "addresses or local users the mail goes to"},
    {.name = "from",
	.type = SETTING_TEXT,
	.offset = offsetof(struct sendmail_settings, from),
	.help = "address the mail comes from; default: the user that runs "
		"the mailer"},
    {.name = "command",
	.type = SETTING_TEXT,
	.offset = offsetof(struct sendmail_settings, command),
	.help = "path of the mailer; default: /usr/sbin/sendmail or "
		"/usr/lib/sendmail"},
};

static int
sendmail_check(const void *settings, struct err *err)
{
	const struct sendmail_settings *sendmail = settings;

	if (address_list_check(&sendmail->to, MAIL_ADDRESS_LOCAL,
		SENDMAIL_RECIPIENTS_MAX, err))
		return -1;
	if (sendmail->from &&
	    mail_address(span_str(sendmail->from), MAIL_ADDRESS_LOCAL, err))
		return err_prefix(err, "from");
	if (sendmail->command && sendmail->command[0] != '/')
		return err_set(err,
		    "command must be the absolute path of a mailer "
		    "(begin with /)");
	return 0;
}

const struct setting_table sendmail_setting_table = {
    .section = "sendmail",
    .rows = sendmail_rows,
    .count = sizeof(sendmail_rows) / sizeof(sendmail_rows[0]),
    .size = sizeof(struct sendmail_settings),
    .named = true,
    .check = sendmail_check,
};
