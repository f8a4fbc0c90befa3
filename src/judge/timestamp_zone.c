/*
 * timestamp_zone: names of time zones.
 *
 * Only those that mean one thing wherever they are written: CST is Chicago's
 * and Shanghai's, IST India's, Israel's and Ireland's, BST London's and
 * Dhaka's.  Such a name is taken for that of local time, as none is; so are
 * CAT, EAT, WEST and WET, since a host or the text may begin with such a word.
 */
#include "config.h"

#include "judge/timestamp_internal.h"

#define HOURS(count) ((count) * 60)

static const struct {
	char name[5];
	int minutes;
} zones[] = {
    {"ACDT", HOURS(10) + 30},
    {"ACST", HOURS(9) + 30},
    {"AEDT", HOURS(11)},
    {"AEST", HOURS(10)},
    {"AKDT", -HOURS(8)},
    {"AKST", -HOURS(9)},
    {"AWST", HOURS(8)},
    {"CDT", -HOURS(5)},
    {"CEST", HOURS(2)},
    {"CET", HOURS(1)},
    {"EDT", -HOURS(4)},
    {"EEST", HOURS(3)},
    {"EET", HOURS(2)},
    {"EST", -HOURS(5)},
    {"HKT", HOURS(8)},
    {"HST", -HOURS(10)},
    {"JST", HOURS(9)},
    {"KST", HOURS(9)},
    {"MDT", -HOURS(6)},
    {"MSK", HOURS(3)},
    {"MST", -HOURS(7)},
    {"NZDT", HOURS(13)},
    {"NZST", HOURS(12)},
    {"PDT", -HOURS(7)},
    {"PST", -HOURS(8)},
    {"SAST", HOURS(2)},
    {"WAT", HOURS(1)},
};

bool
stamp_zone_named(struct span word, int *minutes_out)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (!span_is(word, zones[i].name))
			continue;
		*minutes_out = zones[i].minutes;
		return true;
	}
	return false;
}
