// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A route table compiled for matching (V1..V7, M1). Compiled off the event loops; immutable.
 *
 * <p>Domains are found in three steps: exact by hash, then suffix wildcards, then prefix wildcards,
 * each by descending length and hash within one length, then {@code *}.
 */
public final class Routes {
    private final RouteTable config;
    private final ByteKeyMap<VirtualHost> exact;
    private final Wildcard[] suffixes;
    private final Wildcard[] prefixes;
    private final @Nullable VirtualHost any;
    private final boolean onlyAny;
    private final byte[][] internalOnlyHeaders;
    private final RuntimeLayers runtime;

    private record Wildcard(int length, ByteKeyMap<VirtualHost> hosts) {}

    /**
     * @param store where the stats of virtual clusters and routes are
     * @param compiler of what routes say for filters
     */
    public Routes(
            RouteTable table,
            StatsStore store,
            RuntimeLayers runtime,
            PerFilterConfigs.Compiler compiler) {
        this.runtime = runtime;
        config = table;
        var filters = new PerFilterConfigs.Level(table.perFilterConfigs(), compiler);
        var exactHosts = new HashMap<String, VirtualHost>();
        var suffixHosts = new TreeMap<Integer, Map<String, VirtualHost>>(Comparator.reverseOrder());
        var prefixHosts = new TreeMap<Integer, Map<String, VirtualHost>>(Comparator.reverseOrder());
        VirtualHost anyHost = null;
        for (VirtualHostConfig hostConfig : table.virtualHosts()) {
            var host = new VirtualHost(hostConfig, table, store, filters, compiler);
            for (String domain : hostConfig.domains()) {
                if (domain.equals("*")) {
                    anyHost = host;
                } else if (domain.startsWith("*")) {
                    suffixHosts
                            .computeIfAbsent(domain.length() - 1, n -> new HashMap<>())
                            .putIfAbsent(domain.substring(1), host);
                } else if (domain.endsWith("*")) {
                    prefixHosts
                            .computeIfAbsent(domain.length() - 1, n -> new HashMap<>())
                            .putIfAbsent(domain.substring(0, domain.length() - 1), host);
                } else {
                    exactHosts.putIfAbsent(domain, host);
                }
            }
        }
        exact = new ByteKeyMap<>(exactHosts);
        suffixes = wildcards(suffixHosts);
        prefixes = wildcards(prefixHosts);
        any = anyHost;
        onlyAny = exactHosts.isEmpty() && suffixes.length == 0 && prefixes.length == 0;
        internalOnlyHeaders =
                table.internalOnlyHeaders().stream().map(WireText::bytes).toArray(byte[][]::new);
    }

    private static Wildcard[] wildcards(Map<Integer, Map<String, VirtualHost>> byLength) {
        return byLength.entrySet().stream()
                .map(e -> new Wildcard(e.getKey(), new ByteKeyMap<>(e.getValue())))
                .toArray(Wildcard[]::new);
    }

    public RouteTable config() {
        return config;
    }

    /** What may override fractions and weights. */
    public RuntimeLayers runtime() {
        return runtime;
    }

    /** Removed from requests that are not internal (I4). */
    public byte[][] internalOnlyHeaders() {
        return internalOnlyHeaders;
    }

    /** The route of a request; no falling back to another virtual host (V4). */
    public @Nullable Route find(RequestHead head, RouteContext context) {
        context.use(runtime);
        VirtualHost host = virtualHost(head);
        return host == null ? null : host.find(head, context);
    }

    /** The virtual host of a request; {@code null} for none. */
    public @Nullable VirtualHost virtualHost(RequestHead head) {
        if (onlyAny) {
            return any;
        }
        HeaderBlock headers = head.headers();
        int entry = headers.find(KnownHeader.HOST);
        if (entry < 0) {
            // Envoy looks no further, not even for the host of all domains (observed).
            return null;
        }
        byte[] data = headers.data();
        int offset = headers.valueOffset(entry);
        int length = headers.valueLength(entry);
        if (config.ignorePortInHostMatching()) {
            length = withoutPort(data, offset, length);
        }
        VirtualHost host = exact.find(data, offset, length);
        for (int i = 0; host == null && i < suffixes.length; i++) {
            Wildcard wildcard = suffixes[i];
            // The wildcard stands for at least one character.
            if (wildcard.length() < length) {
                host =
                        wildcard.hosts()
                                .find(data, offset + length - wildcard.length(), wildcard.length());
            }
        }
        for (int i = 0; host == null && i < prefixes.length; i++) {
            Wildcard wildcard = prefixes[i];
            if (wildcard.length() < length) {
                host = wildcard.hosts().find(data, offset, wildcard.length());
            }
        }
        return host == null ? any : host;
    }

    /**
     * The length of a host without its port, which is all behind the last colon, number or not; an
     * IPv6 literal keeps its brackets.
     */
    public static int withoutPort(byte[] data, int offset, int length) {
        for (int i = offset + length - 1; i >= offset && data[i] != ']'; i--) {
            if (data[i] == ':') {
                return i - offset;
            }
        }
        return length;
    }
}
