// SPDX-License-Identifier: GPL-2.0
/* Tests of kernel/core/medium.c: addresses, kinds of disc, tracks, sessions. */
#include "check.h"
#include "engine.h"

static void assert_msf(u32 lba, u8 m, u8 s, u8 f)
{
	struct mmc_msf msf = mmc_lba_to_msf(lba);

	assert_int_equal(msf.m, m);
	assert_int_equal(msf.s, s);
	assert_int_equal(msf.f, f);
}

static void test_lba_to_msf(void **state)
{
	(void)state;
	assert_msf(0, 0, 2, 0);
	assert_msf(1, 0, 2, 1);
	assert_msf(74, 0, 2, 74);
	assert_msf(75, 0, 3, 0);
	assert_msf(4349, 0, 59, 74);
	assert_msf(4350, 1, 0, 0);
	assert_msf(449849, 99, 59, 74);
	assert_msf(449850, 100, 0, 0);
	assert_msf(1151848, 255, 59, 73);
	assert_msf(1151849, 255, 59, 74);
	assert_msf(1151850, 255, 59, 74);
	assert_msf(0xFFFFFFFF, 255, 59, 74);
}

static void test_profile_for_size(void **state)
{
	(void)state;
	assert_int_equal(mmc_profile_for_size(1), MMC_PROFILE_CD_ROM);
	assert_int_equal(mmc_profile_for_size(360000), MMC_PROFILE_CD_ROM);
	assert_int_equal(mmc_profile_for_size(360001), MMC_PROFILE_DVD_ROM);
	assert_int_equal(mmc_profile_for_size(4173824), MMC_PROFILE_DVD_ROM);
	assert_int_equal(mmc_profile_for_size(4173825), MMC_PROFILE_BD_ROM);
	assert_int_equal(mmc_profile_for_size(0xFFFFFFFF), MMC_PROFILE_BD_ROM);
}

static void test_sectors_max(void **state)
{
	(void)state;
	assert_int_equal(mmc_sectors_max(MMC_PROFILE_CD_ROM), 449849);
	assert_int_equal(mmc_sectors_max(MMC_PROFILE_DVD_ROM), 4173824);
	assert_int_equal(mmc_sectors_max(MMC_PROFILE_BD_ROM), 62500864);
	assert_int_equal(mmc_sectors_max(MMC_PROFILE_NONE), 0);
	assert_int_equal(mmc_sectors_max(0x000A), 0);
}

static void test_layer0_for_size(void **state)
{
	(void)state;
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, 1), 0);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, 2298496), 0);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, 2298497), 1149264);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, 4000000), 2000000);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, 4000001), 2000016);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, 4173824), 2086912);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_CD_ROM, 4000000), 0);
	assert_int_equal(mmc_layer0_for_size(MMC_PROFILE_BD_ROM, 40000000), 0);
}

/* Every DVD that gets a layer break must make a valid medium, and layer 1 must not be longer than layer 0. */
static void test_layer0_is_valid(void **state)
{
	u32 sectors;

	(void)state;
	for (sectors = 2298496; sectors <= 4173824; sectors++) {
		struct mmc_track track = { .sectors = sectors, .number = 1, .session = 1, .control = 4,
					   .mode = MMC_TRACK_DATA };
		struct mmc_medium medium = { .tracks = &track, .nr_tracks = 1, .sessions = 1, .sectors = sectors,
					     .profile = MMC_PROFILE_DVD_ROM,
					     .layer0_sectors = mmc_layer0_for_size(MMC_PROFILE_DVD_ROM, sectors) };

		if (!mmc_medium_valid(&medium))
			fail_msg("%u sectors", sectors);
	}
}

/* A disc with two sessions, and everything that can be wrong with it. */
static struct mmc_track tracks[3];
static struct mmc_medium disc;

