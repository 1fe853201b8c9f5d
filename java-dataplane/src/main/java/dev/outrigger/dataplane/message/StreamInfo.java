// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import dev.outrigger.dataplane.config.Metadata;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one exchange besides its heads: what the access log and header formats read.
 * Filled by the exchange as it goes, reused for the next one. Confined to its event loop.
 */
public final class StreamInfo {
    private static final ResponseFlag[] ALL_FLAGS = ResponseFlag.values();

    private long startMillis;
    private long startNanos;
    private long endNanos;
    private long requestEndNanos = -1;
    private long firstUpstreamRxNanos = -1;
    private long upstreamRxEndNanos = -1;
    private long upstreamTxBeginNanos = -1;
    private long upstreamTxEndNanos = -1;
    private long downstreamTxBeginNanos = -1;
    private long downstreamTxEndNanos = -1;
    private long poolReadyMillis = -1;
    private @Nullable Protocol protocol = Protocol.HTTP_1_1;
    private @Nullable Protocol upstreamProtocol;
    private int responseCode;
    private @Nullable String details;
    private long bytesReceived;
    private long bytesSent;
    private @Nullable String upstreamHost;
    private @Nullable String upstreamLocal;
    private @Nullable TlsInfo upstreamTls;
    private @Nullable String upstreamRemote;
    private @Nullable String upstreamHostName;
    private @Nullable String hostsAttempted;
    private @Nullable String hostNamesAttempted;
    private @Nullable Metadata upstreamMetadata;
    private @Nullable String upstreamCluster;
    private @Nullable String routeName;
    private @Nullable String virtualHost;
    private @Nullable String virtualCluster;
    private @Nullable String transportFailure;
    private int attemptCount;
    private boolean healthCheck;
    private @Nullable DynamicMetadata dynamicMetadata;
    private final ResponseFlag[] flagOrder = new ResponseFlag[ALL_FLAGS.length];
    private int flagCount;
    private @Nullable ConnectionInfo connection;
    private @Nullable InetSocketAddress remote;
    private AccessLogType logType = AccessLogType.DOWNSTREAM_END;
    private String localReplyBody = "";
    private final BytesMeter ownBytes = new BytesMeter();
    private BytesMeter downstreamBytes = ownBytes;
    private final BytesMeter noUpstreamBytes = new BytesMeter();
    private BytesMeter upstreamBytes = noUpstreamBytes;
    private long upstreamConnectionId = -1;
    private boolean upstreamTried;
    private @Nullable ConnectTimes connectTimes;
    private int routeResolutions;
    private long routeResolutionNanos;

    /**
     * Begins a new exchange.
     *
     * @param on {@code null} for a request of the proxy's own
     */
    public void begin(@Nullable ConnectionInfo on, long wallMillis, long nanos) {
        connection = on;
        startMillis = wallMillis;
        startNanos = nanos;
        endNanos = nanos;
        requestEndNanos = -1;
        forgetUpstreamTimes();
        downstreamTxBeginNanos = -1;
        downstreamTxEndNanos = -1;
        poolReadyMillis = -1;
        hostNamesAttempted = null;
        upstreamMetadata = null;
        protocol = Protocol.HTTP_1_1;
        responseCode = 0;
        details = null;
        bytesReceived = 0;
        bytesSent = 0;
        upstreamHost = null;
        upstreamLocal = null;
        upstreamTls = null;
        upstreamRemote = null;
        upstreamHostName = null;
        hostsAttempted = null;
        upstreamCluster = null;
        routeName = null;
        virtualHost = null;
        virtualCluster = null;
        transportFailure = null;
        attemptCount = 0;
        healthCheck = false;
        dynamicMetadata = null;
        flagCount = 0;
        remote = null;
        logType = AccessLogType.DOWNSTREAM_END;
        localReplyBody = "";
        ownBytes.reset();
        downstreamBytes = ownBytes;
        noUpstreamBytes.reset();
        upstreamBytes = noUpstreamBytes;
        upstreamConnectionId = -1;
        upstreamTried = false;
        connectTimes = null;
        routeResolutions = 0;
        routeResolutionNanos = 0;
    }

    /** The route was looked for, which took so long. */
    public void routeResolved(long nanos) {
        routeResolutions++;
        routeResolutionNanos += nanos;
    }

    /** How often the route was looked for. */
    public int routeResolutions() {
        return routeResolutions;
    }

    /** How long that took in all; -1 where it was not looked for. */
    public long routeResolutionMicros() {
        return routeResolutions == 0 ? -1 : routeResolutionNanos / 1_000;
    }

