// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;

/** A gRPC server with one method of each kind, whose messages are bytes. */
final class GrpcService implements AutoCloseable {
    static final Metadata.Key<String> TEXT =
            Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<byte[]> BYTES =
            Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** What is sent comes back. */
    static final MethodDescriptor<byte[], byte[]> ECHO =
            method("Echo", MethodDescriptor.MethodType.UNARY);

    /** Answers with the status that the message names. */
    static final MethodDescriptor<byte[], byte[]> FAIL =
            method("Fail", MethodDescriptor.MethodType.UNARY);

    /** Never answers. */
    static final MethodDescriptor<byte[], byte[]> SLEEP =
            method("Sleep", MethodDescriptor.MethodType.UNARY);

    /** As many messages of 10,000 bytes as the message has bytes. */
    static final MethodDescriptor<byte[], byte[]> SPLIT =
            method("Split", MethodDescriptor.MethodType.SERVER_STREAMING);

    /** How many bytes all messages had. */
    static final MethodDescriptor<byte[], byte[]> JOIN =
            method("Join", MethodDescriptor.MethodType.CLIENT_STREAMING);

    /** Each message comes back at once. */
    static final MethodDescriptor<byte[], byte[]> CHAT =
            method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING);

    /** Nobody serves it. */
    static final MethodDescriptor<byte[], byte[]> MISSING =
            method("Missing", MethodDescriptor.MethodType.UNARY);

    private static final int PART_BYTES = 10_000;

    private final Semaphore cancelled = new Semaphore(0);
    private final Server server;

    GrpcService() throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(ServerInterceptors.intercept(definition(), new EchoMetadata()))
                        .build()
                        .start();
    }

    int port() {
        return server.getPort();
    }

    /** Has a permit for each call that was cancelled on the server's side. */
    Semaphore cancelled() {
        return cancelled;
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("outrigger.Test")
                .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcService::echo))
                .addMethod(FAIL, ServerCalls.asyncUnaryCall(GrpcService::fail))
                .addMethod(SLEEP, ServerCalls.asyncUnaryCall((_, to) -> noteCancel(to)))
                .addMethod(SPLIT, ServerCalls.asyncServerStreamingCall(GrpcService::split))
                .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(this::join))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(this::chat))
                .build();
    }

    private static void echo(byte[] message, StreamObserver<byte[]> to) {
        to.onNext(message);
        to.onCompleted();
    }

    private static void fail(byte[] message, StreamObserver<byte[]> to) {
        to.onError(
                Status.fromCodeValue(message[0])
                        .withDescription(new String(message, 1, message.length - 1, UTF_8))
                        .asRuntimeException());
    }

    private static void split(byte[] message, StreamObserver<byte[]> to) {
        var call = (ServerCallStreamObserver<byte[]>) to;
        int[] left = {message.length};
        call.setOnReadyHandler(() -> {
            while (left[0] > 0 && call.isReady()) {
                left[0]--;
                call.onNext(new byte[PART_BYTES]);
                if (left[0] == 0) {
                    call.onCompleted();
                }
            }
        });
        if (message.length == 0) {
            call.onCompleted();
        }
    }

    private void noteCancel(StreamObserver<byte[]> to) {
        ((ServerCallStreamObserver<byte[]>) to).setOnCancelHandler(cancelled::release);
    }

    private StreamObserver<byte[]> join(StreamObserver<byte[]> to) {
        noteCancel(to);
        long[] sum = {0};
        return new Receiver() {
            @Override
            public void onNext(byte[] message) {
                sum[0] += message.length;
            }

            @Override
            public void onCompleted() {
                to.onNext(Long.toString(sum[0]).getBytes(UTF_8));
                to.onCompleted();
            }
        };
    }

    private StreamObserver<byte[]> chat(StreamObserver<byte[]> to) {
        noteCancel(to);
        return new Receiver() {
            @Override
            public void onNext(byte[] message) {
                to.onNext(message);
            }

            @Override
            public void onCompleted() {
                to.onCompleted();
            }
        };
    }

    private abstract static class Receiver implements StreamObserver<byte[]> {
        @Override
        public void onError(Throwable failure) {
            // The cancel handler has heard of it.
        }
    }

    /** The caller's metadata comes back: text with the head, bytes with the trailers. */
    private static final class EchoMetadata implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata asked, ServerCallHandler<Q, R> next) {
            var echoing =
                    new ForwardingServerCall.SimpleForwardingServerCall<Q, R>(call) {
                        @Override
                        public void sendHeaders(Metadata headers) {
                            if (asked.containsKey(TEXT)) {
                                headers.put(TEXT, asked.get(TEXT));
                            }
                            super.sendHeaders(headers);
                        }

                        @Override
                        public void close(Status status, Metadata trailers) {
                            if (asked.containsKey(BYTES)) {
                                trailers.put(BYTES, asked.get(BYTES));
                            }
                            super.close(status, trailers);
                        }
                    };
            if (asked.containsKey(TEXT)) {
                echoing.setCompression("gzip");
            }
            return Contexts.interceptCall(Context.current(), echoing, asked, next);
        }
    }

    private static MethodDescriptor<byte[], byte[]> method(
            String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("outrigger.Test", name))
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
