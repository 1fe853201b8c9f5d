// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.ControlPlane;
import dev.outrigger.xds.ControlPlaneOptions;
import dev.outrigger.xds.ControlPlaneOptions.Listen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** check, backup, restore and export of a control plane's store, used or not. */
class StoreCommandTest {
    private static final String SERVICE =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: NAME}
            spec:
              hostnames: [NAME.local.service]
              ports: [{name: http, port: 80}]
              endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
            """;

    @TempDir Path folder;
    private Path file;
    private Path copy;
    private ControlPlane controlPlane;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("store.db");
        copy = folder.resolve("copy.db");
        controlPlane = open();
        apply("b");
    }

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    private ControlPlane open() throws Exception {
        var anyPort = new Listen("127.0.0.1", 0);
        return ControlPlane.start(
                ControlPlaneOptions.at(file).withRest(anyPort).withAdmin(anyPort).withXds(anyPort));
    }

    private void apply(String name) {
        var run =
                CliRun.withInput(
                        SERVICE.replace("NAME", name),
                        "apply",
                        "-f",
                        "-",
                        "--server=127.0.0.1:" + controlPlane.restPort());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private CliRun store(String... words) {
        var args = new java.util.ArrayList<>(java.util.List.of("store"));
        args.addAll(java.util.List.of(words));
        args.add("--store=" + file);
        return CliRun.of(args.toArray(String[]::new));
    }

    @Test
    void checksAStoreThatIsInUse() {
        var run = store("check");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(file + " is good: revision 1, 1 documents, ");
    }

    @Test
    void saysWhatIsWrongWithADamagedStore() throws IOException {
        controlPlane.close();
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.position(4096);
            channel.write(java.nio.ByteBuffer.wrap(new byte[4096]));
        }

        var run = store("check");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(file + ": ", "-> put a backup in its place");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aBackupIsAsOfOneMomentAndReplacesNothing() {
        var made = store("backup", copy.toString());
        apply("c");
        var again = store("backup", copy.toString());
        var checked = CliRun.of("store", "check", "--store=" + copy);

        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.out()).isEqualTo(copy + " holds revision 1\n");
        assertThat(again.exitCode()).isEqualTo(6);
        assertThat(again.err()).contains(copy + " exists");
        assertThat(checked.out()).contains("revision 1, 1 documents");
    }

    @Test
    void restoresABackupAndKeepsWhatWasThere() throws Exception {
        store("backup", copy.toString());
        apply("c");
        var inUse = store("restore", copy.toString());
        controlPlane.close();

        var run = store("restore", copy.toString());
        controlPlane = open();
        var served =
                CliRun.of(
                        "get",
                        "services",
                        "-o",
                        "name",
                        "--server=127.0.0.1:" + controlPlane.restPort());

        assertThat(inUse.exitCode()).isEqualTo(6);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(file + " restored from " + copy + "\n");
        assertThat(run.err()).contains("the former store is " + file + ".former");
        assertThat(served.out()).isEqualTo("service/b\n");
        assertThat(CliRun.of("store", "check", "--store=" + file + ".former").out())
                .contains("revision 2, 2 documents");
    }

    @Test
    void aDamagedBackupIsNotRestored() throws IOException {
        controlPlane.close();
        Files.writeString(copy, "no store");

        var run = store("restore", copy.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(copy + " cannot be restored");
        assertThat(store("check").exitCode()).isZero();
    }

    @Test
    void whatIsExportedCanBeApplied() {
        var exported = store("export");

        assertThat(exported.exitCode()).as(exported.err()).isZero();
        assertThat(exported.out()).contains("kind: Service").contains("name: b");
        assertThat(CliRun.withInput(exported.out(), "validate", "-f", "-").exitCode()).isZero();
    }

    @Test
    void looksWhereAServerWould() {
        var here = Map.of("XDG_STATE_HOME", folder.toString());

        var run = CliRun.withEnvironment(here, "store", "check");

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err())
                .contains("There is no store at " + folder.resolve("outrigger/store.db"));
        assertThat(CliRun.of("store").exitCode()).isEqualTo(2);
    }
}
