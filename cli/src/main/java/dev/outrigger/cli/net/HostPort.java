// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.net;

import java.net.InetSocketAddress;

/**
 * A host and a port as a person writes them: {@code 127.0.0.1:8470}, {@code [::1]:8470}, {@code
 * :8470} for the loopback address.
 *
 * @param port 0..65535; 0 asks for any free port
 */
public record HostPort(String host, int port) {
    public HostPort {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
        }
    }

    /** Reads the text form; an {@link IllegalArgumentException} says what is expected. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean isBracketed = text.startsWith("[");
        if (colon < 0 || (text.indexOf(':') != colon && !isBracketed)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address (expected: HOST:PORT, as 127.0.0.1:8470)");
        }
        var host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new HostPort(
                    host.isEmpty() ? "127.0.0.1" : host,
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text.substring(colon + 1) + "' is not a port (expected: 0..65535)", e);
        }
    }

    public static HostPort loopback(int port) {
        return new HostPort("127.0.0.1", port);
    }

    /** Whether only this machine reaches it; false for a name that leads nowhere. */
    public boolean isLoopback() {
        var address = toSocketAddress();
        return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    }

    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
