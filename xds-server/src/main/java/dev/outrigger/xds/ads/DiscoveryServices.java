// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc.ClusterDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc.EndpointDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc.ListenerDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc.RouteDiscoveryServiceImplBase;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** The gRPC services: aggregated and one per type, each in both variants, all alike. */
final class DiscoveryServices {
    private DiscoveryServices() {}

    /** Begins a stream of either variant. */
    interface Streams {
        StreamObserver<DiscoveryRequest> sotw(
                ServedTypes types, StreamObserver<DiscoveryResponse> responses);

        StreamObserver<DeltaDiscoveryRequest> delta(
                ServedTypes types, StreamObserver<DeltaDiscoveryResponse> responses);
    }

    static List<BindableService> all(Streams streams) {
        return List.of(
                new Aggregated(streams),
                new Clusters(streams),
                new Endpoints(streams),
                new Listeners(streams),
                new Routes(streams));
    }

    private static final class Aggregated extends AggregatedDiscoveryServiceImplBase {
        private final Streams streams;

        Aggregated(Streams streams) {
            this.streams = streams;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(
                StreamObserver<DiscoveryResponse> responses) {
            return streams.sotw(ServedTypes.ALL, responses);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            return streams.delta(ServedTypes.ALL, responses);
        }
    }

    private static final class Clusters extends ClusterDiscoveryServiceImplBase {
        private static final ServedTypes TYPE = ServedTypes.only(ResourceType.CLUSTER);
        private final Streams streams;

        Clusters(Streams streams) {
            this.streams = streams;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamClusters(
                StreamObserver<DiscoveryResponse> responses) {
            return streams.sotw(TYPE, responses);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaClusters(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            return streams.delta(TYPE, responses);
        }
    }

    private static final class Endpoints extends EndpointDiscoveryServiceImplBase {
        private static final ServedTypes TYPE = ServedTypes.only(ResourceType.ENDPOINT);
        private final Streams streams;

        Endpoints(Streams streams) {
            this.streams = streams;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamEndpoints(
                StreamObserver<DiscoveryResponse> responses) {
            return streams.sotw(TYPE, responses);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaEndpoints(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            return streams.delta(TYPE, responses);
        }
    }

    private static final class Listeners extends ListenerDiscoveryServiceImplBase {
        private static final ServedTypes TYPE = ServedTypes.only(ResourceType.LISTENER);
        private final Streams streams;

        Listeners(Streams streams) {
            this.streams = streams;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamListeners(
                StreamObserver<DiscoveryResponse> responses) {
            return streams.sotw(TYPE, responses);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaListeners(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            return streams.delta(TYPE, responses);
        }
    }

    private static final class Routes extends RouteDiscoveryServiceImplBase {
        private static final ServedTypes TYPE = ServedTypes.only(ResourceType.ROUTE);
        private final Streams streams;

        Routes(Streams streams) {
            this.streams = streams;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamRoutes(
                StreamObserver<DiscoveryResponse> responses) {
            return streams.sotw(TYPE, responses);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaRoutes(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            return streams.delta(TYPE, responses);
        }
    }
}
