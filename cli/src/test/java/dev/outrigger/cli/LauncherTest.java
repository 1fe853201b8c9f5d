// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script, in a project and on a machine made of stand-ins. */
class LauncherTest {
    /** Long ago, so that whatever a test touches is newer. */
    private static final FileTime OLD = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir Path machine;
    private Path project;
    private Path home;
    private Path mavenCalls;

    private record Ran(int exitCode, String out, String err) {}

    @BeforeEach
    void makeProject() throws IOException {
        project = Files.createDirectories(machine.resolve("project with blanks"));
        home = Files.createDirectories(machine.resolve("home"));
        mavenCalls = machine.resolve("maven-calls");
        var script = project.resolve("outrigger");
        Files.copy(Path.of("..", "outrigger"), script);
        executable(script);
        for (var module : List.of("cli", "java-dataplane")) {
            write(project.resolve(module).resolve("src/main/java/A.java"), "class A {}");
            write(project.resolve(module).resolve("pom.xml"), "<project/>");
        }
        write(project.resolve("pom.xml"), "<project/>");
        // A Maven that leaves the jars the script expects.
        executable(
                write(
                        machine.resolve("bin/mvn"),
                        """
                        #!/bin/sh
                        echo "$JAVA_HOME|$*" >> '%s'
                        [ -e "$PWD/broken" ] && { echo '[ERROR] no such thing'; exit 1; }
                        echo '[INFO] Building Outrigger :: cli 0.1.0-SNAPSHOT      [2/2]'
                        mkdir -p cli/target/dist/lib java-dataplane/target/dist/lib
                        : > cli/target/dist/lib/b.jar
                        : > cli/target/dist/lib/a.jar
                        : > java-dataplane/target/dist/lib/p.jar
                        """
                                .formatted(mavenCalls)));
    }

    // ---- which JDK ----