static int setup(void **state)
{
	static const struct mmc_track good[3] = {
		{ .lba = 0, .sectors = 100, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA },
		{ .lba = 100, .sectors = 20000, .number = 2, .session = 1, .control = 6, .mode = MMC_TRACK_DATA },
		{ .lba = 20100, .sectors = 50, .number = 3, .session = 2, .control = 4, .mode = MMC_TRACK_DATA },
	};

	(void)state;
	memcpy(tracks, good, sizeof(tracks));
	disc = (struct mmc_medium){ .tracks = tracks, .nr_tracks = 3, .sessions = 2, .sectors = 20150,
				    .profile = MMC_PROFILE_CD_ROM };
	return 0;
}

/* The same tracks in one session, as other discs have them. */
static void setup_dvd(void)
{
	disc.profile = MMC_PROFILE_DVD_ROM;
	disc.sessions = 1;
	tracks[2].session = 1;
}

static void test_valid(void **state)
{
	(void)state;
	assert_true(mmc_medium_valid(&disc));
}

/* Set a field, see that the medium is refused, set it back. */
#define assert_invalid(field, value)				\
	do {							\
		__typeof__(field) kept = (field);		\
								\
		(field) = (value);				\
		assert_false(mmc_medium_valid(&disc));		\
		(field) = kept;					\
		assert_true(mmc_medium_valid(&disc));		\
	} while (0)

static void test_valid_control(void **state)
{
	(void)state;
	tracks[1].control = 15;
	assert_true(mmc_medium_valid(&disc));
}

static void test_invalid_medium(void **state)
{
	(void)state;
	assert_invalid(disc.tracks, NULL);
	assert_invalid(disc.nr_tracks, 0);
	assert_invalid(disc.nr_tracks, 2);
	assert_invalid(disc.nr_tracks, 100);
	assert_invalid(disc.sessions, 0);
	assert_invalid(disc.sessions, 1);
	assert_invalid(disc.sessions, 3);
	assert_invalid(disc.sectors, 0);
	assert_invalid(disc.sectors, 20149);
	assert_invalid(disc.sectors, 20151);
	assert_invalid(disc.sectors, 449850);
	assert_invalid(disc.profile, MMC_PROFILE_NONE);
	assert_invalid(disc.profile, 0x0009);
	assert_invalid(disc.layer0_sectors, 11000);
	assert_invalid(disc.speed, 175);
}

static void test_invalid_track(void **state)
{
	(void)state;
	assert_invalid(tracks[0].lba, 1);
	assert_invalid(tracks[0].number, 0);
	assert_invalid(tracks[0].number, 2);
	assert_invalid(tracks[0].session, 0);
	assert_invalid(tracks[0].session, 2);
	assert_invalid(tracks[0].control, 0);
	assert_invalid(tracks[0].control, 0x14);
	assert_invalid(tracks[0].mode, 0);
	assert_invalid(tracks[0].mode, MMC_TRACK_NONE);
	assert_invalid(tracks[0].sectors, 0);
	assert_invalid(tracks[1].lba, 99);
	assert_invalid(tracks[1].lba, 101);
	assert_invalid(tracks[1].number, 1);
	assert_invalid(tracks[1].number, 3);
	assert_invalid(tracks[1].sectors, 0xFFFFFFFF);
	assert_invalid(tracks[1].session, 0);
	assert_invalid(tracks[1].session, 3);
	assert_invalid(tracks[2].session, 1);
	assert_invalid(tracks[2].session, 3);
	assert_invalid(tracks[2].sectors, 0);
}

static void test_track_numbers_end_at_99(void **state)
{
	u8 i;

	(void)state;
	for (i = 0; i < 3; i++)
		tracks[i].number = 97 + i;
	assert_true(mmc_medium_valid(&disc));
	for (i = 0; i < 3; i++)
		tracks[i].number = 98 + i;
	assert_false(mmc_medium_valid(&disc));
}

static void test_invalid_layers(void **state)
{
	(void)state;
	setup_dvd();
	assert_true(mmc_medium_valid(&disc));
	disc.layer0_sectors = 10075;
	assert_true(mmc_medium_valid(&disc));
	assert_invalid(disc.layer0_sectors, 10074);
	assert_invalid(disc.layer0_sectors, 20150);
	assert_invalid(disc.layer0_sectors, 20151);
}

