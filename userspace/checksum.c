// SPDX-License-Identifier: GPL-2.0-only
/* Checksums, made by zlib and libcrypto. Both are loaded when the first is wanted. */
#include <dlfcn.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "array.h"
#include "checksum.h"
#include "lazy.h"
#include "vcdctl.h"

LAZY(crc32_z);
LAZY(EVP_MD_CTX_new);
LAZY(EVP_MD_CTX_free);
LAZY(EVP_DigestInit_ex);
LAZY(EVP_DigestUpdate);
LAZY(EVP_DigestFinal_ex);
LAZY(EVP_get_digestbyname);

static const struct lazy_function zlib[] = {
	LAZY_FUNCTION(crc32_z),
};

static const struct lazy_function crypto[] = {
	LAZY_FUNCTION(EVP_MD_CTX_new),
	LAZY_FUNCTION(EVP_MD_CTX_free),
	LAZY_FUNCTION(EVP_DigestInit_ex),
	LAZY_FUNCTION(EVP_DigestUpdate),
	LAZY_FUNCTION(EVP_DigestFinal_ex),
	LAZY_FUNCTION(EVP_get_digestbyname),
};

/* What they are called here and by libcrypto. */
static const struct {
	const char *name;
	const char *evp;
} kinds_known[CHECKSUM_KINDS] = {
	[CHECKSUM_CRC32]	= { "crc32", NULL },
	[CHECKSUM_MD5]		= { "md5", "MD5" },
	[CHECKSUM_SHA1]		= { "sha1", "SHA1" },
	[CHECKSUM_SHA256]	= { "sha256", "SHA256" },
	[CHECKSUM_SHA512]	= { "sha512", "SHA512" },
};

/**
 * struct checksums - checksums that are being made
 * @kinds: which: CHECKSUM_BIT()
 * @crc: CRC-32 so far
 * @contexts: of libcrypto, by kind
 */
struct checksums {
	unsigned int kinds;
	unsigned long crc;
	EVP_MD_CTX *contexts[CHECKSUM_KINDS];
};

/**
 * checksum_name - what a kind is called
 * @kind: the kind
 */
const char *checksum_name(enum checksum_kind kind)
{
	return kinds_known[kind].name;
}

static bool load_library(const char *name, const struct lazy_function *functions, size_t count)
{
	if (lazy_load(name, functions, count))
		return true;
	complain(NULL, "checksums cannot be made: %s", dlerror());
	return false;
}

/* The functions are the same in both versions of libcrypto. */
static bool load_libraries(unsigned int kinds)
{
	static bool crypto_loaded;

	if (kinds & CHECKSUM_BIT(CHECKSUM_CRC32) && !lazy_crc32_z && !load_library("libz.so.1", zlib, ARRAY_SIZE(zlib)))
		return false;
	if (kinds & ~CHECKSUM_BIT(CHECKSUM_CRC32) && !crypto_loaded)
		crypto_loaded = lazy_load("libcrypto.so.3", crypto, ARRAY_SIZE(crypto)) ||
				load_library("libcrypto.so.1.1", crypto, ARRAY_SIZE(crypto));
	return !(kinds & ~CHECKSUM_BIT(CHECKSUM_CRC32)) || crypto_loaded;
}

static bool begin(struct checksums *sums, enum checksum_kind kind)
{
	const EVP_MD *digest;

	if (!(sums->kinds & CHECKSUM_BIT(kind)) || kind == CHECKSUM_CRC32)
		return true;
	/* A system that is restricted to FIPS may not have MD5. */
	digest = lazy_EVP_get_digestbyname(kinds_known[kind].evp);
	sums->contexts[kind] = lazy_EVP_MD_CTX_new();
	if (digest && sums->contexts[kind] && lazy_EVP_DigestInit_ex(sums->contexts[kind], digest, NULL))
		return true;
	complain(NULL, "checksums cannot be made: libcrypto does not do %s", kinds_known[kind].name);
	return false;
}

/**
 * checksums_new - begin to make checksums
 * @kinds: which: CHECKSUM_BIT()
 *
 * Return: NULL when it cannot be done; why has been said.
 */
struct checksums *checksums_new(unsigned int kinds)
{
	struct checksums *sums;
	unsigned int kind;

	if (!load_libraries(kinds))
		return NULL;
	sums = calloc(1, sizeof(*sums));
	if (!sums) {
		complain(NULL, "no memory");
		return NULL;
	}
	sums->kinds = kinds;
	for (kind = 0; kind < CHECKSUM_KINDS; kind++) {
		if (!begin(sums, (enum checksum_kind)kind)) {
			checksums_free(sums);
			return NULL;
		}
	}
	return sums;
}

/**
 * checksums_add - take in bytes
 * @sums: the checksums
 * @data: the bytes
 * @len: their number
 *
 * Return: false if libcrypto fails.
 */
bool checksums_add(struct checksums *sums, const void *data, size_t len)
{
	unsigned int kind;

	if (sums->kinds & CHECKSUM_BIT(CHECKSUM_CRC32))
		sums->crc = lazy_crc32_z(sums->crc, data, len);
	for (kind = 0; kind < CHECKSUM_KINDS; kind++)
		if (sums->contexts[kind] && !lazy_EVP_DigestUpdate(sums->contexts[kind], data, len))
			return false;
	return true;
}

/**
 * checksums_end - all bytes have been taken in
 * @sums: the checksums; only good for checksums_free() afterwards
 * @texts: filled
 *
 * Return: false if libcrypto fails.
 */
bool checksums_end(struct checksums *sums, struct checksum_texts *texts)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int kind, len, i;

	memset(texts, 0, sizeof(*texts));
	if (sums->kinds & CHECKSUM_BIT(CHECKSUM_CRC32))
		snprintf(texts->text[CHECKSUM_CRC32], CHECKSUM_TEXT, "%08lx", sums->crc);
	for (kind = 0; kind < CHECKSUM_KINDS; kind++) {
		if (!sums->contexts[kind])
			continue;
		if (!lazy_EVP_DigestFinal_ex(sums->contexts[kind], digest, &len))
			return false;
		for (i = 0; i < len; i++)
			snprintf(texts->text[kind] + 2 * i, 3, "%02x", digest[i]);
	}
	return true;
}

/**
 * checksums_free - let go of checksums
 * @sums: the checksums, or NULL
 */
void checksums_free(struct checksums *sums)
{
	unsigned int kind;

	if (!sums)
		return;
	for (kind = 0; kind < CHECKSUM_KINDS; kind++)
		if (sums->contexts[kind])
			lazy_EVP_MD_CTX_free(sums->contexts[kind]);
	free(sums);
}