    /** When the connection of the latest attempt that had one was made. */
    public void setConnectTimes(@Nullable ConnectTimes times) {
        connectTimes = times;
    }

    /** {@code null} where there was no connection. */
    public @Nullable ConnectTimes connectTimes() {
        return connectTimes;
    }

    /** What the client's stream moved on the wire. */
    public BytesMeter downstreamBytes() {
        return downstreamBytes;
    }

    /** What another says of the client's stream holds here too. */
    public void shareDownstreamBytes(StreamInfo other) {
        downstreamBytes = other.downstreamBytes;
    }

    /** Takes over what another says of the attempt made last: host, connection, bytes. */
    public void takeUpstream(StreamInfo other) {
        upstreamProtocol = other.upstreamProtocol;
        upstreamHost = other.upstreamHost;
        upstreamHostName = other.upstreamHostName;
        upstreamMetadata = other.upstreamMetadata;
        upstreamTried = other.upstreamTried;
        upstreamConnectionId = other.upstreamConnectionId;
        if (other.upstreamConnectionId >= 0) {
            upstreamLocal = other.upstreamLocal;
            upstreamRemote = other.upstreamRemote;
            upstreamBytes = other.upstreamBytes;
            connectTimes = other.connectTimes;
            hostsAttempted = other.hostsAttempted;
            hostNamesAttempted = other.hostNamesAttempted;
            poolReadyMillis = other.poolReadyMillis;
        }
    }

    /** What the attempts moved on the wire, up to the latest that had a connection. */
    public BytesMeter upstreamBytes() {
        return upstreamBytes;
    }

    /** The number of the latest attempt's connection, or -1 where it had none. */
    public long upstreamConnectionId() {
        return upstreamConnectionId;
    }

    /** A connection without HTTP was made, which has this number. */
    public void setUpstreamConnectionId(long id) {
        upstreamConnectionId = id;
    }

    /** An attempt begins, without a connection so far. */
    public void beginAttempt() {
        upstreamTried = true;
        upstreamConnectionId = -1;
    }

    /** Whether an attempt was made. */
    public boolean isUpstreamTried() {
        return upstreamTried;
    }

    /** Why the exchange is being logged. */
    public AccessLogType logType() {
        return logType;
    }

    public void setLogType(AccessLogType type) {
        logType = type;
    }

    /** The body a local reply's format speaks of. */
    public String localReplyBody() {
        return localReplyBody;
    }

    public void setLocalReplyBody(String body) {
        localReplyBody = body;
    }

    /** The connection, of which more is known now. */
    public void setConnection(ConnectionInfo known) {
        connection = known;
    }

    /** The client's connection; {@code null} for a request of the proxy's own. */
    public @Nullable ConnectionInfo findConnection() {
        return connection;
    }

    public ConnectionInfo connection() {
        if (connection == null) {
            throw new IllegalStateException("begin was not called");
        }
        return connection;
    }

    /** The address of the caller: from the connection, or from x-forwarded-for. */
    public InetSocketAddress remoteAddress() {
        return remote == null ? connection().remoteAddress() : remote;
    }

    public void setRemoteAddress(InetSocketAddress address) {
        remote = address;
    }

    public long startMillis() {
        return startMillis;
    }

    public long startNanos() {
        return startNanos;
    }

    public long durationNanos() {
        return endNanos - startNanos;
    }

    public long durationMillis() {
        return (endNanos - startNanos) / 1_000_000;
    }

    public void setEndNanos(long nanos) {
        endNanos = nanos;
    }

    public void setRequestEndNanos(long nanos) {
        requestEndNanos = nanos;
    }

    public long requestEndNanos() {
        return requestEndNanos;
    }

    public void upstreamRx(long nanos) {
        if (firstUpstreamRxNanos < 0) {
            firstUpstreamRxNanos = nanos;
        }
    }

    /** Milliseconds from the start to the end of the request, or -1. */
    public long requestDurationMillis() {
        return sinceStart(requestEndNanos);
    }

    /** Milliseconds from the start to the first response byte from upstream, or -1. */
    public long responseDurationMillis() {
        return sinceStart(firstUpstreamRxNanos);
    }

    /** Milliseconds from the first upstream byte to the last byte sent downstream, or -1. */
    public long responseTxDurationMillis() {
        return firstUpstreamRxNanos < 0 || downstreamTxEndNanos < 0
                ? -1
                : (downstreamTxEndNanos - firstUpstreamRxNanos) / 1_000_000;
    }

    private long sinceStart(long nanos) {
        return nanos < 0 ? -1 : (nanos - startNanos) / 1_000_000;
    }

