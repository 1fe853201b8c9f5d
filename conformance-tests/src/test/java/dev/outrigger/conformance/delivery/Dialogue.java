// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import dev.outrigger.conformance.control.Asked;
import dev.outrigger.conformance.control.ScriptedControlPlane;
import dev.outrigger.conformance.control.TypedYaml;
import dev.outrigger.conformance.control.XdsConversation;
import dev.outrigger.conformance.control.XdsScript;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One proxy and a control plane that a test plays by hand: what the proxy asks and does is written
 * down, to be compared with what another one asks and does. Used by one thread.
 */
final class Dialogue implements XdsScript, AutoCloseable {
    private static final Pattern EXPECTED = Pattern.compile(" but expect (.*)\\.");

    private static final long PATIENCE_SECONDS = 12;
    private static final java.time.Duration PATIENCE =
            java.time.Duration.ofSeconds(PATIENCE_SECONDS);

    private static final java.time.Duration START_LIMIT = java.time.Duration.ofSeconds(30);

    private final List<String> seen = new ArrayList<>();
    private final List<CompletableFuture<String>> asked = new ArrayList<>();
    private final BlockingQueue<Asked> requests = new LinkedBlockingQueue<>();
    private final int port;
    private final ScriptedControlPlane control;
    private final CompletableFuture<RunningProxy> starting;
    private volatile @Nullable XdsConversation conversation;

