// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.StoreListener;
import dev.outrigger.policy.store.StoreUnavailable;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The meters of the policy API. All names begin with {@code outrigger}. Any thread. */
public final class ApiMetrics implements StoreListener {
    private final MeterRegistry registry;

    public ApiMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Gauges over a store; call once. */
    public void observe(PolicyStore store, List<PolicyKind<?>> kinds) {
        Gauge.builder("outrigger.revision", store, open -> open.documents().revision())
                .description("The last revision of the store")
                .register(registry);
        for (PolicyKind<?> kind : kinds) {
            Gauge.builder("outrigger.documents", store, open -> count(open, kind.kind()))
                    .description("Stored documents")
                    .tag("kind", kind.kind())
                    .register(registry);
        }
        Gauge.builder("outrigger.store.up", store, open -> open.failure().isEmpty() ? 1 : 0)
                .description("Whether the store takes writes")
                .register(registry);
    }

    @Override
    public void committed(Duration duration) {
        Timer.builder("outrigger.store.commit")
                .description("From the decision about a write until it is on the disk")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(registry)
                .record(duration);
    }

    @Override
    public void failed(StoreUnavailable.Reason reason) {
        registry.counter("outrigger.store.failures", "reason", word(reason)).increment();
    }

    /** {@code route} is a pattern, never a path: the number of series must stay small. */
    void request(String route, String method, int status, Duration duration) {
        Timer.builder("outrigger.http.requests")
                .description("Requests to the REST API")
                .tag("route", route)
                .tag("method", method)
                .tag("status", Integer.toString(status))
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(60))
                .register(registry)
                .record(duration);
    }

    /** A write that was answered: written, unchanged, dry-run or refused. */
    void write(String operation, String result) {
        registry.counter("outrigger.writes", "operation", operation, "result", result).increment();
    }

    /** A number that is read when somebody asks. */
    <T> void gauge(String name, String description, T owner, ToDoubleFunction<T> number) {
        Gauge.builder(name, owner, number).description(description).register(registry);
    }

    /** A request was not let in. */
    void refused(String reason) {
        registry.counter("outrigger.http.refused", "reason", reason).increment();
    }

    /** A connection was closed because it took too long, or was one too many. */
    void connectionClosed(String reason) {
        registry.counter("outrigger.http.connections.closed", "reason", reason).increment();
    }

    /** The API's certificate files were looked at, and had changed. */
    void certificateReloaded(String result) {
        registry.counter("outrigger.http.certificate.reloads", "result", result).increment();
    }

    /** A client that watched is gone. */
    void watchEnded(String reason) {
        registry.counter("outrigger.watches.ended", "reason", reason).increment();
    }

    /** A revision that proxies refused was undone. */
    public void rolledBack() {
        registry.counter("outrigger.rollbacks").increment();
    }

    void violations(List<Violation> violations) {
        for (Violation violation : violations) {
            registry.counter("outrigger.violations", "code", violation.code().code()).increment();
        }
    }

    private static double count(PolicyStore store, String kind) {
        return store.documents().all().stream()
                .filter(document -> document.id().kind().equals(kind))
                .count();
    }

    private static String word(StoreUnavailable.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
