// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.timeouts;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.kind.RouteKind;
import dev.outrigger.xds.kind.RouteMethods;
import io.envoyproxy.envoy.config.route.v3.RouteAction;

/**
 * {@code timeouts}: {@code timeout}, {@code idle_timeout}, {@code retry_policy.per_try_timeout}.
 */
public final class TimeoutsTranslator implements RouteKind {
    @Override
    public void translate(
            EffectivePolicies policies, RouteMethods methods, RouteAction.Builder action) {
        policies.find(TimeoutsPolicy.class).ifPresent(timeouts -> translate(timeouts, action));
    }

    private static void translate(TimeoutsPolicy timeouts, RouteAction.Builder action) {
        timeouts.request().ifPresent(request -> action.setTimeout(proto(request)));
        timeouts.idle().ifPresent(idle -> action.setIdleTimeout(proto(idle)));
        // Envoy keeps the limit of a try in the retry policy; without retry_on it retries nothing
        // and still limits the only try. Zero means no limit, which is what absence means there.
        timeouts.backendRequest()
                .filter(perTry -> !perTry.isZero())
                .ifPresent(
                        perTry -> action.getRetryPolicyBuilder().setPerTryTimeout(proto(perTry)));
    }

    private static Duration proto(java.time.Duration duration) {
        return Durations.checkValid(
                Duration.newBuilder()
                        .setSeconds(duration.getSeconds())
                        .setNanos(duration.getNano())
                        .build());
    }
}
