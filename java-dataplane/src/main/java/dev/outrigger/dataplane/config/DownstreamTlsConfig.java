// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext}.
 *
 * @param sessionTimeout absent: BoringSSL's own
 * @param fullScanCertsOnSniMismatch whether the client's abilities choose among all certificates
 *     when no certificate has the name it asks for
 */
public record DownstreamTlsConfig(
        CommonTlsConfig common,
        boolean requireClientCertificate,
        TicketKeys ticketKeys,
        boolean statefulResumption,
        Optional<Duration> sessionTimeout,
        boolean fullScanCertsOnSniMismatch,
        boolean preferClientCiphers) {

    /** The secrets that are to be asked for. */
    public List<ResourceReference> secrets() {
        var all = new ArrayList<>(common.secrets());
        if (ticketKeys instanceof TicketKeys.Secret(var reference)) {
            all.add(reference);
        }
        return all;
    }

    /** What session tickets are made with. */
    public sealed interface TicketKeys {
        /** Keys nobody else knows, made by the library and changed in time. */
        record Own() implements TicketKeys {}

        /** There are no tickets. */
        record Disabled() implements TicketKeys {}

        record Inline(SessionTicketKeys keys) implements TicketKeys {}

        record Secret(ResourceReference reference) implements TicketKeys {}
    }

    /**
     * {@code TlsSessionTicketKeys}: the first makes tickets, all read them. Shows no key.
     *
     * @param keys of 80 bytes each: 16 of name, 32 of HMAC key, 32 of AES key
     */
    public record SessionTicketKeys(List<byte[]> keys) implements SecretConfig {
        public static final int KEY_BYTES = 80;

        public SessionTicketKeys {
            keys = List.copyOf(keys);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SessionTicketKeys(var others)
                    && Arrays.deepEquals(keys.toArray(), others.toArray());
        }

        @Override
        public int hashCode() {
            return Arrays.deepHashCode(keys.toArray());
        }

        @Override
        public String toString() {
            return "SessionTicketKeys[" + keys.size() + " keys]";
        }
    }
}
