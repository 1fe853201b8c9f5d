// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.ThirdPartyProgram;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * h2spec, strict, over cleartext and over TLS: every test that Envoy passes passes here. The
 * program is built at the first run; where that cannot be done, the test says so and is skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class H2SpecIT {
    private static final String PACKAGE = "github.com/summerwind/h2spec/cmd/h2spec";
    private static final String VERSION = "v2.2.1+incompatible";
    private static final int TESTS = 146;

    /** How many of them Envoy 1.40.0 passes on a machine with nothing else to do. */
    private static final int ENVOY_PASSES = 134;

    /** How long a test waits for an answer, in seconds. */
    private static final int HASTY = 1;

    /** The same when what failed is asked again: a busy machine is no reason to fail. */
    private static final int PATIENT = 5;

    private static final int MOST_SECONDS = 180;

    private static final Pattern GROUP =
            Pattern.compile(
                    "<testsuite [^>]*package=\"([^\"]*)\"[^>]*>(.*?)</testsuite>", Pattern.DOTALL);
    private static final Pattern TEST =
            Pattern.compile("<testcase [^>]*>(.*?)</testcase>", Pattern.DOTALL);

    private final Path folder;
    private final Map<String, Played> played = new HashMap<>();
    private @Nullable RunningProxy oracle;
    private @Nullable RunningProxy subject;

    H2SpecIT(@TempDir Path folder) {
        this.folder = folder;
    }

    /**
     * Whether each test was passed over one transport, by its number.
     *
     * @param spec the program that says so, to ask it again
     */
    private record Played(Spec spec, Map<String, Boolean> expected, Map<String, Boolean> seen) {}

    /** All at the same time, as most of it is waiting for what does not come. */
    @BeforeAll
    void play() throws Exception {
        var program =
                ThirdPartyProgram.in("h2spec", "h2spec").goProgram("h2spec", PACKAGE, VERSION);
        identify(folder);
        var ofOracle = start(Subjects.oracle(), folder.resolve("oracle"), folder);
        oracle = ofOracle;
        var ofSubject = start(Subjects.subject(), folder.resolve("subject"), folder);
        subject = ofSubject;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new HashMap<Spec, List<Future<Map<String, Boolean>>>>();
            for (var transport : List.of("cleartext", "tls")) {
                var spec = new Spec(program, transport, folder);
                waiting.put(
                        spec,
                        List.of(
                                threads.submit(() -> spec.play("oracle", ofOracle)),
                                threads.submit(() -> spec.play("subject", ofSubject))));
            }
            for (var each : waiting.entrySet()) {
                played.put(
                        each.getKey().transport(),
                        new Played(
                                each.getKey(),
                                get(each.getValue().getFirst()),
                                get(each.getValue().getLast())));
            }
        }
    }

    @AfterAll
    void stop() {
        Stream.of(oracle, subject).filter(Objects::nonNull).forEach(RunningProxy::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cleartext", "tls"})
    void passesWhatEnvoyPasses(String transport) throws Exception {
        var over = Objects.requireNonNull(played.get(transport));
        assertThat(over.expected()).hasSize(TESTS).hasSameSizeAs(over.seen());
        assertThat(passed(over.expected()).size())
                .as("Envoy passes %s", passed(over.expected()))
                .isBetween(ENVOY_PASSES / 2, TESTS);

        var doubtful = new TreeSet<>(passed(over.expected()));
        doubtful.removeAll(passed(over.seen()));
        for (var test : doubtful) {
            assertThat(over.spec().passes(test, Objects.requireNonNull(subject)))
                    .as("%s, failed here and passed by Envoy; of %s", test, doubtful)
                    .isTrue();
        }
    }

    private static void identify(Path folder) throws Exception {
        var bundle =
                new CertificateBuilder()
                        .ecp256()
                        .subject("CN=localhost")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        Files.writeString(folder.resolve("cert.pem"), bundle.getCertificatePathPEM());
        Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
    }

    private static RunningProxy start(ProxyUnderTest proxy, Path workdir, Path identity)
            throws IOException {
        var bootstrap = Files.createDirectories(workdir).resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config(identity));
        return proxy.start(bootstrap, workdir);
    }

    private static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static Collection<String> passed(Map<String, Boolean> tests) {
        return tests.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The program, played over one transport. */
    private record Spec(Path program, String transport, Path folder) {
        /**
         * Whether each test was passed; they are numbered within their group, by the order in which
         * they are played.
         */
        Map<String, Boolean> play(String side, RunningProxy proxy)
                throws IOException, InterruptedException {
            var passed = new LinkedHashMap<String, Boolean>();
            var groups = GROUP.matcher(report(side, proxy, HASTY, List.of()));
            while (groups.find()) {
                var tests = TEST.matcher(groups.group(2));
                for (int number = 1; tests.find(); number++) {
                    passed.put(groups.group(1) + "/" + number, tests.group(1).isBlank());
                }
            }
            return passed;
        }

        /** Whether a test is passed where there is time for it. */
        boolean passes(String test, RunningProxy proxy) throws IOException, InterruptedException {
            var tests = TEST.matcher(report("again", proxy, PATIENT, List.of(test)));
            return tests.find() && tests.group(1).isBlank() && !tests.find();
        }

        private String report(String side, RunningProxy proxy, int seconds, List<String> only)
                throws IOException, InterruptedException {
            int port = Objects.requireNonNull(proxy.listenerPorts().get(transport));
            var report = folder.resolve(side + "-" + transport + ".xml");
            var said = folder.resolve(side + "-" + transport + ".log");
            var command = new ArrayList<>(List.of(program.toString(), "--strict"));
            command.add("--timeout=" + seconds);
            command.addAll(List.of("--host=127.0.0.1", "--port=" + port));
            command.add("--junit-report=" + report);
            if (transport.equals("tls")) {
                command.addAll(List.of("--tls", "--insecure"));
            }
            command.addAll(only);
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            try {
                assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS))
                        .as("h2spec ends")
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(report).as(Files.readString(said)).exists();
            return Files.readString(report);
        }
    }

    /**
     * Every answer comes late: what is wrong with the end of a request that was answered before it,
     * because its frames were not read at once, neither proxy tells anybody (observed).
     */
    private static String config(Path folder) {
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s
        %s
        """
                .formatted(
                        listener("cleartext", ""),
                        listener(
                                "tls",
                                """
                                ,
                                      transport_socket: {name: tls, typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                                        common_tls_context: {alpn_protocols: [h2], tls_certificates: [{certificate_chain: {filename: FOLDER/cert.pem}, private_key: {filename: FOLDER/key.pem}}]}}}\
                                """
                                        .replace("FOLDER", folder.toString())));
    }

    private static String listener(String name, String socket) {
        return """
          - name: %s
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - {filters: [{name: hcm, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                stat_prefix: %s,
                codec_type: HTTP2, delayed_close_timeout: 0.05s,
                route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: hello}}}]}]},
                http_filters: [{name: fault, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, delay: {fixed_delay: 0.2s, percentage: {numerator: 100}}}}, {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]%s}
        """
                .formatted(name, name, socket);
    }
}
