// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.kind.field.UpstreamAddressRule;
import dev.outrigger.policy.rest.ApiMetrics;
import dev.outrigger.policy.rest.PolicyApi;
import dev.outrigger.policy.rest.PolicyApiOptions;
import dev.outrigger.policy.rest.PolicyApiServer;
import dev.outrigger.policy.rest.Readiness;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.SqlitePolicyStore;
import dev.outrigger.xds.CannotListenException.Socket;
import dev.outrigger.xds.ControlPlaneOptions.Listen;
import dev.outrigger.xds.bootstrap.Bootstraps;
import dev.outrigger.xds.kind.xdsresources.XdsResourceSchema;
import dev.outrigger.xds.memory.RolloutFiles;
import dev.outrigger.xds.reconcile.RevisionUndo;
import dev.outrigger.xds.reconcile.RolloutMemory;
import dev.outrigger.xds.security.GuardedSocket;
import dev.outrigger.xds.security.PlaintextRefusedException;
import dev.outrigger.xds.security.TlsFilesException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running control plane: store, REST API, xDS server. Any thread.
 *
 * <p>Lifecycle: {@link #start} returns when all sockets listen, or leaves nothing behind; {@link
 * #close} stops taking requests, ends the proxies' streams and closes the store.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);

    private final PolicyStore store;
    private final RolloutFiles memory;
    private final GuardedSocket socket;
    private final XdsEngine engine;
    private final PolicyApiServer rest;

    private ControlPlane(
            PolicyStore store,
            RolloutFiles memory,
            GuardedSocket socket,
            XdsEngine engine,
            PolicyApiServer rest) {
        this.store = store;
        this.memory = memory;
        this.socket = socket;
        this.engine = engine;
        this.rest = rest;
    }

    /**
     * @throws CannotListenException naming the socket and the address
     * @throws PlaintextRefusedException if others could read what proxies are sent
     * @throws TlsFilesException naming the file
     * @throws dev.outrigger.policy.store.StoreUnavailable naming the file
     */
    public static ControlPlane start(ControlPlaneOptions options)
            throws CannotListenException, PlaintextRefusedException, TlsFilesException {
        var random = new SecureRandom();
        var clock = InstantSource.system();
        var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var address = new InetSocketAddress(options.xds().host(), options.xds().port());
        // Before anything is opened: what is wrong here is said at once.
        var socket = GuardedSocket.open(options.security(), address, meters, clock);
        try {
            return start(options, socket, meters, clock, random);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static ControlPlane start(
            ControlPlaneOptions options,
            GuardedSocket socket,
            PrometheusMeterRegistry meters,
            InstantSource clock,
            SecureRandom random)
            throws CannotListenException {
        var metrics = new ApiMetrics(meters);
        var reader =
                PolicyReader.of(
                        new XdsResourceSchema(), options.capabilities(), addresses(options));
        PolicyStore store =
                SqlitePolicyStore.open(SqliteOptions.at(options.store()), reader, clock, metrics);
        XdsEngine engine = null;
        try {
            var memory = memory(options);
            // Before the REST API, so that whoever finds that answering finds this as well.
            engine =
                    startXds(
                            options,
                            socket,
                            memory,
                            store,
                            new StoredRevisionUndo(store, reader, metrics),
                            meters,
                            clock,
                            random);
            var api =
                    new PolicyApi(
                            store,
                            reader,
                            engine.status(),
                            new Bootstraps(
                                    options.xds().host(), engine::port, socket::names, random),
                            engine.effects(),
                            meters,
                            metrics,
                            List.of(new Readiness("xds", engine::problem, socket::certificateEnd)));
            var control = new ControlPlane(store, memory, socket, engine, startRest(options, api));
            log.info(
                    "control plane listening rest={} admin={} xds={} store={}",
                    new Listen(options.rest().host(), control.restPort()),
                    new Listen(options.admin().host(), control.adminPort()),
                    new Listen(options.xds().host(), control.xdsPort()),
                    options.store());
            return control;
        } catch (IOException | RuntimeException e) {
            if (engine != null) {
                engine.close();
            }
            store.close();
            throw e;
        }
    }

    /** Whoever writes documents is not to reach our own sockets through a proxy. */
    private static UpstreamAddressRule addresses(ControlPlaneOptions options) {
        return options.anyEndpoint()
                ? UpstreamAddressRule.ANY_HOST
                : UpstreamAddressRule.reserving(
                        Stream.of(options.rest(), options.admin(), options.xds())
                                .map(Listen::port)
                                .filter(port -> port > 0)
                                .collect(Collectors.toSet()));
    }

    /** After the store, whose folder it shares. */
    private static RolloutFiles memory(ControlPlaneOptions options) {
        try {
            return RolloutFiles.beside(options.store());
        } catch (IOException e) {
            throw new StoreUnavailable(
                    StoreUnavailable.Reason.IO_ERROR,
                    "The folder beside the store "
                            + options.store()
                            + " that keeps what proxies refused cannot be used: "
                            + e,
                    e);
        }
    }

    private static XdsEngine startXds(
            ControlPlaneOptions options,
            GuardedSocket socket,
            RolloutMemory memory,
            PolicyStore store,
            RevisionUndo undo,
            PrometheusMeterRegistry meters,
            InstantSource clock,
            SecureRandom random)
            throws CannotListenException {
        var address = new InetSocketAddress(options.xds().host(), options.xds().port());
        if (socket.names().isEmpty()
                && !address.isUnresolved()
                && !address.getAddress().isLoopbackAddress()) {
            log.warn(
                    "xDS is plaintext and not on loopback: whoever reaches it reads all"
                            + " configuration address={}",
                    options.xds());
        }
        try {
            return XdsEngine.start(
                    address,
                    XdsEngine.Options.of(options.ads())
                            .withTransport(socket.transport())
                            .withRollout(options.rollout())
                            .withMemory(memory),
                    store,
                    undo,
                    meters,
                    clock,
                    random);
        } catch (IOException e) {
            throw new CannotListenException(Socket.XDS, options.xds(), e);
        }
    }

    private static PolicyApiServer startRest(ControlPlaneOptions options, PolicyApi api)
            throws CannotListenException {
        try {
            return PolicyApiServer.start(
                    PolicyApiOptions.DEFAULT
                            .withHosts(options.rest().host(), options.admin().host())
                            .withPorts(options.rest().port(), options.admin().port())
                            .withSecurity(options.apiSecurity()),
                    api);
        } catch (UncheckedIOException e) {
            // It names the address in its message, and opens the REST API's first.
            boolean rest =
                    String.valueOf(e.getMessage())
                            .contains(options.rest().host() + ":" + options.rest().port() + ":");
            throw rest
                    ? new CannotListenException(Socket.REST, options.rest(), e)
                    : new CannotListenException(Socket.ADMIN, options.admin(), e);
        }
    }

    public int restPort() {
        return rest.port();
    }

    public int adminPort() {
        return rest.adminPort();
    }

    public int xdsPort() {
        return engine.port();
    }

    /** Writers first, then proxies, then what both rely on. */
    @Override
    public void close() {
        rest.close();
        engine.close();
        socket.close();
        memory.close();
        store.close();
        log.info("control plane stopped");
    }
}
