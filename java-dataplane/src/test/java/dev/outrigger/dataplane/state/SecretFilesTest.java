// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.parse.ParseContext;
import dev.outrigger.dataplane.parse.UnknownFields;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
    private static final Duration A_LOOK = Duration.ofMillis(600);
    private static final ResourceReference NAME =
            new ResourceReference("own", new ConfigSourceConfig.Ads(Duration.ofSeconds(15)));

    @TempDir private Path folder;

    private final FakeMainLoop loop = new FakeMainLoop();
    private final StatsStore stats = new StatsStore(1);
    private final List<String> read = new ArrayList<>();
    private final SecretFiles files =
            new SecretFiles(
                    loop,
                    new XdsResourceParser(
                            ParseContext.dynamic(
                                    ParseContext.Ads.DELTA, _ -> true, UnknownFields.IGNORED)),
                    stats,
                    (_, secret) -> read.add(subject(secret)));

    @BeforeEach
    void firstCertificate() throws Exception {
        replace("first");
    }

    @Test
    void readsAgainWhenAFileIsMovedToItsPlace() throws Exception {
        files.watch(Map.of(NAME, secret("")));
        loop.advance(A_LOOK);
        read.clear();

        replace("second");
        loop.advance(A_LOOK);

        assertThat(read).containsExactly("CN=second");
    }

    @Test
    void doesNotReadWhatDidNotMove() throws Exception {
        files.watch(Map.of(NAME, secret("")));
        loop.advance(A_LOOK);
        read.clear();

        loop.advance(Duration.ofSeconds(5));

        assertThat(read).isEmpty();
    }

    @Test
    void looksAtTheWatchedDirectoryAlone() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        files.watch(Map.of(NAME, secret(watched.toString())));
        loop.advance(A_LOOK);
        read.clear();

        replace("second");
        loop.advance(A_LOOK);
        assertThat(read).isEmpty();

        move(Files.writeString(folder.resolve("any"), "x"), watched.resolve("any"));
        loop.advance(A_LOOK);
        assertThat(read).containsExactly("CN=second");
    }

    @Test
    void countsFilesThatDoNotFitTogether() throws Exception {
        files.watch(Map.of(NAME, secret("")));
        loop.advance(A_LOOK);
        read.clear();

        move(Files.writeString(folder.resolve("new"), "no key"), folder.resolve("own.key"));
        loop.advance(A_LOOK);

        assertThat(read).isEmpty();
        assertThat(stats.value(stats.counter("sds.own.key_rotation_failed"))).isEqualTo(1);
    }

    @Test
    void stopsWithTheLastSecret() throws Exception {
        files.watch(Map.of(NAME, secret("")));
        files.watch(Map.of());

        replace("second");
        loop.advance(A_LOOK);

        assertThat(read).isEmpty();
    }

    private void replace(String name) throws Exception {
        X509Bundle made =
                new CertificateBuilder()
                        .ecp256()
                        .subject("CN=" + name)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        Path key = Files.writeString(folder.resolve("new.key"), made.getPrivateKeyPEM());
        Path certificate = Files.writeString(folder.resolve("new.crt"), made.getCertificatePEM());
        move(key, folder.resolve("own.key"));
        move(certificate, folder.resolve("own.crt"));
    }

    private static void move(Path from, Path to) throws IOException {
        var _ = Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String subject(SecretConfig secret) {
        return secret instanceof CertificateConfig(var chain, var _, var _)
                ? "CN=" + chain.certificates().getFirst().commonName()
                : "";
    }

    private AcceptedResource secret(String watchedDirectory) {
        var certificate =
                TlsCertificate.newBuilder()
                        .setCertificateChain(file("own.crt"))
                        .setPrivateKey(file("own.key"));
        if (!watchedDirectory.isEmpty()) {
            certificate.setWatchedDirectory(
                    WatchedDirectory.newBuilder().setPath(watchedDirectory));
        }
        Secret secret = Secret.newBuilder().setName("own").setTlsCertificate(certificate).build();
        return new AcceptedResource(
                "own",
                "1",
                new Resource("own", "1", XdsType.SECRET.typeUrl(), secret.toByteArray()),
                0);
    }

    private DataSource file(String name) {
        return DataSource.newBuilder().setFilename(folder.resolve(name).toString()).build();
    }
}
