// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.x509.Certificate.KeyType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client's hello says it can do, so far as a certificate is chosen by it (MT2) and Envoy
 * counts it. The library tells nothing of it, so the first bytes of a connection are read here too;
 * none of them is trusted, and what is wrong with them is for the handshake to say. Confined to the
 * connection's event loop.
 */
final class ClientAbilities {
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM_BYTES = 32;

    /** BoringSSL takes no longer hello either. */
    private static final int MAX_HELLO_BYTES = 16 * 1024;

    private static final int TLS_1_2 = 0x0303;
    private static final int STATUS_REQUEST = 5;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int SUPPORTED_VERSIONS = 43;

    /** Those of TLS 1.2 and before that BoringSSL has. */
    private static final Set<Integer> ECDSA_CIPHERS =
            Set.of(0xc009, 0xc00a, 0xc023, 0xc02b, 0xc02c, 0xcca9);

    /** What came so far; {@code null} when nothing did or no more is wanted. */
    private @Nullable ByteBuf records;

    private boolean done;
    private boolean asksForStaple;
    private boolean namesVersions;
    private boolean ecdsaCipher;
    private final Set<KeyType> groups = EnumSet.noneOf(KeyType.class);
    private final Set<KeyType> signatures = EnumSet.noneOf(KeyType.class);
    private int version;

    /**
     * Takes the next bytes of the connection in view; nothing once the hello is whole or is none.
     *
     * @return whether these bytes have completed a hello
     */
    boolean read(ByteBuf in) {
        if (done) {
            return false;
        }
        ByteBuf known = records;
        if (known == null) {
            known = Unpooled.buffer(Math.min(in.readableBytes(), MAX_HELLO_BYTES), MAX_HELLO_BYTES);
            records = known;
        }
        int more = Math.min(in.readableBytes(), known.maxWritableBytes());
        known.writeBytes(in, in.readerIndex(), more);
        try {
            ByteBuf hello = hello(known.slice());
            if (hello == null) {
                done = known.maxWritableBytes() == 0;
            } else {
                done = true;
                parse(hello);
                return true;
            }
        } catch (IndexOutOfBoundsException e) {
            done = true;
        } finally {
            if (done) {
                records = null;
            }
        }
        return false;
    }

    /**
     * The body of the hello; {@code null} while it is not whole.
     *
     * @throws IndexOutOfBoundsException when it is something else
     */
    private static @Nullable ByteBuf hello(ByteBuf in) {
        ByteBuf message = Unpooled.buffer(in.readableBytes());
        while (in.readableBytes() >= RECORD_HEADER) {
            int type = in.readUnsignedByte();
            in.skipBytes(2);
            int length = in.readUnsignedShort();
            if (type != HANDSHAKE) {
                throw new IndexOutOfBoundsException("record: " + type);
            }
            message.writeBytes(in, Math.min(length, in.readableBytes()));
            if (message.readableBytes() < HANDSHAKE_HEADER) {
                continue;
            }
            if (message.getByte(0) != CLIENT_HELLO) {
                throw new IndexOutOfBoundsException("message: " + message.getByte(0));
            }
            int body = message.getUnsignedMedium(1);
            if (message.readableBytes() >= HANDSHAKE_HEADER + body) {
                return message.slice(HANDSHAKE_HEADER, body);
            }
        }
        return null;
    }

    private void parse(ByteBuf body) {
        version = body.readUnsignedShort();
        body.skipBytes(RANDOM_BYTES);
        body.skipBytes(body.readUnsignedByte());
        ByteBuf ciphers = body.readSlice(body.readUnsignedShort());
        while (ciphers.readableBytes() > 1) {
            ecdsaCipher |= ECDSA_CIPHERS.contains(ciphers.readUnsignedShort());
        }
        body.skipBytes(body.readUnsignedByte());
        if (!body.isReadable()) {
            return;
        }
        ByteBuf extensions = body.readSlice(body.readUnsignedShort());
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf value = extensions.readSlice(extensions.readUnsignedShort());
            switch (type) {
                case STATUS_REQUEST -> asksForStaple = true;
                case SUPPORTED_VERSIONS -> namesVersions = true;
                case SUPPORTED_GROUPS -> numbers(value, groups);
                case SIGNATURE_ALGORITHMS -> numbers(value, signatures);
                default -> {}
            }
        }
    }

    /** Groups and signature schemes have numbers of their own, which do not overlap. */
    private static void numbers(ByteBuf value, Set<KeyType> into) {
        ByteBuf list = value.readSlice(value.readUnsignedShort());
        while (list.readableBytes() > 1) {
            switch (list.readUnsignedShort()) {
                case 0x0017, 0x0403 -> into.add(KeyType.EC_P256);
                case 0x0018, 0x0503 -> into.add(KeyType.EC_P384);
                case 0x0019, 0x0603 -> into.add(KeyType.EC_P521);
                default -> {}
            }
        }
    }

    /** Whether it asks for an OCSP response with the certificate. */
    boolean asksForStaple() {
        return asksForStaple;
    }

    /**
     * The curves of ECDSA certificates it can check.
     *
     * @param modern whether TLS 1.3 is spoken here, where only signatures count
     */
    Set<KeyType> ecdsaCurves(boolean modern) {
        if (modern && version == TLS_1_2 && namesVersions) {
            return signatures;
        }
        return ecdsaCipher ? groups : Set.of();
    }
}
