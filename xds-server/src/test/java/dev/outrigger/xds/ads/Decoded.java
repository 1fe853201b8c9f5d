// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** What a client reads from a response's bytes. */
final class Decoded {
    private Decoded() {}

    static DiscoveryResponse sotw(Response response) {
        try {
            return DiscoveryResponse.parseFrom(bytes(response));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static DeltaDiscoveryResponse delta(Response response) {
        try {
            return DeltaDiscoveryResponse.parseFrom(bytes(response));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(Response response) throws IOException {
        var out = new ByteArrayOutputStream();
        response.writeTo(out);
        if (out.size() != response.sizeBytes()) {
            throw new AssertionError(out.size() + " bytes (said: " + response.sizeBytes() + ")");
        }
        return out.toByteArray();
    }
}
