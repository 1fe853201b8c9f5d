// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.CollectedOutput;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The protocol state of one HTTP/2 connection, in either role: its streams, both directions' flow
 * control, and the end of it. What a peer may do follows RFC 9113 and, where that leaves a choice,
 * nghttp2, which is Envoy's codec. Confined to the connection's event loop; owns no socket: bytes
 * come by {@link #read} and go to a {@link CollectedOutput}.
 */
public final class Http2Session {
    /** The connection as its session sees it. */
    public interface Owner {
        /**
         * The connection is at its end; all that could be said has been written.
         *
         * @param flood whether it was too much of what may be, and no error of the protocol
         * @param silently whether what was written since the last flush is not to be sent, as Envoy
         *     does not where a frame itself is what may not be
         * @param details Envoy's response code details for the streams that end with it
         */
        void onConnectionError(String details, boolean flood, boolean silently);

        /** The peer has not answered a PING; the connection is to be closed at once. */
        void onKeepaliveTimeout();
    }

    /** A connection that was accepted. */
    public interface Server extends Owner {
        /** The peer opens a stream; its first header block follows. */
        Http2Stream.Listener onStream(Http2Stream stream);
    }

    /** A connection that was made. */
    public interface Client extends Owner {
        /**
         * The peer takes no more streams; those it has not begun are reset behind this.
         *
         * @param graceful whether it does not speak of an error
         */
        void onGoAway(boolean graceful);

        /** The peer says how many streams it takes at a time; unsigned 32 bits. */
        void onMaxConcurrentStreams(long streams);
    }

    static final int DEFAULT_WINDOW = 65535;
    private static final int MAX_BLOCK_BYTES = 256 * 1024;
    private static final int MAX_CONTINUATIONS = 512;

    private final Owner owner;
    private final @Nullable Server server;
    private final @Nullable Client client;
    private final Http2Options options;
    private final BooleanSupplier peerReads;
    private final Http2Stats stats;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final HpackEncoder encoder = new HpackEncoder();
    private final HeaderWriter headerWriter = new HeaderWriter(encoder);
    private final LocalSettings settings;
    private final FloodGuard guard;
    private final SendFlow sendFlow;
    private final ReceiveFlow receiveFlow;
    private final @Nullable Keepalive keepalive;
    private final OpenStreams streams;
    private final ReadEvent event = new ReadEvent();
    private final FlushDeadlines flushes = new FlushDeadlines();
    private int lastTakenStream = Integer.MAX_VALUE;
    private boolean prefaceSent;
    private boolean goAwaySent;
    private boolean goAwaySeen;
    private boolean dead;

    private Http2Session(
            Owner owner,
            @Nullable Server server,
            @Nullable Client client,
            Http2Options options,
            CollectedOutput out,
            BooleanSupplier peerReads,
            Http2Stats stats,
            WorkerContext worker) {
        this.owner = owner;
        this.server = server;
        this.client = client;
        this.options = options;
        this.peerReads = peerReads;
        this.stats = stats;
        this.worker = worker;
        this.shard = worker.stats();
        this.streams = new OpenStreams(client != null, stats, shard);
        this.writer = new FrameWriter(out);
        this.settings = new LocalSettings(options, writer);
        this.guard = new FloodGuard(options, stats, shard);
        this.sendFlow = new SendFlow(this, writer, guard, stats, shard);
        this.receiveFlow = new ReceiveFlow(options, writer);
        var inbound =
                new InboundFrames(
                        this, options, writer, guard, sendFlow, receiveFlow, stats, shard);
        this.reader =
                new FrameReader(
                        inbound, options.maxFrameBytes(), MAX_BLOCK_BYTES, MAX_CONTINUATIONS);
        this.keepalive = options.keepalive().map(k -> new Keepalive(this, k, worker)).orElse(null);
    }

    /**
     * The session of an accepted connection.
     *
     * @param peerReads whether the peer reads what it is sent
     */
    public static Http2Session server(
            Server owner,
            Http2Options options,
            CollectedOutput out,
            BooleanSupplier peerReads,
            Http2Stats stats,
            WorkerContext worker) {
        return new Http2Session(owner, owner, null, options, out, peerReads, stats, worker);
    }

    /**
     * The session of a connection that was made.
     *
     * @param peerReads whether the peer reads what it is sent
     */
    public static Http2Session client(
            Client owner,
            Http2Options options,
            CollectedOutput out,
            BooleanSupplier peerReads,
            Http2Stats stats,
            WorkerContext worker) {
        return new Http2Session(owner, null, owner, options, out, peerReads, stats, worker);
    }

    /** The connection is there. A server speaks first; a client with its first stream. */
    public void begin() {
        if (server != null) {
            prefaceSent = true;
            settings.sendAsServer();
        }
        if (keepalive != null) {
            keepalive.begin();
        }
    }

    private void ensurePreface() {
        if (!prefaceSent) {
            prefaceSent = true;
            settings.sendAsClient();
        }
    }

    /** The peer's settings have been taken note of; the first time, it is told how much we take. */
    void ackSettings() {
        writer.settingsAck();
        queued(true);
        settings.tellWindow();
    }

    /**
     * Reads what the peer has sent, behind its preface. However many reads an event has, they are
     * one to Envoy: {@link #endRead} follows the last of them.
     *
     * @param in stays the caller's
     */
    public void read(ByteBuf in) {
        if (dead) {
            return;
        }
        event.begin(prefaceSent && client != null);
        ensurePreface();
        if (keepalive != null) {
            keepalive.onReceived();
        }
        try {
            reader.read(in);
        } catch (Http2ConnectionException e) {
            fail(e);
        }
    }

    /** Whether what has come is being read. */
    public boolean isReading() {
        return event.isUnderWay();
    }

    /** All that had come is read; no effect where nothing was. */
    public void endRead() {
        if (!event.isUnderWay()) {
            return;
        }
        List<Http2Stream> over = event.end();
        for (int i = 0; i < over.size(); i++) {
            conclude(over.get(i));
        }
        event.clear();
        if (!dead) {
            receiveFlow.sendDue();
        }
        if (!event.opened().isEmpty()) {
            sendOpened();
        }
    }

    /**
     * nghttp2 writes the heads of new streams when it has read all, and not behind a goodbye,
     * whatever stream that names.
     */
    private void sendOpened() {
        List<Http2Stream> opened = List.copyOf(event.opened());
        event.opened().clear();
        for (Http2Stream stream : opened) {
            byte[] head = stream.heldHead;
            stream.held = false;
            stream.heldHead = null;
            if (dead || head == null || !streams.isOpen(stream)) {
                continue;
            }
            if (goAwaySeen) {
                remove(stream);
                stream.listener().onRefused();
                continue;
            }
            sendBlock(stream, head, head.length, stream.heldFieldBytes, stream.heldEnd);
            sendFlow.drain(stream);
        }
    }

    private void fail(Http2ConnectionException e) {
        if (dead) {
            return;
        }
        dead = true;
        reader.stop();
        Http2Error error = e.error();
        if (error != null || e.isSilent()) {
            takeBack();
        }
        if (error != null) {
            writer.goAway(streams.lastPeerStream(), error, Ascii.bytes(e.debug()));
        }
        owner.onConnectionError(e.details(), e.isFlood(), e.isSilent());
    }

    /**
     * What was said since this read began never goes out: nghttp2 writes when all is read, and then
     * has no more than its goodbye to say, behind the preface.
     */
    private void takeBack() {
        if (!event.isUnderWay()) {
            return;
        }
        writer.takeBack();
        shard.add(stats.resetsSent, -event.resets());
        if (event.isGreeted()) {
            return;
        }
        if (client == null) {
            settings.sendAsServer();
        } else {
            settings.sendAsClient();
        }
    }

    void sendPing(byte[] payload) {
        if (!dead) {
            ensurePreface();
            writer.ping(payload, false);
            queued(false);
        }
    }

    /** A frame has begun. */
    void onFrame(int type, int flags) {
        boolean answer = type == FrameType.PING && (flags & FrameType.ACK) != 0;
        if (keepalive != null && !answer) {
            keepalive.onFrame();
        }
    }

    /** The peer has answered a PING, asked for or not. */
    void onPingAck() {
        if (keepalive != null) {
            keepalive.onAck();
        }
    }

    void onKeepaliveTimeout() {
        if (!dead) {
            shard.inc(stats.keepaliveTimeout);
            owner.onKeepaliveTimeout();
        }
    }

    /** The peer takes so many streams at a time. */
    void onMaxConcurrentStreams(int streamCount) {
        if (client != null) {
            client.onMaxConcurrentStreams(Integer.toUnsignedLong(streamCount));
        }
    }

    /** The peer says goodbye, having looked at our streams up to one of them. */
    void onGoAway(int lastStream, int code) throws Http2ConnectionException {
        boolean ours = (lastStream & 1) == (client != null ? 1 : 0);
        if ((lastStream > 0 && !ours) || lastStream > lastTakenStream) {
            throw Http2ConnectionException.broken();
        }
        lastTakenStream = lastStream;
        if (client == null) {
            return;
        }
        if (!goAwaySeen) {
            goAwaySeen = true;
            client.onGoAway(code == Http2Error.NO_ERROR.code());
        }
        for (Http2Stream stream : streams()) {
            if (stream.id() > lastStream && !stream.held && streams.isOpen(stream)) {
                remove(stream);
                stream.listener().onRefused();
            }
        }
    }

    /** Whether a stream was reset since what is being read came. */
    boolean isResetInThisRead(int streamId) {
        return client != null && event.isReset(streamId);
    }

    boolean isClient() {
        return client != null;
    }

    /** How many streams are open. */
    public int streamCount() {
        return streams.count();
    }

    /** A copy of the open streams, in no order. */
    List<Http2Stream> streams() {
        return streams.copy();
    }

    @Nullable Http2Stream stream(int id) {
        return streams.find(id);
    }

    /** Whether nobody has used that stream yet. */
    boolean isIdle(int streamId) {
        return streams.isIdle(streamId);
    }

    /** Opens a stream; its head is sent next. */
    public Http2Stream newStream(Http2Stream.Listener listener) {
        ensurePreface();
        if (keepalive != null) {
            keepalive.onNewStream();
        }
        guard.onStream();
        Http2Stream stream = newStream(streams.take());
        stream.setListener(listener);
        streams.add(stream);
        if (event.isUnderWay()) {
            stream.held = true;
            event.open(stream);
        }
        return stream;
    }

    /**
     * A header block of the peer's for a stream that is not open.
     *
     * @return the stream; {@code null} for a block that is decoded and forgotten
     */
    @Nullable Http2Stream open(int streamId) throws Http2ConnectionException {
        if (server == null) {
            if (isIdle(streamId)) {
                throw Http2ConnectionException.broken();
            }
            return null;
        }
        if ((streamId & 1) == 0) {
            throw Http2ConnectionException.broken();
        }
        // What was under way when a stream ended, or when we said goodbye, is no error.
        if (streamId <= streams.lastPeerStream() || goAwaySent) {
            return null;
        }
        streams.onPeerStream(streamId);
        guard.onStream();
        if (streams.count() >= options.maxConcurrentStreams()) {
            if (settings.isAcknowledged()) {
                throw Http2ConnectionException.broken();
            }
            writer.reset(streamId, Http2Error.REFUSED_STREAM);
            shard.inc(stats.streamRefused);
            shard.inc(stats.resetsSent);
            event.onReset(streamId);
            queued(true);
            return null;
        }
        Http2Stream stream = newStream(streamId);
        stream.setListener(server.onStream(stream));
        streams.add(stream);
        return stream;
    }

    /** Envoy lets as much wait for a stream as the stream may have under way to us. */
    private Http2Stream newStream(int id) {
        return new Http2Stream(
                id, sendFlow.streamWindow(), receiveFlow.streamWindow(), options.streamWindow());
    }

    /** Our settings have been taken note of; false where there was nothing to take note of. */
    boolean onSettingsAck() {
        if (!settings.onAck()) {
            return false;
        }
        receiveFlow.onSettingsAck(streams.all());
        return true;
    }

    /** Begins the header block that is sent next; it must be sent before another is begun. */
    public HeaderWriter headerWriter() {
        encoder.begin();
        return headerWriter;
    }

    /** Sends the header block that was written last. */
    public void sendHeaders(Http2Stream stream, boolean endStream) {
        if (dead || stream.localEnd) {
            return;
        }
        if (stream.held) {
            stream.heldHead = Arrays.copyOf(encoder.bytes(), encoder.size());
            stream.heldFieldBytes = encoder.fieldBytes();
            stream.heldEnd = endStream;
            return;
        }
        sendBlock(stream, encoder.bytes(), encoder.size(), encoder.fieldBytes(), endStream);
    }

    private void sendBlock(
            Http2Stream stream, byte[] block, int length, int fieldBytes, boolean endStream) {
        int sent = writer.headers(stream.id(), block, length, endStream);
        stream.headersSent(sent, fieldBytes);
        queued(false);
        if (endStream) {
            endLocal(stream);
        }
    }

    /** Sends the header block that was written last as trailers, behind the data that waits. */
    public void sendTrailers(Http2Stream stream) {
        if (!dead && !stream.localEnd) {
            stream.pendingTrailers = Arrays.copyOf(encoder.bytes(), encoder.size());
            stream.pendingTrailerFieldBytes = encoder.fieldBytes();
            sendFlow.drain(stream);
        }
    }

    /**
     * Sends body data as far as the windows allow; the rest waits.
     *
     * @param data given away
     */
    public void sendData(Http2Stream stream, ByteBuf data, boolean endStream) {
        if (dead || stream.localEnd || !data.isReadable()) {
            data.release();
        } else {
            stream.add(data);
        }
        if (!dead && !stream.localEnd) {
            stream.pendingEnd |= endStream;
            sendFlow.drain(stream);
            stream.noteFull();
        }
    }

    void endLocal(Http2Stream stream) {
        stream.localEnd = true;
        flushes.end(stream);
        conclude(stream);
    }

    /**
     * Nobody cares for the stream any more: what waits is still sent, and what the peer still sends
     * is dropped. A peer that is not at its end by then is told that no more is wanted.
     *
     * @param flushNanos how long it may wait until {@link #resetFlushing}; 0 for ever
     */
    public void finish(Http2Stream stream, long flushNanos) {
        if (!streams.isOpen(stream)) {
            return;
        }
        stream.setListener(new Dropped());
        stream.dropMeter();
        stream.finished = true;
        if (!stream.localEnd) {
            flushes.begin(stream, worker.now(), flushNanos);
        }
        conclude(stream);
    }

    /** Forgets a stream that is over; not before what has come with its end is read (observed). */
    void conclude(Http2Stream stream) {
        if (!stream.localEnd || !(stream.remoteEnd || stream.finished)) {
            return;
        }
        // A server's stream is there until all is read that came with its end, a client's is not
        // (observed).
        if (event.isUnderWay() && server != null) {
            event.conclude(stream);
        } else if (stream.remoteEnd) {
            remove(stream);
        } else {
            reset(stream, Http2Error.NO_ERROR);
        }
    }

    /** Resets the streams whose responses have waited as long as they may. */
    public void resetFlushing() {
        for (Http2Stream stream : streams()) {
            if (FlushDeadlines.isLate(stream, worker.now())) {
                shard.inc(stats.flushTimeout);
                reset(stream, Http2Error.INTERNAL_ERROR);
            }
        }
    }

    /** After how many nanoseconds {@link #resetFlushing} has something to do; -1 for never. */
    public long nextFlushNanos() {
        return flushes.next(streams.all(), worker.now());
    }

    /** Ends a stream abnormally; nothing of it is called back. No effect on one that is over. */
    public void reset(Http2Stream stream, Http2Error error) {
        if (!streams.isOpen(stream)) {
            return;
        }
        if (!dead && !stream.held) {
            writer.reset(stream.id(), error);
            shard.inc(stats.resetsSent);
            event.onReset(stream.id());
            queued(true);
        }
        remove(stream);
    }

    /**
     * Says of the resets that belong to what is being read that they never go out.
     *
     * @return whether there are any
     */
    public boolean takeBackResets() {
        shard.add(stats.resetsSent, -event.resets());
        return event.resets() > 0;
    }

    void remove(Http2Stream stream) {
        if (!streams.isOpen(stream)) {
            return;
        }
        streams.remove(stream);
        stream.dropMeter();
        flushes.end(stream);
        stream.localEnd = true;
        stream.remoteEnd = true;
        release(stream);
        int held = stream.unconsumed;
        stream.unconsumed = 0;
        receiveFlow.connectionTaken(held);
    }

    private void release(Http2Stream stream) {
        stream.release();
        sendFlow.count(stream);
    }

    /** Stops or resumes taking a stream's data: while stopped, its window is not renewed. */
    public void readDisable(Http2Stream stream, boolean disable) {
        stream.readDisabled = disable;
        if (!disable && !dead) {
            receiveFlow.resume(stream);
        }
    }

    /**
     * Tells the peer to open no more streams, while those it just opened are still served. Envoy
     * counts the goodbye that follows only.
     */
    public void sendShutdownNotice() {
        if (!dead) {
            writer.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, new byte[0]);
        }
    }

    /** Tells the peer that nothing above the streams seen so far will be served. */
    public void sendGoAway() {
        if (!dead && !goAwaySent) {
            goAwaySent = true;
            writer.goAway(streams.lastPeerStream(), Http2Error.NO_ERROR, new byte[0]);
            shard.inc(stats.goAwaySent);
        }
    }

    /** The connection is gone; nothing is called back. */
    public void discard() {
        dead = true;
        reader.stop();
        streams.all().forEach(this::release);
        streams.clear();
        guard.onDrained();
        sendFlow.discard();
        if (keepalive != null) {
            keepalive.discard();
        }
    }

    /** The peer reads again. */
    public void onWritable() {
        guard.onDrained();
    }

    /** A frame has been queued; too many for a peer that does not read end the connection. */
    void queued(boolean control) {
        String flood = guard.onQueued(control, peerReads.getAsBoolean());
        if (!flood.isEmpty()) {
            fail(Http2ConnectionException.flood(flood));
        }
    }
}