static void test_sector_time(void **state)
{
	struct mmc_identity id = { .serial_len = 0 };
	struct mmc_drive drive;

	(void)state;
	mmc_drive_init(&drive, &id);
	assert_int_equal(mmc_sector_time(&drive, &disc), 0);
	/* 75 sectors a second, but for what is lost in whole kilobytes */
	disc.speed = MMC_SPEED_MIN;
	assert_true(mmc_medium_valid(&disc));
	assert_int_equal(mmc_sector_time(&drive, &disc), 2352000000U / 176);
	disc.speed = 1411;
	assert_int_equal(mmc_sector_time(&drive, &disc), 2352000000U / 1411);
	/* Set to a lower speed, and to a higher one */
	drive.speed = 706;
	assert_int_equal(mmc_sector_time(&drive, &disc), 2352000000U / 706);
	drive.speed = 5000;
	assert_int_equal(mmc_sector_time(&drive, &disc), 2352000000U / 1411);
	/* A disc that is faster than the highest speed that can be set */
	setup_dvd();
	disc.profile = MMC_PROFILE_BD_ROM;
	disc.speed = 71928;
	assert_int_equal(mmc_sector_time(&drive, &disc), 2048000000U / 5000);
	mmc_drive_init(&drive, &id);
	assert_int_equal(mmc_sector_time(&drive, &disc), 2048000000U / 71928);
	disc.profile = MMC_PROFILE_DVD_ROM;
	disc.speed = 1385;
	assert_int_equal(mmc_sector_time(&drive, &disc), 2048000000U / 1385);
	disc.speed = 0xFFFFFFFF;
	assert_true(mmc_medium_valid(&disc));
	assert_int_equal(mmc_sector_time(&drive, &disc), 0);
}

static void test_track_at(void **state)
{
	(void)state;
	assert_ptr_equal(mmc_track_at(&disc, 0), &tracks[0]);
	assert_ptr_equal(mmc_track_at(&disc, 99), &tracks[0]);
	assert_ptr_equal(mmc_track_at(&disc, 100), &tracks[1]);
	assert_ptr_equal(mmc_track_at(&disc, 20099), &tracks[1]);
	assert_ptr_equal(mmc_track_at(&disc, 20100), &tracks[2]);
	assert_ptr_equal(mmc_track_at(&disc, 20149), &tracks[2]);
	assert_null(mmc_track_at(&disc, 20150));
	assert_null(mmc_track_at(&disc, 0xFFFFFFFF));
}

static void test_sessions(void **state)
{
	(void)state;
	assert_ptr_equal(mmc_session_first(&disc, 1), &tracks[0]);
	assert_ptr_equal(mmc_session_last(&disc, 1), &tracks[1]);
	assert_ptr_equal(mmc_session_first(&disc, 2), &tracks[2]);
	assert_ptr_equal(mmc_session_last(&disc, 2), &tracks[2]);
	assert_null(mmc_session_first(&disc, 0));
	assert_null(mmc_session_first(&disc, 3));
	assert_null(mmc_session_last(&disc, 3));
	assert_null(mmc_session_first(&disc, 257));
}

static void test_session_leadout(void **state)
{
	(void)state;
	assert_int_equal(mmc_session_leadout(&disc, 1), 20100 - 11400);
	assert_int_equal(mmc_session_leadout(&disc, 2), 20150);
	assert_int_equal(mmc_track_end(&disc, &tracks[0]), 100);
	assert_int_equal(mmc_track_end(&disc, &tracks[1]), 20100 - 11400);
	assert_int_equal(mmc_track_end(&disc, &tracks[2]), 20150);
}

/* Sessions closer together than lead-out and lead-in are long. */
static void test_session_leadout_without_room(void **state)
{
	(void)state;
	tracks[1].sectors = 11400;
	tracks[2].lba = 11500;
	disc.sectors = 11550;
	assert_true(mmc_medium_valid(&disc));
	assert_int_equal(mmc_session_leadout(&disc, 1), 11500);
	assert_int_equal(mmc_track_end(&disc, &tracks[1]), 11500);
}

