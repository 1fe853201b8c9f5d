// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteActionConfig.InternalRedirectConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.RedirectPredicate;
import dev.outrigger.dataplane.message.WireText;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** When a route follows its upstream's redirects by itself (IR1, IR2), compiled. Immutable. */
public final class InternalRedirectPolicy {
    private final int maxRedirects;
    private final BitSet codes = new BitSet();
    private final boolean crossScheme;
    private final byte[][] headersToCopy;
    private final List<RedirectPredicate> predicates;
    private final String routeName;

    InternalRedirectPolicy(InternalRedirectConfig config, String routeName) {
        maxRedirects = config.maxInternalRedirects();
        config.responseCodes().forEach(codes::set);
        crossScheme = config.allowCrossSchemeRedirect();
        headersToCopy =
                config.responseHeadersToCopy().stream().map(WireText::bytes).toArray(byte[][]::new);
        predicates = config.predicates();
        this.routeName = routeName;
    }

    public int maxRedirects() {
        return maxRedirects;
    }

    public boolean isRedirect(int status) {
        return codes.get(status);
    }

    public boolean allowsCrossScheme() {
        return crossScheme;
    }

    /** Response headers the new request gets in place of its own. */
    public byte[][] headersToCopy() {
        return headersToCopy;
    }

    /**
     * Whether the predicates allow this target.
     *
     * @param previous names of the targets before, per route that sent there; updated
     */
    public boolean allows(String target, boolean fromHttps, boolean toHttps, Set<String> previous) {
        for (RedirectPredicate predicate : predicates) {
            boolean allowed =
                    switch (predicate) {
                        case RedirectPredicate.AllowListedRoutes(var names) ->
                                names.contains(target);
                        // Each route remembers where it has sent this request already.
                        case RedirectPredicate.PreviousRoutes() ->
                                previous.add(routeName + '\n' + target);
                        case RedirectPredicate.SafeCrossScheme() -> fromHttps || !toHttps;
                    };
            if (!allowed) {
                return false;
            }
        }
        return true;
    }
}
