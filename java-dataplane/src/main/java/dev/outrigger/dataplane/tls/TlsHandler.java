// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.PeerValidator.Result;
import dev.outrigger.dataplane.tls.PeerValidator.Status;
import dev.outrigger.dataplane.x509.Certificate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.internal.tcnative.SSL;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * TLS between a socket and what is above it in the pipeline, on one connection. What comes up is
 * plaintext, what goes down is encrypted when it is flushed. Confined to the connection's event
 * loop.
 *
 * <p>Server side: channel events pass through; nothing is read before the handshake is done. Client
 * side: connecting is done, and the channel active, when the handshake is.
 *
 * <p>Failure: the alert is sent, the connection closed, and {@link TlsInfo#failureReason} says why.
 * Closing sends {@code close_notify} first.
 *
 * <p>Buffers: whatever is read is released here, and so is what is written once it is encrypted.
 */
public final class TlsHandler extends ChannelDuplexHandler {
    /** Holds what BoringSSL says unasked while it reads; more is asked for in turns. */
    private static final int SIDE_BUFFER_BYTES = 512;

    private static final int MAX_RECORD_BYTES = 16 * 1024;

    /** The most that is handed up at once. */
    private static final int PIECE_BYTES = 4 * MAX_RECORD_BYTES;

    /** Enough for any record's header, padding and tag. */
    private static final int RECORD_OVERHEAD_BYTES = 96;

    private static final int TICKETS_BYTES = 2048;

    private static final ThreadLocal<@Nullable TlsHandler> CURRENT = new ThreadLocal<>();

    private enum State {
        NEW,
        HANDSHAKE,
        OPEN,
        /** We have said that nothing more will come from us. */
        SHUTDOWN,
        FAILED,
        GONE
    }

    private final TlsContext context;
    private final StatsShard shard;
    private final LongSupplier nanoTime;
    private final TlsTarget target;
    private final PlaintextQueue pending = new PlaintextQueue();
    private final Session session;
    private final ClientAbilities abilities = new ClientAbilities();
    private State state = State.NEW;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ChannelPromise connecting;
    private @Nullable ScheduledFuture<?> timeout;
    private @Nullable Result verified;
    private @Nullable Runnable onHandshakeTimeout;
    private long connectTimeoutNanos;
    private long connectStarted;
    private long ssl;
    private long bio;
    private int own;
    private boolean ended;
    private boolean wroteSomething;
    private boolean released;
    private boolean wroteData;

    private TlsHandler(
            TlsContext context, TlsTarget target, StatsShard shard, LongSupplier nanoTime) {
        this.context = context;
        this.target = target;
        this.shard = shard;
        this.nanoTime = nanoTime;
        this.session = new Session(this);
    }

    /**
     * For an accepted connection.
     *
     * @param context retained; released when the handler goes
     */
    static TlsHandler server(ServerTlsContext context, StatsShard shard, LongSupplier nanoTime) {
        return new TlsHandler(context, TlsTarget.of(""), shard, nanoTime);
    }

    /**
     * For a connection to a host.
     *
     * @param context retained; released when the handler goes
     * @param connectTimeoutNanos for connecting and handshake together; 0 for none
     */
    static TlsHandler client(
            ClientTlsContext context,
            TlsTarget target,
            StatsShard shard,
            LongSupplier nanoTime,
            long connectTimeoutNanos) {
        var handler = new TlsHandler(context, target, shard, nanoTime);
        handler.connectTimeoutNanos = connectTimeoutNanos;
        return handler;
    }

    /** The TLS of a channel; {@code null} for cleartext. */
    public static @Nullable TlsInfo find(Channel channel) {
        TlsHandler handler = channel.pipeline().get(TlsHandler.class);
        return handler == null ? null : handler.session;
    }

    /**
     * Limits the handshake of an accepted connection.
     *
     * @param onTimeout called when it takes too long; closes the connection
     */
    public void limitHandshake(long nanos, Runnable onTimeout) {
        connectTimeoutNanos = nanos;
        onHandshakeTimeout = onTimeout;
    }

    /** What headers and logs may know. */
    public TlsInfo info() {
        return session;
    }

    /** The connection whose native code calls back. */
    static @Nullable TlsHandler current() {
        return CURRENT.get();
    }

    static void logKey(byte[] line) {
        TlsHandler connection = CURRENT.get();
        KeyLogFile file = connection == null ? null : connection.context.keyLog();
        if (connection != null && connection.ctx != null && file != null) {
            Channel channel = connection.ctx.channel();
            if (file.isFor(channel.localAddress(), channel.remoteAddress())) {
                file.write(line);
            }
        }
    }

    TlsTarget target() {
        return target;
    }

    TlsContext context() {
        return context;
    }

    /** Which of several own certificates is shown. */
    int own() {
        return own;
    }

    void setOwn(int index) {
        own = index;
    }

    /** What the client has said of itself; of accepted connections. */
    ClientAbilities abilities() {
        return abilities;
    }

    long ssl() {
        return ssl;
    }

    @Nullable Result verified() {
        return verified;
    }

    /** The name a client asks for; of a client's connection. */
    String serverNameAsked() {
        return context instanceof ClientTlsContext client ? client.serverName(target) : "";
    }

    private ChannelHandlerContext ctx() {
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        if (this.context.isServer()) {
            begin();
            Runnable late = onHandshakeTimeout;
            if (late != null) {
                timeout =
                        context.executor()
                                .schedule(late, connectTimeoutNanos, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void begin() {
        state = State.HANDSHAKE;
        session.started(nanoTime.getAsLong());
        ssl = context.newSsl(this);
        bio = SSL.bioNewByteBuffer(ssl, SIDE_BUFFER_BYTES);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        destroy();
        pending.release(new TlsException(""));
    }

    private void destroy() {
        if (ssl != 0) {
            session.keep();
            SSL.freeSSL(ssl);
            ssl = 0;
            bio = 0;
        }
        if (!released) {
            released = true;
            context.release();
        }
        if (state != State.FAILED) {
            state = State.GONE;
        }
    }

    // Connecting: a client's socket, then its handshake.

    @Override
    public void connect(
            ChannelHandlerContext context,
            SocketAddress remote,
            SocketAddress local,
            ChannelPromise promise) {
        connecting = promise;
        connectStarted = nanoTime.getAsLong();
        ChannelPromise socket = context.newPromise();
        socket.addListener(this::onSocket);
        context.connect(remote, local, socket);
    }

    private void onSocket(Future<? super Void> done) {
        ChannelPromise waiting = connecting;
        if (waiting == null) {
            return;
        }
        if (!done.isSuccess()) {
            connecting = null;
            waiting.tryFailure(done.cause());
            return;
        }
        begin();
        if (connectTimeoutNanos > 0) {
            long left = connectTimeoutNanos - (nanoTime.getAsLong() - connectStarted);
            timeout =
                    ctx().executor()
                            .schedule(this::onTimeout, Math.max(0, left), TimeUnit.NANOSECONDS);
        }
        handshake(null);
        ctx().flush();
    }

    private void onTimeout() {
        ChannelPromise waiting = connecting;
        if (waiting != null) {
            connecting = null;
            waiting.tryFailure(new ConnectTimeoutException("TLS handshake"));
            ctx().close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (this.context.isServer()) {
            context.fireChannelActive();
        } else {
            // What is above a client's handler sees it active when it can be spoken on.
            context.read();
        }
    }

    // Reading.

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (!session.hasHeard()) {
            session.heard(nanoTime.getAsLong());
        }
        try {
            if (!in.hasMemoryAddress()) {
                ByteBuf direct = context.alloc().directBuffer(in.readableBytes()).writeBytes(in);
                in.release();
                in = direct;
            }
            read(in);
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) {
        if (state == State.HANDSHAKE) {
            if (context.isServer() && abilities.read(in) && abilities.asksForStaple()) {
                // There is never one: responses cannot be configured.
                shard.inc(context.stats().ocspStapleRequests);
                shard.inc(context.stats().ocspStapleOmitted);
            }
            handshake(in);
        }
        if (state == State.OPEN || state == State.SHUTDOWN) {
            decrypt(in);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (wroteSomething) {
            wroteSomething = false;
            context.flush();
        }
        // While the handshake lasts nobody above asks for more.
        if (state == State.HANDSHAKE && !context.channel().config().isAutoRead()) {
            context.read();
        }
        context.fireChannelReadComplete();
    }

    /**
     * Drives the handshake as far as it goes.
     *
     * @param in what was read; {@code null} for nothing
     */
    private void handshake(@Nullable ByteBuf in) {
        TlsHandler before = CURRENT.get();
        CURRENT.set(this);
        try {
            while (state == State.HANDSHAKE) {
                int result = step(in);
                if (result == 1) {
                    onHandshake();
                    return;
                }
                int error = SSL.getError(ssl, result);
                boolean wrote = writeSideBuffer();
                if (error == BoringSsl.ERROR_WANT_WRITE
                        || (error == BoringSsl.ERROR_WANT_READ
                                && wrote
                                && SSL.isInInit(ssl) != 0
                                && in != null
                                && in.isReadable())) {
                    continue;
                }
                if (error != BoringSsl.ERROR_WANT_READ) {
                    fail();
                }
                return;
            }
        } finally {
            CURRENT.set(before);
        }
    }

    private int step(@Nullable ByteBuf in) {
        if (in == null || !in.isReadable()) {
            return SSL.doHandshake(ssl);
        }
        int before = in.readableBytes();
        SSL.bioSetByteBuffer(bio, in.memoryAddress() + in.readerIndex(), before, false);
        try {
            return SSL.doHandshake(ssl);
        } finally {
            in.skipBytes(before - SSL.bioLengthByteBuffer(bio));
            SSL.bioClearByteBuffer(bio);
        }
    }

    /** Sends what BoringSSL wrote while it was reading; whether there was anything. */
    private boolean writeSideBuffer() {
        int length = SSL.bioLengthNonApplication(bio);
        if (length <= 0) {
            return false;
        }
        ByteBuf out = ctx().alloc().directBuffer(length);
        SSL.bioSetByteBuffer(bio, out.memoryAddress(), length, true);
        int written = SSL.bioFlushByteBuffer(bio);
        SSL.bioClearByteBuffer(bio);
        out.writerIndex(written);
        wroteSomething = true;
        ctx().write(out, ctx().voidPromise());
        return true;
    }

    private void onHandshake() {
        writeSideBuffer();
        state = State.OPEN;
        session.finished(nanoTime.getAsLong(), SSL.isSessionReused(ssl));
        if (!reverify()) {
            return;
        }
        count();
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
        ChannelPromise waiting = connecting;
        if (waiting != null) {
            connecting = null;
            ctx().flush();
            wroteSomething = false;
            if (waiting.trySuccess()) {
                ctx().fireChannelActive();
            }
        }
        if (!pending.isEmpty()) {
            encrypt();
            wroteSomething = true;
        }
    }

    /** A resumed session brings the peer's certificates, but not what is thought of them today. */
    private boolean reverify() {
        if (verified != null || context.validator() == null || !SSL.isSessionReused(ssl)) {
            return true;
        }
        List<Certificate> chain = session.peerChain();
        if (chain.isEmpty()) {
            return true;
        }
        Result result = validate(chain);
        verified = result;
        if (!result.accepted()) {
            session.failed(TlsErrors.refused(result));
            closeFailed();
            return false;
        }
        return true;
    }

    private void count() {
        TlsStats stats = context.stats();
        shard.inc(stats.handshake);
        if (SSL.isSessionReused(ssl)) {
            shard.inc(stats.sessionReused);
        }
        shard.inc(stats.cipher(session.cipher()));
        shard.inc(stats.version(session.version()));
        String group = session.group();
        if (!group.isEmpty()) {
            shard.inc(stats.curve(group));
        }
        if (session.peerChain().isEmpty()) {
            shard.inc(stats.noCertificate);
        } else {
            String algorithm = session.peerSignatureAlgorithm();
            if (!algorithm.isEmpty()) {
                shard.inc(stats.signatureAlgorithm(algorithm));
            }
        }
    }

    /** Called by BoringSSL with what the peer sent; its number for the result. */
    int verify(byte[][] encoded) {
        if (context.validator() == null && target.anyName().isEmpty()) {
            return 0;
        }
        Result result = validate(PeerValidator.read(encoded));
        verified = result;
        return result.code();
    }

    private Result validate(List<Certificate> chain) {
        PeerValidator validator = context.validator();
        if (validator == null) {
            return new Result(true, Status.NOT_VALIDATED, 0, "", "", List.of());
        }
        boolean byServerName =
                context instanceof ClientTlsContext client && client.checksServerName();
        return validator.validate(
                chain, byServerName ? serverNameAsked() : "", target.anyName(), shard);
    }

    /**
     * Decrypts all there is and hands it up in one piece for each buffer's worth. What a record
     * holds may have come in many reads, of which this is the last.
     */
    private void decrypt(ByteBuf in) {
        int before = in.readableBytes();
        long address = in.memoryAddress() + in.readerIndex();
        SSL.bioSetByteBuffer(bio, address, before, false);
        ByteBuf out = null;
        int error = BoringSsl.ERROR_NONE;
        while (ssl != 0 && !ended) {
            if (out == null) {
                out = ctx().alloc().directBuffer(Math.clamp(before, 64, PIECE_BYTES));
            }
            int got =
                    SSL.readFromSSL(
                            ssl, out.memoryAddress() + out.writerIndex(), out.writableBytes());
            if (got <= 0) {
                error = SSL.getError(ssl, got);
                break;
            }
            out.writerIndex(out.writerIndex() + got);
            if (!out.isWritable() && out.capacity() < PIECE_BYTES) {
                int more = SSL.sslPending(ssl) + SSL.bioLengthByteBuffer(bio);
                out.ensureWritable(Math.clamp(more + 1L, 1, PIECE_BYTES - out.capacity()));
            } else if (!out.isWritable()) {
                ByteBuf full = out;
                out = null;
                // Whoever reads it may write, which needs the place of what is being read.
                int left = SSL.bioLengthByteBuffer(bio);
                SSL.bioClearByteBuffer(bio);
                ctx().fireChannelRead(full);
                if (ssl == 0 || state == State.FAILED) {
                    return;
                }
                SSL.bioSetByteBuffer(bio, address + (before - left), left, false);
            }
        }
        if (ssl != 0) {
            SSL.bioClearByteBuffer(bio);
        }
        in.skipBytes(in.readableBytes());
        if (out != null) {
            if (out.isReadable()) {
                ctx().fireChannelRead(out);
            } else {
                out.release();
            }
        }
        if (ssl != 0) {
            afterRead(error);
        }
    }

    private void afterRead(int error) {
        writeSideBuffer();
        switch (error) {
            case BoringSsl.ERROR_NONE, BoringSsl.ERROR_WANT_READ, BoringSsl.ERROR_WANT_WRITE -> {}
            case BoringSsl.ERROR_ZERO_RETURN -> onCloseNotify();
            default -> fail();
        }
    }

    /** The peer will send no more. */
    private void onCloseNotify() {
        ended = true;
        Channel channel = ctx().channel();
        if (channel.config() instanceof io.netty.channel.socket.SocketChannelConfig config
                && config.isAllowHalfClosure()) {
            ctx().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            ctx().close();
        }
    }

    // Failing.

    private void fail() {
        writeSideBuffer();
        TlsErrors errors = TlsErrors.take();
        countErrors(errors);
        if (!errors.isEmpty()) {
            session.failed(errors.text(verified));
        }
        closeFailed();
    }

    private void countErrors(TlsErrors errors) {
        if (errors.noCertificate()) {
            shard.inc(context.stats().failVerifyNoCert);
        }
        if (!errors.isEmpty() && !errors.isCountedApart()) {
            shard.inc(context.stats().connectionError);
        }
    }

    private void closeFailed() {
        state = State.FAILED;
        ctx().flush();
        wroteSomething = false;
        ChannelPromise waiting = connecting;
        if (waiting != null) {
            connecting = null;
            waiting.tryFailure(new TlsException(session.failureReason()));
        }
        ctx().close();
    }

    /** A reset amid the handshake is a reason as BoringSSL would tell it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (state == State.HANDSHAKE
                && session.failureReason().isEmpty()
                && cause instanceof IOException
                && String.valueOf(cause.getMessage()).contains("Connection reset")) {
            session.failed(TlsErrors.RESET);
        }
        context.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
        if (state == State.HANDSHAKE) {
            shutdown();
        }
        ChannelPromise waiting = connecting;
        connecting = null;
        destroy();
        pending.release(new TlsException(session.failureReason()));
        if (waiting != null) {
            waiting.tryFailure(new TlsException(session.failureReason()));
        }
        context.fireChannelInactive();
    }

    // Writing.

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf buffer)) {
            context.write(message, promise);
            return;
        }
        if (state == State.FAILED || state == State.GONE || state == State.SHUTDOWN) {
            buffer.release();
            promise.tryFailure(new TlsException(session.failureReason()));
            return;
        }
        pending.add(buffer, promise);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (state == State.OPEN) {
            encrypt();
        }
        wroteSomething = false;
        context.flush();
    }

    private void encrypt() {
        while (!pending.isEmpty() && ssl != 0) {
            int length = Math.min(pending.readableBytes(), 4 * MAX_RECORD_BYTES);
            if (length == 0) {
                pending.passEmpty(ctx());
                continue;
            }
            int records = length / MAX_RECORD_BYTES + 1;
            ByteBuf out =
                    ctx().alloc()
                            .directBuffer(
                                    length + records * RECORD_OVERHEAD_BYTES + beforeFirstWrite());
            SSL.bioSetByteBuffer(bio, out.memoryAddress(), out.writableBytes(), true);
            int error = BoringSsl.ERROR_NONE;
            for (int done = 0; done < length && error == BoringSsl.ERROR_NONE; ) {
                int written = pending.writeTo(ssl, Math.min(MAX_RECORD_BYTES, length - done));
                error = written > 0 ? BoringSsl.ERROR_NONE : SSL.getError(ssl, written);
                done += Math.max(0, written);
            }
            out.writerIndex(out.writableBytes() - SSL.bioLengthByteBuffer(bio));
            SSL.bioClearByteBuffer(bio);
            ctx().write(out, pending.promise(ctx()));
            // What BoringSSL had to say first took the room: it goes on in the next round.
            if (error != BoringSsl.ERROR_NONE && error != BoringSsl.ERROR_WANT_WRITE) {
                fail();
                return;
            }
        }
    }

    /** Room for the tickets that a server says before its first data. */
    private int beforeFirstWrite() {
        boolean first = !wroteData;
        wroteData = true;
        return first && context.isServer() ? TICKETS_BYTES : 0;
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (state == State.OPEN) {
            encrypt();
        }
        if (state == State.OPEN || state == State.HANDSHAKE) {
            shutdown();
            context.flush();
        }
        context.close(promise);
    }

    /** Says that nothing more will come. */
    private void shutdown() {
        if (ssl == 0) {
            return;
        }
        var _ = SSL.shutdownSSL(ssl);
        writeSideBuffer();
        TlsErrors errors = TlsErrors.take();
        countErrors(errors);
        if (!errors.isEmpty() && session.failureReason().isEmpty()) {
            session.failed(errors.text(null));
        }
        state = State.SHUTDOWN;
    }
}