    @Test
    void prefersJavaHome() throws Exception {
        var wanted = jdk(machine.resolve("mine"), "25.0.1");
        jdk(machine.resolve("jvm/other"), "25.0.3");

        assertThat(launch(Map.of("JAVA_HOME", wanted.toString()), "jdk").out())
                .isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void passesOverAnOlderJavaHome() throws Exception {
        var old = jdk(machine.resolve("old"), "17.0.15");
        var wanted = jdk(machine.resolve("jvm/temurin-25"), "25.0.3");

        assertThat(launch(Map.of("JAVA_HOME", old.toString()), "jdk").out())
                .isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void passesOverANewerMajorVersionAndARuntimeWithoutCompiler() throws Exception {
        jdk(machine.resolve("jvm/a-26"), "26");
        Files.delete(jdk(machine.resolve("jvm/b-jre"), "25.0.3").resolve("bin/javac"));
        var wanted = jdk(machine.resolve("jvm/c-25"), "25");

        assertThat(launch(Map.of(), "jdk").out()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void followsJavaOnThePath() throws Exception {
        var wanted = jdk(machine.resolve("elsewhere/jdk"), "25.0.3");
        Files.createSymbolicLink(machine.resolve("bin/java"), wanted.resolve("bin/java"));

        assertThat(launch(Map.of(), "jdk").out()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void findsTheFoldersOfVersionManagers() throws Exception {
        for (var place :
                List.of(
                        ".sdkman/candidates/java/25.0.3-tem",
                        ".local/share/mise/installs/java/temurin-25",
                        ".asdf/installs/java/temurin-25.0.3",
                        ".jenv/versions/25.0")) {
            var wanted = jdk(home.resolve(place), "25.0.3");

            assertThat(launch(Map.of(), "jdk").out()).isEqualToIgnoringNewLines(wanted.toString());
            Files.delete(wanted.resolve("release"));
        }
    }

    @Test
    void findsTheHomeInsideAMacBundle() throws Exception {
        var wanted = jdk(machine.resolve("jvm/temurin-25.jdk/Contents/Home"), "25.0.3");

        assertThat(launch(Map.of(), "jdk").out()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void saysWhatToInstallWhenThereIsNone() throws Exception {
        var old = jdk(machine.resolve("jvm/jdk-17"), "17.0.15");

        var ran = launch(Map.of("JAVA_HOME", old.toString()), "version");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains("no JDK 25 found")
                .contains("JAVA_HOME is " + old + ", which is not a JDK 25")
                .contains(machine.resolve("jvm").toString())
                .contains("sdk install java 25-tem");
        assertThat(mavenCalls).doesNotExist();
    }

    // ---- building ----

    @Test
    void buildsOnceAndThenStartsAtOnce() throws Exception {
        var jdk = jdk(machine.resolve("jvm/25"), "25.0.3");

        var first = launch(Map.of(), "get", "services");
        var second = launch(Map.of(), "get", "services");

        assertThat(first.err()).contains("first run: building Outrigger").contains("[2/2] cli");
        assertThat(Files.readAllLines(mavenCalls))
                .containsExactly(
                        jdk
                                + "|-B -Pquick -DskipTests -Dstyle.color=never"
                                + " -pl cli,java-dataplane -am package");
        assertThat(second.exitCode()).isZero();
        assertThat(second.err()).isEmpty();
        var lib = project.toRealPath().resolve("cli/target/dist/lib");
        assertThat(second.out())
                .contains("-cp " + lib + "/a.jar:" + lib + "/b.jar ")
                .endsWith("dev.outrigger.cli.OutriggerMain get services\n");
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        launch(Map.of(), "version");
        age();
        write(project.resolve("cli/src/main/java/A.java"), "class A { int changed; }");

        var ran = launch(Map.of(), "version");

        assertThat(ran.err()).contains("cli/src/main/java").contains("building Outrigger");
        assertThat(Files.readAllLines(mavenCalls)).hasSize(2);
    }

    @Test
    void buildsAgainWhenASourceWasDeleted() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        launch(Map.of(), "version");
        age();
        Files.delete(project.resolve("java-dataplane/src/main/java/A.java"));

        launch(Map.of(), "version");

        assertThat(Files.readAllLines(mavenCalls)).hasSize(2);
    }

    @Test
    void buildsAgainWhenAPomChanged() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        launch(Map.of(), "version");
        age();
        write(project.resolve("java-dataplane/pom.xml"), "<project>new</project>");

        launch(Map.of(), "version");

        assertThat(Files.readAllLines(mavenCalls)).hasSize(2);
    }

    @Test
    void showsTheEndOfAFailedBuildAndTriesAgainNextTime() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        write(project.resolve("broken"), "");

        var failed = launch(Map.of(), "version");
        Files.delete(project.resolve("broken"));
        var mended = launch(Map.of(), "version");

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("[ERROR] no such thing").contains("target/build.log");
        assertThat(failed.out()).isEmpty();
        assertThat(mended.exitCode()).isZero();
    }

    @Test
    void neverBuildsWhenToldNotTo() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");

        var ran = launch(Map.of("OUTRIGGER_NO_BUILD", "1"), "version");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("nothing is built, and OUTRIGGER_NO_BUILD is set");
        assertThat(mavenCalls).doesNotExist();
    }

    @Test
    void saysWhatToInstallWhenThereIsNoMaven() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        Files.delete(machine.resolve("bin/mvn"));

        var ran = launch(Map.of("PATH", minimalPath()), "version");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("no Maven found").contains("apt install maven");
    }

    // ---- running ----

    @Test
    void handsEveryFlagOfTheProxyOnUntouched() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");

        var ran = launch(Map.of(), "proxy", "-c", "my file.yaml", "--concurrency", "2", "--mode=x");

        var lib = project.toRealPath().resolve("java-dataplane/target/dist/lib");
        assertThat(ran.out())
                .contains("@" + lib + "/../jvm.options ")
                .contains("-cp " + lib + "/p.jar ")
                .endsWith(
                        "dev.outrigger.dataplane.bootstrap.DataPlaneMain"
                                + " -c my file.yaml --concurrency 2 --mode=x\n");
    }

    @Test
    void becomesTheProgramThatACommandNames() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        var proxy =
                write(machine.resolve("bin/my proxy"), "#!/bin/sh\necho \"$$ $1|$2\"\nexit 9\n");
        executable(proxy);
        var named = Map.of("FAKE_SUCCESSOR", proxy + "\\000--text\\000two\\nlines\\000");

        var ran = launch(named, "bootstrap", "envoy", "--service=a", "--exec", "--", "-l", "warn");
        var printed = launch(named, "bootstrap", "envoy", "--service=a", "--", "--exec");
        var failed = launch(Map.of("FAKE_EXIT", "5"), "bootstrap", "envoy", "--exec");

        assertThat(ran.exitCode()).isEqualTo(9);
        assertThat(ran.out()).containsPattern("(?s)\\n\\d+ --text\\|two\\nlines\\n$");
        assertThat(printed.out()).doesNotContain("two").doesNotContain("successor");
        assertThat(failed.exitCode()).isEqualTo(5);
    }

    @Test
    void letsTheUsersFlagsWin() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");

        var out = launch(Map.of("OUTRIGGER_JAVA_OPTS", "-Xmx1g -Da=b"), "proxy").out();

        assertThat(out).contains(" -Xmx1g -Da=b -cp ");
        assertThat(out.indexOf("/jvm.options ")).isBetween(0, out.indexOf("-Xmx1g"));
    }

    @Test
    void passesTheExitCodeThrough() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");

