// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.TypeStatus;
import dev.outrigger.policy.status.SyncReport.Missing;
import dev.outrigger.xds.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which connected proxies have not accepted a revision, and why, in words. */
final class MissingProxies {
    private MissingProxies() {}

    static List<Missing> of(List<ProxyStatus> proxies, long revision, long published) {
        var missing = new ArrayList<Missing>();
        for (ProxyStatus proxy : proxies) {
            if (proxy.connected()) {
                reason(proxy, revision, published)
                        .ifPresent(reason -> missing.add(new Missing(proxy.id(), reason)));
            }
        }
        return missing;
    }

    private static Optional<String> reason(ProxyStatus proxy, long revision, long published) {
        var reasons = new ArrayList<String>();
        for (ResourceType type : ResourceType.values()) {
            var status = proxy.types().get(type.typeUrl());
            if (status != null) {
                reason(type, status).ifPresent(reasons::add);
            }
        }
        proxy.withheld().stream()
                .filter(held -> held.type().isEmpty())
                .forEach(held ->
                        reasons.add(
                                "is not given revision " + held.revision() + ": " + held.detail()));
        if (reasons.isEmpty() && published < revision) {
            reasons.add("has not been given revision " + revision + " yet");
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    private static Optional<String> reason(ResourceType type, TypeStatus status) {
        return switch (status.state()) {
            case SYNCED, NOT_SUBSCRIBED, DISCONNECTED -> Optional.empty();
            case PENDING ->
                    Optional.of(
                            "has not answered "
                                    + type.shortName()
                                    + " for "
                                    + status.age().toMillis()
                                    + " ms");
            case HELD ->
                    Optional.of(
                            "is not given the newest "
                                    + type.shortName()
                                    + ", which another proxy refused");
            case REJECTED ->
                    Optional.of(
                            "refused "
                                    + type.shortName()
                                    + status.rejection().map(why -> ": " + why.error()).orElse(""));
        };
    }
}
