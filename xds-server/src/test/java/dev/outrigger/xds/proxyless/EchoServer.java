// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.proxyless;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A gRPC server that answers every method with its own name, or fails as it was told to. */
public final class EchoServer implements AutoCloseable {
    private final Server server;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    public EchoServer(String name) throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .fallbackHandlerRegistry(new AnyMethod(name))
                        .build()
                        .start();
    }

    public int port() {
        return server.getPort();
    }

    public int calls() {
        return calls.get();
    }

    /** The next calls end with UNAVAILABLE. */
    public void failNext(int count) {
        calls.set(0);
        failures.set(count);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    public static MethodDescriptor<String, String> method(String fullName) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(fullName)
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    private final class AnyMethod extends HandlerRegistry {
        private final String name;

        AnyMethod(String name) {
            this.name = name;
        }

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(
                String fullName, @Nullable String authority) {
            return ServerMethodDefinition.create(
                    method(fullName),
                    ServerCalls.asyncUnaryCall((_, responses) -> {
                        calls.incrementAndGet();
                        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            responses.onError(
                                    Status.UNAVAILABLE.withDescription("told to").asException());
                        } else {
                            responses.onNext(name);
                            responses.onCompleted();
                        }
                    }));
        }
    }

    /** Bytes without a schema. */
    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