        assertThat(launch(Map.of("FAKE_EXIT", "42"), "version").exitCode()).isEqualTo(42);
    }

    @Test
    void worksThroughALink() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        var link = machine.resolve("bin/outrigger");
        Files.createSymbolicLink(link, project.resolve("outrigger"));

        var ran = run(link, Map.of(), "version");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).contains(project.toRealPath().toString());
    }

    @Test
    void runsEveryTestWithTheJdkItFound() throws Exception {
        var jdk = jdk(machine.resolve("jvm/25"), "25.0.3");

        var ran = launch(Map.of(), "test", "-pl", "cli");

        assertThat(ran.exitCode()).isZero();
        assertThat(Files.readAllLines(mavenCalls)).containsExactly(jdk + "|-B verify -pl cli");
    }

    @Test
    void failsWhenTheTestsFail() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        write(project.resolve("broken"), "");

        assertThat(launch(Map.of(), "test").exitCode()).isEqualTo(1);
    }

    @Test
    void makesAotCachesOnceForEachBuildAndJdk() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        var withAot = Map.of("OUTRIGGER_NO_AOT", "");

        var first = launch(withAot, "version");
        var second = launch(withAot, "version");
        write(machine.resolve("jvm/25/release"), "JAVA_VERSION=\"25.0.4\"\n");
        var otherJdk = launch(withAot, "version");

        assertThat(first.err()).contains("preparing a fast start");
        assertThat(second.err()).isEmpty();
        assertThat(otherJdk.err()).contains("preparing a fast start").doesNotContain("building");
    }

    @Test
    void startsWithoutAnAotCacheWhereNoneCanBeMade() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        var environment = Map.of("OUTRIGGER_NO_AOT", "", "FAKE_TRAINING_EXIT", "1");

        var first = launch(environment, "version");
        var second = launch(environment, "version");

        assertThat(first.exitCode()).isZero();
        assertThat(first.err()).contains("that did not work here");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).doesNotContain("AOTCache");
    }

    @Test
    void givesEachCommandTheCacheThatHoldsWhatItLoads() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        var withAot = Map.of("OUTRIGGER_NO_AOT", "");
        launch(withAot, "version");
        var state = project.resolve("target/outrigger");
        for (var cache : List.of("cli", "validate", "translate")) {
            write(state.resolve(cache + ".aot"), "");
        }

        for (var command :
                Map.of("get", "cli", "validate", "validate", "import", "translate").entrySet()) {
            assertThat(launch(withAot, command.getKey(), "x").out())
                    .contains("-XX:AOTCache=" + state.toRealPath() + "/" + command.getValue());
        }
    }

    // ---- the stand-ins ----

    /** A JDK whose java prints its arguments. */
    private Path jdk(Path folder, String version) throws IOException {
        write(folder.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(
                write(
                        folder.resolve("bin/java"),
                        """
                        #!/bin/sh
                        case "$*" in *aot-train*) exit ${FAKE_TRAINING_EXIT:-0} ;; esac
                        echo "$@"
                        for word; do
                          case $word in -Doutrigger.successor=*) printf "$FAKE_SUCCESSOR" > "${word#*=}" ;; esac
                        done
                        exit ${FAKE_EXIT:-0}
                        """));
        executable(write(folder.resolve("bin/javac"), "#!/bin/sh\n"));
        return folder.toRealPath();
    }

    /** Makes everything there is, the last build included, older than what comes next. */
    private void age() throws IOException {
        try (var all = Files.walk(project)) {
            for (var path : all.toList()) {
                Files.setLastModifiedTime(path, OLD);
            }
        }
    }

    private Ran launch(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return run(project.resolve("outrigger"), environment, arguments);
    }

    private Ran run(Path script, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        var all = new HashMap<String, String>();
        all.put("HOME", home.toString());
        all.put("PATH", machine.resolve("bin") + ":" + minimalPath());
        all.put("OUTRIGGER_JDK_DIRS", machine.resolve("jvm").toString());
        all.put("OUTRIGGER_NO_AOT", "1");
        all.putAll(environment);
        var out = machine.resolve("out");
        var err = machine.resolve("err");
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(all);
        var process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /**
     * The tools the script uses, and nothing else: above all no java and no mvn of this machine.
     */
    private String minimalPath() throws IOException {
        var tools = Files.createDirectories(machine.resolve("tools"));
        for (var tool :
                List.of(
                        "bash",
                        "env",
                        "sh",
                        "find",
                        "mkdir",
                        "mktemp",
                        "rm",
                        "mv",
                        "readlink",
                        "uname",
                        "head",
                        "grep",
                        "dirname")) {
            for (var folder : List.of("/bin", "/usr/bin")) {
                var real = Path.of(folder, tool);
                if (Files.exists(real) && Files.notExists(tools.resolve(tool))) {
                    var text = "#!/bin/sh\nexec " + real + " \"$@\"\n";
                    executable(write(tools.resolve(tool), text));
                }
            }
        }
        return tools.toString();
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private static void executable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
