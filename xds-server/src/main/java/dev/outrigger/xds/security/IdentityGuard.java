// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.xds.ads.Incoming;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a client speak only for nodes that its certificate permits, and look at others only if it is
 * an administrator's. Closes the call with {@code PERMISSION_DENIED} otherwise, before anything of
 * the request reaches the xDS server. Any thread.
 *
 * <p>A node id belongs to the identity that connected under it first, as long as it is connected:
 * rules without {@code {id}} would otherwise let one workload take over another's status.
 */
final class IdentityGuard implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(IdentityGuard.class);

    private final List<IdentityRule> rules;
    private final List<String> administrators;
    private final NodeOwners owners = new NodeOwners();
    private final MeterRegistry meters;

    IdentityGuard(List<IdentityRule> rules, List<String> administrators, MeterRegistry meters) {
        this.rules = List.copyOf(rules);
        this.administrators = List.copyOf(administrators);
        this.meters = meters;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var identity = identity(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        if (StatusAccess.concerns(call)) {
            return identity.names().stream().anyMatch(administrators::contains)
                    ? next.startCall(call, headers)
                    : StatusAccess.deny(call, identity + " is no administrator of this server");
        }
        return new Guarded<>(
                next.startCall(call, headers),
                identity,
                reason -> {
                    log.warn("client denied identity={} reason={}", identity, reason);
                    meters.counter("outrigger.xds.denied").increment();
                    call.close(Status.PERMISSION_DENIED.withDescription(reason), new Metadata());
                });
    }

    private static ClientIdentity identity(@Nullable SSLSession session) {
        if (session != null) {
            try {
                if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                    return ClientIdentity.of(certificate);
                }
            } catch (SSLPeerUnverifiedException e) {
                return new ClientIdentity(List.of()); // The handshake should have failed: nobody.
            }
        }
        return new ClientIdentity(List.of());
    }

    /**
     * The node a request names.
     *
     * @throws InvalidProtocolBufferException if it cannot be told, so that nobody passes unseen
     */
    private static Optional<Node> node(Object message) throws InvalidProtocolBufferException {
        if (!(message instanceof Incoming<?> request)) {
            throw new InvalidProtocolBufferException(
                    "a " + message.getClass().getSimpleName() + " names no node");
        }
        return request.node() == null
                ? Optional.empty()
                : Optional.of(Node.parseFrom(request.node()));
    }

    /** Passes messages on until one speaks for a node it may not. Confined to the call. */
    private final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ClientIdentity identity;
        private final Consumer<String> deny;
        private String owned = "";
        private boolean ended;

        Guarded(ServerCall.Listener<Q> next, ClientIdentity identity, Consumer<String> deny) {
            super(next);
            this.identity = identity;
            this.deny = deny;
        }

        @Override
        public void onMessage(Q message) {
            if (ended) {
                return;
            }
            var refusal = refusal(message);
            if (refusal.isEmpty()) {
                super.onMessage(message);
                return;
            }
            ended = true;
            deny.accept(refusal.get());
            release();
            super.onCancel(); // What the call began must end; nobody else will tell it.
        }

        /** The xDS server reads a stream's first node only; so does this. */
        private Optional<String> refusal(Q message) {
            if (!owned.isEmpty()) {
                return Optional.empty();
            }
            try {
                return node(message).flatMap(this::refusal);
            } catch (InvalidProtocolBufferException e) {
                return Optional.of("node not readable: " + e.getMessage());
            }
        }

        private Optional<String> refusal(Node node) {
            boolean permitted =
                    identity.names().stream()
                            .anyMatch(name ->
                                    rules.stream()
                                            .anyMatch(rule ->
                                                    rule.permits(
                                                            name,
                                                            node.getCluster(),
                                                            node.getId())));
            var said =
                    "node.id "
                            + Quoted.of(node.getId())
                            + " with node.cluster "
                            + Quoted.of(node.getCluster());
            if (!permitted) {
                return Optional.of(
                        identity + " may not speak for " + said + " (expected: " + rules + ")");
            }
            var owner = owners.take(node.getId(), identity);
            if (!owner.equals(identity)) {
                return Optional.of(identity + " may not speak for " + said + ", which is " + owner);
            }
            owned = node.getId();
            return Optional.empty();
        }

        @Override
        public void onHalfClose() {
            if (!ended) {
                super.onHalfClose();
            }
        }

        @Override
        public void onReady() {
            if (!ended) {
                super.onReady();
            }
        }

        @Override
        public void onCancel() {
            release();
            if (!ended) {
                super.onCancel();
            }
        }

        @Override
        public void onComplete() {
            release();
            if (!ended) {
                super.onComplete();
            }
        }

        private void release() {
            if (!owned.isEmpty()) {
                owners.release(owned);
                owned = "";
            }
        }
    }
}
