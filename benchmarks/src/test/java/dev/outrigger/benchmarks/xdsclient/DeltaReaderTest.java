// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaReaderTest {
    private record Read(Kind kind, String nonce, int resources, boolean marked) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
    void findsResponsesHoweverTheirBytesArrive(int part) {
        var read = new ArrayList<Read>();
        var reader =
                new DeltaReader((kind, nonce, resources, marked, _) ->
                        read.add(
                                new Read(
                                        kind,
                                        new String(nonce, StandardCharsets.UTF_8),
                                        resources,
                                        marked)));
        reader.lookFor("mark-7".getBytes(StandardCharsets.UTF_8));
        var stream = new ByteArrayOutputStream();
        stream.writeBytes(framed(response("n-1", "a", "b", "c")));
        stream.writeBytes(framed(response("n-2", "mark-7")));
        stream.writeBytes(
                framed(
                        DeltaDiscoveryResponse.newBuilder()
                                .setTypeUrl(Kind.ROUTE.typeUrl())
                                .setNonce("n-3")
                                .addRemovedResources("x")
                                .build()));
        var bytes = stream.toByteArray();
        var copied = new ByteArrayOutputStream();

        for (int at = 0; at < bytes.length; at += part) {
            reader.read(bytes, at, Math.min(part, bytes.length - at), copied::write);
        }

        assertThat(read)
                .isEqualTo(
                        List.of(
                                new Read(Kind.CLUSTER, "n-1", 3, false),
                                new Read(Kind.CLUSTER, "n-2", 1, true),
                                new Read(Kind.ROUTE, "n-3", 0, false)));
        assertThat(copied.size()).isEqualTo(bytes.length - 3 * 5);
    }

    private static DeltaDiscoveryResponse response(String nonce, String... names) {
        var response =
                DeltaDiscoveryResponse.newBuilder()
                        .setSystemVersionInfo("v")
                        .setTypeUrl(Kind.CLUSTER.typeUrl())
                        .setNonce(nonce);
        for (String name : names) {
            response.addResources(
                    Resource.newBuilder()
                            .setName(name)
                            .setVersion("1")
                            .setResource(
                                    Any.pack(
                                            Cluster.newBuilder()
                                                    .setName(name)
                                                    .setAltStatName("s".repeat(200))
                                                    .build())));
        }
        return response.build();
    }

    private static byte[] framed(DeltaDiscoveryResponse response) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Message.prefix(response.getSerializedSize()));
        bytes.writeBytes(response.toByteArray());
        return bytes.toByteArray();
    }
}
