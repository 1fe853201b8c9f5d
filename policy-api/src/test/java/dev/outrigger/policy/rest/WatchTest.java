// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events of changes, read from the socket line by line. */
class WatchTest {
    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api =
                new RunningApi(
                        PolicyApiOptions.DEFAULT
                                .withPorts(0, 0)
                                .withWatch(
                                        new WatchLimits(
                                                3,
                                                2,
                                                Duration.ofMillis(200),
                                                Duration.ofSeconds(5),
                                                100)),
                        SqliteOptions.at(directory.resolve("policies.db")).withMaxTombstones(2));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** A client that watches. */
    private final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;

        Client(String query, String... headers) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port());
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            ("GET /api/v1/watch"
                                            + query
                                            + " HTTP/1.1\r\nHost: localhost\r\n"
                                            + String.join("", headers)
                                            + "\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            lines =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The body of a refusal; after {@link #status}. */
        JsonNode problem() throws IOException {
            String line = lines.readLine();
            while (!line.startsWith("{")) {
                line = lines.readLine();
            }
            return new ObjectMapper().readTree(line);
        }

        int status() throws IOException {
            return Integer.parseInt(lines.readLine().split(" ")[1]);
        }

        /** The next lines of events up to one that begins so; sizes of chunks left out. */
        List<String> until(String prefix) throws IOException {
            var read = new ArrayList<String>();
            while (true) {
                String line = lines.readLine();
                if (line == null) {
                    throw new IOException("ended after " + read);
                }
                if (line.matches("event: .*|data: .*|id: .*|: .*")) {
                    read.add(line);
                }
                if (line.startsWith(prefix)) {
                    return read;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void sendsWhatThereIsAndThenWhatChanges() throws IOException {
        api.apply(service("b") + "---\n" + service("c"));
        try (var client = new Client("?since=0")) {
            assertThat(client.status()).isEqualTo(200);
            List<String> first = client.until("id: 1");
            api.apply(service("d"));
            List<String> second = client.until("id: 2");

            assertThat(first).filteredOn("event: put"::equals).hasSize(2);
            assertThat(first).last().isEqualTo("id: 1");
            assertThat(second).anyMatch(line -> line.contains("\"name\":\"d\""));
        }
    }

    @Test
    void resumesAfterTheLastEvent() throws IOException {
        api.apply(service("b"));
        api.apply(service("c"));
        api.send("DELETE", "/api/v1/services/b", "", "If-Match", "*");
        try (var client = new Client("?since=0", "Last-Event-ID: 1\r\n")) {
            assertThat(client.until("id: 3"))
                    .filteredOn(line -> line.startsWith("event"))
                    .containsExactly("event: put", "event: delete");
        }
    }

    @Test
    void beginsWithWhatStandsNow() throws IOException {
        api.apply(service("b"));
        try (var client = new Client("")) {
            client.until(": still here at revision 1");
            api.apply(service("c"));

            assertThat(client.until("id: 2"))
                    .filteredOn(line -> line.startsWith("data"))
                    .singleElement()
                    .asString()
                    .contains("\"name\":\"c\"");
        }
    }

    @Test
    void tellsOfSelectedDocumentsOnly() throws IOException {
        api.apply(service("b", "team: x") + "---\n" + service("c"));
        try (var client = new Client("?since=0&labelSelector=team%3Dx")) {
            List<String> first = client.until("id: 1");
            api.apply(service("c", "team: \"y\"") + "---\n" + service("b"));
            List<String> lost = client.until("id: 2");
            api.apply(service("c", "team: x"));
            List<String> won = client.until("id: 3");
            api.send("DELETE", "/api/v1/services/b", "", "If-Match", "*");
            List<String> unknown = client.until("id: 4");

            assertThat(events(first)).containsExactly("event: put b");
            assertThat(events(lost)).containsExactly("event: delete b");
            assertThat(events(won)).containsExactly("event: put c");
            assertThat(events(unknown)).isEmpty();
        }
    }

    @Test
    void whoGoesOnIsToldOfWhatMayHaveBeenSelected() throws IOException {
        api.apply(service("b", "team: x"));
        api.apply(service("b"));
        try (var client = new Client("?since=1&labelSelector=team%3Dx")) {
            assertThat(events(client.until("id: 2"))).containsExactly("event: delete b");
        }
    }

    @Test
    void refusesASelectorThatIsNone() throws IOException {
        try (var client = new Client("?labelSelector=((")) {
            assertThat(client.status()).isEqualTo(400);
        }
    }

    /** Events with the names of their documents. */
    private static List<String> events(List<String> lines) {
        var events = new ArrayList<String>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("event: ")) {
                events.add(
                        lines.get(i)
                                + lines.get(i + 1).replaceAll(".*?\"name\":\"([^\"]*)\".*", " $1"));
            }
        }
        return events;
    }

    @Test
    void r23SaysWhatToDoWhenDeletionsAreForgotten() throws IOException {
        api.apply(service("a") + "---\n" + service("b") + "---\n" + service("c"));
        for (String name : List.of("a", "b", "c")) {
            api.send("DELETE", "/api/v1/services/" + name, "", "If-Match", "*");
        }
        api.apply(service("d"));

        for (String[] from : new String[][] {{"?since=1"}, {"", "Last-Event-ID: 1\r\n"}}) {
            var headers = Arrays.copyOfRange(from, 1, from.length);
            try (var client = new Client(from[0], headers)) {
                assertThat(client.status()).isEqualTo(410);
                assertThat(client.problem().path("title").asText()).isEqualTo("Revision gone");
            }
        }
        assertThat(api.get("/api/v1/watch?since=1").json().path("detail").asText())
                .isEqualTo(
                        "Deletions before revision 2 are no longer at hand: read all documents"
                                + " again, with since=0.");
        try (var client = new Client("?since=2");
                var again = new Client("?since=0")) {
            assertThat(events(client.until("id: 5")))
                    .containsExactly("event: delete b", "event: delete c", "event: put d");
            assertThat(events(again.until("id: 5"))).contains("event: put d");
        }
    }

    @Test
    void r23BeginsWithEverythingFromRevisionZero() throws IOException {
        api.apply(service("b"));
        api.apply(service("c"));
        try (var client = new Client("?since=0")) {
            assertThat(events(client.until("id: 2")))
                    .containsExactly("event: put b", "event: put c");
        }
    }

    @Test
    void r23RefusesTheFuture() throws IOException {
        try (var client = new Client("?since=1")) {
            assertThat(client.status()).isEqualTo(400);
        }
    }

    @Test
    void boundsHowManyMayWatch() throws IOException {
        try (var one = new Client("?since=0");
                var two = new Client("?since=0")) {
            one.until(": still");
            two.until(": still");
            try (var three = new Client("?since=0")) {
                assertThat(three.status()).isEqualTo(429);
            }
        }
    }

    @Test
    void saysGoodbyeToWhoeverIsTooSlow() throws IOException {
        try (var client = new Client("?since=0")) {
            client.until(": still");
            var many = new StringBuilder();
            for (int i = 0; i < 101; i++) {
                many.append(service("s" + i)).append("---\n");
            }
            api.apply(many.toString());

            assertThat(client.until("data: {\"reason\""))
                    .last()
                    .asString()
                    .contains("\"reason\":\"too-slow\"", "\"revision\":0");
        }
    }
}
