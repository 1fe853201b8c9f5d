// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's credentials that follow their files: what changed is used for every handshake from
 * then on, connections stay. Files that cannot be used, or do not belong together yet, leave what
 * was there.
 *
 * <p>Any thread. Files are read again after a fixed time, and their content is compared: a time
 * stamp has too coarse a resolution, and a mounted secret is swapped by a link.
 */
public final class ReloadingCredentials implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReloadingCredentials.class);

    private final TlsFiles files;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("xds-certificates").daemon().factory());
    private final Counter reloads;
    private final Counter failures;
    private volatile TlsMaterial current;
    private volatile String problem = "";

    private ReloadingCredentials(
            TlsFiles files, TlsMaterial first, MeterRegistry meters, InstantSource clock)
            throws GeneralSecurityException {
        this.files = files;
        this.current = first;
        // Who a client is, is the identity rule's to judge; it has no host name to be called by.
        this.trust =
                AdvancedTlsX509TrustManager.newBuilder()
                        .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                        .build();
        this.reloads = counter(meters, "reloaded");
        this.failures = counter(meters, "failed");
        Gauge.builder(
                        "outrigger.xds.certificate.remaining",
                        () -> Duration.between(clock.instant(), end()).toSeconds())
                .description("Until the xDS server's certificate expires")
                .baseUnit("seconds")
                .register(meters);
    }

    /**
     * Reads the files, and again after every interval until closed.
     *
     * @throws TlsFilesException naming the file that is at fault
     */
    public static ReloadingCredentials open(
            TlsFiles files, Duration interval, MeterRegistry meters, InstantSource clock)
            throws TlsFilesException {
        try {
            var first = TlsMaterial.read(files);
            var credentials = new ReloadingCredentials(files, first, meters, clock);
            credentials.use(first);
            credentials.warnIfExpired(clock);
            credentials.thread.scheduleWithFixedDelay(
                    credentials::reload,
                    interval.toMillis(),
                    interval.toMillis(),
                    TimeUnit.MILLISECONDS);
            return credentials;
        } catch (TlsFilesException e) {
            throw e;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFilesException("the credentials cannot be used: " + e.getMessage(), e);
        }
    }

    /** For a server that demands a certificate of every client. */
    public ServerCredentials server() {
        return TlsServerCredentials.newBuilder()
                .keyManager(keys)
                .trustManager(trust)
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /** What clients may know the server by. */
    public SubjectNames names() {
        return SubjectNames.of(current.own());
    }

    /** When the server's certificate expires. */
    Instant end() {
        return current.own().getNotAfter().toInstant();
    }

    /** Looks at the files now; what is wrong with them is logged once and counted each time. */
    public void reload() {
        try {
            var read = TlsMaterial.read(files);
            problem = "";
            if (isSame(read, current)) {
                return;
            }
            use(read);
            current = read;
            reloads.increment();
            log.info(
                    "xDS certificate reloaded subject={} expires={}",
                    read.own().getSubjectX500Principal(),
                    read.own().getNotAfter().toInstant());
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            failures.increment();
            var why = String.valueOf(e.getMessage());
            if (!why.equals(problem)) {
                problem = why;
                log.warn("xDS certificate not reloaded, the one before stays reason={}", why);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void use(TlsMaterial material) throws IOException, GeneralSecurityException {
        keys.updateIdentityCredentials(
                material.chain().toArray(X509Certificate[]::new), material.key());
        trust.updateTrustCredentials(material.authorities().toArray(X509Certificate[]::new));
    }

    private void warnIfExpired(InstantSource clock) {
        var end = end();
        if (end.isBefore(clock.instant())) {
            log.warn("xDS certificate has expired at={} file={}", end, files.certificate());
        }
    }

    private static boolean isSame(TlsMaterial one, TlsMaterial other) {
        return one.chain().equals(other.chain())
                && one.authorities().equals(other.authorities())
                && isSame(one.key(), other.key());
    }

    private static boolean isSame(PrivateKey one, PrivateKey other) {
        return Arrays.equals(one.getEncoded(), other.getEncoded());
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("outrigger.xds.certificate.reloads")
                .description("Times the xDS server's credentials were read and had changed")
                .tag("result", result)
                .register(meters);
    }
}
