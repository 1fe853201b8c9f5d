// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code SO_ORIGINAL_DST} behind real rules of the packet filter: both proxies see where redirected
 * connections were meant to go. Each runs in a network namespace of its own, which takes root and
 * {@code iptables-legacy}; where that is missing the test is skipped and says so.
 */
class OriginalDstIT {
    @Test
    void seesWhereConnectionsWereMeantToGo(@TempDir Path folder) throws Exception {
        requireNamespaces();

        List<String> onEnvoy = play("oracle", folder);
        List<String> here = play("subject", folder);

        assertThat(onEnvoy)
                .contains(
                        "saw redirected: upstream 10.99.0.1:7001",
                        "saw specific: specific",
                        "saw wildcard: wildcard",
                        "saw filtered by port: upstream 10.99.0.2:9002",
                        "saw filtered by address: address");
        assertThat(here).isEqualTo(onEnvoy);
    }

    private static void requireNamespaces() throws IOException, InterruptedException {
        var probe =
                new ProcessBuilder(
                                "unshare",
                                "-n",
                                "iptables-legacy",
                                "-t",
                                "nat",
                                "-A",
                                "OUTPUT",
                                "-p",
                                "tcp",
                                "--dport",
                                "1",
                                "-j",
                                "REDIRECT",
                                "--to-ports",
                                "2")
                        .redirectErrorStream(true);
        try {
            var process = probe.start();
            String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
            if (process.waitFor() != 0) {
                abort("no redirection in a network namespace here: " + output);
            }
        } catch (IOException e) {
            abort("no network namespaces here: " + e.getMessage());
        }
    }

    private static List<String> play(String which, Path folder)
            throws IOException, InterruptedException {
        Path own = Files.createDirectories(folder.resolve(which));
        var command =
                List.of(
                        "unshare",
                        "-n",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OriginalDstStage.class.getName(),
                        which,
                        own.toString());
        var process =
                new ProcessBuilder(command).redirectError(own.resolve("stderr").toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(process.waitFor())
                .as("%s%n%s", output, Files.readString(own.resolve("stderr")))
                .isZero();
        return output.lines()
                .filter(line -> line.matches("(saw|counted|logged) .*"))
                .sorted()
                .toList();
    }
}
