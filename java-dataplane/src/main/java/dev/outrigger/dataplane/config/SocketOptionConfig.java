// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * {@code envoy.config.core.v3.SocketOption}: numbers and bytes for {@code setsockopt}.
 *
 * @param value the option's bytes, each as one Latin-1 character; an int is in the machine's order
 */
public record SocketOptionConfig(int level, int name, String value, State state) {
    /** When in a socket's life an option is set. */
    public enum State {
        PREBIND,
        BOUND,
        LISTENING
    }
}
