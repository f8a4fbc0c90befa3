/*
 * absence: a deadline that every sign moves on.
 *
 * The deadline follows from the last sign, the length and the hours, so it is
 * not stored: a changed length or a changed time zone holds from the next
 * start on.
 */
#include "config.h"

#include "base/fields.h"
#include "judge/absence.h"

static void
absence_wind(
    struct absence *absence, const struct hours_spec *hours, int64_t length_ms)
{
	absence->due_ms = hours_add(hours, absence->since_ms, length_ms);
}

void
absence_start(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, int64_t now_ms)
{
	if (absence->since_ms)
		return;
	absence->since_ms = now_ms;
	absence->signs = false;
	absence->missing = false;
	absence_wind(absence, hours, length_ms);
}

bool
absence_sign(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, int64_t now_ms)
{
	bool missed = absence->missing;

	/* Calendars cost time, and signs may come in floods. */
	if (absence->signs && !missed && absence->since_ms == now_ms)
		return false;
	absence->since_ms = now_ms;
	absence->signs = true;
	absence->missing = false;
	absence_wind(absence, hours, length_ms);
	return missed;
}

bool
absence_expire(struct absence *absence, int64_t now_ms)
{
	if (!absence->due_ms || now_ms < absence->due_ms)
		return false;
	absence->due_ms = 0;
	absence->missing = true;
	return true;
}

void
absence_clamp(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, int64_t now_ms)
{
	if (absence->since_ms <= now_ms)
		return;
	absence->since_ms = now_ms;
	if (absence->due_ms)
		absence_wind(absence, hours, length_ms);
}

void
absence_save(const struct absence *absence, struct buf *out)
{
	if (!absence->since_ms)
		return;
	fields_add_number(out, "since", absence->since_ms);
	fields_add_number(out, "signs", absence->signs);
	fields_add_number(out, "missing", absence->missing);
}

int
absence_load(struct absence *absence, const struct hours_spec *hours,
    int64_t length_ms, struct span fields, int64_t now_ms, struct err *err)
{
	int64_t since, signs, missing;

	*absence = (struct absence){0};
	if (!fields.len)
		return 0;
	if (fields_check(fields, err))
		return err_prefix(err, "a stored absence");
	since = fields_get_number(fields, "since", 0);
	signs = fields_get_number(fields, "signs", -1);
	missing = fields_get_number(fields, "missing", -1);
	if (since < 1 || signs < 0 || signs > 1 || missing < 0 || missing > 1)
		return err_set(err, "a stored absence has impossible values");
	absence->since_ms = since < now_ms ? since : now_ms;
	absence->signs = signs;
	absence->missing = missing;
	if (!missing)
		absence_wind(absence, hours, length_ms);
	return 0;
}
