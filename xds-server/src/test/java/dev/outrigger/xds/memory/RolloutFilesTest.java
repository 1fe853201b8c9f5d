// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.xds.node.ClientKind;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.reconcile.Refusal;
import dev.outrigger.xds.reconcile.Remembered;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutFilesTest {
    private static final PolicyId SIDECAR = new PolicyId("Sidecar", "prod", "a");
    private static final NodeGroupKey GROUP = new NodeGroupKey(List.of(SIDECAR));
    private static final Remembered STATE =
            new Remembered(
                    List.of(
                            new Refusal(
                                    ResourceType.ROUTE,
                                    Map.of("r", "1", "s", "2"),
                                    "v",
                                    "r: „no“",
                                    7,
                                    Instant.parse("2026-11-21T10:00:00.123456789Z"),
                                    List.of(new PolicyField(SIDECAR, "#/spec")),
                                    new TreeSet<>(Set.of("a-1", "a-2")))),
                    List.of("x", "y"),
                    Optional.of(
                            new Remembered.Good(
                                    6,
                                    Optional.of(Instant.EPOCH),
                                    Map.of(
                                            ResourceType.VIRTUAL_HOST,
                                            TypeResources.of(
                                                    List.of(
                                                            new VersionedResource(
                                                                    ResourceType.VIRTUAL_HOST,
                                                                    "r/h",
                                                                    "00112233445566770011223344556677",
                                                                    ByteString.copyFromUtf8("vh"),
                                                                    "",
                                                                    List.of("r/alias"),
                                                                    new TreeSet<>(
                                                                            Set.of(SIDECAR)))))))),
                    Set.of("a-3"));

    @TempDir private Path directory;

    @Test
    void whatWasSavedIsThereAfterARestart() throws Exception {
        try (var files = open()) {
            files.save(GROUP, STATE);
        }

        try (var files = open()) {
            var loaded = files.load(GROUP).orElseThrow();
            assertThat(loaded.refusals()).isEqualTo(STATE.refusals());
            assertThat(loaded.stopped()).isEqualTo(STATE.stopped());
            assertThat(loaded.first()).isEqualTo(STATE.first());
            var good = loaded.good().orElseThrow();
            var before = STATE.good().orElseThrow();
            assertThat(good.revision()).isEqualTo(6);
            assertThat(good.firstGiven()).isEqualTo(before.firstGiven());
            var host = host(good);
            assertThat(host).isEqualTo(host(before));
            assertThat(host.value().toStringUtf8()).isEqualTo("vh");
            assertThat(host.aliases()).containsExactly("r/alias");
            assertThat(files.load(new NodeGroupKey(List.of(SIDECAR), ClientKind.PROXYLESS)))
                    .isEmpty();
        }
    }

    @Test
    void whatIsForgottenIsGone() throws Exception {
        try (var files = open()) {
            files.save(GROUP, STATE);
        }
        try (var files = open()) {
            files.forget(GROUP);
            assertThat(files.load(GROUP)).isEmpty();
        }
        try (var files = open()) {
            assertThat(files.load(GROUP)).isEmpty();
        }
    }

    @Test
    void theNewestOfManyIsKept() throws Exception {
        try (var files = open()) {
            for (int i = 0; i < 100; i++) {
                files.save(
                        GROUP,
                        new Remembered(List.of(), List.of("" + i), Optional.empty(), Set.of()));
            }
        }
        try (var files = open()) {
            assertThat(files.load(GROUP).orElseThrow().stopped()).containsExactly("99");
        }
    }

    @Test
    void aDamagedFileIsAsGoodAsNone() throws Exception {
        try (var files = open()) {
            files.save(GROUP, STATE);
        }
        var file = onlyFile();
        var bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            var damaged = bytes.clone();
            damaged[i] ^= 0x40;
            Files.write(file, damaged);
            try (var files = open()) {
                assertThat(files.load(GROUP)).as("byte %d", i).isEmpty();
            }
        }
        Files.write(file, new byte[3]);
        try (var files = open()) {
            assertThat(files.load(GROUP)).isEmpty();
        }
    }

    @Test
    void nobodyElseMayReadIt() throws Exception {
        try (var files = open()) {
            files.save(GROUP, STATE);
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(onlyFile().getParent())))
                .isEqualTo("rwx------");
    }

    private static VersionedResource host(Remembered.Good good) {
        return good.content()
                .getOrDefault(ResourceType.VIRTUAL_HOST, TypeResources.EMPTY)
                .find("r/h")
                .orElseThrow();
    }

    private RolloutFiles open() throws Exception {
        return RolloutFiles.beside(directory.resolve("outrigger.db"));
    }

    private Path onlyFile() throws Exception {
        try (var files = Files.list(directory.resolve("outrigger.db.rollout"))) {
            return files.toList().getFirst();
        }
    }
}
