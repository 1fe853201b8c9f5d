// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.capability;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Which proxies a policy must suit. A field that one of them could not honour is refused with the
 * reason, never sent in half. Immutable, any thread.
 *
 * @param proxies those that are served; never empty
 */
public record Capabilities(Set<Proxy> proxies) {
    /** Whatever is accepted runs on either proxy. */
    public static final Capabilities ALL_PROXIES = new Capabilities(EnumSet.allOf(Proxy.class));

    /** Of a mesh that has no proxies but Envoys. */
    public static final Capabilities ENVOY_ONLY = new Capabilities(EnumSet.of(Proxy.ENVOY));

    public Capabilities {
        proxies = Set.copyOf(Objects.requireNonNull(proxies, "proxies"));
        if (proxies.isEmpty()) {
            throw new IllegalArgumentException("proxies: none (expected: at least one)");
        }
    }

    /** Records a violation at the node, if it is there, for the first proxy that cannot do this. */
    public void require(DocumentNode node, Feature feature) {
        if (node.isPresent()) {
            report(node, feature, proxies);
        }
    }

    private static void report(DocumentNode node, Feature feature, Set<Proxy> proxies) {
        for (Proxy proxy : Proxy.values()) {
            var reason = feature.missingIn(proxy);
            if (proxies.contains(proxy) && reason.isPresent()) {
                String words = proxy.words();
                node.violate(
                        ViolationCode.UNSUPPORTED_BY_PROXY,
                        Character.toUpperCase(words.charAt(0))
                                + words.substring(1)
                                + " cannot do this: "
                                + reason.get()
                                + ". Policies are accepted only if every proxy obeys them.");
                return;
            }
        }
    }
}
