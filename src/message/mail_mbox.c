/*
 * mail_mbox: mailboxes as every mail program reads them.
 *
 * The dialects of mbox differ in how they quote a line of a message that
 * begins with "From ", perhaps behind some '>'.  A mail of ours has none (see
 * mail_encode.c), so that it is the same in all of them, unquoted or not.
 */
#include "config.h"

#include "base/civil.h"
#include "message/mail_mbox.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define EPOCH_WEEKDAY 4 /* 1970-01-01 was a Thursday */

static const char *
day_name(int64_t wall_ms)
{
	int64_t day = wall_ms / DAY_MS - (wall_ms % DAY_MS < 0);

	return civil_day_names[(day % 7 + 7 + EPOCH_WEEKDAY) % 7];
}

void
mail_mbox(const struct alert *alert, const struct mail_envelope *envelope,
    struct buf *out)
{
	struct civil date;

	civil_from_utc_ms(envelope->date_ms, &date);
	buf_addf(out, "From %s %s %s %2d %02d:%02d:%02d %04d\n", envelope->from,
	    day_name(envelope->date_ms), civil_month_names[date.month - 1],
	    date.day, date.hour, date.minute, date.second, date.year);
	mail_render(alert, envelope, MAIL_LF, out);
	buf_add_byte(out, '\n');
}
