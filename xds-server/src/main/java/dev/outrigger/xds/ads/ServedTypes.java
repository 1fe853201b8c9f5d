// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import java.util.Optional;

/** The types a stream may ask for: any, or the one of a per-type service. */
record ServedTypes(Optional<ResourceType> only) {
    static final ServedTypes ALL = new ServedTypes(Optional.empty());

    static ServedTypes only(ResourceType type) {
        return new ServedTypes(Optional.of(type));
    }

    /**
     * The type a request is about; empty for one that is not served, which costs the stream's other
     * types nothing. On a per-type service the type URL may be left out.
     */
    Optional<ResourceType> find(String typeUrl) throws ProtocolViolation {
        if (only.isEmpty()) {
            return ResourceType.find(typeUrl);
        }
        if (!typeUrl.isEmpty() && !typeUrl.equals(only.get().typeUrl())) {
            throw new ProtocolViolation(
                    ProtocolViolation.Kind.INVALID,
                    "type_url '" + typeUrl + "' (expected: '" + only.get().typeUrl() + "')");
        }
        return only;
    }
}
