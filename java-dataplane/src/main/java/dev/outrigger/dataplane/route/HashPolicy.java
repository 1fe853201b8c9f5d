// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteActionConfig.CookieAttribute;
import dev.outrigger.dataplane.config.RouteActionConfig.HashPolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.HashSource;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The hash policies of a route together (HP1, HP2). Immutable. */
public final class HashPolicy {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final Part[] parts;

    /** Collects the hash of one request. Confined to one call. */
    public static final class Result {
        private boolean present;
        private long hash;

        /** Forgets what was found. */
        public void reset() {
            present = false;
            hash = 0;
        }

        public boolean isPresent() {
            return present;
        }

        public long hash() {
            return hash;
        }

        private void add(byte[] bytes) {
            add(XxHash64.hash(bytes));
        }

        private void add(long part) {
            // Rotated, so that two equal parts do not cancel each other out.
            hash = Long.rotateLeft(hash, 1) ^ part;
            present = true;
        }
    }

    /** Told of a cookie that was made because the request had none. */
    @FunctionalInterface
    public interface NewCookies {
        void add(String setCookie);
    }

    @FunctionalInterface
    private interface Source {
        void hash(RequestHead head, StreamInfo info, Result result, NewCookies cookies);
    }

    private record Part(Source source, boolean terminal) {}

    HashPolicy(List<HashPolicyConfig> configs) {
        parts =
                configs.stream()
                        .map(config -> new Part(source(config.source()), config.terminal()))
                        .toArray(Part[]::new);
    }

    public boolean isEmpty() {
        return parts.length == 0;
    }

    /** Finds the hash of a request; {@code result} stays empty when no policy has one. */
    public void hash(RequestHead head, StreamInfo info, Result result, NewCookies cookies) {
        for (Part part : parts) {
            part.source().hash(head, info, result, cookies);
            if (part.terminal() && result.isPresent()) {
                return;
            }
        }
    }

    private static Source source(HashSource config) {
        return switch (config) {
            case HashSource.Header(String name, var rewrite) ->
                    name.startsWith(":")
                            ? pseudoHeader(name, rewrite.map(RegexRewrite::new))
                            : header(WireText.bytes(name), rewrite.map(RegexRewrite::new));
            case HashSource.Cookie cookie -> cookie(cookie);
            case HashSource.SourceIp() ->
                    (head, info, result, cookies) -> {
                        if (!info.remoteAddress().isUnresolved()) {
                            result.add(Ascii.bytes(ConnectionInfo.ip(info.remoteAddress())));
                        }
                    };
            case HashSource.QueryParameter(String name) -> {
                var parameter = new QueryParameter(name);
                yield (head, info, result, cookies) -> {
                    byte[] value = parameter.value(head);
                    if (value != null) {
                        result.add(value);
                    }
                };
            }
            case HashSource.FilterState(String _) -> (head, info, result, cookies) -> {};
        };
    }

    /** What HTTP/2 calls headers counts as such. */
    private static Source pseudoHeader(String name, Optional<RegexRewrite> rewrite) {
        return (head, info, result, cookies) -> {
            String value =
                    switch (name) {
                        case ":path" -> head.path();
                        case ":authority" -> head.authority();
                        case ":method" -> head.methodText();
                        case ":scheme" -> head.scheme();
                        default -> "";
                    };
            if (!value.isEmpty()) {
                result.add(
                        Ascii.bytes(rewrite.map(regex -> regex.replaceAll(value)).orElse(value)));
            }
        };
    }

    private static Source header(byte[] name, Optional<RegexRewrite> rewrite) {
        return (head, info, result, cookies) -> {
            HeaderBlock headers = head.headers();
            int entry = headers.find(name, 0);
            if (entry < 0) {
                return;
            }
            int next = headers.find(name, entry + 1);
            if (next < 0) {
                result.add(value(headers, entry, rewrite));
                return;
            }
            // Sorted, so that the order of the lines does not matter.
            var values = new ArrayList<byte[]>();
            for (; entry >= 0; entry = headers.find(name, entry + 1)) {
                values.add(value(headers, entry, rewrite));
            }
            values.sort(Arrays::compareUnsigned);
            // Each one's hash is the next one's seed.
            long hash = 0;
            for (byte[] value : values) {
                hash = XxHash64.hash(value, 0, value.length, hash);
            }
            result.add(hash);
        };
    }

    private static byte[] value(HeaderBlock headers, int entry, Optional<RegexRewrite> rewrite) {
        return rewrite.map(regex -> Ascii.bytes(regex.replaceAll(headers.value(entry))))
                .orElseGet(() ->
                        Arrays.copyOfRange(
                                headers.data(),
                                headers.valueOffset(entry),
                                headers.valueOffset(entry) + headers.valueLength(entry)));
    }

    private static Source cookie(HashSource.Cookie configured) {
        var config =
                new HashSource.Cookie(
                        WireText.of(configured.name()),
                        configured.ttl(),
                        WireText.of(configured.path()),
                        configured.attributes().stream()
                                .map(each ->
                                        new CookieAttribute(
                                                WireText.of(each.name()),
                                                WireText.of(each.value())))
                                .toList());
        return (head, info, result, cookies) -> {
            String value = Cookies.find(head.headers(), config.name());
            if (!value.isEmpty()) {
                result.add(Ascii.bytes(value));
            } else if (config.ttl().isPresent()) {
                // The same for all requests of a connection, so that racing ones agree.
                ConnectionInfo connection = info.connection();
                String made =
                        hex(
                                XxHash64.hash(
                                        Ascii.bytes(
                                                connection.remoteText() + connection.localText())));
                cookies.add(setCookie(config, made));
                result.add(Ascii.bytes(made));
            }
        };
    }

    private static String setCookie(HashSource.Cookie config, String value) {
        var text = new StringBuilder(config.name()).append("=\"").append(value).append('"');
        long seconds = config.ttl().map(ttl -> ttl.toSeconds()).orElse(0L);
        if (seconds != 0) {
            text.append("; Max-Age=").append(seconds);
        }
        if (!config.path().isEmpty()) {
            text.append("; Path=").append(config.path());
        }
        for (CookieAttribute attribute : config.attributes()) {
            text.append("; ").append(attribute.name());
            if (!attribute.value().isEmpty()) {
                text.append('=').append(attribute.value());
            }
        }
        return text.append("; HttpOnly").toString();
    }

    private static String hex(long value) {
        var text = new char[16];
        for (int i = 0; i < 16; i++) {
            text[i] = HEX[(int) (value >>> (60 - 4 * i)) & 15];
        }
        return new String(text);
    }

    /** Where cookies are read. */
    static final class Cookies {
        private Cookies() {}

        /** The value of the first cookie of that name, without quotes; empty when there is none. */
        static String find(HeaderBlock headers, String name) {
            byte[] cookie = Ascii.bytes(KnownHeader.text(KnownHeader.COOKIE));
            for (int entry = headers.find(KnownHeader.COOKIE);
                    entry >= 0;
                    entry = headers.find(cookie, entry + 1)) {
                for (String pair : headers.value(entry).split(";", -1)) {
                    int equals = pair.indexOf('=');
                    if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
                        return unquoted(pair.substring(equals + 1).strip());
                    }
                }
            }
            return "";
        }

        private static String unquoted(String value) {
            return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                    ? value.substring(1, value.length() - 1)
                    : value;
        }
    }
}
