// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * grpc-java's client and server through both proxies: the kinds of calls and the ways they end that
 * gRPC's own interoperability tests have. Without a proxy between them the answers are the same.
 */
class GrpcIT {
    private static final String ODD =
            "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

    @Test
    void callsEndAsWithoutProxy(@TempDir Path folder) throws Exception {
        try (var service = new GrpcService()) {
            Map<String, String> direct = outcomes(service.port(), service);
            assertThat(through(Subjects.oracle(), folder.resolve("oracle"), service))
                    .isEqualTo(direct);
            assertThat(through(Subjects.subject(), folder.resolve("subject"), service))
                    .isEqualTo(direct);
        }
    }

    private static Map<String, String> through(
            ProxyUnderTest proxy, Path folder, GrpcService service) throws Exception {
        Files.createDirectories(folder);
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config(service.port()));
        try (var running = proxy.start(bootstrap, folder)) {
            return outcomes(running.listenerPorts().values().iterator().next(), service);
        }
    }

    private static Map<String, String> outcomes(int port, GrpcService service) throws Exception {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            var calls = new Calls(channel, service);
            var outcomes = new LinkedHashMap<String, String>();
            outcomes.put("empty unary", calls.unary(GrpcService.ECHO, new byte[0]));
            outcomes.put("large unary", calls.unary(GrpcService.ECHO, new byte[300_000]));
            outcomes.put(
                    "client streaming", calls.send(GrpcService.JOIN, 27_182, 8, 1_828, 45_904));
            outcomes.put("server streaming", calls.send(GrpcService.SPLIT, 5));
            outcomes.put("ping pong", calls.pingPong(27_182, 8, 1_828, 45_904));
            outcomes.put("empty stream", calls.send(GrpcService.CHAT));
            outcomes.put("metadata and compression", calls.metadata());
            for (int code = 1; code <= 16; code++) {
                byte[] text = (code == 2 ? ODD : "code").getBytes(UTF_8);
                byte[] message = new byte[text.length + 1];
                message[0] = (byte) code;
                System.arraycopy(text, 0, message, 1, text.length);
                outcomes.put("status " + code, calls.unary(GrpcService.FAIL, message));
            }
            outcomes.put("unimplemented", calls.unary(GrpcService.MISSING, new byte[1]));
            outcomes.put("cancel after begin", calls.cancelAfterBegin());
            outcomes.put("cancel after first response", calls.cancelAfterFirstResponse());
            outcomes.put("deadline", calls.deadline());
            outcomes.put("slow reader of 8 MB", calls.slowReader());
            outcomes.put("200 at once", calls.atOnce(200));
            return outcomes;
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static final class Calls {
        private final ManagedChannel channel;
        private final GrpcService service;

        Calls(ManagedChannel channel, GrpcService service) {
            this.channel = channel;
            this.service = service;
        }

        private Call start(
                MethodDescriptor<byte[], byte[]> method, CallOptions options, Metadata metadata) {
            var call = new Call(channel.newCall(method, options));
            call.call.start(call, metadata);
            return call;
        }

        private Call start(MethodDescriptor<byte[], byte[]> method) {
            return start(method, CallOptions.DEFAULT, new Metadata());
        }

        String unary(MethodDescriptor<byte[], byte[]> method, byte[] message)
                throws InterruptedException {
            Call call = start(method);
            call.call.sendMessage(message);
            call.call.halfClose();
            call.call.request(2);
            return call.end();
        }

        String send(MethodDescriptor<byte[], byte[]> method, int... sizes)
                throws InterruptedException {
            Call call = start(method);
            for (int size : sizes) {
                call.call.sendMessage(new byte[size]);
            }
            call.call.halfClose();
            call.call.request(100);
            return call.end();
        }

        String pingPong(int... sizes) throws InterruptedException {
            Call call = start(GrpcService.CHAT);
            for (int size : sizes) {
                call.call.sendMessage(new byte[size]);
                call.call.request(1);
                call.next();
            }
            call.call.halfClose();
            return call.end();
        }

        String metadata() throws InterruptedException {
            var metadata = new Metadata();
            metadata.put(GrpcService.TEXT, "some text");
            metadata.put(GrpcService.BYTES, new byte[] {0, -1, 7});
            Call call =
                    start(GrpcService.ECHO, CallOptions.DEFAULT.withCompression("gzip"), metadata);
            call.call.setMessageCompression(true);
            call.call.sendMessage(new byte[50_000]);
            call.call.halfClose();
            call.call.request(2);
            return call.end();
        }

        String cancelAfterBegin() throws InterruptedException {
            Call call = start(GrpcService.JOIN);
            call.call.sendMessage(new byte[10]);
            call.call.cancel("enough", null);
            // The server may never have heard of it.
            return call.end();
        }

        String cancelAfterFirstResponse() throws InterruptedException {
            Call call = start(GrpcService.CHAT);
            call.call.sendMessage(new byte[31_415]);
            call.call.request(1);
            call.next();
            service.cancelled().drainPermits();
            call.call.cancel("enough", null);
            boolean heard = service.cancelled().tryAcquire(10, TimeUnit.SECONDS);
            return call.end() + ", server heard: " + heard;
        }

        String deadline() throws InterruptedException {
            service.cancelled().drainPermits();
            Call call =
                    start(
                            GrpcService.SLEEP,
                            CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                            new Metadata());
            call.call.sendMessage(new byte[10]);
            call.call.halfClose();
            call.call.request(2);
            boolean heard = service.cancelled().tryAcquire(10, TimeUnit.SECONDS);
            return call.end() + ", server heard: " + heard;
        }

        String slowReader() throws InterruptedException {
            Call call = start(GrpcService.SPLIT);
            call.call.sendMessage(new byte[800]);
            call.call.halfClose();
            for (int i = 0; i < 800; i++) {
                call.call.request(1);
                call.next();
            }
            call.call.request(1);
            return call.end();
        }

        String atOnce(int count) throws InterruptedException {
            var calls = new ArrayList<Call>();
            for (int i = 0; i < count; i++) {
                Call call = start(GrpcService.ECHO);
                call.call.sendMessage(new byte[i]);
                call.call.halfClose();
                call.call.request(2);
                calls.add(call);
            }
            var ends = new ArrayList<String>();
            for (Call call : calls) {
                ends.add(call.end());
            }
            return ends.toString();
        }
    }

    /** What came of a call. */
    private static final class Call extends ClientCall.Listener<byte[]> {
        private final ClientCall<byte[], byte[]> call;
        private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
        private final List<Integer> sizes = new ArrayList<>();
        private @Nullable String text;

        Call(ClientCall<byte[], byte[]> call) {
            this.call = call;
        }

        @Override
        public void onHeaders(Metadata headers) {
            text = headers.get(GrpcService.TEXT);
        }

        @Override
        public void onMessage(byte[] message) {
            sizes.add(message.length);
            received.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            byte[] bytes = trailers.get(GrpcService.BYTES);
            boolean timedOut = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
            closed.add(
                    status.getCode()
                            + " "
                            + (timedOut ? "" : status.getDescription())
                            + " "
                            + (sizes.size() > 20 ? sizes.size() : sizes)
                            + (text == null ? "" : " " + text)
                            + (bytes == null ? "" : " " + List.of(bytes[0], bytes[1], bytes[2])));
        }

        void next() throws InterruptedException {
            if (received.poll(10, TimeUnit.SECONDS) == null) {
                throw new AssertionError("no message; the call ended with " + closed.poll());
            }
        }

        String end() throws InterruptedException {
            String end = closed.poll(20, TimeUnit.SECONDS);
            return end == null ? "no end" : end;
        }
    }

    private static String config(int upstream) {
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
          - name: l
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: ingress
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: ["*"]
                      routes: [{match: {prefix: /, grpc: {}}, route: {cluster: c, timeout: 0s}}]
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
          - name: c
            type: STATIC
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http2_protocol_options: {}}
            load_assignment:
              cluster_name: c
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
        """
                .formatted(upstream);
    }
}
