// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Where the API listens and what it puts up with. Port 0 means a free one.
 *
 * @param maxBodyBytes of one request
 * @param bodyTimeout how long a client may take to send the body of a request
 * @param watch what watching may cost
 * @param security how it is protected; it refuses to listen where that is not enough
 * @param requestsPerSecond of one client; twice as many in a burst
 * @param connections what they may cost, on either socket
 */
public record PolicyApiOptions(
        String host,
        int port,
        String adminHost,
        int adminPort,
        int maxBodyBytes,
        Duration bodyTimeout,
        WatchLimits watch,
        ApiSecurity security,
        int requestsPerSecond,
        ConnectionLimits connections) {
    /** REST on 127.0.0.1:8470, metrics and health on 127.0.0.1:8471, 1 MiB, 30 s. */
    public static final PolicyApiOptions DEFAULT =
            new PolicyApiOptions(
                    "127.0.0.1",
                    8470,
                    "127.0.0.1",
                    8471,
                    1 << 20,
                    Duration.ofSeconds(30),
                    WatchLimits.DEFAULT,
                    ApiSecurity.LOOPBACK_ONLY,
                    2_000,
                    ConnectionLimits.DEFAULT);

    public PolicyApiOptions withPorts(int newPort, int newAdminPort) {
        return with(draft -> {
            draft.port = newPort;
            draft.adminPort = newAdminPort;
        });
    }

    public PolicyApiOptions withHosts(String newHost, String newAdminHost) {
        return with(draft -> {
            draft.host = newHost;
            draft.adminHost = newAdminHost;
        });
    }

    public PolicyApiOptions withBodyTimeout(Duration newTimeout) {
        return with(draft -> draft.bodyTimeout = newTimeout);
    }

    public PolicyApiOptions withWatch(WatchLimits newWatch) {
        return with(draft -> draft.watch = newWatch);
    }

    public PolicyApiOptions withSecurity(ApiSecurity newSecurity) {
        return with(draft -> draft.security = newSecurity);
    }

    public PolicyApiOptions withRequestsPerSecond(int newRate) {
        return with(draft -> draft.requestsPerSecond = newRate);
    }

    public PolicyApiOptions withConnections(ConnectionLimits newLimits) {
        return with(draft -> draft.connections = newLimits);
    }

    private PolicyApiOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** A copy under way, so that each option is named once and not in every method above. */
    private static final class Draft {
        private String host;
        private int port;
        private String adminHost;
        private int adminPort;
        private int maxBodyBytes;
        private Duration bodyTimeout;
        private WatchLimits watch;
        private ApiSecurity security;
        private int requestsPerSecond;
        private ConnectionLimits connections;

        private Draft(PolicyApiOptions options) {
            host = options.host;
            port = options.port;
            adminHost = options.adminHost;
            adminPort = options.adminPort;
            maxBodyBytes = options.maxBodyBytes;
            bodyTimeout = options.bodyTimeout;
            watch = options.watch;
            security = options.security;
            requestsPerSecond = options.requestsPerSecond;
            connections = options.connections;
        }

        private PolicyApiOptions options() {
            return new PolicyApiOptions(
                    host,
                    port,
                    adminHost,
                    adminPort,
                    maxBodyBytes,
                    bodyTimeout,
                    watch,
                    security,
                    requestsPerSecond,
                    connections);
        }
    }
}
