// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.tls.LoadedCertificates.Loaded;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * {@code listener.<address>.ssl.*} or {@code cluster.<name>.ssl.*}. Handles of names that depend on
 * what is negotiated are made when first needed. Any thread.
 */
public final class TlsStats {
    /** Envoy adds the beginning of a hash, which is always that of nothing. */
    private static final String UNNAMED = "unnamed_cert_e3b0c442";

    private static final String UNNAMED_CA = "unnamed_ca_cert_e3b0c442";

    private final StatsStore store;
    private final String prefix;
    private final ConcurrentMap<String, Counter> named = new ConcurrentHashMap<>();
    final Counter connectionError;
    final Counter handshake;
    final Counter sessionReused;
    final Counter noCertificate;
    final Counter failVerifyNoCert;
    final Counter failVerifyError;
    final Counter failVerifySan;
    final Counter failVerifyCertHash;

    final Counter ocspStapleRequests;
    final Counter ocspStapleOmitted;

    /** Of secrets that replaced others. */
    final Counter updatedBySds;

    /** Of connections before the secrets were there. */
    final Counter secretsNotReady;

    /**
     * @param scope with its dot, for example {@code cluster.a.}
     * @param downstream which side's names there are
     */
    public TlsStats(StatsStore store, String scope, boolean downstream) {
        this.store = store;
        this.prefix = scope + "ssl.";
        this.connectionError = store.counter(prefix + "connection_error");
        this.handshake = store.counter(prefix + "handshake");
        this.sessionReused = store.counter(prefix + "session_reused");
        this.noCertificate = store.counter(prefix + "no_certificate");
        this.failVerifyNoCert = store.counter(prefix + "fail_verify_no_cert");
        this.failVerifyError = store.counter(prefix + "fail_verify_error");
        this.failVerifySan = store.counter(prefix + "fail_verify_san");
        this.failVerifyCertHash = store.counter(prefix + "fail_verify_cert_hash");
        this.ocspStapleRequests = store.counter(prefix + "ocsp_staple_requests");
        this.ocspStapleOmitted = store.counter(prefix + "ocsp_staple_omitted");
        for (String name : new String[] {"ocsp_staple_failed", "ocsp_staple_responses"}) {
            store.declareCounter(prefix + name);
        }
        String factory =
                scope + (downstream ? "server_ssl_socket_factory." : "client_ssl_socket_factory.");
        this.updatedBySds = store.counter(factory + "ssl_context_update_by_sds");
        this.secretsNotReady =
                store.counter(
                        factory
                                + (downstream ? "downstream" : "upstream")
                                + "_context_secrets_not_ready");
        store.declareCounter(
                factory + (downstream ? "upstream" : "downstream") + "_context_secrets_not_ready");
    }

    /** When certificates end, by the names of their secrets. Main loop. */
    void setExpirations(LoadedCertificates certificates) {
        certificates.trusted().forEach(each -> setExpiration(each, UNNAMED_CA));
        certificates.own().forEach(each -> setExpiration(each, UNNAMED));
    }

    private void setExpiration(Loaded loaded, String unnamed) {
        String name = loaded.name().isEmpty() ? unnamed : loaded.name();
        store.shard(0)
                .set(
                        store.gauge(
                                prefix + "certificate." + name + ".expiration_unix_time_seconds"),
                        loaded.certificate().notAfter().getEpochSecond());
    }

    Counter cipher(String name) {
        return named("ciphers." + name);
    }

    Counter version(String name) {
        return named("versions." + name);
    }

    Counter curve(String name) {
        return named("curves." + name);
    }

    Counter signatureAlgorithm(String name) {
        return named("sigalgs." + name);
    }

    private Counter named(String suffix) {
        Counter known = named.get(suffix);
        return known == null
                ? named.computeIfAbsent(suffix, s -> store.counter(prefix + s))
                : known;
    }
}
