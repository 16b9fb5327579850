// SPDX-License-Identifier: GPL-2.0
/*
 * What happens on the drive's own account: unit attentions and media events, and the command that asks for events,
 * GET EVENT STATUS NOTIFICATION (MMC-6 6.7).
 */
#include "engine.h"

#define POLLED		0x01	/* byte 1 of the CDB; without it the drive would have to wait for an event */
#define NO_CLASS	0x80	/* NEA: none of the classes asked for is supported */
#define REPLY_LEN	8

/* Notification classes. */
#define CLASS_OPERATIONAL	1
#define CLASS_POWER		2
#define CLASS_MEDIA		4
#define CLASS_BUSY		6
#define CLASSES			(BIT(CLASS_OPERATIONAL) | BIT(CLASS_POWER) | BIT(CLASS_MEDIA) | BIT(CLASS_BUSY))

/* No event, in any class. */
#define EVENT_NONE		0

/* Operational change: the event, and what has changed. */
#define EVENT_CHANGED		2
#define PERSISTENT_PREVENT	0x80
#define FEATURE_CHANGE		0x0001

/* Media events. */
#define EVENT_EJECT_REQUEST	1
#define EVENT_NEW_MEDIA		2
#define EVENT_MEDIA_REMOVAL	3

/* Media status. */
#define STATUS_DOOR_OPEN	0x01
#define STATUS_PRESENT		0x02

/**
 * mmc_nexus_init - somebody begins to talk to the drive
 * @nexus: who; is told of the power-on. If a medium is in, the caller says so by mmc_notify().
 */
void mmc_nexus_init(struct mmc_nexus *nexus)
{
	memset(nexus, 0, sizeof(*nexus));
	nexus->attention = MMC_UA_POWER_ON;
}

/* Append an event. Two of a kind in a row are one; when there is no room the oldest goes. */
static void push_event(struct mmc_nexus *nexus, u8 event)
{
	if (nexus->nr_events && nexus->events[nexus->nr_events - 1] == event)
		return;
	if (nexus->nr_events == MMC_EVENTS) {
		nexus->nr_events--;
		memmove(nexus->events, nexus->events + 1, nexus->nr_events);
	}
	nexus->events[nexus->nr_events++] = event;
}

static void pop_event(struct mmc_nexus *nexus)
{
	nexus->nr_events--;
	memmove(nexus->events, nexus->events + 1, nexus->nr_events);
}

/**
 * mmc_notify - tell a nexus that something happened
 * @nexus: who is told
 * @notice: what happened. After a removal a unit attention for the medium that went is not reported any more: the
 *          drive just says that it has none.
 *
 * Which features are current depends on the medium, so with each that comes or goes they change.
 */
void mmc_notify(struct mmc_nexus *nexus, enum mmc_notice notice)
{
	switch (notice) {
	case MMC_NOTICE_INSERTED:
		nexus->attention |= MMC_UA_MEDIUM;
		nexus->features_changed = true;
		push_event(nexus, EVENT_NEW_MEDIA);
		break;
	case MMC_NOTICE_REMOVED:
		nexus->attention &= (u8)~MMC_UA_MEDIUM;
		nexus->features_changed = true;
		push_event(nexus, EVENT_MEDIA_REMOVAL);
		break;
	case MMC_NOTICE_EJECT_REQUEST:
		push_event(nexus, EVENT_EJECT_REQUEST);
		break;
	}
}

/*
 * Operational change: whether the current features are others than before, which is told once; whether prevention is
 * persistent. The drive is always available.
 */
static void fill_operational(struct mmc_call *call)
{
	struct mmc_nexus *nexus = call->nexus;

	mmc_put8(&call->out, nexus->features_changed ? EVENT_CHANGED : EVENT_NONE);
	mmc_put8(&call->out, call->drive->persistent ? PERSISTENT_PREVENT : 0);
	mmc_put16(&call->out, nexus->features_changed ? FEATURE_CHANGE : 0);
	if (call->out.room >= REPLY_LEN)
		nexus->features_changed = false;
}

/* Power: the condition. */
static void fill_power(struct mmc_call *call)
{
	mmc_put8(&call->out, EVENT_NONE);
	mmc_put8(&call->out, call->drive->power);
	mmc_put16(&call->out, 0);
}

/* Media: the oldest event that waits, which is gone once the whole answer fits; the state of tray and medium. */
static void fill_media(struct mmc_call *call)
{
	struct mmc_nexus *nexus = call->nexus;
	u32 status = call->drive->tray_open ? STATUS_DOOR_OPEN : 0;

	if (call->medium)
		status |= STATUS_PRESENT;
	mmc_put8(&call->out, nexus->nr_events ? nexus->events[0] : EVENT_NONE);
	mmc_put8(&call->out, status);
	mmc_put16(&call->out, 0);	/* first and last slot that it is about: not a changer */
	if (nexus->nr_events && call->out.room >= REPLY_LEN)
		pop_event(nexus);
}

/* Device busy: never. */
static void fill_busy(struct mmc_call *call)
{
	mmc_put_zero(&call->out, 4);
}

static bool feature_change_waits(const struct mmc_nexus *nexus)
{
	return nexus->features_changed;
}

static bool media_event_waits(const struct mmc_nexus *nexus)
{
	return nexus->nr_events;
}

/* In order of priority. */
static const struct event_class {
	u8 number;
	bool (*waits)(const struct mmc_nexus *nexus);
	void (*fill)(struct mmc_call *call);
} classes[] = {
	{ CLASS_OPERATIONAL, feature_change_waits, fill_operational },
	{ CLASS_POWER, NULL, fill_power },
	{ CLASS_MEDIA, media_event_waits, fill_media },
	{ CLASS_BUSY, NULL, fill_busy },
};

/* Of the classes asked for, the first with an event, or else the first. NULL if none of them is supported. */
static const struct event_class *choose_class(const struct mmc_nexus *nexus, u32 asked)
{
	const struct event_class *chosen = NULL;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (!(asked >> classes[i].number & 1))
			continue;
		if (classes[i].waits && classes[i].waits(nexus))
			return &classes[i];
		if (!chosen)
			chosen = &classes[i];
	}
	return chosen;
}

/** mmc_do_get_event - GET EVENT STATUS NOTIFICATION */
void mmc_do_get_event(struct mmc_call *call)
{
	const struct event_class *chosen = choose_class(call->nexus, call->cdb[4]);
	struct mmc_out *out = &call->out;

	if (!(call->cdb[1] & POLLED)) {
		mmc_fail_field(call, 1, 0);
		return;
	}
	mmc_put16(out, 0);
	mmc_put8(out, chosen ? chosen->number : NO_CLASS);
	mmc_put8(out, CLASSES);
	if (chosen)
		chosen->fill(call);
	mmc_patch16(out, 0, out->len - 2);
}
