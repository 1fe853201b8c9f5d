// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.delivery.EveryType.Way;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.Identities;
import dev.outrigger.conformance.tls.TlsClient;
import dev.outrigger.xds.resource.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each type of resource in each way it can come: a first version is served, a second replaces it, a
 * wrong one is refused and changes nothing, and the next right one is taken again; as by Envoy.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryTypeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final int WAYS_AT_ONCE = 4;

    private final Semaphore atOnce = new Semaphore(WAYS_AT_ONCE);
    private final Map<Way, Map<String, String>> oracle = new EnumMap<>(Way.class);
    private final Map<Way, Map<String, String>> subject = new EnumMap<>(Way.class);

    @BeforeAll
    void play(@TempDir Path folder) throws Exception {
        var identities = new Identities(folder);
        var played = new ArrayList<CompletableFuture<?>>();
        for (Way way : Way.values()) {
            if (way.name().contains(System.getProperty("delivery.way", ""))) {
                played.add(inBackground(() -> play(way, folder, identities)));
            }
        }
        played.forEach(CompletableFuture::join);
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
    }

    private Way play(Way way, Path folder, Identities identities) {
        atOnce.acquireUninterruptibly();
        try {
            var theirs = inBackground(() -> play(Subjects.oracle(), way, folder, identities));
            var ours = inBackground(() -> play(Subjects.subject(), way, folder, identities));
            CompletableFuture.allOf(theirs, ours).join();
            synchronized (oracle) {
                oracle.put(way, theirs.join());
                subject.put(way, ours.join());
            }
            return way;
        } finally {
            atOnce.release();
        }
    }

    private static Map<String, String> play(
            ProxyUnderTest proxy, Way way, Path folder, Identities identities) {
        var place = folder.resolve(way + "-" + proxy.name()).toAbsolutePath();
        try (var control = new AnyWayControlPlane(Files.createDirectories(place))) {
            var every = new EveryType(way, place, identities, control.grpcPort());
            control.publish(every.version(1));
            Path bootstrap = place.resolve("bootstrap.yaml");
            Files.writeString(bootstrap, every.bootstrap(control));
            try (RunningProxy running = proxy.start(bootstrap, place)) {
                return new Conversation(way, running, control, every, identities).play();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> isDeliveredAsToEnvoy() {
        return oracle.entrySet().stream()
                .flatMap(way ->
                        way.getValue().entrySet().stream()
                                .map(type ->
                                        DynamicTest.dynamicTest(
                                                type.getKey() + " by " + way.getKey(),
                                                () ->
                                                        assertThat(of(way.getKey(), type.getKey()))
                                                                .isEqualTo(type.getValue()))));
    }

    private @Nullable String of(Way way, String type) {
        return subject.getOrDefault(way, Map.of()).get(type);
    }

    /** What the table is about happens at all. */
    @TestFactory
    Stream<DynamicTest> isDeliveredToEnvoy() {
        return oracle.entrySet().stream()
                .map(way ->
                        DynamicTest.dynamicTest(
                                way.getKey().name(),
                                () ->
                                        assertThat(way.getValue().values())
                                                .filteredOn(seen -> seen.startsWith("v1 v2 v2 v3"))
                                                .hasSize(way.getKey().isDelta() ? 9 : 8)));
    }

    /** One proxy and its control plane. */
    private static final class Conversation {
        private final Way way;
        private final RunningProxy proxy;
        private final AnyWayControlPlane control;
        private final EveryType every;
        private final Identities identities;
        private final Map<ResourceType, List<String>> seen = new EnumMap<>(ResourceType.class);

        Conversation(
                Way way,
                RunningProxy proxy,
                AnyWayControlPlane control,
                EveryType every,
                Identities identities) {
            this.way = way;
            this.proxy = proxy;
            this.control = control;
            this.every = every;
            this.identities = identities;
        }

        Map<String, String> play() throws IOException {
            see("v1");
            control.publish(every.version(2));
            see("v2");
            control.publish(every.broken(2, "bad"));
            for (ResourceType type : types()) {
                String stat = rejections(type);
                var _ = Eventually.holds(PATIENCE, STEP, () -> !stats(stat).isEmpty());
            }
            see("v2");
            control.publish(every.version(3));
            see("v3");
            var all = new TreeMap<String, String>();
            seen.forEach((type, versions) ->
                    all.put(
                            type.shortName(),
                            String.join(" ", versions)
                                    + "\nrefused "
                                    + stats(rejections(type)).keySet()
                                    + "\n"
                                    + String.join("\n", control.refusals(type))
                                            // Ours says which field.
                                            .replaceAll("(?m)^[a-z_.\\[\\]0-9]+: ", "")));
            if (way == Way.GOOGLE_GRPC) {
                all.put("streams", stats("grpc.g.streams_total").toString());
            }
            return all;
        }

        private List<ResourceType> types() {
            return ResourceType.inOrder().stream()
                    .filter(type -> type != ResourceType.VIRTUAL_HOST || way.isDelta())
                    .toList();
        }

        /** Waits until each type shows this version, and writes down what it shows then. */
        private void see(String version) {
            for (ResourceType type : types()) {
                var _ = Eventually.holds(PATIENCE, STEP, () -> shows(type, version));
                seen.computeIfAbsent(type, _ -> new ArrayList<>())
                        .add(shows(type, version) ? version : "no " + version);
            }
        }

        private boolean shows(ResourceType type, String version) {
            int number = version.charAt(1) - '0';
            return switch (type) {
                case RUNTIME -> admin("/runtime").contains("\"" + version + "\"");
                case CLUSTER -> admin("/clusters").contains("is-" + version + "::");
                case ENDPOINT ->
                        stats("cluster.e.membership_total").containsValue(Integer.toString(number));
                case SECRET ->
                        port("sds") > 0
                                && TlsClient.plain()
                                        .play(port("sds"), identities)
                                        .contains(
                                                identities
                                                        .of(EveryType.owner(number))
                                                        .getCertificate()
                                                        .getSubjectX500Principal()
                                                        .toString());
                case LISTENER -> get("rds", "").contains("server: " + version + "\r\n");
                case EXTENSION ->
                        get("rds", "").contains("x-ecds: " + version + "\r\n")
                                && !stats("proxy_proto." + version + ".not_found_allowed")
                                        .isEmpty();
                case ROUTE -> get("rds", "").endsWith("\r\n\r\n" + version);
                case SCOPED_ROUTE -> get("srds", version).startsWith("HTTP/1.1 200");
                case VIRTUAL_HOST -> get("vhds", "").endsWith("\r\n\r\n" + version);
            };
        }

        private static String rejections(ResourceType type) {
            return switch (type) {
                case RUNTIME -> "runtime.update_rejected";
                case CLUSTER -> "cluster_manager.cds.update_rejected";
                case ENDPOINT -> "cluster.e.update_rejected";
                case SECRET -> "sds.cert.update_rejected";
                case LISTENER -> "listener_manager.lds.update_rejected";
                case EXTENSION -> "extension_config_discovery.http_filter.f.update_rejected";
                case ROUTE -> "http.rds.rds.r.update_rejected";
                case SCOPED_ROUTE -> "http.srds.scoped_rds.s.update_rejected";
                case VIRTUAL_HOST -> "http.vhds.rds.vhds.rv.update_rejected";
            };
        }

        /** Those of this name that are not zero. */
        private Map<String, String> stats(String name) {
            var stats = new TreeMap<String, String>();
            String text = admin("/stats?usedonly&filter=" + name.replace(".", "%5C."));
            text.lines()
                    .map(line -> line.split(": ", 2))
                    .filter(line -> line.length == 2 && !line[1].equals("0"))
                    .forEach(line -> stats.put(line[0], line[1]));
            return stats;
        }

        private String admin(String path) {
            try {
                return proxy.admin("GET", path).body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private int port(String listener) {
            try {
                return proxy.listenerPorts().getOrDefault(listener, 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String get(String listener, String scope) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port(listener))) {
                socket.setSoTimeout(5_000);
                socket.getOutputStream()
                        .write(
                                ("GET / HTTP/1.1\r\nhost: a.b\r\nconnection: close\r\nx-scope: "
                                                + scope
                                                + "\r\n\r\n")
                                        .getBytes(StandardCharsets.ISO_8859_1));
                return new String(
                        socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                return "";
            }
        }
    }
}
