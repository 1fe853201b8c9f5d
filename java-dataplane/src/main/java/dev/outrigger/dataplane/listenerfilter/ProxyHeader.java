// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, from the first bytes of a connection.
 *
 * @see <a href="https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt">The PROXY protocol</a>
 */
final class ProxyHeader {
    static final byte[] V1_SIGNATURE = "PROXY ".getBytes(ISO_8859_1);
    static final byte[] V2_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

    private static final int V2_HEADER = 16;
    private static final int V1_MAX_BYTES = 108;
    private static final int V2_INET = 12;
    private static final int V2_INET6 = 36;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;

    private ProxyHeader() {}

    /** What the bytes so far are. */
    sealed interface Outcome {
        /** A header so far, but not all of it. */
        record NeedMore() implements Outcome {}

        /**
         * No header that can be used.
         *
         * @param version 0 where that is not known
         */
        record Malformed(int version) implements Outcome {}

        /**
         * A header.
         *
         * @param source {@code null} where the connection speaks for itself
         * @param destination as {@code source}
         * @param tlvs of version 2
         * @param bytes all of it
         */
        record Header(
                int version,
                @Nullable InetSocketAddress source,
                @Nullable InetSocketAddress destination,
                List<Tlv> tlvs,
                int bytes)
                implements Outcome {}
    }

    /**
     * One more thing a header says.
     *
     * @param value Latin-1: a character is a byte
     */
    record Tlv(int type, String value) {}

    /** Whether the bytes are a signature, or the beginning of one. */
    static boolean beginsLike(ByteBuf data, byte[] signature) {
        int length = Math.min(signature.length, data.readableBytes());
        for (int i = 0; i < length; i++) {
            if (data.getByte(data.readerIndex() + i) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    /** Looks at the readable bytes without taking any. */
    static Outcome parse(ByteBuf data) {
        if (data.readableBytes() >= V2_HEADER) {
            if (beginsLike(data, V2_SIGNATURE)) {
                return version2(data);
            }
            if (!beginsLike(data, V1_SIGNATURE)) {
                return new Outcome.Malformed(0);
            }
        }
        return version1(data);
    }

    private static Outcome version1(ByteBuf data) {
        int start = data.readerIndex();
        int end = -1;
        // A line end at the very start may be that of the other version's signature.
        for (int i = start + 1; i < data.writerIndex() && i - start <= V1_MAX_BYTES; i++) {
            if (data.getByte(i) == '\n' && data.getByte(i - 1) == '\r') {
                end = i + 1;
                break;
            }
        }
        if (end == start + 2) {
            return new Outcome.NeedMore();
        }
        if (end < 0) {
            return data.readableBytes() > V1_MAX_BYTES
                    ? new Outcome.Malformed(1)
                    : new Outcome.NeedMore();
        }
        if (end - start > V1_MAX_BYTES) {
            return new Outcome.Malformed(1);
        }
        String line = data.toString(start, end - start, ISO_8859_1).stripTrailing();
        return line(line.split(" ", -1), end - start);
    }

    private static Outcome line(String[] parts, int bytes) {
        if (parts.length < 2 || !parts[0].equals("PROXY")) {
            return new Outcome.Malformed(1);
        }
        if (parts[1].equals("UNKNOWN")) {
            return new Outcome.Header(1, null, null, List.of(), bytes);
        }
        boolean v4 = parts[1].equals("TCP4");
        if (parts.length != 6 || !(v4 || parts[1].equals("TCP6"))) {
            return new Outcome.Malformed(1);
        }
        InetSocketAddress source = address(parts[2], parts[4], v4);
        InetSocketAddress destination = address(parts[3], parts[5], v4);
        return source == null || destination == null
                ? new Outcome.Malformed(1)
                : new Outcome.Header(1, source, destination, List.of(), bytes);
    }

    private static @Nullable InetSocketAddress address(String ip, String port, boolean v4) {
        if (port.isEmpty()
                || port.length() > 5
                || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        int number = Integer.parseInt(port);
        if (number > 65_535 || ip.indexOf('%') >= 0) {
            return null;
        }
        if (!(v4 ? NetUtil.isValidIpV4Address(ip) : NetUtil.isValidIpV6Address(ip))) {
            return null;
        }
        InetAddress address = InetAddress.ofLiteral(ip);
        return address instanceof Inet4Address == v4 && isUnicast(address)
                ? new InetSocketAddress(address, number)
                : null;
    }

    /** As TCP needs it. */
    private static boolean isUnicast(InetAddress address) {
        return !address.isMulticastAddress()
                && !address.isAnyLocalAddress()
                && !address.getHostAddress().equals("255.255.255.255");
    }

    private static Outcome version2(ByteBuf data) {
        int start = data.readerIndex();
        int versionAndCommand = data.getUnsignedByte(start + 12);
        int familyAndTransport = data.getUnsignedByte(start + 13);
        int length = data.getUnsignedShort(start + 14);
        if (versionAndCommand >> 4 != 2) {
            return new Outcome.Malformed(2);
        }
        int command = versionAndCommand & 0xf;
        int addresses = 0;
        if (command != LOCAL) {
            addresses = addressLength(familyAndTransport >> 4);
            if (addresses < 0 || length < addresses) {
                return new Outcome.Malformed(2);
            }
            if (data.readableBytes() < V2_HEADER + addresses) {
                return new Outcome.NeedMore();
            }
            int transport = familyAndTransport & 0xf;
            if (command != PROXY || transport < 1 || transport > 2) {
                return new Outcome.Malformed(2);
            }
        }
        if (data.readableBytes() < V2_HEADER + length) {
            return new Outcome.NeedMore();
        }
        if (command == LOCAL) {
            return new Outcome.Header(2, null, null, List.of(), V2_HEADER + length);
        }
        return addressed(data.slice(start + V2_HEADER, length), addresses);
    }

    private static int addressLength(int family) {
        return switch (family) {
            case 1 -> V2_INET;
            case 2 -> V2_INET6;
            default -> -1;
        };
    }

    private static Outcome addressed(ByteBuf in, int addresses) {
        int ip = addresses == V2_INET ? 4 : 16;
        InetAddress from = read(in, ip);
        InetAddress to = read(in, ip);
        int length = V2_HEADER + in.readableBytes() + 2 * ip;
        var source = new InetSocketAddress(from, in.readUnsignedShort());
        var destination = new InetSocketAddress(to, in.readUnsignedShort());
        var tlvs = new ArrayList<Tlv>();
        while (in.isReadable()) {
            int type = in.readUnsignedByte();
            if (in.readableBytes() < 2) {
                return new Outcome.Malformed(2);
            }
            int size = in.readUnsignedShort();
            if (in.readableBytes() < size) {
                return new Outcome.Malformed(2);
            }
            tlvs.add(new Tlv(type, in.readCharSequence(size, ISO_8859_1).toString()));
        }
        return isUnicast(from) && isUnicast(to)
                ? new Outcome.Header(2, source, destination, tlvs, length)
                : new Outcome.Malformed(2);
    }

    private static InetAddress read(ByteBuf in, int length) {
        var bytes = new byte[length];
        in.readBytes(bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }
}
