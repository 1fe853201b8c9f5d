// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.HealthCheckConfig.StatusRange;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.Monitor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What outlier detection knows of one host (OD3, OD5). Workers put results in, from any thread; the
 * main loop decides what follows.
 */
public final class OutlierMonitor {
    private static final int OK = 200;
    private static final int INTERNAL_SERVER_ERROR = 500;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;

    /** How an attempt ended, as far as that is not a response of the host. */
    public enum Result {
        EXT_ORIGIN_REQUEST_FAILED,
        EXT_ORIGIN_REQUEST_SUCCESS,
        LOCAL_ORIGIN_TIMEOUT,
        LOCAL_ORIGIN_CONNECT_FAILED,
        /** Connected; what comes of the request is still to be told. */
        LOCAL_ORIGIN_CONNECT_SUCCESS,
        /** Connected, and that was all. */
        LOCAL_ORIGIN_CONNECT_SUCCESS_FINAL
    }

    private final OutlierDetector detector;
    private final OutlierSettings config;
    private final Host host;
    private final AtomicInteger consecutive5xx = new AtomicInteger();
    private final AtomicInteger consecutiveGatewayFailure = new AtomicInteger();
    private final AtomicInteger consecutiveLocalOriginFailure = new AtomicInteger();
    private final AtomicInteger[] extensions;
    final SuccessRate external = new SuccessRate();
    final SuccessRate local = new SuccessRate();

    // The main loop's.
    int ejections;
    int backoff;
    long jitterNanos;
    boolean wasEjected;
    long lastEjectionNanos;
    boolean wasUnejected;
    long lastUnejectionNanos;

    OutlierMonitor(OutlierDetector detector, OutlierSettings config, Host host) {
        this.detector = detector;
        this.config = config;
        this.host = host;
        this.extensions = new AtomicInteger[config.monitors().size()];
        for (int i = 0; i < extensions.length; i++) {
            extensions[i] = new AtomicInteger();
        }
    }

    /** A response of the host. */
    void putHttpResponseCode(int code) {
        external.total.increment();
        if (code >= 500 && code < 600) {
            if (code == 502 || code == SERVICE_UNAVAILABLE || code == GATEWAY_TIMEOUT) {
                if (consecutiveGatewayFailure.incrementAndGet()
                        == config.consecutiveGatewayFailure()) {
                    detector.onConsecutive(host, EjectionType.CONSECUTIVE_GATEWAY_FAILURE);
                }
            } else {
                reset(consecutiveGatewayFailure);
            }
            if (consecutive5xx.incrementAndGet() == config.consecutive5xx()) {
                detector.onConsecutive(host, EjectionType.CONSECUTIVE_5XX);
            }
        } else {
            external.successes.increment();
            reset(consecutive5xx);
            reset(consecutiveGatewayFailure);
        }
        for (int i = 0; i < extensions.length; i++) {
            Monitor monitor = config.monitors().get(i);
            if (!monitor.codes().isEmpty()) {
                report(i, monitor, isError(monitor, code));
            }
        }
    }

    private static boolean isError(Monitor monitor, int code) {
        for (StatusRange range : monitor.codes()) {
            if (range.contains(code)) {
                return true;
            }
        }
        return false;
    }

    /** Zero is the usual state, and reading is cheaper than writing what is there already. */
    private static void reset(AtomicInteger counter) {
        if (counter.get() != 0) {
            counter.set(0);
        }
    }

    private void report(int index, Monitor monitor, boolean error) {
        if (!error) {
            reset(extensions[index]);
        } else if (extensions[index].incrementAndGet() == monitor.threshold()) {
            detector.onExtension(host, monitor);
            extensions[index].set(0);
        }
    }

    /**
     * @param code what the downstream was told, or 0 when that is not known
     */
    void putResult(Result result, int code) {
        if (config.splitExternalLocalOriginErrors()) {
            putSplit(result);
        } else if (code != 0) {
            putHttpResponseCode(code);
        } else {
            switch (result) {
                case EXT_ORIGIN_REQUEST_SUCCESS, LOCAL_ORIGIN_CONNECT_SUCCESS_FINAL ->
                        putHttpResponseCode(OK);
                case LOCAL_ORIGIN_TIMEOUT -> putHttpResponseCode(GATEWAY_TIMEOUT);
                case LOCAL_ORIGIN_CONNECT_FAILED -> putHttpResponseCode(SERVICE_UNAVAILABLE);
                case EXT_ORIGIN_REQUEST_FAILED -> putHttpResponseCode(INTERNAL_SERVER_ERROR);
                case LOCAL_ORIGIN_CONNECT_SUCCESS -> {}
            }
        }
        for (int i = 0; i < extensions.length; i++) {
            Monitor monitor = config.monitors().get(i);
            if (monitor.localOrigin()) {
                report(
                        i,
                        monitor,
                        result == Result.LOCAL_ORIGIN_TIMEOUT
                                || result == Result.LOCAL_ORIGIN_CONNECT_FAILED);
            }
        }
    }

    private void putSplit(Result result) {
        switch (result) {
            case LOCAL_ORIGIN_CONNECT_SUCCESS, LOCAL_ORIGIN_CONNECT_SUCCESS_FINAL -> localSuccess();
            case LOCAL_ORIGIN_TIMEOUT, LOCAL_ORIGIN_CONNECT_FAILED -> {
                local.total.increment();
                if (consecutiveLocalOriginFailure.incrementAndGet()
                        == config.consecutiveLocalOriginFailure()) {
                    detector.onConsecutive(host, EjectionType.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
                }
            }
            case EXT_ORIGIN_REQUEST_FAILED -> putHttpResponseCode(SERVICE_UNAVAILABLE);
            case EXT_ORIGIN_REQUEST_SUCCESS -> {
                putHttpResponseCode(OK);
                localSuccess();
            }
        }
    }

    private void localSuccess() {
        local.total.increment();
        local.successes.increment();
        reset(consecutiveLocalOriginFailure);
    }

    /** Main loop. */
    void resetConsecutive(EjectionType type) {
        switch (type) {
            case CONSECUTIVE_5XX -> consecutive5xx.set(0);
            case CONSECUTIVE_GATEWAY_FAILURE -> consecutiveGatewayFailure.set(0);
            case CONSECUTIVE_LOCAL_ORIGIN_FAILURE -> consecutiveLocalOriginFailure.set(0);
            case SUCCESS_RATE,
                    SUCCESS_RATE_LOCAL_ORIGIN,
                    FAILURE_PERCENTAGE,
                    FAILURE_PERCENTAGE_LOCAL_ORIGIN,
                    EXTENSION -> {}
        }
    }

    /** Main loop. */
    void resetAll() {
        consecutive5xx.set(0);
        consecutiveGatewayFailure.set(0);
        consecutiveLocalOriginFailure.set(0);
        for (AtomicInteger each : extensions) {
            each.set(0);
        }
    }

    /** Of the last interval, in percent; -1 where there were too few requests. */
    public double successRate() {
        return external.shown;
    }

    /** As {@link #successRate()}, of what depends on this proxy alone. */
    public double localOriginSuccessRate() {
        return local.shown;
    }

    /** Requests of an interval. */
    static final class SuccessRate {
        final LongAdder successes = new LongAdder();
        final LongAdder total = new LongAdder();
        long lastTotal;
        double lastRate;
        volatile double shown = -1;

        /** Closes an interval; main loop. */
        void roll() {
            long good = successes.sumThenReset();
            lastTotal = total.sumThenReset();
            lastRate = lastTotal == 0 ? 0 : good * 100.0 / lastTotal;
            shown = -1;
        }
    }
}
