// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Netty's asynchronous resolver on the main loop: the system's name servers, search domains and
 * hosts file, or the name servers a cluster names. Nothing is cached, because each cluster keeps
 * its own time.
 */
public final class NettyNameResolver implements NameResolver, AutoCloseable {
    private static final int ADDRESS_BYTES_V4 = 4;
    private static final int ADDRESS_BYTES_V6 = 16;

    private final NettyMainLoop loop;
    private final Map<Key, DnsNameResolver> resolvers = new HashMap<>();

    private record Key(ResolvedAddressTypes types, DnsResolverOptions options) {}

    public NettyNameResolver(NettyMainLoop loop) {
        this.loop = loop;
    }

    @Override
    public void resolve(Query query, Consumer<Answer> answer) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(query.host());
        if (literal != null) {
            try {
                var address = InetAddress.getByAddress(literal);
                answer.accept(new Answer.Found(List.of(address), Optional.empty()));
            } catch (UnknownHostException e) {
                answer.accept(new Answer.Failed(String.valueOf(e.getMessage())));
            }
            return;
        }
        switch (query.family()) {
            case V4_ONLY -> one(query, ResolvedAddressTypes.IPV4_ONLY, answer);
            case V6_ONLY -> one(query, ResolvedAddressTypes.IPV6_ONLY, answer);
            case ALL -> one(query, ResolvedAddressTypes.IPV4_PREFERRED, answer);
            // The other family is asked only when the preferred one has nothing.
            case AUTO ->
                    either(
                            query,
                            ResolvedAddressTypes.IPV6_ONLY,
                            ResolvedAddressTypes.IPV4_ONLY,
                            answer);
            case V4_PREFERRED ->
                    either(
                            query,
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
            Query query,
            ResolvedAddressTypes preferred,
            ResolvedAddressTypes other,
            Consumer<Answer> answer) {
        one(
                query,
                preferred,
                first -> {
                    if (first instanceof Answer.Found(var addresses, _) && !addresses.isEmpty()) {
                        answer.accept(first);
                    } else {
                        one(query, other, answer);
                    }
                });
    }

    private void one(Query query, ResolvedAddressTypes types, Consumer<Answer> answer) {
        if (query.options().systemResolver()) {
            bySystem(query.host(), types, answer);
            return;
        }
        DnsNameResolver resolver =
                resolvers.computeIfAbsent(new Key(types, query.options()), this::open);
        if (query.wantsTtl()) {
            withTtl(resolver, query.host(), types, answer);
            return;
        }
        Future<List<InetAddress>> look = resolver.resolveAll(query.host());
        look.addListener(_ -> {
            if (look.isSuccess()) {
                var addresses = look.getNow().stream().filter(a -> isWanted(a, types)).toList();
                answer.accept(new Answer.Found(addresses, Optional.empty()));
            } else {
                answer.accept(failure(look.cause()));
            }
        });
    }

    /** Records instead of addresses, because only they say how long they hold. */
    private static void withTtl(
            DnsNameResolver resolver,
            String host,
            ResolvedAddressTypes types,
            Consumer<Answer> answer) {
        List<DnsRecordType> wanted =
                switch (types) {
                    case IPV4_ONLY -> List.of(DnsRecordType.A);
                    case IPV6_ONLY -> List.of(DnsRecordType.AAAA);
                    case IPV4_PREFERRED, IPV6_PREFERRED ->
                            List.of(DnsRecordType.A, DnsRecordType.AAAA);
                };
        records(resolver, host, wanted, 0, new ArrayList<>(), Long.MAX_VALUE, answer);
    }

    private static void records(
            DnsNameResolver resolver,
            String host,
            List<DnsRecordType> wanted,
            int at,
            List<InetAddress> found,
            long ttl,
            Consumer<Answer> answer) {
        if (at == wanted.size()) {
            answer.accept(
                    new Answer.Found(
                            found,
                            ttl == Long.MAX_VALUE
                                    ? Optional.empty()
                                    : Optional.of(Duration.ofSeconds(ttl))));
            return;
        }
        Future<List<DnsRecord>> look =
                resolver.resolveAll(new DefaultDnsQuestion(host, wanted.get(at)));
        look.addListener(_ -> {
            if (!look.isSuccess()) {
                Answer failed = failure(look.cause());
                if (failed instanceof Answer.Failed) {
                    answer.accept(failed);
                } else {
                    records(resolver, host, wanted, at + 1, found, ttl, answer);
                }
                return;
            }
            long shortest = ttl;
            for (DnsRecord each : look.getNow()) {
                try {
                    if (each instanceof DnsRawRecord raw && each.type().equals(wanted.get(at))) {
                        found.add(address(raw.content()));
                        shortest = Math.min(shortest, each.timeToLive());
                    }
                } finally {
                    io.netty.util.ReferenceCountUtil.release(each);
                }
            }
            records(resolver, host, wanted, at + 1, found, shortest, answer);
        });
    }

    private static InetAddress address(ByteBuf content) {
        int length =
                content.readableBytes() == ADDRESS_BYTES_V6 ? ADDRESS_BYTES_V6 : ADDRESS_BYTES_V4;
        byte[] bytes = new byte[length];
        content.getBytes(content.readerIndex(), bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }

    /** {@code getaddrinfo}, which blocks: on a thread of its own. */
    private void bySystem(String host, ResolvedAddressTypes types, Consumer<Answer> answer) {
        var _ =
                Thread.ofVirtual()
                        .name("getaddrinfo")
                        .start(() -> {
                            Answer found;
                            try {
                                found =
                                        new Answer.Found(
                                                Arrays.stream(InetAddress.getAllByName(host))
                                                        .filter(a -> isWanted(a, types))
                                                        .toList(),
                                                Optional.empty());
                            } catch (UnknownHostException _) {
                                found = new Answer.Found(List.of(), Optional.empty());
                            }
                            Answer result = found;
                            loop.execute(() -> answer.accept(result));
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

    private DnsNameResolver open(Key key) {
        Class<? extends SocketChannel> tcp = loop.socketType();
        var builder =
                new DnsNameResolverBuilder(loop.eventLoop())
                        .datagramChannelType(loop.datagramType())
                        .resolvedAddressTypes(key.types())
                        .resolveCache(NoopDnsCache.INSTANCE);
        // Both ways need a socket type; the flag says whether time-outs are retried over TCP.
        builder.socketChannelType(tcp, true);
        if (!key.options().nameServers().isEmpty()) {
            builder.nameServerProvider(
                    new SequentialDnsServerAddressStreamProvider(key.options().nameServers()));
        }
        if (key.options().noDefaultSearchDomain()) {
            builder.searchDomains(List.of());
        }
        return builder.build();
    }
}