    /**
     * Starts a proxy, which is live only once the test has told it enough.
     *
     * @param played what it is started for
     */
    Dialogue(ProxyUnderTest proxy, String apiType, Case played, Path folder) throws IOException {
        port = FreePort.next();
        control = ScriptedControlPlane.start(this);
        var bootstrap = Files.createDirectories(folder).resolve("bootstrap.yaml");
        Files.writeString(
                bootstrap,
                control.bootstrap(
                        apiType,
                        played.fetchTimeout(),
                        played.own().ads(),
                        played.own().listeners().replace("PORT", Integer.toString(port))));
        starting =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return proxy.start(bootstrap, folder);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        task -> Thread.ofVirtual().start(task));
        if (!Eventually.holds(START_LIMIT, () -> conversation != null || starting.isDone())) {
            seen.add("no stream");
        }
    }

    @Override
    public void onOpen(XdsConversation opened) {
        conversation = opened;
    }

    @Override
    public void onRequest(XdsConversation from, Asked asked) {
        requests.add(asked);
    }

    @Override
    public void onEnd(XdsConversation ended) {}

    List<String> seen() {
        return seen;
    }

    /** Waits for as many requests and writes them down in their order. */
    void hear(int count) {
        for (int i = 0; i < count; i++) {
            seen.add(line(next()));
        }
    }

    /** Waits for as many requests whose order is nobody's business. */
    void hearInAnyOrder(int count) {
        var lines = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            lines.add(line(next()));
        }
        lines.sort(String::compareTo);
        seen.addAll(lines);
    }

    /** Insists that nothing is asked for so long; what is, is written down. */
    void hearNothing(java.time.Duration duration) {
        try {
            var request = requests.poll(duration.toMillis(), TimeUnit.MILLISECONDS);
            seen.add(request == null ? "nothing" : "not expected: " + line(request));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Asked next() {
        try {
            return requests.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(@Nullable Asked asked) {
        if (asked == null) {
            return "no request";
        }
        return "stream "
                + asked.stream()
                + " "
                + asked.type()
                + (asked.hasNode() ? " node" : "")
                + (asked.names().isEmpty() ? "" : " +" + new TreeSet<>(asked.names()))
                + (asked.dropped().isEmpty() ? "" : " -" + new TreeSet<>(asked.dropped()))
                + (asked.held().isEmpty() ? "" : " has " + new java.util.TreeMap<>(asked.held()))
                + (asked.version().isEmpty() ? "" : " version " + asked.version())
                + (asked.nonce().isEmpty() ? "" : " nonce " + asked.nonce())
                + asked.error()
                        .map(error -> " refused " + asked.errorCode() + ": " + shortened(error))
                        .orElse("");
    }

    /** Without the messages that Envoy prints where ours names the version. */
    static String shortened(String error) {
        return error.replaceAll("(?s)( in (?:Delta)?DiscoveryResponse) .*", "$1")
                .replaceAll("(?s).*Proto constraint validation failed.*", "Proto constraint")
                .replaceAll("(?s)(Unable to unpack as [\\w.]+).*", "$1")
                // Ours says which field.
                .replaceAll(
                        "(?m)(^|\\(s\\) )(\\w+: )?(?=[^ :]*[_.\\[])[a-z_.]+[\\w.\\[\\]]*: ", "$1$2")
                .replaceAll("(\\(s\\) \\w+: )[a-z_.\\[\\]0-9]+: ", "$1")
                .replaceAll("^\\w+(?:\\.\\w+)+: ", "")
                .transform(text -> EXPECTED.matcher(text).replaceAll(Dialogue::inOrder))
                .strip();
    }

    /** Envoy keeps the types in a set whose order each process draws anew. */
    private static String inOrder(MatchResult expected) {
        return Stream.of(expected.group(1).split(", "))
                .sorted()
                .collect(Collectors.joining(", ", " but expect ", "."));
    }

    /** Sends the state of the world. */
    void send(String type, String version, String nonce, List<Any> resources) {
        conversation()
                .send(
                        DiscoveryResponse.newBuilder()
                                .setTypeUrl(type)
                                .setVersionInfo(version)
                                .setNonce(nonce)
                                .addAllResources(resources)
                                .build());
    }

    /** Sends changes. */
    void send(String type, String nonce, List<Resource> changed, List<String> removed) {
        conversation()
                .send(
                        DeltaDiscoveryResponse.newBuilder()
                                .setTypeUrl(type)
                                .setSystemVersionInfo("s" + nonce)
                                .setNonce(nonce)
                                .addAllResources(changed)
                                .addAllRemovedResources(removed)
                                .build());
    }

    static Any any(String type, String yaml) {
        if (TypedYaml.load(yaml) instanceof Map<?, ?> tree) {
            return TypedYaml.pack(type, tree);
        }
        throw new IllegalArgumentException(yaml);
    }

    static Resource resource(String name, String version, Any any) {
        return Resource.newBuilder().setName(name).setVersion(version).setResource(any).build();
    }

    /** A resource that is forgotten when it is not heard of again in time; packed for SotW. */
    static Resource expiring(Resource resource, int seconds) {
        return resource.toBuilder().setTtl(Duration.newBuilder().setSeconds(seconds)).build();
    }

    /** A sign of life of a resource. */
    static Resource heartbeat(String name, String version, int seconds) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion(version)
                .setTtl(Duration.newBuilder().setSeconds(seconds))
                .build();
    }

    /** Ends the stream; what is sent next goes to the one that follows. */
    void end(Status status) {
        var ended = conversation();
        conversation = null;
        ended.end(status);
    }

    /** Sends a request to a listener, and writes down how the answer begins. */
    void knock(String listener) {
        knock(listener, "a.b");
    }

    /** As {@link #knock(String)}, to a host. */
    void knock(String listener, String host) {
        seen.add(exchange(listener, request(host)));
    }

    /** Sends a request that is not answered at once; see {@link #answers}. */
    void ask(String listener, String host) {
        askWith(listener, request(host));
    }

    /** As {@link #ask}, by these bytes. */
    void askWith(String listener, String request) {
        asked.add(
                CompletableFuture.supplyAsync(
                        () -> exchange(listener, request), task -> Thread.ofVirtual().start(task)));
    }

    /** Writes down how the answers to that many of those asked first begin. */
    void answers(int count) {
        for (int i = 0; i < count; i++) {
            seen.add(asked.removeFirst().join());
        }
    }

    private static String request(String host) {
        return "GET / HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\n\r\n";
    }

    private String exchange(String listener, String request) {
        try (var socket =
                new Socket(
                        InetAddress.getLoopbackAddress(),
                        proxy().listenerPorts().getOrDefault(listener, 0))) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.isEmpty() ? "closed" : answer.lines().findFirst().orElse("");
        } catch (SocketTimeoutException e) {
            return "no answer";
        } catch (IOException e) {
            return "closed";
        }
    }

    /** Waits until the proxy is live. */
    void awaitLive() {
        try {
            var _ = proxy();
            seen.add("live");
        } catch (CompletionException e) {
            seen.add("not live: " + e.getMessage());
        }
    }

    /** Waits for a stat to have that value, and writes down what it has then. */
    void awaitStat(String name, long value) {
        var _ = Eventually.holds(PATIENCE, () -> stat(name).equals(Long.toString(value)));
        seen.add(name + ": " + stat(name));
    }

    /** Writes down what a stat is. */
    void note(String name) {
        seen.add(name + ": " + stat(name));
    }

    /** The names of the clusters that are not the control plane's. */
    void noteClusters() {
        try {
            var names = new TreeSet<String>();
            for (String line : proxy().admin("GET", "/clusters").body().split("\n", -1)) {
                names.add(line.split("::", 2)[0]);
            }
            names.remove("");
            names.remove("xds");
            seen.add("clusters " + names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A free port, the same for all of this. */
    int port() {
        return port;
    }

    /** Asks a listener and writes down what it answers. */
    void ask(String listener) {
        try {
            int at = proxy().listenerPorts().getOrDefault(listener, 0);
            seen.add(listener + ": " + (at == 0 ? "no listener" : ask(at)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks a port and writes down what is answered there. */
    void askPort(String name, int at) {
        seen.add(name + ": " + ask(at));
    }

    /** Waits until a listener answers so, and writes down what it answers then. */
    void awaitAnswer(String listener, String part) {
        var _ =
                Eventually.holds(
                        PATIENCE,
                        () -> {
                            try {
                                int at = proxy().listenerPorts().getOrDefault(listener, 0);
                                return at != 0 && ask(at).contains(part);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        ask(listener);
    }

    private static String ask(int at) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), at)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
                                    .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8)
                    .replaceAll("(?m)^(date|server|content-\\w+|connection): .*\r\n", "")
                    .replace("\r\n", " ")
                    .strip();
        } catch (ConnectException e) {
            return "nobody listens";
        } catch (IOException e) {
            return "broken off";
        }
    }

    private String stat(String name) {
        try {
            for (String line : proxy().admin("GET", "/stats").body().split("\n", -1)) {
                if (line.startsWith(name + ": ")) {
                    return line.substring(name.length() + 2);
                }
            }
            return "none";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RunningProxy proxy() {
        return starting.join();
    }

    private XdsConversation conversation() {
        var _ = Eventually.holds(PATIENCE, () -> conversation != null);
        var current = conversation;
        if (current == null) {
            throw new IllegalStateException("no stream");
        }
        return current;
    }

    @Override
    public void close() {
        // The proxy may still be starting: its process is ended by the test's own end then.
        starting.whenComplete((proxy, _) -> {
            if (proxy != null) {
                proxy.close();
            }
        });
        try {
            var _ = starting.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            seen.add("did not become live: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        control.close();
    }
}
