// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.PipeAddress;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Reads addresses. */
final class AddressParser {
    static final SupportedFields SOCKET_ADDRESS =
            SupportedFields.of(SocketAddress.class)
                    .onlyEnum("protocol", "TCP")
                    .obeyed("address", "port_value", "named_port");

    private static final SupportedFields PIPE =
            SupportedFields.of(Pipe.class).obeyed("path", "mode");

    static final SupportedFields ADDRESS =
            SupportedFields.of(Address.class)
                    .nested("socket_address", () -> SOCKET_ADDRESS)
                    .nested("pipe", () -> PIPE, "of listeners and endpoints");

    static final SupportedFields CIDR_RANGE =
            SupportedFields.of(io.envoyproxy.envoy.config.core.v3.CidrRange.class)
                    .obeyed("address_prefix", "prefix_len");

    /** What a host name in the address means. */
    enum Names {
        /** Refused: listeners, admin. */
        REFUSED,
        /** Refused with Envoy's advice to use a DNS cluster, also over EDS. */
        REFUSED_IN_CLUSTER,
        /** Left unresolved. */
        ALLOWED
    }

    private static final String ADVICE =
            ". Consider setting resolver_name or setting cluster type to 'STRICT_DNS' or"
                    + " 'LOGICAL_DNS'";

    private AddressParser() {}

    /** As {@link #parse}, where a Unix domain socket will do too. */
    static Optional<InetSocketAddress> parseOrPipe(
            Address address, Names names, String path, Findings findings) {
        if (!address.hasPipe() || names == Names.ALLOWED) {
            return parse(address, names, path, findings);
        }
        String pipe = address.getPipe().getPath();
        if (pipe.length() >= PipeAddress.MAX_PATH_LENGTH) {
            findings.invalid(
                    FieldPaths.join(path, "pipe.path"),
                    pipe,
                    "Path \""
                            + pipe
                            + "\" exceeds maximum UNIX domain socket path size of "
                            + PipeAddress.MAX_PATH_LENGTH
                            + ".");
            return Optional.empty();
        }
        if (PipeAddress.isAbstract(pipe) && address.getPipe().getMode() != 0) {
            findings.invalid(
                    FieldPaths.join(path, "pipe.mode"),
                    address.getPipe().getMode(),
                    "Cannot set mode for Abstract AF_UNIX sockets");
            return Optional.empty();
        }
        return Optional.of(PipeAddress.of(pipe));
    }

    static Optional<InetSocketAddress> parse(
            Address address, Names names, String path, Findings findings) {
        String at = FieldPaths.join(path, "socket_address");
        if (!address.hasSocketAddress()) {
            findings.invalid(path, "", "address must be a socket address");
            return Optional.empty();
        }
        SocketAddress socket = address.getSocketAddress();
        String advice = names == Names.REFUSED_IN_CLUSTER ? ADVICE : "";
        if (socket.hasNamedPort()) {
            findings.invalid(
                    FieldPaths.join(at, "named_port"),
                    socket.getNamedPort(),
                    "IP resolver can't handle port specifier type 4" + advice);
            return Optional.empty();
        }
        var literal = literal(socket.getAddress());
        if (literal.isPresent()) {
            return Optional.of(new InetSocketAddress(literal.get(), socket.getPortValue()));
        }
        if (names == Names.ALLOWED) {
            return Optional.of(
                    InetSocketAddress.createUnresolved(socket.getAddress(), socket.getPortValue()));
        }
        findings.invalid(
                FieldPaths.join(at, "address"),
                socket.getAddress(),
                "malformed IP address: " + socket.getAddress() + advice);
        return Optional.empty();
    }

    static Optional<CidrRange> cidr(
            io.envoyproxy.envoy.config.core.v3.CidrRange range, String path, Findings findings) {
        return cidr(range.getAddressPrefix(), range.getPrefixLen().getValue(), path, findings);
    }

    static Optional<CidrRange> cidr(
            String addressPrefix, int prefixLen, String path, Findings findings) {
        var prefix = literal(addressPrefix);
        if (prefix.isEmpty()) {
            findings.invalid(
                    FieldPaths.join(path, "address_prefix"),
                    addressPrefix,
                    "malformed IP address: " + addressPrefix);
            return Optional.empty();
        }
        byte[] bytes = prefix.get().getAddress();
        int length = Math.min(prefixLen, bytes.length * 8);
        for (int bit = length; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        try {
            return Optional.of(new CidrRange(InetAddress.getByAddress(bytes), length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }

    /** An IP literal; never asks a name server. */
    static Optional<InetAddress> literal(String text) {
        // Java takes fewer than four numbers as well.
        boolean dotted = text.indexOf(':') < 0;
        if (dotted && text.chars().filter(c -> c == '.').count() != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
