// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import java.time.Duration;
import java.util.Optional;

/** What the two protocol variants share when they open envelopes. */
final class ResourceReader {
    /** Envoy refuses with this code, whatever the reason. */
    static final int GRPC_INTERNAL = 13;

    private static final String WRAPPER = "type.googleapis.com/envoy.service.discovery.v3.Resource";

    private ResourceReader() {}

    /** The envelope of a state-of-the-world resource, if it has one. */
    static Optional<io.envoyproxy.envoy.service.discovery.v3.Resource> envelope(Any any) {
        if (!any.getTypeUrl().equals(WRAPPER)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    io.envoyproxy.envoy.service.discovery.v3.Resource.parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    /** Zero for ever. */
    static Duration ttl(io.envoyproxy.envoy.service.discovery.v3.Resource envelope) {
        return envelope.hasTtl()
                ? Duration.ofMillis(Durations.toMillis(envelope.getTtl()))
                : Duration.ZERO;
    }

    /** A state-of-the-world resource, out of its {@code Resource} wrapper if it has one. */
    static Resource read(Any any, String version) {
        if (any.getTypeUrl().equals(WRAPPER)) {
            try {
                var wrapped =
                        io.envoyproxy.envoy.service.discovery.v3.Resource.parseFrom(any.getValue());
                return new Resource(
                        wrapped.getName(),
                        version,
                        wrapped.getResource().getTypeUrl(),
                        wrapped.getResource().getValue().toByteArray());
            } catch (InvalidProtocolBufferException e) {
                // The sink refuses it: no type has this URL.
                return new Resource("", version, any.getTypeUrl(), any.getValue().toByteArray());
            }
        }
        return new Resource("", version, any.getTypeUrl(), any.getValue().toByteArray());
    }
}
