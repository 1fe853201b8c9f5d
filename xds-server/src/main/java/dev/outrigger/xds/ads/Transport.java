// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import java.util.List;

/**
 * What the xDS server's socket speaks, who may speak on it, and what is served beside the discovery
 * services. Immutable.
 *
 * @param interceptors of every call, the outermost first
 * @param services on the same socket, under the same interceptors
 */
public record Transport(
        ServerCredentials credentials,
        List<ServerInterceptor> interceptors,
        List<BindableService> services) {
    /** No encryption, anybody, discovery only. */
    public static final Transport PLAINTEXT =
            new Transport(InsecureServerCredentials.create(), List.of(), List.of());

    public Transport {
        interceptors = List.copyOf(interceptors);
        services = List.copyOf(services);
    }

    public Transport withServices(List<BindableService> more) {
        return new Transport(credentials, interceptors, more);
    }
}
