// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Netty's asynchronous resolver on the main loop: the system's name servers, search domains and
 * hosts file. Nothing is cached, because each cluster keeps its own time; TTLs are not known.
 */
public final class NettyNameResolver implements NameResolver, AutoCloseable {
    private final NettyMainLoop loop;
    private final Map<ResolvedAddressTypes, DnsNameResolver> resolvers =
            new EnumMap<>(ResolvedAddressTypes.class);

    public NettyNameResolver(NettyMainLoop loop) {
        this.loop = loop;
    }

    @Override
    public void resolve(String host, DnsLookupFamily family, Consumer<Answer> answer) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal != null) {
            try {
                var address = InetAddress.getByAddress(literal);
                answer.accept(new Answer.Found(List.of(address), Optional.empty()));
            } catch (UnknownHostException e) {
                answer.accept(new Answer.Failed(String.valueOf(e.getMessage())));
            }
            return;
        }
        switch (family) {
            case V4_ONLY -> one(host, ResolvedAddressTypes.IPV4_ONLY, answer);
            case V6_ONLY -> one(host, ResolvedAddressTypes.IPV6_ONLY, answer);
            case ALL -> one(host, ResolvedAddressTypes.IPV4_PREFERRED, answer);
            // The other family is asked only when the preferred one has nothing.
            case AUTO ->
                    either(
                            host,
                            ResolvedAddressTypes.IPV6_ONLY,
                            ResolvedAddressTypes.IPV4_ONLY,
                            answer);
            case V4_PREFERRED ->
                    either(
                            host,
                            ResolvedAddressTypes.IPV4_ONLY,
                            ResolvedAddressTypes.IPV6_ONLY,
                            answer);
        }
    }

    @Override
    public void close() {
        resolvers.values().forEach(DnsNameResolver::close);
    }

    private void either(
            String host,
            ResolvedAddressTypes preferred,
            ResolvedAddressTypes other,
            Consumer<Answer> answer) {
        one(
                host,
                preferred,
                first -> {
                    if (first instanceof Answer.Found(var addresses, _) && !addresses.isEmpty()) {
                        answer.accept(first);
                    } else {
                        one(host, other, answer);
                    }
                });
    }

    private void one(String host, ResolvedAddressTypes types, Consumer<Answer> answer) {
        Future<List<InetAddress>> look =
                resolvers.computeIfAbsent(types, this::open).resolveAll(host);
        look.addListener(
                _ -> {
                    if (look.isSuccess()) {
                        var addresses =
                                look.getNow().stream().filter(a -> isWanted(a, types)).toList();
                        answer.accept(new Answer.Found(addresses, Optional.empty()));
                    } else {
                        answer.accept(failure(look.cause()));
                    }
                });
    }

    /** The hosts file may answer with the other family. */
    private static boolean isWanted(InetAddress address, ResolvedAddressTypes types) {
        return switch (types) {
            case IPV4_ONLY -> address instanceof Inet4Address;
            case IPV6_ONLY -> address instanceof Inet6Address;
            case IPV4_PREFERRED, IPV6_PREFERRED -> true;
        };
    }

    /** NXDOMAIN and an answer without records are answers (CL2), everything else is a failure. */
    private static Answer failure(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof DnsErrorCauseException e
                    && e.getCode().equals(DnsResponseCode.NXDOMAIN)) {
                return new Answer.Found(List.of(), Optional.empty());
            }
        }
        return new Answer.Failed(String.valueOf(cause.getMessage()));
    }

    private DnsNameResolver open(ResolvedAddressTypes types) {
        Class<? extends SocketChannel> tcp = loop.socketType();
        return new DnsNameResolverBuilder(loop.eventLoop())
                .datagramChannelType(loop.datagramType())
                .socketChannelType(tcp, true)
                .resolvedAddressTypes(types)
                .resolveCache(NoopDnsCache.INSTANCE)
                .build();
    }
}
