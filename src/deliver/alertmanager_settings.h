/*
 * alertmanager_settings: the [alertmanager NAME] section.
 */
#ifndef CTAIL_DELIVER_ALERTMANAGER_SETTINGS_H
#define CTAIL_DELIVER_ALERTMANAGER_SETTINGS_H

#include "deliver/secret.h"
#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"
#include "deliver/tls_settings.h"

#define ALERTMANAGER_NODES_MAX 16
#define ALERTMANAGER_LABELS_MAX 32

struct alertmanager_settings {
	struct sink_settings sink;
	struct setting_list url;	/* every node of the cluster */
	struct setting_list label;	/* NAME=VALUE */
	int64_t resolve_after;		/* ms without a match */
	struct secret_settings authorization;
	bool allow_http;
	char *proxy;
	struct tls_settings trust;
};

#endif
