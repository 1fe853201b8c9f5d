// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.observe.SeenAdminReply;
import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Plays the client of one exchange. Used by one thread. */
final class WireClient implements AutoCloseable {
    /** Longer than every time a case configures, shorter than a person's patience. */
    private static final Duration STEP_LIMIT = Duration.ofSeconds(8);

    private static final Duration POLLED = Duration.ofMillis(20);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    /** How long a connection must stay open after its last response to count as open. */
    private static final Duration SETTLING = Duration.ofMillis(60);

    /** The same where a close may be delayed by nearly that and the machine is busy. */
    private static final Duration LONG_SETTLING = Duration.ofMillis(120);

    private final RunningProxy proxy;
    private final Transport transport;
    private final int port;
    private final AttemptLog attempts;
    private final PolicySteps policies;
    private final Duration stepLimit;
    private final Optional<UpstreamSet> settling;
    private final List<ClientConnection> connections = new ArrayList<>();
    private final List<SeenConnection> finished = new ArrayList<>();
    private final List<SeenAdminReply> adminReplies = new ArrayList<>();

    /**
     * The proxy takes nothing more on the latest connection, so that there is nothing to wait for.
     */
    private boolean silent;

    WireClient(
            RunningProxy proxy,
            Transport transport,
            int port,
            AttemptLog attempts,
            PolicySteps policies) {
        this(proxy, transport, port, attempts, policies, STEP_LIMIT, Optional.empty());
    }

    /**
     * @param transport below what the steps send
     * @param stepLimit how long a step may wait for what never comes
     * @param settling when given, nothing is sent before the proxy knows what these have closed,
     *     nor after it has said itself that it closes: what would come of it is a race
     */
    WireClient(
            RunningProxy proxy,
            Transport transport,
            int port,
            AttemptLog attempts,
            PolicySteps policies,
            Duration stepLimit,
            Optional<UpstreamSet> settling) {
        this.proxy = proxy;
        this.transport = transport;
        this.port = port;
        this.attempts = attempts;
        this.policies = policies;
        this.stepLimit = stepLimit;
        this.settling = settling;
    }

    /** Does all steps, then sees how each connection ends, and closes it. */
    void play(List<ClientStep> steps) throws IOException {
        if (steps.isEmpty() || !(steps.getFirst() instanceof ClientStep.ConnectHttp2)) {
            connections.add(open(transport));
        }
        for (var step : steps) {
            play(step);
        }
        // Who has waited until nothing comes has waited for the end as well.
        boolean waited = !steps.isEmpty() && steps.getLast() instanceof ClientStep.AwaitQuiet;
        for (var connection : connections) {
            boolean due = !waited && connection.closeIsDue();
            if (due) {
                var _ = connection.awaitEnd(CLOSE_LIMIT);
            } else {
                connection.awaitSettled(settling.isPresent() ? LONG_SETTLING : SETTLING);
            }
            finished.add(connection.seen());
            connection.close();
        }
    }

    List<SeenConnection> seen() {
        return finished;
    }

    /** The ports the connections came from, in their order. */
    List<Integer> localPorts() {
        return connections.stream().map(ClientConnection::localPort).toList();
    }

    List<SeenAdminReply> adminReplies() {
        return adminReplies;
    }

    @Override
    public void close() throws IOException {
        for (var connection : connections) {
            connection.close();
        }
    }

    private ClientConnection open(Transport of) throws IOException {
        return of.isHttp2() ? FramedConnection.open(of, port) : WireConnection.open(of, port);
    }

    /** Which of two is first that both want to close a connection would be a race. */
    private void awaitAnnouncedEnd(ClientConnection connection) {
        // One of HTTP/2 goes away in its own time.
        if (settling.isPresent() && !transport.isHttp2() && connection.isLeft()) {
            var _ = connection.awaitEnd(CLOSE_LIMIT);
        }
    }

    private void play(ClientStep step) throws IOException {
        switch (step) {
            case ClientStep.Connect() -> {
                connections.add(open(transport));
                silent = false;
            }
            case ClientStep.ConnectHttp2() ->
                    connections.add(
                            open(transport.isTls() ? Transport.HTTP2_TLS : Transport.HTTP2));
            case ClientStep.ResetStream(var code) -> current().resetStream(code);
            case ClientStep.Send(var text) -> {
                settling.ifPresent(each -> {
                    var _ = Eventually.holds(SETTLING, each::isSettled);
                });
                silent = settling.isPresent() && current().isLeft();
                if (!silent) {
                    current().send(text);
                }
            }
            case ClientStep.AwaitResponses(var count) -> {
                var _ = silent || current().awaitResponses(count, stepLimit);
            }
            case ClientStep.AwaitEnd() -> {
                var _ = silent || current().awaitEnd(stepLimit);
            }
            case ClientStep.AwaitQuiet(var duration) -> current().awaitQuiet(duration);
            case ClientStep.AwaitAttempts(var count) -> {
                var _ = attempts.await(count, stepLimit);
            }
            case ClientStep.AwaitStat await -> awaitStat(await);
            case ClientStep.Pause(var duration) -> Eventually.pause(duration);
            case ClientStep.CloseWrite() -> {
                awaitAnnouncedEnd(current());
                current().closeWrite();
            }
            case ClientStep.Close() -> {
                awaitAnnouncedEnd(current());
                current().close();
            }
            case ClientStep.Reset() -> {
                awaitAnnouncedEnd(current());
                current().reset();
            }
            case ClientStep.Admin(var method, var path) -> {
                var reply = proxy.admin(method, path);
                adminReplies.add(new SeenAdminReply(reply.status(), reply.body()));
            }
            case ClientStep.Apply(var documents) -> policies.apply(documents);
            case ClientStep.Remove(var path) -> policies.remove(path);
        }
    }

    private void awaitStat(ClientStep.AwaitStat step) throws IOException {
        var name = step.name();
        var path = "/stats?filter=" + URLEncoder.encode("^" + Pattern.quote(name) + "$", UTF_8);
        long seen = -1;
        boolean reached = false;
        for (long until = System.nanoTime() + stepLimit.toNanos();
                !reached && System.nanoTime() < until; ) {
            seen = Stats.parse(proxy.admin("GET", path).body()).values().getOrDefault(name, 0L);
            reached = seen == step.value() || (step.atLeast() && seen > step.value());
            if (!reached) {
                Eventually.pause(POLLED);
            }
        }
        if (!reached) {
            throw new IOException(name + ": " + seen + " (expected: " + step.value() + ")");
        }
    }

    private ClientConnection current() {
        return connections.getLast();
    }
}
