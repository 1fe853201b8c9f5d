// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.store.WriteContext.IdempotencyKey;
import dev.outrigger.policy.store.WriteContext.Source;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store in a directory of its own, on a disk that can be made to fail, and who writes to it. */
abstract class StoreStory {
    protected static final WriteContext NOBODY =
            new WriteContext("ada", "why", Source.API, Optional.empty());

    @TempDir protected Path directory;
    private final PolicyReader reader = PolicyReader.standard();
    protected Instant now = Instant.parse("2026-11-21T10:00:00Z");
    protected int maxDeletions = 10_000;
    protected PolicyStore store;
    protected PolicyWrites writes;

    /**
     * Opens the store in the directory, on a disk that is whole; what was written before must be
     * there.
     *
     * @param maxDeletions how many the feed remembers
     */
    protected abstract PolicyStore open(
            Path directory, PolicyReader reader, InstantSource clock, int maxDeletions);

    /** Lets fail what the store that is open writes to. */
    protected abstract void fail(StoreFault fault);

    @BeforeEach
    void open() {
        store = open(directory, reader, () -> now, maxDeletions);
        writes = new PolicyWrites(reader, store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    protected Written apply(String yaml) {
        return applyAs(NOBODY, yaml);
    }

    protected void reopen() {
        store.close();
        open();
    }

    protected Written applyAs(WriteContext context, String yaml) {
        WriteOutcome outcome = writes.commit(writes.apply(bytes(yaml), Format.YAML), context);
        assertThat(outcome).isInstanceOf(Written.class);
        return (Written) outcome;
    }

    /** Three hundred documents: more than fits into a page that is there already. */
    protected static String large() {
        var text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            text.append(service("large" + i, 80)).append("---\n");
        }
        return text.toString();
    }

    protected static String service(String name, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: [%s.local]
          ports: [{name: http, port: %d}]
          endpoints: {static: []}
        """
                .formatted(name, name, port);
    }

    protected static WriteContext keyed(String fingerprint) {
        return new WriteContext(
                "ada", "", Source.API, Optional.of(new IdempotencyKey("k", fingerprint)));
    }

    protected static PolicyId id(String name) {
        return new PolicyId("Service", "default", name);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
