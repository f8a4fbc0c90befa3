/*
 * [webhook]: what its section takes and what it refuses, and how a message is
 * signed.  The signatures were made with Python's hmac.
 */
#include "config.h"

#include "deliver/sink_kind.h"
#include "deliver/webhook_sign.h"
#include "section.h"
#include "tap.h"

#define KEY_1 "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
#define KEY_2                                                                  \
	"whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+Q"     \
	"kZKTlJWWl5iZmpucnZ6foKGiow=="

static void
test_webhook_url(void)
{
	const struct setting_table *webhook = &webhook_setting_table;

	takes(webhook, "url = https://hooks.example.org/x", "https is fine");
	takes(webhook, "url_file = /etc/ctail/url", "a file is fine");
	takes(webhook, "url = http://localhost:8080/x",
	    "http on this machine is fine");
	takes(webhook, "url = http://hub/x\nallow_http = yes",
	    "http with consent is fine");
	refuses(webhook, "preset = slack", "url_file",
	    "a webhook without a URL is refused");
	refuses(webhook, "url = https://a/\nurl_file = /b", "given 2 times",
	    "two URLs are refused");
	refuses(webhook, "url = http://hub/x", "allow_http",
	    "http across a network is refused");
	refuses(webhook, "url = file:///etc/passwd", "no host",
	    "a file is no web service");
	refuses(webhook, "url = gopher://a/", "https://",
	    "another protocol is refused");
	OK(!strstr(check(webhook, "url = http://hub/s3cr3t"), "s3cr3t"),
	    "no error repeats the URL's path");
	refuses(webhook, "url = https://a/\nproxy = ftp://p:1", "proxy",
	    "a proxy of another kind is refused");
	takes(webhook, "url = https://a/\nproxy = socks5h://p:1080",
	    "a SOCKS proxy is fine");
}

static void
test_webhook_body(void)
{
	const struct setting_table *webhook = &webhook_setting_table;

	takes(webhook, "url = https://a/\nheader = X-Env: prod",
	    "a header is fine");
	refuses(webhook, "url = https://a/\nheader = X-Env", "Name: value",
	    "a header without a colon is refused");
	refuses(webhook, "url = https://a/\nheader = X Y: z", "Name: value",
	    "a header's name without blanks");
	refuses(webhook, "url = https://a/\nheader = host: b", "follows",
	    "Host is refused in any case");
	refuses(webhook, "url = https://a/\nheader = Content-Length: 1",
	    "follows", "Content-Length is refused");
	refuses(webhook, "url = https://a/\nheader = Content-Type: x/y",
	    "content_type", "Content-Type has a key of its own");
	refuses(webhook, "url = https://a/\nheader = Authorization: x",
	    "authorization_file", "a password in a header is refused");
	refuses(webhook, "url = https://a/\nheader = X: a\x01", "ASCII",
	    "a control byte in a header is refused");
	refuses(webhook, "url = https://a/\nheader = X: a\rB: c", "ASCII",
	    "a line end in a header is refused");
	refuses(webhook, "url = https://a/\npreset = slak", "slack",
	    "an unknown preset is refused, and the known ones are told");
	takes(webhook,
	    "url = https://a/\ntemplate = {\"t\": \"${subject}\", \"n\": "
	    "${count|json}}",
	    "a JSON template is fine");
	refuses(webhook, "url = https://a/\ntemplate = {\"t\": ${subject}}",
	    "template", "one that log text could break is refused");
	refuses(webhook, "url = https://a/\ntemplate = {\"t\": ", "template",
	    "one that is no JSON is refused");
	takes(webhook,
	    "url = https://a/\ncontent_type = text/plain\ntemplate = "
	    "${subject}",
	    "a text template says so by its type");
	refuses(webhook, "url = https://a/\ncontent_type = text",
	    "content_type", "a content type has a slash");
	refuses(webhook, "url = https://a/\nlabel = a=b", "unknown key",
	    "labels are Alertmanager's");
}


