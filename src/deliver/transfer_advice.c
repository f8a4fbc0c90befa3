/*
 * transfer_advice: what a person can do about how an exchange ended.
 */
#include "config.h"

#include "deliver/transfer.h"

static const char *const transfer_advices[] = {
    [TRANSFER_NO_HOST] = "check the host's name in url, and whether this "
			 "machine can resolve names (getent hosts NAME)",
    [TRANSFER_NO_CONNECTION] =
	"check the host and the port in url, whether the server runs, and "
	"whether a firewall is in between",
    [TRANSFER_PROXY_REFUSED] =
	"ask whoever runs the proxy to let this machine through to the host "
	"and port in url; a proxy that wants a password (407) cannot be used",
    [TRANSFER_NO_TLS] = "the server offers no STARTTLS here: use smtps:// and "
			"port 465, ask for its port with STARTTLS (587), or, "
			"where it runs on this machine, write tls = off",
    [TRANSFER_TLS_FAILED] =
	"check that the port speaks TLS (smtps:// for 465, smtp:// for 25 and "
	"587), its version (tls_min), and whether it wants a client "
	"certificate (cert_file)",
    [TRANSFER_UNTRUSTED] =
	"check that url has the name in the server's certificate, that it has "
	"not expired, and that ca_file holds the authority that signed it",
    [TRANSFER_PIN_WRONG] =
	"the server has another key than tls_pin says: make sure that it is "
	"yours, then put its public key hash there",
    [TRANSFER_OUR_CERTIFICATE] =
	"check that cert_file and key_file are PEM, belong together, and can "
	"be read by the program that sends",
    [TRANSFER_NO_AUTHORITY] =
	"check that ca_file is there, is PEM, and can be read by the program "
	"that sends",
    [TRANSFER_LOGIN_FAILED] =
	"check user and password, and whether the server wants an application "
	"password or another port",
    [TRANSFER_REPLY_BAD] =
	"check the host and the port in url: what answers there is another "
	"kind of server",
    [TRANSFER_SEND_FAILED] = "read the server's last reply: it says what it "
			     "minds; without one, look into its log",
    [TRANSFER_BROKEN_OFF] = "look into the server's log: it closed the "
			    "connection without a reply",
    [TRANSFER_TIMED_OUT] =
	"check the port (one that wants TLS at once, as 465 does, says nothing "
	"to smtp:// or http://), and whether a firewall drops what is sent; a "
	"slow server may need a longer timeout",
    [TRANSFER_STOPPED] = "the server offers no login here: use the port for "
			 "submission (465 or 587), or remove user",
    [TRANSFER_UNUSABLE] = "check the section's settings with ctailctl check",
    [TRANSFER_OTHER] = NULL,
};

const char *
transfer_advice(enum transfer_ended ended)
{
	size_t count = sizeof(transfer_advices) / sizeof(transfer_advices[0]);

	return (size_t)ended < count ? transfer_advices[ended] : NULL;
}
