// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    @TempDir Path proc;

    @Test
    @EnabledOnOs(OS.LINUX)
    void namesWhoHoldsATakenPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = HostPort.loopback(socket.getLocalPort());

            var failure =
                    catchThrowableOfType(
                            CliFailure.class,
                            () -> Ports.requireFree("REST API", "--rest", address));

            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(failure.text())
                    .contains("REST API: port " + address.port() + " is taken by process ")
                    .contains(ProcessHandle.current().pid() + " (")
                    .contains("--rest HOST:PORT");
        }
    }

    @Test
    void acceptsAFreePort() throws IOException {
        int port = Ports.findFree(1).getFirst();

        assertThatNoException()
                .isThrownBy(() -> Ports.requireFree("xDS", "--xds", HostPort.loopback(port)));
    }

    @Test
    void acceptsPortZero() {
        assertThatNoException()
                .isThrownBy(() -> Ports.requireFree("xDS", "--xds", HostPort.loopback(0)));
    }

    @Test
    void refusesAnAddressOfAnotherMachine() {
        // 192.0.2.0/24 is reserved for documentation: no machine has it.
        var failure =
                catchThrowableOfType(
                        CliFailure.class,
                        () -> Ports.requireFree("xDS", "--xds", new HostPort("192.0.2.1", 18000)));

        assertThat(failure.text()).contains("xDS: cannot listen on 192.0.2.1:18000");
    }

    @Test
    void findsTheOwnerThroughProc() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.createDirectories(proc.resolve("4711/fd"));
        // Port 8470 is 2116 in hexadecimal; state 0A listens, 01 is a connection to such a port.
        Files.writeString(
                proc.resolve("net/tcp"),
                """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
                   0: 0100007F:2116 0100007F:1111 01 00000000:00000000 00:00000000 00000000 0 0 111
                   1: 0100007F:2116 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 222
                """);
        Files.writeString(proc.resolve("4711/cmdline"), "java\0-jar\0x.jar\0");
        Files.createSymbolicLink(proc.resolve("4711/fd/5"), Path.of("socket:[222]"));

        assertThat(PortOwner.find(8470, proc)).contains(new PortOwner(4711, "java -jar x.jar"));
        assertThat(PortOwner.find(8471, proc)).isEmpty();
    }

    @Test
    void readsAddresses() {
        assertThat(HostPort.parse("127.0.0.1:80")).isEqualTo(new HostPort("127.0.0.1", 80));
        assertThat(HostPort.parse(":80")).isEqualTo(HostPort.loopback(80));
        assertThat(HostPort.parse("[::1]:80")).isEqualTo(new HostPort("::1", 80));
        assertThat(HostPort.parse("[::1]:80")).hasToString("[::1]:80");
    }

    @Test
    void refusesWhatIsNoAddress() {
        for (var text : new String[] {"", "80", "a:b", "a:70000", "a:-1", "::1:80"}) {
            assertThatIllegalArgumentException()
                    .as(text)
                    .isThrownBy(() -> HostPort.parse(text))
                    .withMessageContaining("expected");
        }
    }
}