static void
test_values(void)
{
	const struct setting_table *webhook = &webhook_setting_table;

	takes(webhook, "preset = gotify\nurl = https://a/\ntoken_file = /t",
	    "gotify with its token is fine");
	refuses(webhook, "preset = gotify\nurl = https://a/", "token_file",
	    "without it is not");
	takes(webhook, "preset = telegram\nurl_file = /u\nchat_id = -100",
	    "telegram with its chat is fine");
	refuses(webhook, "preset = telegram\nurl_file = /u",
	    "needs chat_id: add chat_id = ", "without it is not");
	takes(webhook, "preset = pagerduty\nrouting_key_env = KEY",
	    "a service whose URL is known needs none");
	takes(webhook,
	    "preset = pagerduty\nrouting_key_env = KEY\n"
	    "url = http://localhost/x",
	    "but may have one");
	refuses(webhook, "preset = pushover\ntoken = t", "needs user_key",
	    "of two values one is not enough");
	takes(webhook, "preset = ntfy\nurl = https://a/\ntopic = ops",
	    "what a preset only takes may be missing");
	refuses(webhook, "preset = slack\nurl = https://a/\ntopic = ops",
	    "topic is nothing that preset slack takes (ntfy would)",
	    "what a preset does not take is refused, and who would is told");
	refuses(webhook, "url = https://a/\nuser_key_command = /bin/x y",
	    "user_key_command is nothing that preset json takes",
	    "by the key that was written");
	refuses(webhook,
	    "preset = gotify\nurl = https://a/\ntoken = t\ntoken_env = T",
	    "given 2 times", "two sources of a token are refused");
	refuses(webhook,
	    "preset = telegram\nurl = https://a/\nchat_id = a\x01z",
	    "control", "a control byte in a chat is refused");
	refuses(webhook,
	    "preset = telegram\nurl = https://a/\nchat_id = \xff",
	    "UTF-8", "so are bytes that are no text");
	refuses(webhook,
	    "preset = gotify\nurl = https://a/\ntoken_file = /t\n"
	    "header = x-gotify-key: t",
	    "token_file", "a preset's token does not go into header");
	refuses(webhook,
	    "preset = ntfy\nurl = https://a/\ntopic = t\ntoken_env = T\n"
	    "authorization_env = A",
	    "the same header", "nor twice into one header");
	takes(webhook,
	    "preset = telegram\nurl = https://a/\n"
	    "template = {\"chat_id\": 1, \"text\": \"${subject}\"}",
	    "a template says itself what stands in the body");
	refuses(webhook,
	    "preset = gotify\nurl = https://a/\n"
	    "template = {\"message\": \"${subject}\"}",
	    "needs token", "but not what stands in a header");
}

static void
test_sign_settings(void)
{
	const struct setting_table *webhook = &webhook_setting_table;
#define SIGNED "url = https://a/\nsign = standard-webhooks\n"

	takes(webhook, SIGNED "sign_secret_file = /etc/ctail/whsec",
	    "a key in a file is fine");
	takes(webhook, SIGNED "sign_secret = " KEY_1, "a key of 24 bytes is fine");
	takes(webhook, SIGNED "sign_secret = " KEY_2 "  " KEY_1,
	    "two keys are fine, one of 64 bytes");
	refuses(webhook, SIGNED, "sign_secret_file", "no key is refused");
	refuses(webhook, "url = https://a/\nsign_secret_file = /k",
	    "sign = ", "a key without a way to sign is refused");
	refuses(webhook, "url = https://a/\nsign = md5", "github",
	    "another way is refused, and the known ones are told");
	refuses(webhook,
	    SIGNED "sign_secret = AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
	    "whsec_", "a key without its prefix is refused");
	refuses(webhook, SIGNED "sign_secret = whsec_hush-hush", "base64",
	    "a key that is no base64 is refused");
	refuses(webhook,
	    SIGNED "sign_secret = whsec_a2tra2tra2tra2tra2tra2tra2tra2s=",
	    "not 23", "a key of 23 bytes is refused");
	refuses(webhook,
	    SIGNED "sign_secret = " KEY_1
		   " whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr"
		   "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
	    "not 65", "one of 65 bytes, also beside a good one");
	OK(!strstr(check(webhook, SIGNED "sign_secret = whsec_hush-hush"),
	       "hush"),
	    "no error repeats a key");
	takes(webhook, SIGNED "sign_secret = <left out>",
	    "what is left out of a copy is not looked at");
	takes(webhook,
	    "url = https://a/\nsign = github\nsign_secret = any words",
	    "GitHub's secret is any words");
	refuses(webhook, "url = https://a/\nheader = Webhook-Timestamp: 1",
	    "sign = ", "the signature's headers are reserved");
	refuses(webhook, "url = https://a/\nheader = x-hub-signature-256: 1",
	    "sign = github", "GitHub's too");
}

