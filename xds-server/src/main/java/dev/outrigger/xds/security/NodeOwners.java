// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.util.HashMap;
import java.util.Map;

/** Which identity is connected under a node id. Bounded by the streams there may be. Any thread. */
final class NodeOwners {
    private final Map<String, Claim> claims = new HashMap<>();

    /** The identity whose id it is: the given one, unless another was first. */
    synchronized ClientIdentity take(String id, ClientIdentity identity) {
        var claim = claims.get(id);
        if (claim != null && !claim.owner().equals(identity)) {
            return claim.owner();
        }
        claims.put(id, new Claim(identity, claim == null ? 1 : claim.streams() + 1));
        return identity;
    }

    synchronized void release(String id) {
        claims.computeIfPresent(
                id,
                (_, claim) ->
                        claim.streams() == 1
                                ? null
                                : new Claim(claim.owner(), claim.streams() - 1));
    }

    private record Claim(ClientIdentity owner, int streams) {}
}
