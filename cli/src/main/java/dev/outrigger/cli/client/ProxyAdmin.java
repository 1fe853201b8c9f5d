// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The admin interface of one proxy, Envoy or Java: it alone knows what became of its requests. */
public final class ProxyAdmin implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String address;
    private final Duration timeout;
    private final HttpClient http;

    private ProxyAdmin(String address, Duration timeout, HttpClient http) {
        this.address = address;
        this.timeout = timeout;
        this.http = http;
    }

    /**
     * @param address {@code host:port}
     */
    public static ProxyAdmin of(String address, Duration timeout) {
        return new ProxyAdmin(
                address,
                timeout,
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(timeout)
                        .build());
    }

    public String address() {
        return address;
    }

    /** The node's id. */
    public String id() {
        return get("/server_info").path("node").path("id").asText(address);
    }

    /** Counters and gauges whose names match a regular expression, by name. */
    public Map<String, Long> numbers(String filter) {
        var numbers = new TreeMap<String, Long>();
        var query =
                "/stats?format=json&filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8);
        for (JsonNode stat : get(query).path("stats")) {
            if (stat.path("value").isIntegralNumber()) {
                numbers.put(stat.path("name").asText(), stat.path("value").asLong());
            }
        }
        return numbers;
    }

    private JsonNode get(String path) {
        try {
            var request =
                    HttpRequest.newBuilder(URI.create("http://" + address + path))
                            .timeout(timeout)
                            .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw notAnAdmin("answered status " + answer.statusCode());
            }
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw notAnAdmin("answered without JSON").withCause(e);
        } catch (IOException | IllegalArgumentException e) {
            throw notAnAdmin(
                            e instanceof java.net.ConnectException
                                    ? "does not answer"
                                    : String.valueOf(e.getMessage()))
                    .withCause(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CliFailure.of(ExitCode.TIMEOUT, "interrupted").withCause(e);
        }
    }

    private CliFailure notAnAdmin(String why) {
        return CliFailure.of(
                        ExitCode.UNREACHABLE,
                        "the admin interface of a proxy at " + address + " " + why)
                .withNext("name it with --admin HOST:PORT, as the proxy's bootstrap has it");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