/* --- modes, pregaps, sessions --- */

static void assert_isrc(const char *isrc, bool valid)
{
	memcpy(tracks[1].isrc, isrc, MMC_ISRC_LEN);
	assert_int_equal(mmc_medium_valid(&disc), valid);
	memset(tracks[1].isrc, 0, MMC_ISRC_LEN);
	assert_true(mmc_medium_valid(&disc));
}

static void assert_mcn(const char *mcn, bool valid)
{
	memcpy(disc.mcn, mcn, MMC_MCN_LEN);
	assert_int_equal(mmc_medium_valid(&disc), valid);
	memset(disc.mcn, 0, MMC_MCN_LEN);
	assert_true(mmc_medium_valid(&disc));
}

static void test_isrc_and_mcn(void **state)
{
	(void)state;
	assert_isrc("USRC17607839", true);
	assert_isrc("000000000000", true);
	assert_isrc("ZZZZZZZZZZZZ", true);
	assert_isrc("USRC1760783", false);	/* a NUL at its end */
	assert_isrc("usrc17607839", false);
	assert_isrc("US-RC1760783", false);
	assert_isrc("USRC1760783[", false);
	assert_isrc("USRC1760783@", false);
	assert_isrc("USRC1760783/", false);
	assert_isrc("USRC1760783:", false);
	assert_isrc("USRC1760783\xC4", false);
	/* Nothing behind a NUL at the beginning is looked at. */
	assert_isrc("\0abcdefghijk", true);
	assert_mcn("4006381333931", true);
	assert_mcn("0000000000000", true);
	assert_mcn("400638133393", false);
	assert_mcn("400638133393A", false);
	assert_mcn("400638133393/", false);
	assert_mcn("400638133393:", false);
	assert_mcn("\0abcdefghijkl", true);
}

static void assert_indices(const struct mmc_index *indices, u32 count, bool valid)
{
	disc.indices = indices;
	disc.nr_indices = count;
	assert_int_equal(mmc_medium_valid(&disc), valid);
	disc.indices = NULL;
	disc.nr_indices = 0;
}

#define ASSERT_INDICES(valid, ...)								\
	assert_indices((const struct mmc_index[]){ __VA_ARGS__ },				\
		       sizeof((const struct mmc_index[]){ __VA_ARGS__ }) / sizeof(struct mmc_index), valid)

/* The first session ends at 8700, and track 2 has a pregap of 10 here. */
static void test_indices(void **state)
{
	static struct mmc_index many[MMC_INDICES_MAX + 1];
	u32 i;

	(void)state;
	tracks[1].pregap = 10;
	ASSERT_INDICES(true, { 1, 1, 2 });
	ASSERT_INDICES(true, { 1, 1, 2 }, { 89, 1, 3 }, { 8699, 2, 2 }, { 20101, 3, 2 }, { 20149, 3, 3 });
	ASSERT_INDICES(false, { 0, 1, 2 });
	ASSERT_INDICES(false, { 1, 1, 1 });
	ASSERT_INDICES(false, { 1, 1, 3 });
	ASSERT_INDICES(false, { 90, 1, 2 });
	ASSERT_INDICES(false, { 100, 2, 2 });
	ASSERT_INDICES(false, { 8700, 2, 2 });
	ASSERT_INDICES(false, { 20150, 3, 2 });
	ASSERT_INDICES(false, { 1, 0, 2 });
	ASSERT_INDICES(false, { 1, 4, 2 });
	ASSERT_INDICES(false, { 1, 1, 2 }, { 1, 1, 3 });
	ASSERT_INDICES(false, { 2, 1, 2 }, { 1, 1, 3 });
	ASSERT_INDICES(false, { 1, 1, 2 }, { 3, 1, 4 });
	ASSERT_INDICES(false, { 1, 1, 2 }, { 3, 1, 2 });
	ASSERT_INDICES(false, { 200, 2, 2 }, { 1, 1, 2 });
	ASSERT_INDICES(false, { 1, 1, 2 }, { 200, 2, 2 }, { 2, 1, 3 });
	/* As many as a track can have, and one more */
	for (i = 0; i < 99; i++)
		many[i] = (struct mmc_index){ .lba = 200 + i, .track = 2, .number = (u8)(2 + i) };
	assert_indices(many, 98, true);
	assert_indices(many, 99, false);
	assert_indices(many, MMC_INDICES_MAX + 1, false);
	assert_indices(NULL, 1, false);
	tracks[1].pregap = 0;
	setup_dvd();
	assert_true(mmc_medium_valid(&disc));
	ASSERT_INDICES(false, { 1, 1, 2 });
}

