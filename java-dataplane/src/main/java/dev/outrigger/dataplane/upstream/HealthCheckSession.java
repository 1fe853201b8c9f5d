// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthCheckTarget;
import dev.outrigger.dataplane.tls.TlsTarget;
import dev.outrigger.dataplane.upstream.HealthChecker.Transition;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The checks of one host: when to ask, and what answers make of it (HC1, HC2). Asking is left to
 * the kind of check. Main loop only.
 */
abstract class HealthCheckSession {
    /** Why a check failed. */
    enum Failure {
        /** The host answered, but not as it should. */
        ACTIVE,
        /** Normal traffic said so. */
        PASSIVE,
        NETWORK,
        NETWORK_TIMEOUT;

        boolean isNetwork() {
            return this == NETWORK || this == NETWORK_TIMEOUT;
        }
    }

    final HealthChecker checker;
    final Host host;
    private MainLoop.@Nullable Timer intervalTimer;
    private MainLoop.@Nullable Timer timeoutTimer;
    private int healthyInARow;
    private int unhealthyInARow;
    private boolean first = true;
    private boolean closed;

    HealthCheckSession(HealthChecker checker, Host host) {
        this.checker = checker;
        this.host = host;
    }

    /** Asks; connects first where it must. */
    abstract void ask();

    /** No answer came in time: the connection is given up. */
    abstract void giveUp();

    /** The type in events. */
    abstract String type();

    boolean isClosed() {
        return closed;
    }

    void start() {
        if (!host.has(HealthFlag.FAILED_ACTIVE_HC)) {
            checker.shard.inc(checker.healthy);
        }
        if (host.has(HealthFlag.DEGRADED_ACTIVE_HC)) {
            checker.shard.inc(checker.degraded);
        }
        Duration jitter = checker.config.intervals().initialJitter();
        if (jitter.isZero()) {
            onInterval();
        } else {
            intervalTimer = checker.loop.schedule(checker.withJitter(0, jitter), this::onInterval);
        }
    }

    /** The answer did not come in time. */
    void giveUpOnTimeout() {
        giveUp();
    }

    void close() {
        closed = true;
        cancelTimers();
        giveUp();
        boolean passed = !host.has(HealthFlag.FAILED_ACTIVE_HC);
        if (passed) {
            checker.shard.dec(checker.healthy);
        }
        if (host.has(HealthFlag.DEGRADED_ACTIVE_HC)) {
            checker.shard.dec(checker.degraded);
        }
        if (first) {
            // Whoever waits for the first result must not wait for ever.
            checker.onChecked(host, Transition.UNCHANGED, passed);
        }
    }

    private void cancelTimers() {
        if (intervalTimer != null) {
            intervalTimer.cancel();
            intervalTimer = null;
        }
        cancelTimeout();
    }

    private void cancelTimeout() {
        if (timeoutTimer != null) {
            timeoutTimer.cancel();
            timeoutTimer = null;
        }
    }

    private void onInterval() {
        if (closed) {
            return;
        }
        checker.shard.inc(checker.attempt);
        cancelTimeout();
        timeoutTimer = checker.loop.schedule(checker.config.timeout(), this::onTimeout);
        ask();
    }

    private void onTimeout() {
        if (!closed) {
            giveUpOnTimeout();
            failed(Failure.NETWORK_TIMEOUT, false, 0);
        }
    }

