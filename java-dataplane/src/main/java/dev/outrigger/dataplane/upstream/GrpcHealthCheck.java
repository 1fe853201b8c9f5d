// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.accesslog.GrpcStatuses;
import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Asks {@code grpc.health.v1.Health/Check} (HC5). */
final class GrpcHealthCheck extends Http2HealthCheck {
    private static final int PREFIX_BYTES = 5;
    private static final int MAX_MESSAGE_BYTES = 4096;
    private static final int SERVING = 1;
    private static final int STATUS_FIELD = 1;

    private final Check.Grpc check;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    GrpcHealthCheck(HealthChecker checker, Host host, Check.Grpc check) {
        super(checker, host);
        this.check = check;
    }

    @Override
    String type() {
        return "GRPC";
    }

    @Override
    String request() {
        String forChecks = host.placement().endpoint().healthCheck().hostname();
        String authority =
                !check.authority().isEmpty()
                        ? check.authority()
                        : !forChecks.isEmpty() ? forChecks : checker.cluster.name();
        return HealthCheckRequest.grpcHead(
                check.metadata(), checker.config.timeout(), authority, host);
    }

    /** {@code HealthCheckRequest}, whose one field is the service's name, behind its length. */
    @Override
    byte[] body() {
        byte[] name = check.serviceName().getBytes(UTF_8);
        var request = new ByteArrayOutputStream();
        if (name.length > 0) {
            request.write(STATUS_FIELD << 3 | 2);
            int rest = name.length;
            for (; rest >= 128; rest >>>= 7) {
                request.write((rest & 127) | 128);
            }
            request.write(rest);
            request.writeBytes(name);
        }
        return ByteBuffer.allocate(PREFIX_BYTES + request.size())
                .put((byte) 0)
                .putInt(request.size())
                .put(request.toByteArray())
                .array();
    }

    @Override
    void begin() {
        message.reset();
    }

    @Override
    public void onHead(ResponseHead head, boolean endStream) {
        if (head.status() != 200 || !isGrpc(head.headers()) || endStream) {
            // Without a message there is no good answer.
            complete(false);
        }
    }

    private static boolean isGrpc(HeaderBlock headers) {
        int entry = headers.find(KnownHeader.CONTENT_TYPE);
        return entry >= 0 && headers.value(entry).startsWith("application/grpc");
    }

    @Override
    public void onBody(ByteBuf data, boolean endStream) {
        try {
            byte[] part = new byte[data.readableBytes()];
            data.readBytes(part);
            message.writeBytes(part);
        } finally {
            data.release();
        }
        if (endStream || message.size() > MAX_MESSAGE_BYTES || isTooMuch(message.toByteArray())) {
            complete(false);
        }
    }

    @Override
    public void onTrailers(HeaderBlock trailers) {
        complete(GrpcStatuses.of(trailers) == 0 && isServing(message.toByteArray()));
    }

    /** Only the stream is given up, as in Envoy, where the connection may be used again. */
    @Override
    void giveUpOnTimeout() {
        if (isAsking()) {
            answered();
        } else {
            giveUp();
        }
    }

    private void complete(boolean well) {
        answered();
        if (well) {
            passed(false);
        } else {
            failed(Failure.ACTIVE, false, 0);
        }
    }

    /** A message that is compressed, or whole and followed by another: nothing good comes of it. */
    private static boolean isTooMuch(byte[] framed) {
        int end = endOfFrame(framed, 0);
        return end > 0 && (framed[0] != 0 || endOfFrame(framed, end) > 0);
    }

    /** Where the frame ends that begins there; -1 while it is not whole. */
    private static int endOfFrame(byte[] framed, int at) {
        if (framed.length - at < PREFIX_BYTES) {
            return -1;
        }
        long end =
                at + PREFIX_BYTES + Integer.toUnsignedLong(ByteBuffer.wrap(framed).getInt(at + 1));
        return end > framed.length ? -1 : (int) end;
    }

    /** Whether this is one {@code HealthCheckResponse} that says so. */
    static boolean isServing(byte[] framed) {
        if (framed.length < PREFIX_BYTES || framed[0] != 0) {
            return false;
        }
        var in = ByteBuffer.wrap(framed, 1, framed.length - 1);
        if (in.getInt() != in.remaining()) {
            return false;
        }
        long status = 0;
        while (in.hasRemaining()) {
            long tag = varint(in);
            if (tag == STATUS_FIELD << 3) {
                status = varint(in);
            } else if (!skip(in, (int) tag & 7)) {
                return false;
            }
        }
        return status == SERVING;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; in.hasRemaining() && shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 127) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }

    /** Skips a field nobody knows, by its wire type. */
    private static boolean skip(ByteBuffer in, int type) {
        long bytes =
                switch (type) {
                    case 0 -> {
                        varint(in);
                        yield 0;
                    }
                    case 1 -> 8;
                    case 2 -> varint(in);
                    case 5 -> 4;
                    default -> -1;
                };
        if (bytes < 0 || bytes > in.remaining()) {
            return false;
        }
        in.position(in.position() + (int) bytes);
        return true;
    }
}
