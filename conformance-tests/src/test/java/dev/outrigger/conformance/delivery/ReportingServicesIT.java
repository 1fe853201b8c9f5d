// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.Identities;
import dev.outrigger.conformance.tls.TlsClient;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamLocalityStats;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What access log services and load reporting services are told by both proxies about the same
 * exchanges: the messages on the wire, field by field.
 */
class ReportingServicesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int HTTP_ENTRIES = ReportingSetting.HTTP_REQUESTS.size();
    private static final int TCP_ENTRIES = 2;

    private static final int TLS_ENTRIES = 1;

    @TempDir Path folder;

    private record Told(List<String> logs, Map<String, String> loads) {}

    /** As a cluster of the proxy's own, and as gRPC's library reaches it; over TLS, too. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void areToldTheSame(boolean secured, boolean google) throws Exception {
        var identities = new Identities(folder);
        var oracle =
                CompletableFuture.supplyAsync(
                        () -> play(Subjects.oracle(), identities, secured, google),
                        task -> Thread.ofVirtual().start(task));
        var ours = play(Subjects.subject(), identities, secured, google);
        var theirs = oracle.join();

        assertThat(ours.logs()).isEqualTo(theirs.logs());
        assertThat(ours.loads()).isEqualTo(theirs.loads());
        assertThat(theirs.logs()).hasSize(HTTP_ENTRIES + TLS_ENTRIES + TCP_ENTRIES + 2);
        assertThat(theirs.loads()).isNotEmpty();
    }

    private Told play(
            ProxyUnderTest proxy, Identities identities, boolean secured, boolean google) {
        try {
            var here = Files.createDirectories(folder.resolve(proxy.name()));
            var bootstrap = here.resolve("bootstrap.yaml");
            try (var services = new RecordingServices(credentials(identities, secured));
                    var upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> serve(upstream));
                Files.writeString(
                        bootstrap,
                        ReportingSetting.config(
                                services.port(),
                                upstream.getLocalPort(),
                                identities,
                                secured,
                                google));
                try (var running = proxy.start(bootstrap, here)) {
                    // From the second report on everything counts.
                    var _ = services.loads(each -> each.size() >= 2, PATIENCE);
                    exchanges(running, identities);
                    var logs = services.logs(ReportingServicesIT::isWhole, PATIENCE);
                    var loads = services.loads(ReportingServicesIT::isReported, PATIENCE);
                    return new Told(lines(logs), sums(loads));
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(proxy.name(), e);
        }
    }

    private static ServerCredentials credentials(Identities identities, boolean secured)
            throws IOException {
        return secured
                ? TlsServerCredentials.newBuilder()
                        .keyManager(
                                new File(identities.certificate("server")),
                                new File(identities.key("server")))
                        .trustManager(new File(identities.certificate("ca")))
                        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                        .build()
                : InsecureServerCredentials.create();
    }

    private static void exchanges(RunningProxy running, Identities identities) throws IOException {
        var ports = running.listenerPorts();
        int http = ports.getOrDefault("http", 0);
        for (String request : ReportingSetting.HTTP_REQUESTS) {
            ask(http, request.replace("|", "\r\n"));
        }
        var _ =
                TlsClient.with("client")
                        .asking("a.wild.example.com")
                        .play(ports.getOrDefault("https", 0), identities);
        ask(ports.getOrDefault("tcp", 0), "GET /t HTTP/1.1\r\nhost: t\r\n\r\n");
        ask(ports.getOrDefault("tcp-gone", 0), "x");
    }

    private static void ask(int port, String request) throws IOException {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            client.getOutputStream().write(request.getBytes(ISO_8859_1));
            var _ = client.getInputStream().readAllBytes();
        } catch (java.net.SocketException e) {
            // Reset: an end like another.
        }
    }

    /** Answers each connection once, with what arrives first, and closes it. */
    private static void serve(ServerSocket upstream) {
        while (!upstream.isClosed()) {
            try (var accepted = upstream.accept()) {
                var first = new byte[4096];
                var in = accepted.getInputStream();
                var seen = new StringBuilder();
                while (!isWholeRequest(seen.toString())) {
                    int read = in.read(first);
                    if (read < 0) {
                        break;
                    }
                    seen.append(new String(first, 0, read, ISO_8859_1));
                }
                accepted.getOutputStream()
                        .write(
                                (seen.indexOf("/up/trailers") >= 0
                                                ? ReportingSetting.WITH_TRAILERS
                                                : ReportingSetting.ANSWER)
                                        .replace("|", "\r\n")
                                        .getBytes(ISO_8859_1));
            } catch (IOException e) {
                // The next one, or the end.
            }
        }
    }

    private static boolean isWholeRequest(String text) {
        int end = text.indexOf("\r\n\r\n");
        return end >= 0
                && (!text.contains("chunked") || text.endsWith("0\r\n\r\n"))
                && (!text.contains("content-length: 5") || text.endsWith("hello"));
    }

    private static boolean isWhole(List<StreamAccessLogsMessage> messages) {
        int http = 0;
        int tcp = 0;
        for (var each : messages) {
            http += each.getHttpLogs().getLogEntryCount();
            tcp += each.getTcpLogs().getLogEntryCount();
        }
        return http >= HTTP_ENTRIES + TLS_ENTRIES && tcp >= TCP_ENTRIES;
    }

    /** Whether what was done is in the reports: of both clusters that had something to do. */
    private static boolean isReported(List<LoadStatsRequest> reports) {
        long issued = 0;
        for (var report : reports) {
            for (var cluster : report.getClusterStatsList()) {
                for (var place : cluster.getUpstreamLocalityStatsList()) {
                    issued += place.getTotalSuccessfulRequests() + place.getTotalErrorRequests();
                }
            }
        }
        return issued >= ReportingSetting.REQUESTS_WITH_RESULT;
    }

    private static List<String> lines(List<StreamAccessLogsMessage> messages) {
        var http = new ArrayList<String>();
        var tcp = new ArrayList<String>();
        var identifiers = new ArrayList<String>();
        for (var each : messages) {
            if (each.hasIdentifier()) {
                var id = each.getIdentifier();
                identifiers.add(id.getLogName() + " of " + id.getNode().getId());
            }
            for (HTTPAccessLogEntry entry : each.getHttpLogs().getLogEntryList()) {
                http.add(text(entry));
            }
            for (TCPAccessLogEntry entry : each.getTcpLogs().getLogEntryList()) {
                tcp.add(text(entry));
            }
        }
        identifiers.sort(String::compareTo);
        identifiers.addAll(http);
        identifiers.addAll(tcp);
        return identifiers;
    }

    private static String text(MessageOrBuilder message) {
        try {
            return JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .sortingMapKeys()
                    .print(message)
                    .replaceAll("\"\\d{4}-\\d\\d-\\d\\dT[^\"]*\"", "TIME")
                    .replaceAll("\"\\d+(\\.\\d+)?s\"", "DURATION")
                    .replaceAll("\"port_value\": \\d+", "\"port_value\": PORT")
                    .replaceAll("\"tls_session_id\": \"\\w+\"", "\"tls_session_id\": ID")
                    .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID");
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By cluster: all reports added up, as where one ends and the next begins is chance. */
    private static Map<String, String> sums(List<LoadStatsRequest> reports) {
        var sums = new TreeMap<String, UpstreamLocalityStats.Builder>();
        var dropped = new TreeMap<String, Long>();
        for (var report : reports) {
            for (var cluster : report.getClusterStatsList()) {
                String name = cluster.getClusterName() + "/" + cluster.getClusterServiceName();
                dropped.merge(name, cluster.getTotalDroppedRequests(), Long::sum);
                for (var place : cluster.getUpstreamLocalityStatsList()) {
                    add(
                            sums.computeIfAbsent(
                                    name,
                                    _ ->
                                            UpstreamLocalityStats.newBuilder()
                                                    .setLocality(place.getLocality())),
                            place);
                }
            }
        }
        var texts = new TreeMap<String, String>();
        dropped.forEach((name, count) -> texts.put(name, "dropped " + count));
        sums.forEach((name, sum) -> texts.merge(name, text(sum), (a, b) -> a + "\n" + b));
        return texts;
    }

    private static void add(UpstreamLocalityStats.Builder sum, UpstreamLocalityStats more) {
        sum.setTotalSuccessfulRequests(
                        sum.getTotalSuccessfulRequests() + more.getTotalSuccessfulRequests())
                .setTotalErrorRequests(sum.getTotalErrorRequests() + more.getTotalErrorRequests())
                .setTotalIssuedRequests(
                        sum.getTotalIssuedRequests() + more.getTotalIssuedRequests());
        for (var endpoint : more.getUpstreamEndpointStatsList()) {
            if (sum.getUpstreamEndpointStatsCount() == 0) {
                sum.addUpstreamEndpointStatsBuilder().setAddress(endpoint.getAddress());
            }
            var all = sum.getUpstreamEndpointStatsBuilder(0);
            all.setTotalSuccessfulRequests(
                            all.getTotalSuccessfulRequests()
                                    + endpoint.getTotalSuccessfulRequests())
                    .setTotalErrorRequests(
                            all.getTotalErrorRequests() + endpoint.getTotalErrorRequests())
                    .setTotalIssuedRequests(
                            all.getTotalIssuedRequests() + endpoint.getTotalIssuedRequests());
        }
    }
}