/* --- Signatures ---------------------------------------------------------------*/

static const char body[] = "{\"text\":\"caf\xc3\xa9\",\"n\":1}\n";

static struct webhook_message
message_of(const char *id, int64_t timestamp_s, const char *text)
{
	return (struct webhook_message){
	    span_str(id), timestamp_s, span_str(text)};
}

static void
signs(enum webhook_sign how, const char *secret,
    struct webhook_message message, const char *signature,
    const char *timestamp, const char *sentence)
{
	struct buf got = BUF_INIT, time = BUF_INIT;
	struct err err = ERR_INIT;

	OK(!webhook_sign(how, span_str(secret), &message, &got, &time, &err),
	    "%s%s", sentence, err.text);
	IS_STR(buf_str(&got), signature, "the signature is right");
	IS_STR(buf_str(&time), timestamp, "and its time");
	buf_release(&got);
	buf_release(&time);
}

static void
test_standard(void)
{
	signs(WEBHOOK_SIGN_STANDARD,
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    message_of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
		"{\"test\": 2432232314}"),
	    "webhook-signature: "
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	    "webhook-timestamp: 1614265330",
	    "the example that receivers' libraries test with");
	signs(WEBHOOK_SIGN_STANDARD, KEY_1, message_of("msg_1", 1674087231, body),
	    "webhook-signature: "
	    "v1,XFozPbNg1z5BbEJVCoNJ3O7TSWo6KzRzLb4R9r0ZCmk=",
	    "webhook-timestamp: 1674087231", "bytes of any kind");
	signs(WEBHOOK_SIGN_STANDARD, " " KEY_2 " \t" KEY_1 " ",
	    message_of("0123456789abcdef0123456789abcdef01234567", 1795384800,
		body),
	    "webhook-signature: "
	    "v1,wxW67PC8NdNR6FAnIGotNysZ+NhNE1CPAYKZW6+9OMU= "
	    "v1,+WoDam1fSlFLuh0A372qcovuam13APBO1V6GEBvKP8c=",
	    "webhook-timestamp: 1795384800",
	    "two keys sign in their order");
}

static void
test_github(void)
{
	signs(WEBHOOK_SIGN_GITHUB, "It's a Secret to Everybody",
	    message_of("any", 1, "Hello, World!"),
	    "X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a"
	    "37570b6d7586c22c46f4379c8b043e17",
	    "", "GitHub's published example");
	signs(WEBHOOK_SIGN_GITHUB, "s", message_of("any", 1, body),
	    "X-Hub-Signature-256: sha256=6488a9ff72a6583e3aa2991ab8bb10dc"
	    "460de7e7673331327361dfa34b665fea",
	    "", "bytes of any kind");
	signs(WEBHOOK_SIGN_NONE, "", message_of("any", 1, body), "", "",
	    "not to sign adds nothing");
}

static void
test_bad_keys(void)
{
	static const char *const bad[] = {"", " ", "whsec_", "WHSEC_",
	    KEY_1 " x", KEY_1 "\n", KEY_1 KEY_1};
	struct webhook_message message = message_of("a", 1, body);
	struct buf signature = BUF_INIT, timestamp = BUF_INIT;
	struct buf many = BUF_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		OK(webhook_sign(WEBHOOK_SIGN_STANDARD, span_str(bad[i]),
		       &message, &signature, &timestamp, &err) &&
			signature.len == 0 && timestamp.len == 0 &&
			webhook_sign_check(WEBHOOK_SIGN_STANDARD,
			    span_str(bad[i]), &err),
		    "secret %zu signs nothing: %s", i, err.text);
	OK(webhook_sign(WEBHOOK_SIGN_GITHUB, span_str(""), &message, &signature,
	       &timestamp, &err),
	    "GitHub's secret is not empty");
	for (size_t i = 0; i <= WEBHOOK_SIGN_KEYS_MAX; i++)
		buf_add_str(&many, KEY_1 " ");
	OK(webhook_sign_check(
	       WEBHOOK_SIGN_STANDARD, buf_span(&many), &err),
	    "there is an end to keys: %s", err.text);
	buf_release(&many);
	buf_release(&signature);
	buf_release(&timestamp);
}

int
main(void)
{
	test_webhook_url();
	test_webhook_body();
	test_values();
	test_sign_settings();
	test_standard();
	test_github();
	test_bad_keys();
	return tap_done();
}
