// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.route.RetryPolicy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an internal caller asks for by {@code x-envoy-retry-*} headers (RT1, RT2); from everybody
 * else the connection manager has taken them away (I4). Immutable.
 */
final class RetryHeaders {
    static final RetryHeaders NONE = new RetryHeaders(0, -1, new BitSet(), List.of());

    private static final long HEADERS =
            KnownHeader.bit(KnownHeader.ENVOY_RETRY_ON)
                    | KnownHeader.bit(KnownHeader.ENVOY_RETRY_GRPC_ON)
                    | KnownHeader.bit(KnownHeader.ENVOY_MAX_RETRIES)
                    | KnownHeader.bit(KnownHeader.ENVOY_RETRIABLE_STATUS_CODES)
                    | KnownHeader.bit(KnownHeader.ENVOY_RETRIABLE_HEADER_NAMES);
    private static final int MAX_STATUS = 999;

    private final int retryOn;
    private final int maxRetries;
    private final BitSet statusCodes;
    private final List<byte[]> headerNames;

    private RetryHeaders(
            int retryOn, int maxRetries, BitSet statusCodes, List<byte[]> headerNames) {
        this.retryOn = retryOn;
        this.maxRetries = maxRetries;
        this.statusCodes = statusCodes;
        this.headerNames = headerNames;
    }

    /** Reads the headers and removes them. */
    static RetryHeaders take(HeaderBlock headers) {
        if (!headers.hasAny(HEADERS)) {
            return NONE;
        }
        int tokens =
                tokens(headers.text(KnownHeader.ENVOY_RETRY_ON), false)
                        | tokens(headers.text(KnownHeader.ENVOY_RETRY_GRPC_ON), true);
        int entry = headers.find(KnownHeader.ENVOY_MAX_RETRIES);
        long max = entry < 0 ? -1 : headers.decimal(entry);
        var codes = new BitSet();
        for (String code : list(headers.text(KnownHeader.ENVOY_RETRIABLE_STATUS_CODES))) {
            byte[] digits = Ascii.bytes(code);
            long value = Ascii.decimal(digits, 0, digits.length);
            if (value >= 0 && value <= MAX_STATUS) {
                codes.set((int) value);
            }
        }
        var names = new ArrayList<byte[]>();
        for (String name : list(headers.text(KnownHeader.ENVOY_RETRIABLE_HEADER_NAMES))) {
            names.add(Ascii.bytes(name.toLowerCase(Locale.ROOT)));
        }
        headers.removeAll(HEADERS);
        return new RetryHeaders(tokens, (int) Math.min(max, Integer.MAX_VALUE), codes, names);
    }

    private static int tokens(@Nullable String value, boolean grpc) {
        int bits = 0;
        for (String token : list(value)) {
            for (RetryOn each : RetryOn.values()) {
                if (each.isGrpc() == grpc && each.token().equals(token)) {
                    bits |= RetryPolicy.bit(each);
                }
            }
        }
        return bits;
    }

    /** Whether every token of a header is known. */
    static boolean areTokens(String value, boolean grpc) {
        for (String token : list(value)) {
            if (tokens(token, grpc) == 0) {
                return false;
            }
        }
        return true;
    }

    private static List<String> list(@Nullable String value) {
        if (value == null) {
            return List.of();
        }
        var parts = new ArrayList<String>();
        for (String part : value.split(",", -1)) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    /** As bits of {@link RetryPolicy}. */
    int retryOn() {
        return retryOn;
    }

    /** -1 when the policy decides. */
    int maxRetries() {
        return maxRetries;
    }

    boolean hasStatus(int status) {
        return statusCodes.get(status);
    }

    /** Whether a response has one of the headers. */
    boolean hasHeader(HeaderBlock response) {
        for (byte[] name : headerNames) {
            if (response.find(name, 0) >= 0) {
                return true;
            }
        }
        return false;
    }
}
