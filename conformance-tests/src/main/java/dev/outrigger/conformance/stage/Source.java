// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.control.RunningControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a batch's proxy has its listeners and clusters from. Used by one thread. */
sealed interface Source extends AutoCloseable {

    /** What the proxy starts with. */
    String bootstrap() throws IOException;

    /**
     * Waits until the proxy has all of it.
     *
     * @throws IOException when it refuses any
     */
    void awaitInForce() throws IOException;

    @Override
    void close();

    /** Prepares the listeners and clusters, each as JSON, for a proxy in the folder. */
    static Source open(
            Delivery delivery,
            String flavor,
            List<String> listeners,
            List<String> clusters,
            Path workdir)
            throws IOException {
        return switch (delivery) {
            case STATIC, FILES -> new OfFiles(delivery.bootstrap(listeners, clusters, workdir));
            case ADS ->
                    OfControlPlane.start(Delivery.documents(listeners, clusters), flavor, workdir);
        };
    }

    /** All there when the proxy starts. */
    record OfFiles(String bootstrap) implements Source {
        @Override
        public void awaitInForce() {}

        @Override
        public void close() {}
    }

    /** A control plane of its own. */
    record OfControlPlane(RunningControlPlane control, String flavor, long revision)
            implements Source {

        static OfControlPlane start(String documents, String flavor, Path workdir)
                throws IOException {
            var store = workdir.resolve("store");
            Files.createDirectories(store);
            try (var old = Files.list(store)) {
                for (var file : old.toList()) {
                    Files.delete(file);
                }
            }
            var control = RunningControlPlane.start(store.resolve("policies.db"));
            try {
                return new OfControlPlane(control, flavor, control.apply(documents));
            } catch (IOException | RuntimeException e) {
                control.close();
                throw e;
            }
        }

        @Override
        public String bootstrap() throws IOException {
            return control.bootstrap(flavor, "a-1");
        }

        @Override
        public void awaitInForce() throws IOException {
            control.requireSync(revision);
        }

        @Override
        public void close() {
            control.close();
        }
    }
}
