// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.Discovery.OriginalDst;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Goes where the request or its connection says (CL6). Confined to its worker. */
final class OriginalDstLoadBalancer implements LoadBalancer {
    /** Requests choose what is remembered here until the next cleanup. */
    private static final int MAX_HOSTS = 65_536;

    private final Cluster cluster;
    private final WorkerContext worker;
    private final OriginalDst config;

    /** Hosts of this worker that the main loop may not have heard of yet. */
    private final Map<InetSocketAddress, Host> fresh = new HashMap<>();

    OriginalDstLoadBalancer(Cluster cluster, WorkerContext worker, OriginalDst config) {
        this.cluster = cluster;
        this.worker = worker;
        this.config = config;
    }

    @Override
    public @Nullable Host choose(HostSet hosts, LoadBalancerContext context) {
        InetSocketAddress destination = destination(context);
        if (destination == null) {
            return null;
        }
        if (config.portOverride().isPresent()) {
            destination =
                    new InetSocketAddress(
                            destination.getAddress(), config.portOverride().getAsInt());
        }
        Members known = cluster.members();
        Host host = known.find(destination);
        if (host == null) {
            host = fresh.get(destination);
        } else if (!fresh.isEmpty()) {
            fresh.remove(destination);
        }
        if (host == null) {
            if (known.size() + fresh.size() >= MAX_HOSTS) {
                return null;
            }
            host = make(destination);
        }
        host.touch();
        return host;
    }

    private Host make(InetSocketAddress destination) {
        var placement =
                new Host.Placement(
                        new Endpoint(destination, "", 1, HealthStatus.UNKNOWN),
                        0,
                        LocalityKey.NONE,
                        0);
        ClusterEnvironment environment = cluster.environment();
        var host = new Host(cluster, destination, environment.workers(), placement);
        fresh.put(destination, host);
        environment.loop().execute(() -> cluster.membership().addOriginalDst(host));
        return host;
    }

    /** The metadata comes before the header, the header before the connection. */
    private @Nullable InetSocketAddress destination(LoadBalancerContext context) {
        if (!config.metadataKey().isEmpty()) {
            MetadataValue value = context.requestMetadata(config.metadataKey());
            if (value instanceof MetadataValue.Text(String text) && !text.isEmpty()) {
                InetSocketAddress found = parse(text);
                if (found != null) {
                    return found;
                }
                worker.stats().inc(cluster.stats().originalDstHostInvalid);
            }
        }
        if (!config.httpHeader().isEmpty()) {
            String text = context.requestHeader(config.httpHeader());
            if (text != null) {
                InetSocketAddress found = parse(text);
                if (found != null) {
                    return found;
                }
                worker.stats().inc(cluster.stats().originalDstHostInvalid);
            }
        }
        return context.originalDestination();
    }

    /** {@code ip:port} or {@code [ip]:port}; never a name. */
    static @Nullable InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            return null;
        }
        String ip = text.substring(0, colon);
        boolean bracketed = ip.startsWith("[") && ip.endsWith("]");
        byte[] bytes =
                NetUtil.createByteArrayFromIpAddressString(
                        bracketed ? ip.substring(1, ip.length() - 1) : ip);
        if (bytes == null || bracketed != (bytes.length == 16)) {
            return null;
        }
        int port = 0;
        for (int i = colon + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || port > 6553) {
                return null;
            }
            port = port * 10 + c - '0';
        }
        try {
            return port > 65535
                    ? null
                    : new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }
}
