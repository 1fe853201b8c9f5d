// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writes responses straight to the transport's buffer. Stateless, any thread. */
final class ResponseMarshaller implements MethodDescriptor.Marshaller<Response> {
    static final ResponseMarshaller INSTANCE = new ResponseMarshaller();

    private ResponseMarshaller() {}

    @Override
    public InputStream stream(Response response) {
        return new ResponseStream(response);
    }

    @Override
    public Response parse(InputStream stream) {
        throw new UnsupportedOperationException("a server reads no responses");
    }

    /** gRPC drains it; whoever reads it instead gets the same bytes. */
    private static final class ResponseStream extends InputStream
            implements Drainable, KnownLength {
        private final Response response;
        private @Nullable InputStream copy;
        private boolean drained;

        ResponseStream(Response response) {
            this.response = response;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (copy != null) {
                return Math.toIntExact(copy.transferTo(target));
            }
            if (drained) {
                return 0;
            }
            drained = true;
            response.writeTo(target);
            return response.sizeBytes();
        }

        @Override
        public int available() throws IOException {
            if (drained) {
                return 0;
            }
            return copy == null ? response.sizeBytes() : copy.available();
        }

        @Override
        public int read() throws IOException {
            return bytes().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return bytes().read(target, offset, length);
        }

        private InputStream bytes() {
            var stream = copy;
            if (stream == null) {
                var out = new ByteArrayOutputStream(drained ? 0 : response.sizeBytes());
                try {
                    if (!drained) {
                        response.writeTo(out);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException("an array does not fail", e);
                }
                stream = new ByteArrayInputStream(out.toByteArray());
                copy = stream;
            }
            return stream;
        }
    }
}
