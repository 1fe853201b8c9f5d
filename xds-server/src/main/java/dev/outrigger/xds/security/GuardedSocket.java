// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import dev.outrigger.xds.ads.Transport;
import io.grpc.InsecureServerCredentials;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The xDS port's protection as it runs: its transport, and the credentials that follow their files.
 * Any thread.
 */
public final class GuardedSocket implements AutoCloseable {
    private final Transport transport;
    private final Optional<ReloadingCredentials> credentials;

    private GuardedSocket(Transport transport, Optional<ReloadingCredentials> credentials) {
        this.transport = transport;
        this.credentials = credentials;
    }

    /**
     * @throws TlsFilesException naming the file that is at fault
     * @throws PlaintextRefusedException if others could read what is sent, and nobody said so
     */
    public static GuardedSocket open(
            XdsSecurity security,
            InetSocketAddress address,
            MeterRegistry meters,
            InstantSource clock)
            throws TlsFilesException, PlaintextRefusedException {
        return switch (security) {
            case XdsSecurity.Plaintext(var anywhere) -> {
                if (!anywhere && !isLoopback(address)) {
                    throw new PlaintextRefusedException(address);
                }
                yield new GuardedSocket(
                        new Transport(
                                InsecureServerCredentials.create(),
                                List.of(new StatusAccess()),
                                List.of()),
                        Optional.empty());
            }
            case XdsSecurity.MutualTls tls -> {
                var credentials =
                        ReloadingCredentials.open(tls.files(), tls.reloadInterval(), meters, clock);
                yield new GuardedSocket(
                        new Transport(
                                credentials.server(),
                                List.of(
                                        new IdentityGuard(
                                                tls.rules(), tls.administrators(), meters)),
                                List.of()),
                        Optional.of(credentials));
            }
        };
    }

    public Transport transport() {
        return transport;
    }

    /** What the server's certificate calls it; empty without one. */
    public Optional<SubjectNames> names() {
        return credentials.map(ReloadingCredentials::names);
    }

    /** When the server's certificate expires; empty without one. */
    public Optional<Instant> certificateEnd() {
        return credentials.map(ReloadingCredentials::end);
    }

    @Override
    public void close() {
        credentials.ifPresent(ReloadingCredentials::close);
    }

    /** A name that cannot be resolved will not be bound either. */
    private static boolean isLoopback(InetSocketAddress address) {
        return address.isUnresolved() || address.getAddress().isLoopbackAddress();
    }
}
