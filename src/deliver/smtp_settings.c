/*
 * smtp_settings: the [smtp NAME] section.
 *
 * Everything that will stand in an SMTP command is checked here, byte by
 * byte: libcurl passes line ends in addresses on as they are.
 */
#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/ascii.h"
#include "deliver/address_list.h"
#include "deliver/sink_url.h"
#include "deliver/smtp_settings.h"

#define HELO_MAX 253

static const char *const smtp_tls_choices[] = {"on", "off", NULL};

static const struct setting smtp_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PEOPLE),
    {.name = "url",
	.type = SETTING_TEXT,
	.flags = SETTING_REQUIRED | SETTING_URL,
	.offset = offsetof(struct smtp_settings, url),
	.help = "smtps://HOST, or smtp://HOST with STARTTLS"},
    {.name = "socket",
	.type = SETTING_TEXT,
	.offset = offsetof(struct smtp_settings, socket),
	.help = "socket of a server on this machine to connect to; url then "
		"only names it"},
    {.name = "user",
	.type = SETTING_TEXT,
	.offset = offsetof(struct smtp_settings, user),
	.help = "user to log in as"},
    SECRET_SETTING_ROWS("password", struct smtp_settings, password, 0),
    {.name = "from",
	.type = SETTING_TEXT,
	.flags = SETTING_REQUIRED,
	.offset = offsetof(struct smtp_settings, from),
	.help = "address the mail comes from"},
    {.name = "to",
	.type = SETTING_ADDRESSES,
	.flags = SETTING_REQUIRED,
	.offset = offsetof(struct smtp_settings, to),
	.help = "addresses the mail goes to"},
    {.name = "helo",
	.type = SETTING_TEXT,
	.offset = offsetof(struct smtp_settings, helo),
	.help = "name to greet the server with; default: the host's"},
    {.name = "tls",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct smtp_settings, tls),
	.choices = smtp_tls_choices,
	.fallback = "on",
	.help = "off: send in clear to a server on this machine"},
    {.name = "allow_cleartext",
	.type = SETTING_BOOL,
	.offset = offsetof(struct smtp_settings, allow_cleartext),
	.fallback = "no",
	.help = "consent to tls = off across a network, and to a password "
		"without TLS"},
    TLS_SETTING_ROWS(struct smtp_settings, trust),
};

static int
smtp_refuse_scheme(struct err *err)
{
	return err_set(err,
	    "url must begin with smtps:// or smtp://, as in "
	    "smtps://mail.example.org");
}

static int
smtp_check_url(const struct smtp_settings *smtp, struct err *err)
{
	struct sink_url url;
	bool is_smtps;

	if (!strstr(smtp->url, "://"))
		return smtp_refuse_scheme(err);
	if (sink_url_parse(span_str(smtp->url), &url, err))
		return err_prefix(err, "url");
	is_smtps = sink_url_is(&url, "smtps");
	if (!is_smtps && !sink_url_is(&url, "smtp"))
		return smtp_refuse_scheme(err);
	if (url.rest.len > 0 && !span_is(url.rest, "/"))
		return err_set(err,
		    "url must end after the host and the port; the name for "
		    "EHLO goes into helo");
	if (smtp->tls == SMTP_TLS_ON)
		return 0;
	if (is_smtps)
		return err_set(err,
		    "tls = off contradicts smtps://; write smtp:// or remove "
		    "tls = off");
	if (!smtp->socket && !sink_url_is_local(&url) && !smtp->allow_cleartext)
		return err_set(err,
		    "tls = off would send in clear across the network to "
		    "%.*s; remove it, or consent with allow_cleartext = yes",
		    (int)url.host.len, url.host.data);
	return 0;
}

static int
smtp_check_socket(const struct smtp_settings *smtp, struct err *err)
{
	const struct sockaddr_un *address = NULL;
	const char *path = smtp->socket;

	if (!path)
		return 0;
	if (path[0] != '/')
		return err_set(
		    err, "socket must be an absolute path (begin with /)");
	if (strlen(path) >= sizeof(address->sun_path))
		return err_set(err,
		    "socket is longer than the %zu bytes that a socket's path "
		    "may have",
		    sizeof(address->sun_path) - 1);
	return 0;
}

static int
smtp_check_login(const struct smtp_settings *smtp, struct err *err)
{
	bool has_password = secret_is_set(&smtp->password);

	if (secret_check(&smtp->password, "password", err))
		return -1;
	if (smtp->user && !has_password)
		return err_set(err,
		    "user is given without a password: add "
		    "password_file (or _credential, _command, _env)");
	if (!smtp->user && has_password)
		return err_set(err, "a password is given without a user");
	if (!smtp->user)
		return 0;
	if (!smtp->user[0])
		return err_set(err, "user is empty");
	for (const char *byte = smtp->user; *byte; byte++) {
		if (ascii_is_control(*byte))
			return err_set(err, "user holds a control byte");
	}
	if (smtp->tls == SMTP_TLS_OFF && !smtp->allow_cleartext)
		return err_set(err,
		    "tls = off would send the password in clear; remove "
		    "it, or consent with allow_cleartext = yes");
	return 0;
}

bool
smtp_is_helo(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789.-_:[]");

	return len > 0 && !text[len] && len <= HELO_MAX;
}

static int
smtp_check(const void *settings, struct err *err)
{
	const struct smtp_settings *smtp = settings;

	if (smtp->url && smtp_check_url(smtp, err))
		return -1;
	if (smtp_check_socket(smtp, err) || smtp_check_login(smtp, err))
		return -1;
	if (smtp->from &&
	    mail_address(span_str(smtp->from), MAIL_ADDRESS_FULL, err))
		return err_prefix(err, "from");
	if (address_list_check(
		&smtp->to, MAIL_ADDRESS_FULL, SMTP_RECIPIENTS_MAX, err))
		return -1;
	if (smtp->helo && !smtp_is_helo(smtp->helo))
		return err_set(err, "helo must be a host name or [ADDRESS]");
	return tls_settings_check(&smtp->trust, err);
}

const struct setting_table smtp_setting_table = {
    .section = "smtp",
    .rows = smtp_rows,
    .count = sizeof(smtp_rows) / sizeof(smtp_rows[0]),
    .size = sizeof(struct smtp_settings),
    .named = true,
    .check = smtp_check,
};