static void test_cdtext(void **state)
{
	static const u8 packs[MMC_CDTEXT_MAX * MMC_CDTEXT_PACK];

	(void)state;
	assert_invalid(disc.nr_cdtext, 1);
	disc.cdtext = packs;
	disc.nr_cdtext = MMC_CDTEXT_MAX;
	assert_true(mmc_medium_valid(&disc));
	assert_invalid(disc.nr_cdtext, MMC_CDTEXT_MAX + 1);
	assert_invalid(disc.nr_cdtext, 0xFFFFFFFF);
}

/* What only a CD has. */
static void test_only_on_cd(void **state)
{
	static const u8 packs[MMC_CDTEXT_PACK];
	static const u16 profiles[] = { MMC_PROFILE_DVD_ROM, MMC_PROFILE_BD_ROM };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(profiles); i++) {
		setup_dvd();
		disc.profile = profiles[i];
		assert_true(mmc_medium_valid(&disc));
		disc.cdtext = packs;
		assert_invalid(disc.nr_cdtext, 1);
		assert_invalid(disc.subchannels, true);
		assert_invalid(tracks[1].mode, MMC_TRACK_MODE2);
		memcpy(disc.mcn, "4006381333931", MMC_MCN_LEN);
		assert_false(mmc_medium_valid(&disc));
		memset(disc.mcn, 0, MMC_MCN_LEN);
		tracks[1].mode = MMC_TRACK_AUDIO;
		tracks[1].control = 0;
		assert_false(mmc_medium_valid(&disc));
		tracks[1].mode = MMC_TRACK_DATA;
		tracks[1].control = 4;
		disc.sessions = 2;
		tracks[2].session = 2;
		assert_false(mmc_medium_valid(&disc));
		disc.sessions = 1;
		tracks[2].session = 1;
		tracks[0].lba = tracks[0].pregap = 10;
		tracks[0].sectors -= 10;
		assert_false(mmc_medium_valid(&disc));
		tracks[0].lba = tracks[0].pregap = 0;
		tracks[0].sectors += 10;
	}
	setup(NULL);
	disc.subchannels = true;
	assert_true(mmc_medium_valid(&disc));
}

/* A mode agrees with CONTROL: bit 2 tells data from audio. */
static void test_modes(void **state)
{
	u32 mode, control;

	(void)state;
	for (mode = 0; mode < 256; mode++) {
		for (control = 0; control < 256; control++) {
			bool data = control & 4;
			bool agrees = mode == MMC_TRACK_AUDIO ? !data : data && mode <= MMC_TRACK_MODE2;
			bool valid = control < 16 && agrees;

			tracks[1].mode = (u8)mode;
			tracks[1].control = (u8)control;
			assert_int_equal(mmc_medium_valid(&disc), valid);
		}
	}
}

