// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.XdsClusterConfig;
import io.grpc.ManagedChannel;
import java.net.InetSocketAddress;
import java.util.List;

/** Opens connections to gRPC services; replaced in tests. Main loop only. */
public interface GrpcChannels {
    /** Finds the addresses of a cluster, at once where none has to be looked up. */
    void addresses(XdsClusterConfig cluster, AddressesConsumer then);

    ManagedChannel open(XdsClusterConfig cluster, String authority, InetSocketAddress to);

    /** Takes the addresses of a cluster, resolved, in order. */
    interface AddressesConsumer {
        void accept(List<InetSocketAddress> addresses);
    }
}