    /** What the request was spoken in; {@code null} when nothing was sent yet that would tell. */
    public @Nullable Protocol protocol() {
        return protocol;
    }

    public void setProtocol(@Nullable Protocol value) {
        protocol = value;
    }

    public int responseCode() {
        return responseCode;
    }

    public void setResponseCode(int value) {
        responseCode = value;
    }

    public @Nullable String details() {
        return details;
    }

    public void setDetails(String value) {
        details = value;
    }

    public long bytesReceived() {
        return bytesReceived;
    }

    public void addBytesReceived(long amount) {
        bytesReceived += amount;
    }

    public long bytesSent() {
        return bytesSent;
    }

    public void addBytesSent(long amount) {
        bytesSent += amount;
    }

    public @Nullable String upstreamHost() {
        return upstreamHost;
    }

    public void setUpstreamHost(@Nullable String addressText) {
        upstreamHost = addressText;
    }

    /** Of the last attempt that had a connection; {@code null} for cleartext. */
    public @Nullable TlsInfo upstreamTls() {
        return upstreamTls;
    }

    public void setUpstreamTls(@Nullable TlsInfo tls) {
        upstreamTls = tls;
    }

    /** What the connection of the last attempt that had one speaks, where that is HTTP. */
    public @Nullable Protocol upstreamProtocol() {
        return upstreamRemote == null ? null : upstreamProtocol;
    }

    public @Nullable String upstreamLocalAddress() {
        return upstreamLocal;
    }

    /**
     * An attempt has a connection to the host named last.
     *
     * @param addressText its own end of it
     * @param meter of the attempt, which goes on from those before it
     */
    public void setUpstreamConnection(
            String addressText, @Nullable Protocol spoken, long connectionId, BytesMeter meter) {
        if (upstreamBytes != meter) {
            meter.resume(upstreamBytes);
            upstreamBytes = meter;
        }
        upstreamConnectionId = connectionId;
        upstreamProtocol = spoken;
        upstreamLocal = addressText;
        upstreamRemote = upstreamHost;
        String reached = upstreamHost;
        // The times of an answer are those of the attempt whose answer it is.
        forgetUpstreamTimes();
        hostsAttempted = with(hostsAttempted, reached);
        hostNamesAttempted = with(hostNamesAttempted, upstreamHostName());
    }

    private static @Nullable String with(@Nullable String attempted, @Nullable String reached) {
        if (attempted == null || reached == null || attempted.equals(reached)) {
            return attempted == null ? reached : attempted;
        }
        return List.of(attempted.split(",")).contains(reached)
                ? attempted
                : attempted + ',' + reached;
    }

    private void forgetUpstreamTimes() {
        firstUpstreamRxNanos = -1;
        upstreamRxEndNanos = -1;
        upstreamTxBeginNanos = -1;
        upstreamTxEndNanos = -1;
    }

    /** What hosts that were attempted are called, joined by commas. */
    public @Nullable String upstreamHostNamesAttempted() {
        return hostNamesAttempted;
    }

    /** What the configuration says of the host chosen last. */
    public void setUpstreamMetadata(Metadata metadata) {
        upstreamMetadata = metadata;
    }

    /** Of the host chosen last; {@code null} where none was. */
    public @Nullable Metadata upstreamMetadata() {
        return upstreamMetadata;
    }

    /** A connection was there so long after it was asked for. */
    public void setPoolReadyMillis(long millis) {
        poolReadyMillis = millis;
    }

    /** How long the last attempt waited for its connection, or -1. */
    public long poolReadyMillis() {
        return poolReadyMillis;
    }

    /** The request's head goes upstream. */
    public void upstreamTxBegin(long nanos) {
        upstreamTxBeginNanos = nanos;
    }

    /** All of the request has gone upstream. */
    public void upstreamTxEnd(long nanos) {
        upstreamTxEndNanos = nanos;
    }

    /** All of the response has come. */
    public void upstreamRxEnd(long nanos) {
        upstreamRxEndNanos = nanos;
    }

    /** The response's head goes downstream. */
    public void downstreamTxBegin(long nanos) {
        downstreamTxBeginNanos = nanos;
    }

    /** All of the response has gone downstream. */
    public void downstreamTxEnd(long nanos) {
        downstreamTxEndNanos = nanos;
    }

    public long upstreamTxBeginNanos() {
        return upstreamTxBeginNanos;
    }

    public long upstreamTxEndNanos() {
        return upstreamTxEndNanos;
    }

    public long upstreamRxBeginNanos() {
        return firstUpstreamRxNanos;
    }

