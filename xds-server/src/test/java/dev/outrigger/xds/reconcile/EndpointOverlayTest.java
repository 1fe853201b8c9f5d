// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.model.PolicySet;
import org.junit.jupiter.api.Test;

class EndpointOverlayTest {
    @Test
    void takesNewAddressesOfServices() {
        var overlay = EndpointOverlay.of(set("10.0.0.1", ""), set("10.0.0.2", ""));

        assertThat(overlay.services()).extracting(service -> service.id().name()).containsOnly("b");
        assertThat(overlay.isAll()).isTrue();
    }

    @Test
    void leavesAloneWhatEachCallerRanksForItself() {
        for (String target : new String[] {"kind: Service, name: b", "kind: Mesh, name: default"}) {
            var policy = policy(target);

            var overlay = EndpointOverlay.of(set("10.0.0.1", policy), set("10.0.0.2", policy));

            assertThat(overlay.services()).isEmpty();
            assertThat(overlay.isAll()).isFalse();
        }
    }

    private static PolicySet set(String address, String more) {
        var service =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: Service
                metadata: {name: b}
                spec:
                  hostnames: [b.local]
                  ports: [{name: http, port: 80}]
                  endpoints: {static: [{address: %s, port: 80}]}
                """
                        .formatted(address);
        return PolicyReader.standard().read(service + more).require();
    }

    private static String policy(String target) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: near}
        spec: {targetRefs: [{%s}], localityFailover: {}}
        """
                .formatted(target);
    }
}
