// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.model.PolicyId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Hosts that requests are sent to. */
public sealed interface IrCluster {
    SortedSet<PolicyId> provenance();

    /**
     * A service's port, as its callers see it.
     *
     * @param policies the cluster-scoped policies that hold for it
     */
    record Outbound(
            IrServicePort servicePort,
            ServiceSpec.Protocol protocol,
            ServiceSpec.Endpoints endpoints,
            EffectivePolicies policies,
            SortedSet<PolicyId> provenance)
            implements IrCluster {
        public Outbound {
            provenance = Collections.unmodifiableSortedSet(new TreeSet<>(provenance));
        }
    }

    /** The application behind an inbound listener of the same name. */
    record Inbound(
            String name,
            String address,
            int port,
            ServiceSpec.Protocol protocol,
            SortedSet<PolicyId> provenance)
            implements IrCluster {
        public Inbound {
            provenance = Collections.unmodifiableSortedSet(new TreeSet<>(provenance));
        }
    }

    /** Whatever hosts requests name that no service has. */
    record Passthrough(SortedSet<PolicyId> provenance) implements IrCluster {
        public Passthrough {
            provenance = Collections.unmodifiableSortedSet(new TreeSet<>(provenance));
        }
    }
}
