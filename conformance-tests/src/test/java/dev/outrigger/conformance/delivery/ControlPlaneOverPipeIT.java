// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.control.HeldResources;
import dev.outrigger.conformance.control.ScriptedControlPlane;
import dev.outrigger.conformance.control.TypedYaml;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.xds.resource.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A control plane that both proxies reach over a Unix domain socket. */
class ControlPlaneOverPipeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path folder;

    static Stream<ProxyUnderTest> proxies() {
        return Stream.of(Subjects.oracle(), Subjects.subject());
    }

    @ParameterizedTest
    @MethodSource("proxies")
    void isAskedAndObeyed(ProxyUnderTest proxy) throws IOException {
        var held = new HeldResources();
        held.hold(Map.of(ResourceType.CLUSTER.typeUrl(), Map.of("given", cluster())));
        var pipe = folder.resolve("x.sock");
        try (var control = ScriptedControlPlane.start(held);
                var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(pipe));
            Thread.ofVirtual().start(() -> accept(listening, control.port()));
            var bootstrap = folder.resolve("bootstrap.yaml");
            var address =
                    "{socket_address: {address: 127.0.0.1, port_value: " + control.port() + "}}";
            Files.writeString(
                    bootstrap,
                    control.bootstrap("GRPC").replace(address, "{pipe: {path: " + pipe + "}}"));
            assertThat(bootstrap).content().contains("x.sock");

            try (var running = proxy.start(bootstrap, folder)) {
                assertThat(Eventually.holds(PATIENCE, () -> clusters(running).contains("given::")))
                        .isTrue();
            }
        }
    }

    private static Any cluster() {
        var yaml = "{name: given, type: STATIC, connect_timeout: 1s}";
        if (TypedYaml.load(yaml) instanceof Map<?, ?> tree) {
            return TypedYaml.pack(ResourceType.CLUSTER.typeUrl(), tree);
        }
        throw new IllegalStateException(yaml);
    }

    private static String clusters(RunningProxy proxy) {
        try {
            return proxy.admin("GET", "/clusters").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void accept(ServerSocketChannel listening, int port) {
        while (listening.isOpen()) {
            try {
                var accepted = listening.accept();
                Thread.ofVirtual().start(() -> join(accepted, port));
            } catch (IOException e) {
                return;
            }
        }
    }

    /** Hands everything over in both directions until one side ends. */
    private static void join(SocketChannel accepted, int port) {
        try (accepted;
                var onward = new Socket(InetAddress.getLoopbackAddress(), port)) {
            InputStream back = onward.getInputStream();
            OutputStream out = Channels.newOutputStream(accepted);
            Thread.ofVirtual()
                    .start(() -> {
                        try (out) {
                            back.transferTo(out);
                        } catch (IOException e) {
                            // The proxy is gone.
                        }
                    });
            Channels.newInputStream(accepted).transferTo(onward.getOutputStream());
        } catch (IOException e) {
            // Either side is gone, which the proxy sees by itself.
        }
    }
}