    /** The host answered as it should. */
    void passed(boolean degraded) {
        if (closed) {
            return;
        }
        unhealthyInARow = 0;
        Transition transition = Transition.UNCHANGED;
        if (host.has(HealthFlag.FAILED_ACTIVE_HC)) {
            // The first result of all counts at once, so that starting takes no longer than needed.
            if (first || ++healthyInARow == checker.config.healthyThreshold()) {
                host.clear(HealthFlag.ACTIVE_HC_TIMEOUT);
                host.clear(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
                host.clear(HealthFlag.FAILED_ACTIVE_HC);
                checker.shard.inc(checker.healthy);
                transition = Transition.CHANGED;
                checker.log(HealthCheckEvent.addHealthy(this, first));
            } else {
                transition = Transition.CHANGE_PENDING;
            }
            host.setLastHcPassNanos(checker.loop.nanoTime());
        }
        if (transition != Transition.CHANGED && checker.alwaysLogs(true)) {
            checker.log(HealthCheckEvent.successful(this));
        }
        transition = noLongerPending(transition);
        if (degraded != host.has(HealthFlag.DEGRADED_ACTIVE_HC)) {
            setDegraded(degraded);
            if (transition == Transition.UNCHANGED) {
                transition = Transition.CHANGED;
            }
        }
        checker.shard.inc(checker.success);
        first = false;
        checker.onChecked(host, transition, true);
        cancelTimeout();
        next(true, transition);
    }

    private void setDegraded(boolean degraded) {
        if (degraded) {
            host.set(HealthFlag.DEGRADED_ACTIVE_HC);
            checker.shard.inc(checker.degraded);
            checker.log(HealthCheckEvent.degraded(this));
        } else {
            host.clear(HealthFlag.DEGRADED_ACTIVE_HC);
            checker.shard.dec(checker.degraded);
            checker.log(HealthCheckEvent.noLongerDegraded(this));
        }
    }

    /**
     * The host did not answer as it should.
     *
     * @param status of the answer, 0 without one
     */
    void failed(Failure failure, boolean retriable, int status) {
        if (closed) {
            return;
        }
        Transition transition = setUnhealthy(failure, retriable, status);
        cancelTimeout();
        if (!closed) {
            next(false, transition);
        }
    }

    /**
     * The host answered an HTTP check.
     *
     * @param status of the answer
     */
    void judged(HttpCheckVerdict.Verdict verdict, int status) {
        switch (verdict) {
            case PASSED -> passed(false);
            case DEGRADED -> passed(true);
            case FAILED -> failed(Failure.ACTIVE, false, status);
            case RETRIABLE -> failed(Failure.ACTIVE, true, status);
        }
    }

    private void next(boolean passed, Transition transition) {
        if (closed) {
            return;
        }
        if (intervalTimer != null) {
            intervalTimer.cancel();
        }
        intervalTimer =
                checker.loop.schedule(checker.interval(passed, transition), this::onInterval);
    }

    /** Counts a failure without asking again. */
    Transition setUnhealthy(Failure failure, boolean retriable, int status) {
        healthyInARow = 0;
        Transition transition = Transition.UNCHANGED;
        if (!host.has(HealthFlag.FAILED_ACTIVE_HC)) {
            if ((!failure.isNetwork() && !retriable)
                    || ++unhealthyInARow == checker.config.unhealthyThreshold()) {
                host.set(HealthFlag.FAILED_ACTIVE_HC);
                checker.shard.dec(checker.healthy);
                transition = Transition.CHANGED;
                checker.log(HealthCheckEvent.ejectUnhealthy(this, failure, status));
            } else {
                transition = Transition.CHANGE_PENDING;
            }
        }
        if (failure == Failure.NETWORK_TIMEOUT && host.has(HealthFlag.FAILED_ACTIVE_HC)) {
            host.set(HealthFlag.ACTIVE_HC_TIMEOUT);
        } else {
            host.clear(HealthFlag.ACTIVE_HC_TIMEOUT);
        }
        transition = noLongerPending(transition);
        if (first || checker.alwaysLogs(false)) {
            checker.log(HealthCheckEvent.failure(this, failure, first, status));
        }
        checker.shard.inc(checker.failure);
        if (failure.isNetwork()) {
            checker.shard.inc(checker.networkFailure);
        } else if (failure == Failure.PASSIVE) {
            checker.shard.inc(checker.passiveFailure);
        }
        first = false;
        checker.onChecked(host, transition, false);
        return transition;
    }

    private Transition noLongerPending(Transition transition) {
        if (host.has(HealthFlag.PENDING_ACTIVE_HC)) {
            host.clear(HealthFlag.PENDING_ACTIVE_HC);
            return Transition.CHANGED;
        }
        return transition;
    }

    /** Where to ask: the endpoint's health check address and port come first. */
    InetSocketAddress target() {
        HealthCheckTarget target = host.placement().endpoint().healthCheck();
        InetSocketAddress address = target.address().orElse(host.address());
        int port =
                checker.config.altPort().orElseGet(() -> target.port().orElse(address.getPort()));
        return port == address.getPort()
                ? address
                : new InetSocketAddress(address.getAddress(), port);
    }

    private @Nullable ChannelHandler transport() {
        var sockets = checker.cluster.sockets();
        // The check's own timeout ends it.
        Duration timeout = checker.config.timeout().plusSeconds(1);
        TlsTarget target = TlsTarget.of(host.hostname()).withAlpn(checker.config.alpn());
        return checker.config
                .transportSocketMatch()
                .map(criteria ->
                        host.newTransport(
                                sockets.of(criteria), checker.shard, timeout, target, null))
                .orElseGet(() -> host.newTransport(checker.shard, timeout, target, null));
    }

    ChannelFuture connect(ChannelHandler handler) {
        var config = checker.cluster.config();
        // The check's own timeout ends it.
        return checker.connector.connect(
                target(),
                transport(),
                handler,
                checker.config.timeout().plusSeconds(1),
                config.perConnectionBufferLimitBytes(),
                config.sockets());
    }
}
