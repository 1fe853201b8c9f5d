// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.kind.service.ServiceSpec.Locality;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.ServiceRef;
import java.util.Optional;

/**
 * Whose proxies are meant.
 *
 * @param locality where they run, which decides what is near to them
 */
public record Caller(ServiceRef service, Optional<Locality> locality) {
    public static Caller of(SidecarSpec sidecar) {
        return new Caller(sidecar.service(), sidecar.locality());
    }

    /** A caller of which only the policies matter. */
    public static Caller anywhere(ServiceRef service) {
        return new Caller(service, Optional.empty());
    }
}
