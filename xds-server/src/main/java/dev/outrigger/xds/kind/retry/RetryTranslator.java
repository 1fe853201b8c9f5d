// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.retry;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.kind.RouteKind;
import dev.outrigger.xds.kind.RouteMethods;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.ResetHeader;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.ResetHeaderFormat;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryBackOff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code retry}: Envoy's {@code retry_policy} without {@code per_try_timeout}.
 *
 * <p>Envoy cannot limit only the status-code triggers by method, so a route whose match leaves the
 * method open is split: one route for the methods whose responses may be retried, one for the rest,
 * which keeps the triggers that are safe for any method.
 */
public final class RetryTranslator implements RouteKind {
    private static final String STATUS_CODES = "retriable-status-codes";
    private static final java.time.Duration ENVOY_BASE_INTERVAL = java.time.Duration.ofMillis(25);

    /**
     * How often Envoy chooses again when it meets a host that was tried already. Its default of 1
     * returns to the failing one of two hosts in a quarter of all retries.
     */
    private static final int HOST_SELECTION_ATTEMPTS = 5;

    /** Seconds, as HTTP says them; what asks for more than Envoy's maximum is not waited for. */
    private static final RateLimitedRetryBackOff RETRY_AFTER =
            RateLimitedRetryBackOff.newBuilder()
                    .addResetHeaders(
                            ResetHeader.newBuilder()
                                    .setName("retry-after")
                                    .setFormat(ResetHeaderFormat.SECONDS))
                    .build();

    private static final RetryHostPredicate PREVIOUS_HOSTS =
            RetryHostPredicate.newBuilder()
                    .setName("envoy.retry_host_predicates.previous_hosts")
                    .setTypedConfig(Any.pack(PreviousHostsPredicate.getDefaultInstance()))
                    .build();

    @Override
    public List<String> separateMethods(IrRoute route) {
        return route.policies()
                .find(RetryPolicy.class)
                .filter(RetryTranslator::retriesCodesOfSomeMethods)
                .filter(_ -> route.match().method().isEmpty())
                .map(RetryPolicy::methods)
                .orElse(List.of());
    }

    @Override
    public void translate(
            EffectivePolicies policies, RouteMethods methods, RouteAction.Builder action) {
        policies.find(RetryPolicy.class)
                .filter(retry -> retry.attempts() > 0)
                .ifPresent(retry -> translate(retry, methods, action));
    }

    private static boolean retriesCodesOfSomeMethods(RetryPolicy retry) {
        return retry.attempts() > 0 && !retry.codes().isEmpty() && !retry.methods().isEmpty();
    }

    private static void translate(
            RetryPolicy retry, RouteMethods methods, RouteAction.Builder action) {
        boolean codes = !retry.codes().isEmpty() && codesApply(retry, methods);
        var on = new ArrayList<String>();
        if (codes) {
            on.add(STATUS_CODES);
        }
        on.addAll(retry.on());
        if (on.isEmpty()) {
            return; // Nothing is retried for these methods.
        }
        var policy = action.getRetryPolicyBuilder();
        policy.setRetryOn(String.join(",", on)).setNumRetries(UInt32Value.of(retry.attempts()));
        if (codes) {
            policy.addAllRetriableStatusCodes(retry.codes());
        }
        if (retry.backoff().isPresent() || retry.backoffMax().isPresent()) {
            policy.setRetryBackOff(backOff(retry));
        }
        if (retry.respectRetryAfter()) {
            policy.setRateLimitedRetryBackOff(RETRY_AFTER);
        }
        if (retry.differentHost()) {
            policy.addRetryHostPredicate(PREVIOUS_HOSTS)
                    .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS);
        }
    }

    private static boolean codesApply(RetryPolicy retry, RouteMethods methods) {
        return switch (methods) {
            case RouteMethods.Only(var only) ->
                    retry.methods().isEmpty() || retry.methods().containsAll(only);
            case RouteMethods.Any _ -> retry.methods().isEmpty();
            case RouteMethods.Rest _ -> false;
        };
    }

    /** Envoy requires a base interval beside a maximum, and a maximum not below it. */
    private static RetryBackOff backOff(RetryPolicy retry) {
        var base = retry.backoff().orElse(ENVOY_BASE_INTERVAL);
        var max = retry.backoffMax();
        if (max.isPresent() && max.get().compareTo(base) < 0) {
            base = max.get();
        }
        var backOff = RetryBackOff.newBuilder().setBaseInterval(proto(base));
        max.ifPresent(value -> backOff.setMaxInterval(proto(value)));
        return backOff.build();
    }

    private static Duration proto(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
