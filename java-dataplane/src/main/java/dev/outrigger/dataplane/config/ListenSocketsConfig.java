// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a listener listens, and how its sockets are made.
 *
 * @param addresses {@code address}, then {@code additional_addresses}; at least one
 * @param bindToPort whether there are sockets at all
 * @param reusePort whether each worker has a socket of its own, which other processes may share
 * @param tcpBacklogSize -1 for the system's maximum
 * @param exactBalance whether a connection goes to the worker with the fewest
 * @param maxConnectionsToAccept at one wake-up; 0 for the transport's own number
 * @param fastOpenQueueLength of TCP fast open; absent: as the system has it
 * @param freebind absent: as the system has it
 * @param transparent absent: as the system has it
 */
public record ListenSocketsConfig(
        List<ListenAddress> addresses,
        boolean bindToPort,
        boolean reusePort,
        int tcpBacklogSize,
        boolean exactBalance,
        int maxConnectionsToAccept,
        OptionalInt fastOpenQueueLength,
        Optional<Boolean> freebind,
        Optional<Boolean> transparent) {
    public ListenSocketsConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("addresses: [] (expected: at least one)");
        }
    }

    /** One address with every default. */
    public static ListenSocketsConfig of(SocketAddress address) {
        return new ListenSocketsConfig(
                List.of(new ListenAddress(address, List.of())),
                true,
                true,
                -1,
                false,
                0,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * One address of a listener.
     *
     * @param options in the order they are set
     * @param pipeMode of a Unix domain socket's file; 0 for what the system gives it
     */
    public record ListenAddress(
            SocketAddress address, List<SocketOptionConfig> options, int pipeMode) {
        public ListenAddress(SocketAddress address, List<SocketOptionConfig> options) {
            this(address, options, 0);
        }

        public ListenAddress {
            options = List.copyOf(options);
        }
    }

    /** Whether nothing of the sockets differs that is set as an option. */
    public boolean hasOptionsOf(ListenSocketsConfig other) {
        return options(this).equals(options(other))
                && freebind.equals(other.freebind)
                && transparent.equals(other.transparent)
                && fastOpenQueueLength.equals(other.fastOpenQueueLength);
    }

    private static List<List<SocketOptionConfig>> options(ListenSocketsConfig sockets) {
        return sockets.addresses.stream().map(ListenAddress::options).toList();
    }

    /** Whether sockets made for one can serve the other: Envoy looks at no more either. */
    public boolean isServedBy(ListenSocketsConfig other) {
        return addresses.equals(other.addresses)
                && bindToPort == other.bindToPort
                && hasOptionsOf(other);
    }
}
