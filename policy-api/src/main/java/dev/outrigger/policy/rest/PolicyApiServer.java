// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.StoreUnavailable;
import io.helidon.common.tls.Tls;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The REST API on one socket, health and metrics on another. Runs until closed; closing it leaves
 * the store open.
 */
public final class PolicyApiServer implements AutoCloseable {
    private static final Duration CERTIFICATE_CHECK = Duration.ofSeconds(5);

    private final ApiSocket api;
    private final ApiSocket admin;
    private final Optional<TlsReload> certificates;

    private PolicyApiServer(ApiSocket api, ApiSocket admin, Optional<TlsReload> certificates) {
        this.api = api;
        this.admin = admin;
        this.certificates = certificates;
    }

    /**
     * Binds both sockets.
     *
     * @throws ApiSecurityException if others could reach it without saying who they are, or naming
     *     the file that cannot be used
     * @throws UncheckedIOException naming the address, if one is taken or not ours; nothing is left
     *     bound then
     */
    public static PolicyApiServer start(PolicyApiOptions options, PolicyApi api) {
        return start(options, api, new SecureRandom());
    }

    static PolicyApiServer start(PolicyApiOptions options, PolicyApi api, RandomGenerator random) {
        var security = options.security();
        security.problem(options.host(), isLoopback(options.host()))
                .ifPresent(problem -> {
                    throw new ApiSecurityException(problem);
                });
        Optional<Tls> tls = security.tls().map(ApiTls::tls);
        var callers = ApiTls.callers(security, InstantSource.system());
        api.metrics().observe(api.store(), api.reader().kinds());
        byte[] cursorKey = new byte[32];
        random.nextBytes(cursorKey);
        var ids = new RequestIds(hex(random, 4));
        var admission = admission(options, api.metrics());
        admission.observe();
        var bodies = new Bodies(options.maxBodyBytes(), options.bodyTimeout());
        var calls =
                operations(options, api, new Cursors(cursorKey), new Plans(() -> hex(random, 16)));
        var apiSocket =
                ApiSocket.listen(
                        new InetSocketAddress(options.host(), options.port()),
                        new ApiSocket.Calls(callers, admission, bodies, calls),
                        tls,
                        options.connections(),
                        ids,
                        api.metrics());
        var ofAdmin = new ArrayList<>(health(api).operations());
        ofAdmin.addAll(new MetricsService(api.registry()).operations());
        try {
            var adminSocket =
                    ApiSocket.listen(
                            new InetSocketAddress(options.adminHost(), options.adminPort()),
                            // Of its own: a busy client must not keep probes and metrics away.
                            new ApiSocket.Calls(
                                    callers, admission(options, api.metrics()), bodies, ofAdmin),
                            Optional.empty(),
                            options.connections(),
                            ids,
                            api.metrics());
            var certificates =
                    security.tls()
                            .map(files -> new TlsReload(files, apiSocket::use, api.metrics()));
            certificates.ifPresent(files -> apiSocket.every(CERTIFICATE_CHECK, files::check));
            return new PolicyApiServer(apiSocket, adminSocket, certificates);
        } catch (RuntimeException e) {
            apiSocket.close();
            throw e;
        }
    }

    /** The port of the REST API. */
    public int port() {
        return api.port();
    }

    /** The port of health and metrics. */
    public int adminPort() {
        return admin.port();
    }

    /** Stops accepting and waits a moment for requests in progress; idempotent. */
    @Override
    public void close() {
        api.close();
        admin.close();
    }

    /** Looks at the certificate files now, as it does every few seconds. */
    void checkCertificates() {
        certificates.ifPresent(TlsReload::check);
    }

    /** Open connections of the REST API. */
    int connections() {
        return api.connections();
    }

    private static Admission admission(PolicyApiOptions options, ApiMetrics metrics) {
        int rate = options.requestsPerSecond();
        return new Admission(
                new RequestRates(rate, 2 * rate, System::nanoTime),
                metrics,
                System::nanoTime,
                Admission.MAX_WAIT);
    }

    private static String hex(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || Hosts.parse(host).filter(ip -> ip.isLoopbackAddress()).isPresent();
    }

    /** Every call of the REST API. */
    static List<Operation> operations(
            PolicyApiOptions options, PolicyApi api, Cursors cursors, Plans plans) {
        var writes = new PolicyWrites(api.reader(), api.store());
        var snapshots = new Snapshots();
        var operations = new ArrayList<Operation>();
        operations.addAll(
                new ApplyService(writes, api.metrics(), api.effects(), plans).operations());
        operations.addAll(new EffectiveService(api.store(), api.effects()).operations());
        for (PolicyKind<?> kind : api.reader().kinds()) {
            operations.addAll(
                    new DocumentService(
                                    kind,
                                    api.store(),
                                    writes,
                                    api.status(),
                                    api.effects(),
                                    api.metrics(),
                                    cursors,
                                    snapshots)
                            .operations());
        }
        operations.addAll(
                new RevisionService(
                                api.store(),
                                writes,
                                api.metrics(),
                                api.status(),
                                cursors,
                                api.reader().kinds().stream()
                                        .map(PolicyKind::kind)
                                        .collect(Collectors.toSet()))
                        .operations());
        operations.addAll(
                new WatchService(api.store(), options.watch(), api.metrics()).operations());
        operations.addAll(
                new ProxyService(api.status(), api.effects(), api.store(), plans, cursors)
                        .operations());
        operations.addAll(new BootstrapService(api.bootstrap()).operations());
        operations.addAll(new ErrorService(ErrorPages.load()).operations());
        operations.addAll(health(api).operations());
        return new OpenApiService(
                        api.reader().kinds(), operations, options.security().asksForCredentials())
                .operations();
    }

    private static HealthService health(PolicyApi api) {
        List<Readiness> checks = new ArrayList<>();
        checks.add(
                new Readiness(
                        "store", () -> api.store().failure().map(StoreUnavailable::getMessage)));
        checks.addAll(api.readiness());
        return new HealthService(checks);
    }
}
