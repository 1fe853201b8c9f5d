// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.exchange.CaseGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a stage's proxy has its configuration from. Used by one thread. */
sealed interface Configuration extends PolicySteps, AutoCloseable {

    /** What the proxy starts with. */
    String bootstrap() throws IOException;

    /** Waits until the proxy has everything that its bootstrap leads to. */
    void awaitInForce() throws IOException;

    @Override
    void close();

    /** Reads the group's configuration and, where it is documents, starts a control plane. */
    static Configuration open(CaseGroup group, ConfigTemplate template, String flavor, Path workdir)
            throws IOException {
        var text = template.fill(Files.readString(group.config()));
        return switch (group.source()) {
            case BOOTSTRAP -> new OfBootstrap(text);
            case ADS_DELTA -> OfControlPlane.start(text, template, flavor, "DELTA_GRPC", workdir);
            case ADS_SOTW -> OfControlPlane.start(text, template, flavor, "GRPC", workdir);
        };
    }

    /** All in the bootstrap. */
    record OfBootstrap(String bootstrap) implements Configuration {
        @Override
        public void awaitInForce() {}

        @Override
        public void apply(String documents) {
            throw noControlPlane();
        }

        @Override
        public void remove(String path) {
            throw noControlPlane();
        }

        @Override
        public void close() {}

        private static IllegalStateException noControlPlane() {
            return new IllegalStateException(
                    "the case has a bootstrap and no control plane (expected: policy.yaml)");
        }
    }

    /** From a control plane of this stage's own, over ADS. */
    final class OfControlPlane implements Configuration {
        private final RunningControlPlane control;
        private final ConfigTemplate template;
        private final String flavor;
        private final String apiType;
        private long revision;

        private OfControlPlane(
                RunningControlPlane control,
                ConfigTemplate template,
                String flavor,
                String apiType) {
            this.control = control;
            this.template = template;
            this.flavor = flavor;
            this.apiType = apiType;
        }

        static OfControlPlane start(
                String documents,
                ConfigTemplate template,
                String flavor,
                String apiType,
                Path workdir)
                throws IOException {
            var control = RunningControlPlane.start(workdir.resolve("policies.db"));
            try {
                var configuration = new OfControlPlane(control, template, flavor, apiType);
                configuration.revision = control.apply(documents);
                return configuration;
            } catch (IOException | RuntimeException e) {
                control.close();
                throw e;
            }
        }

        @Override
        public String bootstrap() throws IOException {
            // The generated one asks for the delta variant.
            return control.bootstrap(flavor, "a-1").replace("DELTA_GRPC", apiType);
        }

        @Override
        public void awaitInForce() throws IOException {
            control.requireSync(revision);
        }

        @Override
        public void apply(String documents) throws IOException {
            revision = control.apply(template.fill(documents));
            awaitInForce();
        }

        @Override
        public void remove(String path) throws IOException {
            revision = control.remove(path);
            awaitInForce();
        }

        @Override
        public void close() {
            control.close();
        }
    }
}
