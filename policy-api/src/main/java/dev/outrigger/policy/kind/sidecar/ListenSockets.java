// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Hosts;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** The sockets of one sidecar; no two may want the same port of the same address. */
final class ListenSockets {
    private record Socket(String address, int port) {}

    private final List<Socket> taken = new ArrayList<>();

    void add(DocumentNode portNode, String address, int port) {
        for (Socket other : taken) {
            if (other.port() == port && overlap(other.address(), address)) {
                portNode.violate(
                        ViolationCode.DUPLICATE,
                        "Port "
                                + port
                                + " of "
                                + address
                                + " is taken by another listener of this sidecar ("
                                + other.address()
                                + ":"
                                + port
                                + ").");
                break;
            }
        }
        taken.add(new Socket(address, port));
    }

    /** The wildcard address of a family takes the port of every address of the family. */
    private static boolean overlap(String a, String b) {
        var first = Hosts.parse(a);
        var second = Hosts.parse(b);
        if (first.isEmpty() || second.isEmpty()) {
            return false;
        }
        InetAddress x = first.get();
        InetAddress y = second.get();
        boolean sameFamily = x.getAddress().length == y.getAddress().length;
        return x.equals(y) || (sameFamily && (x.isAnyLocalAddress() || y.isAnyLocalAddress()));
    }
}