static void test_pregaps(void **state)
{
	(void)state;
	/* The first track's is what comes before it. */
	assert_invalid(tracks[0].pregap, 1);
	tracks[0] = (struct mmc_track){ .lba = 30, .sectors = 70, .number = 1, .session = 1, .pregap = 30 };
	assert_true(mmc_medium_valid(&disc));
	assert_invalid(tracks[0].pregap, 29);
	assert_invalid(tracks[0].pregap, 31);
	assert_invalid(tracks[0].pregap, 0);
	assert_invalid(tracks[0].lba, 20150);
	assert_invalid(tracks[0].lba, 0xFFFFFFFF);
	/* Others' leave something of the track before them. */
	tracks[1].pregap = 69;
	assert_true(mmc_medium_valid(&disc));
	assert_invalid(tracks[1].pregap, 70);
	assert_invalid(tracks[1].pregap, 0xFFFFFFFF);
	/* Between sessions there is room for two seconds. */
	tracks[2].pregap = 150;
	assert_true(mmc_medium_valid(&disc));
	assert_invalid(tracks[2].pregap, 151);
	tracks[1].sectors = 100;
	tracks[2].lba = 200;
	disc.sectors = 250;
	tracks[2].pregap = 99;
	assert_true(mmc_medium_valid(&disc));
	assert_invalid(tracks[2].pregap, 100);
}

/* What a sector is, found without any cleverness. The tracks are those of naive_disc(). */
static enum mmc_track_mode naive_mode(const struct mmc_medium *medium, u32 lba)
{
	u32 i;

	for (i = 0; i < medium->nr_tracks; i++) {
		const struct mmc_track *track = &medium->tracks[i];
		const struct mmc_track *next = i + 1 < medium->nr_tracks ? track + 1 : NULL;
		u32 begin = track->lba - track->pregap;
		u32 end = next ? next->lba - next->pregap : medium->sectors;
		u32 gap = track->session == 1 ? 11400 : 6900;

		if (lba < begin || lba >= end)
			continue;
		if (next && next->session != track->session && track->sectors > gap && lba >= next->lba - gap)
			return MMC_TRACK_NONE;
		return track->mode;
	}
	return MMC_TRACK_NONE;
}

static u32 seed;

