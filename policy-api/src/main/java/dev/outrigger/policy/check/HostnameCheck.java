// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * No two services have a host name in common: a proxy could not tell whose requests are whose, and
 * Envoy refuses a route configuration with the same domain twice.
 */
final class HostnameCheck {
    private record Claim(PolicyId owner, int index) {}

    private HostnameCheck() {}

    static List<Finding> findings(Collection<Policy<ServiceSpec>> services) {
        Map<String, Claim> claims = new HashMap<>();
        var findings = new ArrayList<Finding>();
        for (Policy<ServiceSpec> service : services) {
            List<String> hostnames = service.spec().hostnames();
            for (int i = 0; i < hostnames.size(); i++) {
                String name = hostnames.get(i);
                Claim mine = new Claim(service.id(), i);
                Claim first = claims.putIfAbsent(name, mine);
                if (first != null && !first.owner().equals(service.id())) {
                    // Both sides, so that whichever was submitted can be pointed at.
                    findings.add(taken(mine, first.owner(), name));
                    findings.add(taken(first, service.id(), name));
                }
            }
        }
        return findings;
    }

    private static Finding taken(Claim mine, PolicyId other, String name) {
        return new Finding(
                mine.owner(),
                FieldPath.of("spec", "hostnames", mine.index()),
                ViolationCode.HOSTNAME_TAKEN,
                other,
                "Host name " + Quoted.of(name) + " belongs to " + other + " already.");
    }
}
