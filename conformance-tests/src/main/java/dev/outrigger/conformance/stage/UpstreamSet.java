// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.stage.ScriptedUpstream.Naming;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The upstreams of a stage, made when the configuration first names them. Used by one thread. */
final class UpstreamSet implements AutoCloseable {
    private final AttemptLog attempts = new AttemptLog();
    private final AttemptLog copies = new AttemptLog();
    private final Set<String> secured;
    private final String mirror;
    private final Map<String, ScriptedUpstream> scripted = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, Integer> replicas = new LinkedHashMap<>();
    private final Map<Integer, String> replicaNames = new LinkedHashMap<>();
    private final List<AutoCloseable> reserved = new ArrayList<>();

    /** Those of a stage on which all is plain if nothing else is said. */
    UpstreamSet() {
        this(Set.of(), "");
    }

    /**
     * @param secured the upstreams that speak TLS on all ports
     * @param mirror the one that copies of requests go to: when they come has no order, so that it
     *     knows nothing of exchanges; may be none
     */
    UpstreamSet(Set<String> secured, String mirror) {
        this.secured = Set.copyOf(secured);
        this.mirror = mirror;
    }

    /** The port that a placeholder such as {@code ${refused.a}} stands for. */
    int port(String kind, String name) throws IOException {
        return switch (kind) {
            case "upstream" -> scripted(name);
            case "any" -> replica(name, Naming.SHARED);
            case "exact" -> replica(name, Naming.EXACT);
            case "rotated" -> replica(name, Naming.ROTATED);
            case "secured" -> secured(name);
            case "refused" -> refused(name);
            case "blackhole" -> blackhole(name);
            default -> throw new IllegalArgumentException("${" + kind + "}: unknown placeholder");
        };
    }

    /** The port of an upstream that answers by script. */
    int scripted(String name) throws IOException {
        var upstream = scripted.get(name);
        if (upstream == null) {
            var log = name.equals(mirror) ? copies : attempts;
            upstream = ScriptedUpstream.start(name, secured.contains(name), log);
            scripted.put(name, upstream);
            ports.put("upstream " + name, upstream.port());
        }
        return upstream.port();
    }

    /**
     * A further port of an upstream, named as {@code a_2}: the second of {@code a}.
     *
     * @param naming how attempts on it are told from those on its other ports
     */
    int replica(String name, Naming naming) throws IOException {
        int underscore = name.lastIndexOf('_');
        if (underscore < 0) {
            throw new IllegalArgumentException(name + ": no number (expected: such as a_1)");
        }
        var known = replicas.get(name);
        if (known != null) {
            return known;
        }
        var upstream = name.substring(0, underscore);
        var _ = scripted(upstream);
        int port = Optional.ofNullable(scripted.get(upstream)).orElseThrow().listen(naming);
        replicas.put(name, port);
        var shown = naming == Naming.EXACT ? name : upstream;
        replicaNames.put(port, "upstream " + shown);
        return port;
    }

    /** A further port of an upstream, which speaks TLS and asks callers who they are. */
    private int secured(String name) throws IOException {
        var known = replicas.get("secured " + name);
        if (known != null) {
            return known;
        }
        var _ = scripted(name);
        int port =
                Optional.ofNullable(scripted.get(name)).orElseThrow().listen(Naming.SHARED, true);
        replicas.put("secured " + name, port);
        replicaNames.put(port, "secured " + name);
        return port;
    }

    /** A port that refuses connections: bound, so that nobody else gets it, but not listening. */
    int refused(String name) throws IOException {
        var known = ports.get("refused " + name);
        if (known != null) {
            return known;
        }
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        reserved.add(socket);
        ports.put("refused " + name, socket.getLocalPort());
        return socket.getLocalPort();
    }

    /** A port that never answers: its queue of unaccepted connections is full. */
    int blackhole(String name) throws IOException {
        var known = ports.get("blackhole " + name);
        if (known != null) {
            return known;
        }
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        reserved.add(server);
        for (int i = 0; i < 2; i++) {
            var filler = new Socket();
            reserved.add(filler);
            filler.connect(server.getLocalSocketAddress(), 1000);
        }
        ports.put("blackhole " + name, server.getLocalPort());
        return server.getLocalPort();
    }

    /** A free port for a listener whose configuration must name one. */
    int listen(String name) throws IOException {
        var known = ports.get("listen " + name);
        if (known != null) {
            return known;
        }
        int port = FreePort.next();
        ports.put("listen " + name, port);
        return port;
    }

    /** Names of all ports. */
    Map<Integer, String> portNames() {
        var names = new LinkedHashMap<Integer, String>();
        ports.forEach((name, port) -> names.put(port, name));
        names.putAll(replicaNames);
        return names;
    }

    /** The names of the upstreams that answer by script. */
    Set<String> scriptedNames() {
        return Set.copyOf(scripted.keySet());
    }

    AttemptLog attempts() {
        return attempts;
    }

    /** What the mirror has seen. */
    AttemptLog copies() {
        return copies;
    }

    /**
     * Begins an exchange.
     *
     * @param exchange its name, for error messages
     */
    void play(String exchange, Map<String, List<UpstreamAnswer>> answers) {
        for (var name : answers.keySet()) {
            if (!scripted.containsKey(name)) {
                throw new IllegalArgumentException(
                        exchange
                                + ": upstream "
                                + name
                                + " (expected: one the configuration names: "
                                + scripted.keySet()
                                + ")");
            }
        }
        attempts.clear();
        scripted.forEach((name, upstream) -> {
            if (!name.equals(mirror)) {
                upstream.play(Optional.ofNullable(answers.get(name)));
            }
        });
    }

    /** Whether the proxy knows of each connection that an upstream has closed. */
    boolean isSettled() {
        return scripted.values().stream().allMatch(ScriptedUpstream::isSettled);
    }

    /** Ends what an exchange has left open, with the proxy's knowledge. */
    void leave() {
        scripted.forEach((name, upstream) -> {
            if (!name.equals(mirror)) {
                upstream.leave();
            }
        });
    }

    void closeConnections() {
        scripted.values().forEach(ScriptedUpstream::closeConnections);
    }

    @Override
    public void close() {
        var all = new ArrayList<AutoCloseable>(reserved);
        all.addAll(scripted.values());
        for (var each : all) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("an upstream cannot be closed", e);
            }
        }
    }
}
