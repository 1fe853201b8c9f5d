// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Reads a TLS ClientHello (RFC 8446, 4.1.2) as far as a proxy has to know it, from the first bytes
 * of a connection. Reads only what is there and trusts none of it.
 */
final class ClientHello {
    private static final int RECORD_HEADER = 5;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int WARNING = 1;
    private static final int CLOSE_NOTIFY = 0;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int MAX_RECORD_BYTES = 16 * 1024;

    /** BoringSSL's, as that is what Envoy reads a hello with. */
    private static final int MAX_EMPTY_RECORDS = 32;

    private static final int MAX_WARNINGS = 4;

    private static final int SERVER_NAME = 0;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int POINT_FORMATS = 11;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int TLS_1_0 = 0x0301;
    private static final int TLS_1_3 = 0x0304;

    private ClientHello() {}

    /** What the bytes so far are. */
    sealed interface Outcome {
        /** A ClientHello so far, but not all of it. */
        record NeedMore() implements Outcome {}

        /** The end of the connection, politely. */
        record Closed() implements Outcome {}

        /**
         * Something else.
         *
         * @param bytes how many it took to tell
         */
        record NotTls(int bytes) implements Outcome {}

        /**
         * A ClientHello.
         *
         * @param serverName in lower case; empty for none
         * @param bytes with the headers of its records
         * @param ja3 the text the JA3 fingerprint is made of
         */
        record Hello(String serverName, List<String> applicationProtocols, int bytes, String ja3)
                implements Outcome {
            /** The JA3 fingerprint. */
            String ja3Hash() {
                try {
                    return HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("MD5")
                                            .digest(ja3.getBytes(ISO_8859_1)));
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException("every Java has MD5", e);
                }
            }
        }
    }

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed() {
            super("", null, false, false);
        }
    }

    /** Looks at the readable bytes without taking any. */
    static Outcome parse(ByteBuf data) {
        ByteBuf in = data.slice();
        ByteBuf message = Unpooled.buffer(Math.min(512, in.readableBytes()));
        int empty = 0;
        int warnings = 0;
        while (in.readableBytes() >= RECORD_HEADER) {
            int type = in.getUnsignedByte(in.readerIndex());
            int version = in.getUnsignedByte(in.readerIndex() + 1);
            int length = in.getUnsignedShort(in.readerIndex() + 3);
            int end = in.readerIndex() + RECORD_HEADER + length;
            if (version != 3 || length > MAX_RECORD_BYTES) {
                return new Outcome.NotTls(in.readerIndex() + RECORD_HEADER);
            }
            if (end > in.writerIndex()) {
                return new Outcome.NeedMore();
            }
            in.skipBytes(RECORD_HEADER);
            ByteBuf record = in.readSlice(length);
            empty = length == 0 ? empty + 1 : 0;
            warnings = type == ALERT ? warnings + 1 : 0;
            if (empty > MAX_EMPTY_RECORDS) {
                return new Outcome.NotTls(end);
            }
            Outcome outcome =
                    switch (type) {
                        case HANDSHAKE -> handshake(message.writeBytes(record), end);
                        case ALERT -> alert(record, warnings, end);
                        default -> new Outcome.NotTls(end);
                    };
            if (!(outcome instanceof Outcome.NeedMore)) {
                return outcome;
            }
        }
        return new Outcome.NeedMore();
    }

    /** A client that says goodbye before it has said hello, or warns of something. */
    private static Outcome alert(ByteBuf record, int warnings, int end) {
        if (record.readableBytes() != 2 || record.getByte(0) != WARNING) {
            return new Outcome.NotTls(end);
        }
        if (record.getByte(1) == CLOSE_NOTIFY) {
            return new Outcome.Closed();
        }
        return warnings > MAX_WARNINGS ? new Outcome.NotTls(end) : new Outcome.NeedMore();
    }

    private static Outcome handshake(ByteBuf message, int bytes) {
        int start = message.readerIndex();
        if (message.readableBytes() < HANDSHAKE_HEADER) {
            return new Outcome.NeedMore();
        }
        int length = message.getUnsignedMedium(start + 1);
        if (length > MAX_RECORD_BYTES) {
            return new Outcome.NotTls(bytes);
        }
        if (message.readableBytes() < HANDSHAKE_HEADER + length) {
            return new Outcome.NeedMore();
        }
        if (message.getByte(start) != CLIENT_HELLO) {
            return new Outcome.NotTls(bytes);
        }
        try {
            return hello(message.slice(start + HANDSHAKE_HEADER, length), bytes);
        } catch (Malformed e) {
            return new Outcome.NotTls(bytes);
        }
    }

    private static Outcome hello(ByteBuf body, int bytes) throws Malformed {
        int version = u16(body);
        take(body, 32);
        take(body, u8(body));
        ByteBuf ciphers = take(body, u16(body));
        take(body, u8(body));
        String name = "";
        List<String> protocols = List.of();
        var groups = "";
        var formats = "";
        var types = new ArrayList<Integer>();
        boolean supported = version >= TLS_1_0;
        if (body.isReadable()) {
            ByteBuf extensions = take(body, u16(body));
            if (body.isReadable()) {
                throw new Malformed();
            }
            while (extensions.isReadable()) {
                int type = u16(extensions);
                ByteBuf value = take(extensions, u16(extensions));
                types.add(type);
                switch (type) {
                    case SERVER_NAME -> name = serverName(value);
                    case ALPN -> protocols = protocols(value);
                    case SUPPORTED_GROUPS -> groups = numbers(take(value, u16(value)), 2, false);
                    case POINT_FORMATS -> formats = numbers(take(value, u8(value)), 1, false);
                    case SUPPORTED_VERSIONS -> supported = isAnySupported(value);
                    default -> {}
                }
            }
        }
        if (!supported) {
            throw new Malformed();
        }
        return new Outcome.Hello(
                name,
                protocols,
                bytes,
                version
                        + ","
                        + numbers(ciphers, 2, true)
                        + ","
                        + String.join(
                                "-",
                                types.stream()
                                        .filter(type -> !isGrease(type))
                                        .map(String::valueOf)
                                        .toList())
                        + ","
                        + groups
                        + ","
                        + formats);
    }

    private static boolean isAnySupported(ByteBuf value) throws Malformed {
        ByteBuf versions = take(value, u8(value));
        while (versions.isReadable()) {
            int version = u16(versions);
            if (version >= TLS_1_0 && version <= TLS_1_3) {
                return true;
            }
        }
        return false;
    }

    private static String serverName(ByteBuf value) throws Malformed {
        ByteBuf list = take(value, u16(value));
        int type = u8(list);
        ByteBuf name = take(list, u16(list));
        if (type != 0
                || list.isReadable()
                || value.isReadable()
                || !name.isReadable()
                || name.readableBytes() > 255
                || name.indexOf(name.readerIndex(), name.writerIndex(), (byte) 0) >= 0) {
            throw new Malformed();
        }
        return name.toString(ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /** Whatever is wrong with them is for the handshake to say. */
    private static List<String> protocols(ByteBuf value) {
        try {
            ByteBuf list = take(value, u16(value));
            if (value.isReadable() || list.readableBytes() < 2) {
                return List.of();
            }
            var protocols = new ArrayList<String>();
            while (list.isReadable()) {
                ByteBuf name = take(list, u8(list));
                if (!name.isReadable()) {
                    return List.of();
                }
                protocols.add(name.toString(ISO_8859_1));
            }
            return protocols;
        } catch (Malformed e) {
            return List.of();
        }
    }

    private static String numbers(ByteBuf list, int bytes, boolean withoutGrease) throws Malformed {
        var text = new StringBuilder();
        while (list.isReadable()) {
            int number = bytes == 1 ? u8(list) : u16(list);
            if (withoutGrease && isGrease(number)) {
                continue;
            }
            text.append(text.isEmpty() ? "" : "-").append(number);
        }
        return text.toString();
    }

    /** RFC 8701: values that say nothing. */
    private static boolean isGrease(int value) {
        return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
    }

    private static int u8(ByteBuf in) throws Malformed {
        if (!in.isReadable()) {
            throw new Malformed();
        }
        return in.readUnsignedByte();
    }

    private static int u16(ByteBuf in) throws Malformed {
        if (in.readableBytes() < 2) {
            throw new Malformed();
        }
        return in.readUnsignedShort();
    }

    private static ByteBuf take(ByteBuf in, int length) throws Malformed {
        if (in.readableBytes() < length) {
            throw new Malformed();
        }
        return in.readSlice(length);
    }
}
