// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.dnscache;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What is known of a name with its port; Envoy's {@code DnsHostInfo}. Written by the main loop,
 * read by anyone.
 */
public final class DnsHost {
    private static final int MAX_PORT = 65_535;

    private final String key;
    private final String name;
    private final int port;
    private volatile List<InetSocketAddress> addresses = List.of();
    private volatile String details = "not_resolved";
    private volatile boolean failed;
    private volatile boolean resolved;
    private volatile long lastUsedNanos;

    DnsHost(String key, int defaultPort, long nowNanos) {
        this.key = key;
        int colon = key.endsWith("]") ? -1 : key.lastIndexOf(':');
        int given = colon < 0 ? -1 : port(key, colon + 1);
        String host = given < 0 ? key : key.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        this.name = bracketed ? host.substring(1, host.length() - 1) : host;
        this.port = given < 0 ? defaultPort : given;
        this.lastUsedNanos = nowNanos;
    }

    /**
     * The name as it is known: with the port that counts where a request gives none, because two
     * ports of a name are two hosts.
     */
    public static String key(String authority, int defaultPort) {
        int colon = authority.lastIndexOf(':');
        boolean hasPort =
                colon >= 0 && authority.lastIndexOf(']') < colon && isNumber(authority, colon + 1);
        return hasPort ? authority : authority + ':' + defaultPort;
    }

    private static boolean isNumber(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < text.length();
    }

    /** -1 for none. */
    private static int port(String text, int from) {
        if (!isNumber(text, from)) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < text.length() && value <= MAX_PORT; i++) {
            value = value * 10 + text.charAt(i) - '0';
        }
        return value > MAX_PORT ? -1 : value;
    }

    /** Name and port. */
    public String key() {
        return key;
    }

    /** What is looked up. */
    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** Empty while there is none; then the one to be tried first comes first. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    void setAddresses(List<InetSocketAddress> found, String how) {
        addresses = List.copyOf(found);
        details = how;
        failed = false;
    }

    /** Why there is no address, in Envoy's words. */
    public String details() {
        return details;
    }

    void setWithoutAddress(String why, boolean isFailure) {
        details = why;
        failed = isFailure;
    }

    /** Whether the last look-up failed while there was no address. */
    boolean isFailed() {
        return failed;
    }

    /** Whether the first look-up is over. */
    boolean isResolved() {
        return resolved;
    }

    void setResolved() {
        resolved = true;
    }

    /** A request uses it. */
    public void touch(long nowNanos) {
        lastUsedNanos = nowNanos;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }
}
