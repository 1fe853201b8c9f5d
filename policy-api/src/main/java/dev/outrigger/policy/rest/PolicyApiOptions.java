// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Duration;

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
        return new PolicyApiOptions(
                host,
                newPort,
                adminHost,
                newAdminPort,
                maxBodyBytes,
                bodyTimeout,
                watch,
                security,
                requestsPerSecond,
                connections);
    }

    public PolicyApiOptions withHosts(String newHost, String newAdminHost) {
        return new PolicyApiOptions(
                newHost,
                port,
                newAdminHost,
                adminPort,
                maxBodyBytes,
                bodyTimeout,
                watch,
                security,
                requestsPerSecond,
                connections);
    }

    public PolicyApiOptions withBodyTimeout(Duration newBodyTimeout) {
        return new PolicyApiOptions(
                host,
                port,
                adminHost,
                adminPort,
                maxBodyBytes,
                newBodyTimeout,
                watch,
                security,
                requestsPerSecond,
                connections);
    }

    public PolicyApiOptions withWatch(WatchLimits newWatch) {
        return new PolicyApiOptions(
                host,
                port,
                adminHost,
                adminPort,
                maxBodyBytes,
                bodyTimeout,
                newWatch,
                security,
                requestsPerSecond,
                connections);
    }

    public PolicyApiOptions withSecurity(ApiSecurity newSecurity) {
        return new PolicyApiOptions(
                host,
                port,
                adminHost,
                adminPort,
                maxBodyBytes,
                bodyTimeout,
                watch,
                newSecurity,
                requestsPerSecond,
                connections);
    }

    public PolicyApiOptions withRequestsPerSecond(int newRate) {
        return new PolicyApiOptions(
                host,
                port,
                adminHost,
                adminPort,
                maxBodyBytes,
                bodyTimeout,
                watch,
                security,
                newRate,
                connections);
    }

    public PolicyApiOptions withConnections(ConnectionLimits newConnections) {
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
                newConnections);
    }
}
