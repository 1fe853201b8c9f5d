// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.net;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of this machine: free ones, and a clear word about taken ones. */
public final class Ports {
    private Ports() {}

    /**
     * Refuses with who holds it if the address cannot be bound now. A check before the real bind,
     * for the sake of the message only: whoever binds still has to cope with losing a race.
     *
     * @param what what the port is for, for example {@code REST API}
     * @param option the option that chooses another one, for example {@code --rest}
     */
    public static void requireFree(String what, String option, HostPort address) {
        var socketAddress = address.toSocketAddress();
        if (socketAddress.isUnresolved()) {
            throw CliFailure.of(
                            ExitCode.UNREACHABLE,
                            what + ": the host of " + address + " is not known")
                    .withNext("choose another address with " + option + " HOST:PORT");
        }
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(socketAddress);
        } catch (BindException e) {
            throw taken(what, option, address, e);
        } catch (IOException e) {
            throw CliFailure.of(
                            ExitCode.UNREACHABLE,
                            what + ": cannot listen on " + address + ": " + e.getMessage())
                    .withCause(e);
        }
    }

    private static CliFailure taken(
            String what, String option, HostPort address, BindException cause) {
        var reason = String.valueOf(cause.getMessage());
        var other = "choose another with " + option + " HOST:PORT (port 0 takes a free one)";
        if (!reason.contains("in use")) {
            return CliFailure.of(
                            ExitCode.UNREACHABLE,
                            what + ": cannot listen on " + address + ": " + reason)
                    .withNext(other)
                    .withCause(cause);
        }
        var owner =
                PortOwner.find(address.port())
                        .map(PortOwner::describe)
                        .orElse("a process that this user may not see");
        return CliFailure.of(
                        ExitCode.UNREACHABLE,
                        what + ": port " + address.port() + " is taken by " + owner)
                .withNext("stop it, or " + other)
                .withCause(cause);
    }

    /** Distinct free loopback ports; held together while they are chosen, then let go. */
    public static List<Integer> findFree(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>(count);
        var ports = new ArrayList<Integer>(count);
        try {
            for (int i = 0; i < count; i++) {
                var socket = new ServerSocket();
                sockets.add(socket);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                ports.add(socket.getLocalPort());
            }
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
        return List.copyOf(ports);
    }
}
