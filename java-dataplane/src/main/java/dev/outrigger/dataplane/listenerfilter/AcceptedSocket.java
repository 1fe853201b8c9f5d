// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.config.ProxyTlv;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * An accepted connection before it has a filter chain; Envoy's connection socket. Listener filters
 * tell it what they find. Confined to its event loop.
 */
public final class AcceptedSocket {
    private static final String RAW_BUFFER = "raw_buffer";

    private final SocketAddress directRemoteAddress;
    private final SocketAddress directLocalAddress;
    private final LongSupplier roundTripMillis;
    private SocketAddress remoteAddress;
    private SocketAddress localAddress;
    private boolean localAddressRestored;
    private String transportProtocol = "";
    private String requestedServerName = "";
    private List<String> applicationProtocols = List.of();
    private String ja3 = "";
    private boolean unread;
    private final List<Metadata> metadata = new ArrayList<>();
    private final List<ProxyTlv> tlvs = new ArrayList<>();

    /** What a filter says about the connection. */
    public record Metadata(String namespace, String key, String value) {}

    /**
     * @param remoteAddress of the peer
     * @param localAddress it was accepted at
     */
    public AcceptedSocket(SocketAddress remoteAddress, SocketAddress localAddress) {
        this(remoteAddress, localAddress, () -> -1);
    }

    /**
     * @param remoteAddress of the peer
     * @param localAddress it was accepted at
     * @param roundTripMillis to the peer and back, as last measured; negative for unknown
     */
    public AcceptedSocket(
            SocketAddress remoteAddress, SocketAddress localAddress, LongSupplier roundTripMillis) {
        this.roundTripMillis = roundTripMillis;
        this.directRemoteAddress = remoteAddress;
        this.directLocalAddress = localAddress;
        this.remoteAddress = remoteAddress;
        this.localAddress = localAddress;
    }

    /** See {@link dev.outrigger.dataplane.message.ConnectionInfo.Accepted}. */
    public LongSupplier roundTripMillis() {
        return roundTripMillis;
    }

    /** The peer, whatever a PROXY header says. */
    public SocketAddress directRemoteAddress() {
        return directRemoteAddress;
    }

    /** Where the connection was accepted, wherever it was meant to go. */
    public SocketAddress directLocalAddress() {
        return directLocalAddress;
    }

    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    public void setRemoteAddress(SocketAddress address) {
        remoteAddress = address;
    }

    public SocketAddress localAddress() {
        return localAddress;
    }

    /** The connection was meant for another address than the one it was accepted at. */
    public void restoreLocalAddress(SocketAddress address) {
        localAddress = address;
        localAddressRestored = true;
    }

    public boolean isLocalAddressRestored() {
        return localAddressRestored;
    }

    /** {@code tls} or {@code raw_buffer}; the latter where nobody looked. */
    public String transportProtocol() {
        return transportProtocol.isEmpty() ? RAW_BUFFER : transportProtocol;
    }

    public boolean hasTransportProtocol() {
        return !transportProtocol.isEmpty();
    }

    public void setTransportProtocol(String protocol) {
        transportProtocol = protocol;
    }

    /** SNI in lower case; empty for none. */
    public String requestedServerName() {
        return requestedServerName;
    }

    public void setRequestedServerName(String name) {
        requestedServerName = name;
    }

    /** Whether something was read that nobody has taken. */
    public boolean hasUnread() {
        return unread;
    }

    public void setUnread(boolean value) {
        unread = value;
    }

    /** The JA3 fingerprint; empty where nobody asked. */
    public String ja3() {
        return ja3;
    }

    public void setJa3(String fingerprint) {
        ja3 = fingerprint;
    }

    public List<Metadata> metadata() {
        return metadata;
    }

    /** Adds to the connection's dynamic metadata. */
    public void addMetadata(String namespace, String key, String value) {
        metadata.add(new Metadata(namespace, key, value));
    }

    public List<ProxyTlv> tlvs() {
        return tlvs;
    }

    /** Keeps what upstreams are to hear. */
    public void addTlv(int type, String value) {
        tlvs.add(new ProxyTlv(type, value));
    }

    /** ALPN, in the client's order, or what an inspector concluded. */
    public List<String> applicationProtocols() {
        return applicationProtocols;
    }

    public void setApplicationProtocols(List<String> protocols) {
        applicationProtocols = List.copyOf(protocols);
    }
}
