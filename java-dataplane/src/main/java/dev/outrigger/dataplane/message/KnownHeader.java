// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The header names the proxy itself reads or writes, as small integers, so that a name is compared
 * once, when it is read. Names outside the list have the id {@link #UNKNOWN}. The ids of the names
 * that are read or written fit a {@code long} mask.
 *
 * <p>"Inline" is Envoy's word (E16): lines of such a header are joined into one.
 */
public final class KnownHeader {
    public static final int UNKNOWN = 0;
    public static final int HOST = 1;
    public static final int CONTENT_LENGTH = 2;
    public static final int TRANSFER_ENCODING = 3;
    public static final int CONNECTION = 4;
    public static final int KEEP_ALIVE = 5;
    public static final int PROXY_CONNECTION = 6;
    public static final int UPGRADE = 7;
    public static final int TE = 8;
    public static final int EXPECT = 9;
    public static final int REFERER = 10;
    public static final int USER_AGENT = 11;
    public static final int CONTENT_TYPE = 12;
    public static final int X_FORWARDED_FOR = 13;
    public static final int X_FORWARDED_PROTO = 14;
    public static final int X_FORWARDED_HOST = 15;
    public static final int X_REQUEST_ID = 16;
    public static final int VIA = 17;
    public static final int ENVOY_INTERNAL = 18;
    public static final int ENVOY_EXTERNAL_ADDRESS = 19;
    public static final int ENVOY_EXPECTED_RQ_TIMEOUT_MS = 20;
    public static final int ENVOY_ATTEMPT_COUNT = 21;
    public static final int ENVOY_ORIGINAL_PATH = 22;
    public static final int ENVOY_ORIGINAL_HOST = 23;
    public static final int ENVOY_UPSTREAM_SERVICE_TIME = 24;
    public static final int ENVOY_RETRY_ON = 25;
    public static final int ENVOY_RETRY_GRPC_ON = 26;
    public static final int ENVOY_MAX_RETRIES = 27;
    public static final int ENVOY_RETRIABLE_STATUS_CODES = 28;
    public static final int ENVOY_RETRIABLE_HEADER_NAMES = 29;
    public static final int ENVOY_UPSTREAM_RQ_TIMEOUT_MS = 30;
    public static final int ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS = 31;
    public static final int ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE = 32;
    public static final int ENVOY_UPSTREAM_ALT_STAT_NAME = 33;
    public static final int ENVOY_FORCE_TRACE = 34;
    public static final int ENVOY_IP_TAGS = 35;
    public static final int ENVOY_ORIGINAL_URL = 36;
    public static final int ENVOY_HEDGE_ON_PER_TRY_TIMEOUT = 37;
    public static final int ENVOY_DECORATOR_OPERATION = 38;
    public static final int ENVOY_DOWNSTREAM_SERVICE_CLUSTER = 39;
    public static final int ENVOY_DOWNSTREAM_SERVICE_NODE = 40;
    public static final int ENVOY_IS_TIMEOUT_RETRY = 41;
    public static final int ENVOY_OVERLOADED = 42;
    public static final int ENVOY_RATELIMITED = 43;
    public static final int COOKIE = 44;
    public static final int DATE = 45;
    public static final int SERVER = 46;
    public static final int LOCATION = 47;
    public static final int GRPC_STATUS = 48;
    public static final int GRPC_MESSAGE = 49;
    public static final int GRPC_TIMEOUT = 50;
    public static final int ACCEPT = 51;
    public static final int ACCEPT_ENCODING = 52;
    public static final int AUTHORIZATION = 53;
    public static final int CACHE_CONTROL = 54;
    public static final int HTTP2_SETTINGS = 55;
    public static final int X_FORWARDED_CLIENT_CERT = 56;
    public static final int X_CLIENT_TRACE_ID = 57;
    public static final int ENVOY_UPSTREAM_CANARY = 58;
    public static final int ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL = 59;
    public static final int ENVOY_DEGRADED = 60;
    public static final int ORIGIN = 61;
    public static final int CONTENT_ENCODING = 62;
    public static final int ENVOY_UPSTREAM_STREAM_DURATION_MS = 63;

    /** Ids below have a bit in a mask. The others are only known so that lines can be joined. */
    static final int MASKED = 64;

    /** Names that Envoy's filters register for requests, the last one for responses, too. */
    private static final String[] REQUEST_INLINE = {
        "access-control-request-method",
        "access-control-request-headers",
        "access-control-request-private-network",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "if-range",
        "pragma",
        "grpc-accept-encoding",
        "proxy-status",
    };

    /** Names that Envoy's filters register for responses; ids after those for requests. */
    private static final String[] RESPONSE_INLINE = {
        "access-control-allow-origin",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-credentials",
        "access-control-allow-private-network",
        "access-control-expose-headers",
        "access-control-max-age",
        "etag",
        "age",
        "vary",
        "expires",
        "last-modified",
    };

    private static final int FIRST_OF_RESPONSE = MASKED + REQUEST_INLINE.length;

    /** How many ids there are, {@link #UNKNOWN} included. */
    public static final int COUNT = FIRST_OF_RESPONSE + RESPONSE_INLINE.length;

    private static final byte[][] NAMES = new byte[COUNT][];
    private static final String[] TEXTS = new String[COUNT];
    private static final int TABLE_MASK = 511;
    private static final byte[] TABLE = new byte[TABLE_MASK + 1];

    /** Joined in requests only. */
    private static final long REQUEST_ONLY =
            bit(AUTHORIZATION) | bit(ACCEPT) | bit(ACCEPT_ENCODING) | bit(ORIGIN);

    /** Request and response headers Envoy joins with a comma. */
    private static final long INLINE =
            bit(HOST)
                    | bit(CONTENT_LENGTH)
                    | bit(TRANSFER_ENCODING)
                    | bit(CONNECTION)
                    | bit(KEEP_ALIVE)
                    | bit(PROXY_CONNECTION)
                    | bit(UPGRADE)
                    | bit(TE)
                    | bit(EXPECT)
                    | bit(REFERER)
                    | bit(USER_AGENT)
                    | bit(CONTENT_TYPE)
                    | bit(X_FORWARDED_FOR)
                    | bit(X_FORWARDED_PROTO)
                    | bit(X_FORWARDED_HOST)
                    | bit(X_REQUEST_ID)
                    | bit(VIA)
                    | bit(ENVOY_INTERNAL)
                    | bit(ENVOY_EXTERNAL_ADDRESS)
                    | bit(ENVOY_EXPECTED_RQ_TIMEOUT_MS)
                    | bit(ENVOY_ATTEMPT_COUNT)
                    | bit(ENVOY_ORIGINAL_PATH)
                    | bit(ENVOY_UPSTREAM_SERVICE_TIME)
                    | bit(ENVOY_RETRY_ON)
                    | bit(ENVOY_RETRY_GRPC_ON)
                    | bit(ENVOY_MAX_RETRIES)
                    | bit(ENVOY_RETRIABLE_STATUS_CODES)
                    | bit(ENVOY_RETRIABLE_HEADER_NAMES)
                    | bit(ENVOY_UPSTREAM_RQ_TIMEOUT_MS)
                    | bit(ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS)
                    | bit(ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE)
                    | bit(ENVOY_UPSTREAM_ALT_STAT_NAME)
                    | bit(ENVOY_FORCE_TRACE)
                    | bit(ENVOY_IP_TAGS)
                    | bit(ENVOY_ORIGINAL_URL)
                    | bit(ENVOY_HEDGE_ON_PER_TRY_TIMEOUT)
                    | bit(ENVOY_DECORATOR_OPERATION)
                    | bit(ENVOY_DOWNSTREAM_SERVICE_CLUSTER)
                    | bit(ENVOY_DOWNSTREAM_SERVICE_NODE)
                    | bit(ENVOY_RATELIMITED)
                    | bit(DATE)
                    | bit(SERVER)
                    | bit(LOCATION)
                    | bit(GRPC_STATUS)
                    | bit(GRPC_MESSAGE)
                    | bit(GRPC_TIMEOUT)
                    | bit(ACCEPT)
                    | bit(ACCEPT_ENCODING)
                    | bit(AUTHORIZATION)
                    | bit(CACHE_CONTROL)
                    | bit(X_FORWARDED_CLIENT_CERT)
                    | bit(X_CLIENT_TRACE_ID)
                    | bit(ENVOY_UPSTREAM_CANARY)
                    | bit(ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL)
                    | bit(ENVOY_DEGRADED)
                    | bit(ORIGIN)
                    | bit(CONTENT_ENCODING)
                    | bit(ENVOY_UPSTREAM_STREAM_DURATION_MS);

    static {
        String[] names = {
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "proxy-connection",
            "upgrade",
            "te",
            "expect",
            "referer",
            "user-agent",
            "content-type",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-request-id",
            "via",
            "x-envoy-internal",
            "x-envoy-external-address",
            "x-envoy-expected-rq-timeout-ms",
            "x-envoy-attempt-count",
            "x-envoy-original-path",
            "x-envoy-original-host",
            "x-envoy-upstream-service-time",
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-max-retries",
            "x-envoy-retriable-status-codes",
            "x-envoy-retriable-header-names",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "x-envoy-upstream-rq-timeout-alt-response",
            "x-envoy-upstream-alt-stat-name",
            "x-envoy-force-trace",
            "x-envoy-ip-tags",
            "x-envoy-original-url",
            "x-envoy-hedge-on-per-try-timeout",
            "x-envoy-decorator-operation",
            "x-envoy-downstream-service-cluster",
            "x-envoy-downstream-service-node",
            "x-envoy-is-timeout-retry",
            "x-envoy-overloaded",
            "x-envoy-ratelimited",
            "cookie",
            "date",
            "server",
            "location",
            "grpc-status",
            "grpc-message",
            "grpc-timeout",
            "accept",
            "accept-encoding",
            "authorization",
            "cache-control",
            "http2-settings",
            "x-forwarded-client-cert",
            "x-client-trace-id",
            "x-envoy-upstream-canary",
            "x-envoy-immediate-health-check-fail",
            "x-envoy-degraded",
            "origin",
            "content-encoding",
            "x-envoy-upstream-stream-duration-ms",
        };
        NAMES[UNKNOWN] = new byte[0];
        TEXTS[UNKNOWN] = "";
        for (int id = 1; id < COUNT; id++) {
            TEXTS[id] =
                    id < MASKED
                            ? names[id - 1]
                            : id < FIRST_OF_RESPONSE
                                    ? REQUEST_INLINE[id - MASKED]
                                    : RESPONSE_INLINE[id - FIRST_OF_RESPONSE];
            NAMES[id] = TEXTS[id].getBytes(US_ASCII);
            int slot = slot(hash(NAMES[id], 0, NAMES[id].length));
            while (TABLE[slot] != 0) {
                slot = (slot + 1) & TABLE_MASK;
            }
            TABLE[slot] = (byte) id;
        }
    }

    private KnownHeader() {}

    /** The mask bit of an id below {@link #MASKED}. */
    public static long bit(int id) {
        return 1L << id;
    }

    /** Whether an id, which may have no bit, is in a mask. */
    public static boolean isIn(long mask, int id) {
        return id < MASKED && (mask >>> id & 1) != 0;
    }

    /** Whether Envoy joins lines of this header into one. */
    static boolean isInline(int id, MessagePart part) {
        return switch (part) {
            case REQUEST_HEADERS -> id < MASKED ? isIn(INLINE, id) : id < FIRST_OF_RESPONSE;
            case REQUEST_TRAILERS -> false;
            // The last of the request's is for both.
            case RESPONSE_HEADERS ->
                    id < MASKED ? isIn(INLINE & ~REQUEST_ONLY, id) : id >= FIRST_OF_RESPONSE - 1;
            case RESPONSE_TRAILERS -> isIn(bit(GRPC_STATUS) | bit(GRPC_MESSAGE), id);
        };
    }

    /** The lower-case name; shared, not to be written to. */
    public static byte[] name(int id) {
        return NAMES[id];
    }

    public static String text(int id) {
        return TEXTS[id];
    }

    /** The id of a lower-case name. */
    public static int of(byte[] name) {
        return find(hash(name, 0, name.length), name, 0, name.length);
    }

    /** The id of a lower-case name. */
    public static int of(String name) {
        return of(name.getBytes(US_ASCII));
    }

    static int hash(byte[] bytes, int offset, int length) {
        int hash = 0;
        for (int i = offset; i < offset + length; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash;
    }

    /** The id of the lower-case name in {@code data} whose {@link #hash} is given. */
    static int find(int hash, byte[] data, int offset, int length) {
        int slot = slot(hash);
        int id;
        while ((id = TABLE[slot]) != 0) {
            byte[] name = NAMES[id];
            if (name.length == length && matches(name, data, offset)) {
                return id;
            }
            slot = (slot + 1) & TABLE_MASK;
        }
        return UNKNOWN;
    }

    private static boolean matches(byte[] name, byte[] data, int offset) {
        for (int i = 0; i < name.length; i++) {
            if (name[i] != data[offset + i]) {
                return false;
            }
        }
        return true;
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 9 ^ hash >>> 18) & TABLE_MASK;
    }
}
