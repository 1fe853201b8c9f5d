// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A control plane and the two proxies it drives: the oracle first, then the subject. Both are of
 * the cluster {@code a}, and told apart by their flavor.
 */
public final class ControlledPair implements AutoCloseable {
    private static final String PORT = "PORT";

    private final RunningControlPlane control;
    private final List<RunningProxy> proxies = new ArrayList<>();

    private ControlledPair(RunningControlPlane control) {
        this.control = control;
    }

    /** Starts all of it; returns once both proxies have what the documents ask for. */
    public static ControlledPair start(Path folder, String documents) throws IOException {
        var pair = new ControlledPair(RunningControlPlane.start(folder.resolve("policies.db")));
        try {
            long revision = pair.control.apply(documents);
            pair.start(Subjects.oracle(), "a-0", folder.resolve("oracle"));
            pair.start(Subjects.subject(), "a-1", folder.resolve("subject"));
            pair.control.requireSync(revision);
            return pair;
        } catch (IOException | RuntimeException | Error e) {
            pair.close();
            throw e;
        }
    }

    private void start(ProxyUnderTest proxy, String id, Path folder) throws IOException {
        var bootstrap = Files.createDirectories(folder).resolve("bootstrap.yaml");
        Files.writeString(bootstrap, control.bootstrap(proxy.flavor(), id));
        proxies.add(proxy.start(bootstrap, folder));
    }

    /**
     * One Sidecar for each proxy, as two processes of one machine cannot have the same port.
     *
     * @param outbound its block; each {@code PORT} becomes a free one
     */
    public static String sidecars(String outbound) throws IOException {
        return forEach(
                """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: Sidecar
                metadata: {name: FLAVOR}
                spec:
                  selector: {cluster: a, labels: {flavor: FLAVOR}}
                  outbound: %s
                """
                        .formatted(outbound));
    }

    /** A document once for each proxy: {@code FLAVOR} and each {@code PORT} are filled in. */
    public static String forEach(String document) throws IOException {
        var documents = new StringBuilder();
        for (String flavor : List.of("envoy", "java")) {
            documents.append(withPorts(document.replace("FLAVOR", flavor)));
        }
        return documents.toString();
    }

    private static String withPorts(String text) throws IOException {
        var filled = new StringBuilder(text);
        for (int at = filled.indexOf(PORT); at >= 0; at = filled.indexOf(PORT, at)) {
            filled.replace(at, at + PORT.length(), String.valueOf(FreePort.next()));
        }
        return filled.toString();
    }

    public RunningControlPlane control() {
        return control;
    }

    /** The oracle, then the subject. */
    public List<RunningProxy> proxies() {
        return List.copyOf(proxies);
    }

    @Override
    public void close() {
        proxies.forEach(RunningProxy::close);
        control.close();
    }
}
