// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Duration;

/**
 * Where the API listens and what it puts up with. Port 0 means a free one.
 *
 * @param maxBodyBytes of one request
 * @param bodyTimeout how long a client may take to send the body of a request
 * @param watch what watching may cost
 */
public record PolicyApiOptions(
        String host,
        int port,
        String adminHost,
        int adminPort,
        int maxBodyBytes,
        Duration bodyTimeout,
        WatchLimits watch) {
    /** REST on 127.0.0.1:8470, metrics and health on 127.0.0.1:8471, 1 MiB, 30 s. */
    public static final PolicyApiOptions DEFAULT =
            new PolicyApiOptions(
                    "127.0.0.1",
                    8470,
                    "127.0.0.1",
                    8471,
                    1 << 20,
                    Duration.ofSeconds(30),
                    WatchLimits.DEFAULT);

    public PolicyApiOptions withPorts(int newPort, int newAdminPort) {
        return new PolicyApiOptions(
                host, newPort, adminHost, newAdminPort, maxBodyBytes, bodyTimeout, watch);
    }

    public PolicyApiOptions withHosts(String newHost, String newAdminHost) {
        return new PolicyApiOptions(
                newHost, port, newAdminHost, adminPort, maxBodyBytes, bodyTimeout, watch);
    }

    public PolicyApiOptions withBodyTimeout(Duration newBodyTimeout) {
        return new PolicyApiOptions(
                host, port, adminHost, adminPort, maxBodyBytes, newBodyTimeout, watch);
    }

    public PolicyApiOptions withWatch(WatchLimits newWatch) {
        return new PolicyApiOptions(
                host, port, adminHost, adminPort, maxBodyBytes, bodyTimeout, newWatch);
    }
}
