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
		cmocka_unit_test_setup(test_track_at, setup),
		cmocka_unit_test_setup(test_sessions, setup),
		cmocka_unit_test_setup(test_session_leadout, setup),
		cmocka_unit_test_setup(test_session_leadout_without_room, setup),
	};

	return cmocka_run_group_tests_name("medium", tests, NULL, NULL);
}
