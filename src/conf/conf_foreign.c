/*
 * conf_foreign: what a key of another tool is called here.
 *
 * Who ports a rule types the word of the tool it comes from, and no edit
 * distance leads from `maxretry' to `when'.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "conf/conf_internal.h"

struct foreign_key {
	const char *names; /* with a blank before and behind each */
	const char *here;
};

static const struct foreign_key rule_keys[] = {
    {" pattern patterns regex regexp failregex watchfor contains filter "
     "criticalpatterns warningpatterns ",
	"`match'"},
    {" ignore ignoreregex ignoreip exceptions criticalexceptions "
     "warningexceptions suppress except ",
	"`exclude'"},
    {" maxretry findtime thresh threshold window count timeframe num_events "
     "limit criticalthreshold warningthreshold ",
	"`when', as in `when = 5 in 10m'"},
    {" desc track_by query_key group_by by ", "`key'"},
    {" bantime realert interval cooldown repeat_interval ", "`throttle'"},
    {" aggregation group_wait ", "`batch'"},
    {" okpatterns okpattern recovery resolve until ", "`close'"},
    {" action actions mail exec notify alert to ",
	"a section of its own, as [sendmail NAME] or [exec NAME], and "
	"`sink = NAME'"},
    {" path file logpath logfile logs ", "`log', which names a [log]"},
    {" active active_hours schedule ", "`hours'"},
    {" continue ", "`then'"},
    {" level priority ", "`severity'"},
    {" title description name ", "`subject'"},
};

static const struct foreign_key log_keys[] = {
    {" file files logfile logpath filename ", "`path'"},
    {" ignore exclude exclude_files ", "`exclude_path'"},
    {" archivedir rotation rotatedir ", "`rotated'"},
    {" datepattern dateformat date_format time_format ", "`timestamp'"},
    {" multiline maxlines ", "`record'"},
    {" match when key throttle ", "a key of a [rule] that names this log"},
};

static const char *
find_foreign(const struct foreign_key *keys, size_t count, const char *name)
{
	struct buf word = BUF_INIT;
	const char *here = NULL;

	buf_addf(&word, " %s ", name);
	for (size_t i = 0; i < count && !here; i++) {
		if (strstr(keys[i].names, buf_str(&word)))
			here = keys[i].here;
	}
	buf_release(&word);
	return here;
}

const char *
conf_foreign_key(const char *section, const char *name)
{
	if (!strcmp(section, "rule"))
		return find_foreign(rule_keys,
		    sizeof(rule_keys) / sizeof(rule_keys[0]), name);
	if (!strcmp(section, "log"))
		return find_foreign(
		    log_keys, sizeof(log_keys) / sizeof(log_keys[0]), name);
	return NULL;
}
