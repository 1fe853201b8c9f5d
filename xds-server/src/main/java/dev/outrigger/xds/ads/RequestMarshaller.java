// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads requests, leaving out the node: see {@link Incoming}. Stateless, any thread. */
final class RequestMarshaller<Q extends Message>
        implements MethodDescriptor.Marshaller<Incoming<Q>> {
    private final Q prototype;
    private final int nodeTag;

    RequestMarshaller(Q prototype, int nodeField) {
        this.prototype = prototype;
        this.nodeTag = nodeField << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    @Override
    public InputStream stream(Incoming<Q> value) {
        throw new UnsupportedOperationException("a server writes no requests");
    }

    /** A message that is none ends its call, and nothing else. */
    @Override
    public Incoming<Q> parse(InputStream stream) {
        try {
            return read(stream.readAllBytes());
        } catch (IOException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("not a " + prototype.getDescriptorForType().getName())
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    /** Everything before and after the node: protobuf messages in pieces are still messages. */
    @SuppressWarnings("unchecked") // A builder of the prototype builds nothing else.
    private Incoming<Q> read(byte[] bytes) throws IOException {
        var message = prototype.newBuilderForType();
        var in = CodedInputStream.newInstance(bytes);
        ByteString node = null;
        int from = 0;
        while (true) {
            int start = in.getTotalBytesRead();
            int tag = in.readTag();
            if (tag == 0) {
                message.mergeFrom(bytes, from, bytes.length - from);
                return new Incoming<>((Q) message.build(), node);
            }
            if (tag != nodeTag) {
                skip(in, tag);
                continue;
            }
            message.mergeFrom(bytes, from, start - from);
            int length = in.readRawVarint32();
            int begin = in.getTotalBytesRead();
            if (length < 0) {
                throw new InvalidProtocolBufferException("negative size");
            }
            in.skipRawBytes(length);
            from = in.getTotalBytesRead();
            node = joined(node, UnsafeByteOperations.unsafeWrap(bytes, begin, length));
        }
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("an end of a group that did not begin");
        }
    }

    private static ByteString joined(@Nullable ByteString first, ByteString second) {
        return first == null ? second : first.concat(second);
    }
}
