// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.plan.Source;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.EffectivePolicies.Level;
import java.util.Locale;
import java.util.Optional;

/** Where in its document a block stands. */
final class Sources {
    private Sources() {}

    /**
     * @param rule the name of the rule, for a block that stands in one
     */
    static Source of(Effective effective, PolicySet policies, String rule) {
        Level level = effective.origin().level();
        String block = effective.block().blockName();
        return new Source(
                level.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                effective.origin().document(),
                switch (level) {
                    case BUILT_IN -> "#";
                    case MESH, SERVICE, ROUTE, ROUTE_RULE -> "#/spec/" + block;
                    case INLINE ->
                            "#/spec/rules/"
                                    + index(effective.origin().document(), policies, rule)
                                    + "/"
                                    + block;
                });
    }

    /** Of an effective rule {@code namespace/route/rule}, the last part. */
    static String rule(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static int index(Optional<PolicyId> document, PolicySet policies, String rule) {
        var route = document.flatMap(policies::find).flatMap(policy -> policy.as(RouteSpec.class));
        if (route.isEmpty()) {
            return 0;
        }
        var rules = route.get().spec().rules();
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).name().equals(rule)) {
                return i;
            }
        }
        return 0;
    }
}
