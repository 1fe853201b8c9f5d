// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One accepted version of a cluster and what is known of its hosts. Main loop only.
 *
 * <p>Warm once the first word about its hosts has come: at once for STATIC, with the first answer
 * or time-out for the others (WA1, WA5).
 */
final class ClusterEntry {
    private final ClusterConfig config;
    private final Optional<AcceptedResource> accepted;
    private ActiveCluster current;
    private boolean warm;
    private boolean checking;
    private boolean checked;
    private boolean closed;
    private boolean waitingForSecrets;
    private int lastUpdate = -1;
    private MainLoop.@Nullable Timer fetchTimeout;
    private @Nullable DnsDiscovery dns;

    /**
     * @param accepted absent for clusters of the bootstrap
     */
    ClusterEntry(ClusterConfig config, Optional<AcceptedResource> accepted) {
        this.config = config;
        this.accepted = accepted;
        this.current = new ActiveCluster(config, EndpointAssignment.EMPTY);
    }

    ClusterConfig config() {
        return config;
    }

    Optional<AcceptedResource> accepted() {
        return accepted;
    }

    boolean isWarm() {
        return warm;
    }

    /** Whether it has all but its secrets. */
    boolean isWaitingForSecrets() {
        return waitingForSecrets && !closed;
    }

    void waitForSecrets(boolean wait) {
        waitingForSecrets = wait;
    }

    boolean isClosed() {
        return closed;
    }

    EndpointAssignment endpoints() {
        return current.endpoints();
    }

    Optional<Discovery.Eds> eds() {
        return config.discovery() instanceof Discovery.Eds eds
                ? Optional.of(eds)
                : Optional.empty();
    }

    /** Replaces the hosts; returns whether they are different ones. */
    boolean update(EndpointAssignment assignment) {
        boolean changed = !assignment.equals(current.endpoints());
        if (changed) {
            current = new ActiveCluster(config, assignment);
        }
        return changed;
    }

    /** Notes the round of its newest hosts; returns whether others came in that round before. */
    boolean isOvertakenIn(int round) {
        boolean again = lastUpdate == round;
        lastUpdate = round;
        return again;
    }

    /** Whether its hosts have to be checked before it is warm. */
    boolean mustCheck() {
        return !config.healthChecks().isEmpty() && !checked;
    }

    /** Returns whether checking begins with this. */
    boolean beginChecking() {
        boolean was = checking;
        checking = true;
        return !was;
    }

    boolean isChecking() {
        return checking && !checked;
    }

    void markChecked() {
        checked = true;
    }

    /** Returns whether this made it warm. */
    boolean markWarm() {
        cancelTimeout();
        boolean was = warm;
        warm = true;
        return !was;
    }

    void fetchTimeout(MainLoop.Timer timer) {
        fetchTimeout = timer;
    }

    void dns(DnsDiscovery discovery) {
        dns = discovery;
    }

    /** The same object until something changes, so that the request path can tell by identity. */
    ActiveCluster current() {
        return current;
    }

    /** Replaced or removed: no timer or look-up of it may speak any more. */
    void close() {
        closed = true;
        cancelTimeout();
        if (dns != null) {
            dns.close();
        }
    }

    private void cancelTimeout() {
        if (fetchTimeout != null) {
            fetchTimeout.cancel();
            fetchTimeout = null;
        }
    }
}