    public long upstreamRxEndNanos() {
        return upstreamRxEndNanos;
    }

    public long downstreamTxBeginNanos() {
        return downstreamTxBeginNanos;
    }

    public long downstreamTxEndNanos() {
        return downstreamTxEndNanos;
    }

    /** A connection to the host named last was made, whose own end this is. */
    public void setUpstreamAddresses(String localAddressText) {
        upstreamLocal = localAddressText;
        upstreamRemote = upstreamHost;
    }

    /** A connection to this host is tried, whatever becomes of it. */
    public void addUpstreamHostAttempted(String addressText) {
        hostsAttempted = hostsAttempted == null ? addressText : hostsAttempted + ',' + addressText;
    }

    /** The host of the last attempt that had a connection. */
    public @Nullable String upstreamRemoteAddress() {
        return upstreamRemote;
    }

    /** The hosts of the attempts that had a connection, joined by commas. */
    public @Nullable String upstreamHostsAttempted() {
        return hostsAttempted;
    }

    /** What the host of the last attempt is called in configuration; its address where nothing. */
    public @Nullable String upstreamHostName() {
        return upstreamHostName == null || upstreamHostName.isEmpty()
                ? upstreamHost
                : upstreamHostName;
    }

    public void setUpstreamHostName(String name) {
        upstreamHostName = name;
    }

    public @Nullable String upstreamCluster() {
        return upstreamCluster;
    }

    public void setUpstreamCluster(@Nullable String name) {
        upstreamCluster = name;
    }

    public @Nullable String routeName() {
        return routeName;
    }

    public void setRouteName(@Nullable String name) {
        routeName = name;
    }

    public @Nullable String virtualHost() {
        return virtualHost;
    }

    public void setVirtualHost(String name) {
        virtualHost = name;
    }

    public @Nullable String virtualCluster() {
        return virtualCluster;
    }

    public void setVirtualCluster(@Nullable String name) {
        virtualCluster = name;
    }

    public @Nullable String transportFailure() {
        return transportFailure;
    }

    public void setTransportFailure(String reason) {
        transportFailure = reason;
    }

    public int attemptCount() {
        return attemptCount;
    }

    public void setAttemptCount(int value) {
        attemptCount = value;
    }

    /** Whether the request is a health check of somebody else's. */
    public boolean isHealthCheck() {
        return healthCheck;
    }

    public void setHealthCheck(boolean value) {
        healthCheck = value;
    }

    /** What filters have said so far, to be added to. */
    public DynamicMetadata dynamicMetadata() {
        DynamicMetadata metadata = dynamicMetadata;
        if (metadata == null) {
            metadata = new DynamicMetadata();
            dynamicMetadata = metadata;
        }
        return metadata;
    }

    /** What filters have said; {@code null} when none has. */
    public @Nullable DynamicMetadata findDynamicMetadata() {
        return dynamicMetadata;
    }

    /** Adds a flag; flags are written in the order they were set. */
    public void setFlag(ResponseFlag flag) {
        if (!hasFlag(flag)) {
            flagOrder[flagCount++] = flag;
        }
    }

    public boolean hasFlag(ResponseFlag flag) {
        for (int i = 0; i < flagCount; i++) {
            if (flagOrder[i] == flag) {
                return true;
            }
        }
        return false;
    }

    public boolean hasFlags() {
        return flagCount > 0;
    }

    /** Whether one of the flags is set whose short forms are given. */
    public boolean hasAnyFlag(Set<String> texts) {
        for (int i = 0; i < flagCount; i++) {
            if (texts.contains(flagOrder[i].text())) {
                return true;
            }
        }
        return false;
    }

    /** {@code -} or the short forms joined by a comma. */
    public String flagsText() {
        return flagCount == 1 ? flagOrder[0].text() : join(ResponseFlag::text);
    }

    /** As {@link #flagsText}, in the long forms. */
    public String flagsLongText() {
        return join(ResponseFlag::longText);
    }

    private String join(Function<ResponseFlag, String> form) {
        if (flagCount == 0) {
            return "-";
        }
        var text = new StringBuilder(form.apply(flagOrder[0]));
        for (int i = 1; i < flagCount; i++) {
            text.append(',').append(form.apply(flagOrder[i]));
        }
        return text.toString();
    }

    /** The flags set, for tests. */
    public EnumSet<ResponseFlag> flags() {
        var set = EnumSet.noneOf(ResponseFlag.class);
        for (int i = 0; i < flagCount; i++) {
            set.add(flagOrder[i]);
        }
        return set;
    }
}
