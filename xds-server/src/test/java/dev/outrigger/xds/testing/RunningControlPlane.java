// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.xds.ControlPlane;
import dev.outrigger.xds.ControlPlaneOptions;
import dev.outrigger.xds.ControlPlaneOptions.Listen;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A whole control plane, store and REST API included, and what one asks of it. */
public final class RunningControlPlane implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ControlPlane control;

    private RunningControlPlane(ControlPlane control) {
        this.control = control;
    }

    /** On free ports, with a store in the folder, which may have been used before. */
    public static RunningControlPlane start(
            Path folder, UnaryOperator<ControlPlaneOptions> more, int xdsPort) throws Exception {
        var options =
                ControlPlaneOptions.at(folder.resolve("policies.db"))
                        .withRest(new Listen("127.0.0.1", 0))
                        .withAdmin(new Listen("127.0.0.1", 0))
                        .withXds(new Listen("127.0.0.1", xdsPort));
        return new RunningControlPlane(ControlPlane.start(more.apply(options)));
    }

    public int xdsPort() {
        return control.xdsPort();
    }

    /** Stores documents; returns the revision. */
    public long apply(String yaml) throws Exception {
        var answer = tryApply(yaml);
        assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
        return revision(answer);
    }

    /** Of the answer to a write. */
    public long revision(HttpResponse<String> answer) throws InvalidProtocolBufferException {
        return (long) parsed(answer.body()).getFieldsOrThrow("revision").getNumberValue();
    }

    public HttpResponse<String> tryApply(String yaml) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(uri(control.restPort(), "/api/v1/apply"))
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(yaml))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What came of a revision; waits until that is known. */
    public Struct sync(long revision) throws Exception {
        return get("/api/v1/revisions/" + revision + "/sync?timeout=20s");
    }

    public boolean isSynced(long revision) throws Exception {
        return sync(revision).getFieldsOrThrow("synced").getBoolValue();
    }

    public Struct get(String path) throws Exception {
        return parsed(text(control.restPort(), path));
    }

    public String metrics() throws Exception {
        return text(control.adminPort(), "/metrics");
    }

    private static String text(int port, String path) throws Exception {
        var answer =
                HTTP.send(
                        HttpRequest.newBuilder(uri(port, path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static Struct parsed(String json) throws InvalidProtocolBufferException {
        var struct = Struct.newBuilder();
        JsonFormat.parser().merge(json, struct);
        return struct.build();
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        control.close();
    }
}