static u32 any(u32 below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

/* Some valid disc of about 30000 sectors. */
static void naive_disc(struct mmc_medium *medium, struct mmc_track *some)
{
	u32 count = 1 + any(6), lba = any(3) ? 0 : any(400), i;
	u8 session = 1;

	*medium = (struct mmc_medium){ .tracks = some, .nr_tracks = (u8)count, .profile = MMC_PROFILE_CD_ROM };
	for (i = 0; i < count; i++) {
		u8 mode = (u8)any(3);
		u32 room = i ? some[i - 1].sectors : 0;
		bool next = i && !any(3);
		u32 pregap = !i ? lba : any(2) ? 0 : any(next && room > 150 ? 151 : room);

		session += next;
		some[i] = (struct mmc_track){
			.lba = lba, .sectors = any(2) ? 1 + any(500) : 1 + any(16000), .number = (u8)(i + 1),
			.session = session, .control = mode ? 4 : 0, .mode = mode, .pregap = pregap,
		};
		lba += some[i].sectors;
	}
	medium->sessions = session;
	medium->sectors = lba;
}

static void test_modes_of_sectors(void **state)
{
	struct mmc_track some[6];
	struct mmc_medium medium;
	u32 disc_nr, lba, i;

	(void)state;
	for (disc_nr = 0; disc_nr < 300; disc_nr++) {
		u32 same = 0;

		naive_disc(&medium, some);
		assert_true(mmc_medium_valid(&medium));
		for (lba = 0; lba < medium.sectors; lba++) {
			if (mmc_sector_mode(&medium, lba) != naive_mode(&medium, lba))
				fail_msg("disc %u: sector %u is of another mode", disc_nr, lba);
		}
		assert_int_equal(mmc_sector_mode(&medium, lba), MMC_TRACK_NONE);
		/* From any sector on, all up to the one that is told are of its mode. */
		for (lba = 0; lba < medium.sectors; lba = same) {
			same = mmc_same_mode(&medium, lba);
			assert_true(same > lba && same <= medium.sectors);
			for (i = lba; i < same; i++)
				assert_int_equal(naive_mode(&medium, i), naive_mode(&medium, lba));
			i = lba + any(same - lba);
			assert_int_equal(mmc_same_mode(&medium, i), same);
		}
	}
}

static void test_blocks(void **state)
{
	struct mmc_track some[6];
	struct mmc_medium medium;
	u32 disc_nr, read;

	(void)state;
	for (disc_nr = 0; disc_nr < 300; disc_nr++) {
		naive_disc(&medium, some);
		for (read = 0; read < 50; read++) {
			u32 lba = any(medium.sectors);
			u32 count = any(any(2) ? medium.sectors - lba + 1 : min_t(u32, 20, medium.sectors - lba + 1));
			u32 want = lba, bad = 0xAAAAAAAA;
			bool blocks;

			while (want < lba + count && (naive_mode(&medium, want) == MMC_TRACK_DATA ||
						      naive_mode(&medium, want) == MMC_TRACK_MODE2))
				want++;
			blocks = mmc_blocks(&medium, lba, count, &bad);
			assert_int_equal(blocks, want == lba + count);
			assert_int_equal(bad, blocks ? 0xAAAAAAAA : want);
		}
	}
}

static void test_track_index(void **state)
{
	struct mmc_track some[6];
	struct mmc_medium medium;
	u32 disc_nr, lba, i;

	(void)state;
	for (disc_nr = 0; disc_nr < 100; disc_nr++) {
		naive_disc(&medium, some);
		for (lba = 0; lba < medium.sectors; lba += 1 + any(3)) {
			for (i = medium.nr_tracks - 1u; lba < some[i].lba - some[i].pregap; i--)
				;
			assert_ptr_equal(mmc_track_index(&medium, lba), &some[i]);
			/* As the table of contents has it, but nothing comes before the first track. */
			for (i = medium.nr_tracks - 1u; i && lba < some[i].lba; i--)
				;
			assert_ptr_equal(mmc_track_at(&medium, lba), &some[i]);
		}
		assert_null(mmc_track_index(&medium, medium.sectors));
		assert_null(mmc_track_index(&medium, 0xFFFFFFFF));
	}
}

static void test_session_type(void **state)
{
	(void)state;
	assert_int_equal(mmc_session_type(&disc, 1), 0);
	assert_int_equal(mmc_session_type(&disc, 2), 0);
	tracks[1].mode = MMC_TRACK_MODE2;
	assert_int_equal(mmc_session_type(&disc, 1), 0x20);
	assert_int_equal(mmc_session_type(&disc, 2), 0);
	tracks[1].mode = MMC_TRACK_AUDIO;
	tracks[2].mode = MMC_TRACK_MODE2;
	assert_int_equal(mmc_session_type(&disc, 1), 0);
	assert_int_equal(mmc_session_type(&disc, 2), 0x20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lba_to_msf),
		cmocka_unit_test(test_profile_for_size),
		cmocka_unit_test(test_sectors_max),
		cmocka_unit_test(test_layer0_for_size),
		cmocka_unit_test(test_layer0_is_valid),
		cmocka_unit_test_setup(test_sector_time, setup),
		cmocka_unit_test_setup(test_valid, setup),
		cmocka_unit_test_setup(test_valid_control, setup),
		cmocka_unit_test_setup(test_invalid_medium, setup),
		cmocka_unit_test_setup(test_invalid_track, setup),
		cmocka_unit_test_setup(test_track_numbers_end_at_99, setup),
		cmocka_unit_test_setup(test_invalid_layers, setup),
		cmocka_unit_test_setup(test_isrc_and_mcn, setup),
		cmocka_unit_test_setup(test_indices, setup),
		cmocka_unit_test_setup(test_cdtext, setup),
		cmocka_unit_test_setup(test_only_on_cd, setup),
		cmocka_unit_test_setup(test_modes, setup),
		cmocka_unit_test_setup(test_pregaps, setup),
		cmocka_unit_test(test_modes_of_sectors),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_track_index),
		cmocka_unit_test_setup(test_session_type, setup),
		cmocka_unit_test_setup(test_track_at, setup),
		cmocka_unit_test_setup(test_sessions, setup),
		cmocka_unit_test_setup(test_session_leadout, setup),
		cmocka_unit_test_setup(test_session_leadout_without_room, setup),
	};

	return cmocka_run_group_tests_name("medium", tests, NULL, NULL);
}
