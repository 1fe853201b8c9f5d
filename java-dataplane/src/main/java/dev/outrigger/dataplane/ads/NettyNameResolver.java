// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsQueryLifecycleObserver;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
    /** What c-ares calls them. */
    private static final Map<DnsResponseCode, String> WORDS =
            Map.of(
                    DnsResponseCode.FORMERR, "DNS server claims query was misformatted",
                    DnsResponseCode.SERVFAIL, "DNS server returned general failure",
                    DnsResponseCode.NOTIMP, "DNS server does not implement requested operation",
                    DnsResponseCode.REFUSED, "DNS server refused query");

    /** Questions that others than this class ask leave theirs behind. */
    private static final int MAX_REFUSALS = 10_000;

    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;
    private static final int ADDRESS_BYTES_V4 = 4;
    private static final int ADDRESS_BYTES_V6 = 16;

    private final NettyMainLoop loop;
    private final Map<Key, DnsNameResolver> resolvers = new HashMap<>();

    private final DefaultHostsFileEntriesResolver hostsFile = new DefaultHostsFileEntriesResolver();

    /** What servers said to questions under way. */
    private final Map<String, DnsResponseCode> refusals = new HashMap<>();

    /** How many questions over TCP began with another server. */
    private int rotation;

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
        if (!isHostName(query.host())) {
            answer.accept(new Answer.Failed("Misformatted domain name"));
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

    /** What c-ares asks for; a dot may end it. */
    private static boolean isHostName(String name) {
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0) {
                    return false;
                }
                label = 0;
            } else if (++label > MAX_LABEL || !isOfHostName(c)) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME;
    }

    private static boolean isOfHostName(char c) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || "-_/*".indexOf(c) >= 0;
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
                    if (first instanceof Answer.Found(var addresses, _, _)
                            && !addresses.isEmpty()) {
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
        if (query.options().overTcp()) {
            overTcp(query, types, answer);
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
                answer.accept(failure(query.host(), look.cause()));
            }
        });
    }

    /** Records instead of addresses, because only they say how long they hold. */
    private void withTtl(
            DnsNameResolver resolver,
            String host,
            ResolvedAddressTypes types,
            Consumer<Answer> answer) {
        if (!answeredByFile(host, types, answer)) {
            records(resolver, host, records(types), 0, new ArrayList<>(), Long.MAX_VALUE, answer);
        }
    }

    private static List<DnsRecordType> records(ResolvedAddressTypes types) {
        return switch (types) {
            case IPV4_ONLY -> List.of(DnsRecordType.A);
            case IPV6_ONLY -> List.of(DnsRecordType.AAAA);
            case IPV4_PREFERRED, IPV6_PREFERRED -> List.of(DnsRecordType.A, DnsRecordType.AAAA);
        };
    }

    private boolean answeredByFile(
            String host, ResolvedAddressTypes types, Consumer<Answer> answer) {
        List<InetAddress> inFile = hostsFile.addresses(host, types);
        if (inFile == null) {
            return false;
        }
        // A file says nothing of time.
        var wanted = inFile.stream().filter(each -> isWanted(each, types)).toList();
        answer.accept(new Answer.Found(wanted, Optional.empty()));
        return true;
    }

    /** Netty's resolver begins with UDP, whatever it is told. */
    private void overTcp(Query query, ResolvedAddressTypes types, Consumer<Answer> answer) {
        if (answeredByFile(query.host(), types, answer)) {
            return;
        }
        var system = ResolvConf.ofSystem();
        List<InetSocketAddress> servers = system.servers(query.options());
        if (query.options().rotate()) {
            Collections.rotate(servers, -(rotation++ % servers.size()));
        }
        new TcpNameLookup(
                        loop,
                        system.names(query.host(), query.options().noDefaultSearchDomain()),
                        records(types),
                        servers,
                        query.options(),
                        answer)
                .start();
    }

    /** What c-ares calls a refusal. */
    static String words(DnsResponseCode code) {
        String words = WORDS.get(code);
        return words == null ? "DNS server said " + code : words;
    }

    private void records(
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
                Answer failed = failure(host, look.cause());
                boolean nothing = found.isEmpty() && at + 1 == wanted.size();
                if (failed instanceof Answer.Failed || nothing) {
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

    /** The address a record holds. */
    static InetAddress address(ByteBuf content) {
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
    private Answer failure(String host, Throwable cause) {
        DnsResponseCode refusal = refusals.remove(host + ".");
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof DnsErrorCauseException e) {
                if (e.getCode().equals(DnsResponseCode.NXDOMAIN)) {
                    return new Answer.Found(List.of(), Optional.empty(), Answer.NO_NAME);
                }
                refusal = e.getCode();
            }
        }
        if (refusal != null) {
            return new Answer.Failed(words(refusal));
        }
        // Of all that can happen only an answer without records has no cause.
        return cause instanceof UnknownHostException && cause.getCause() == null
                ? new Answer.Found(List.of(), Optional.empty())
                : new Answer.Failed(String.valueOf(cause.getMessage()));
    }

    /**
     * Notes what servers say other than that there is no such name, which Netty keeps to itself.
     */
    private DnsQueryLifecycleObserver observe(DnsQuestion question) {
        return new DnsQueryLifecycleObserver() {
            @Override
            public void queryWritten(InetSocketAddress server, ChannelFuture future) {
                refusals.remove(question.name());
            }

            @Override
            public void queryCancelled(int queriesRemaining) {}

            @Override
            public DnsQueryLifecycleObserver queryRedirected(List<InetSocketAddress> servers) {
                return this;
            }

            @Override
            public DnsQueryLifecycleObserver queryCNAMEd(DnsQuestion cname) {
                return this;
            }

            @Override
            public DnsQueryLifecycleObserver queryNoAnswer(DnsResponseCode code) {
                if (refusals.size() < MAX_REFUSALS) {
                    refusals.put(question.name(), code);
                }
                return this;
            }

            @Override
            public void queryFailed(Throwable cause) {}

            @Override
            public void querySucceed() {}
        };
    }

    private DnsNameResolver open(Key key) {
        Class<? extends SocketChannel> tcp = loop.socketType();
        var builder =
                new DnsNameResolverBuilder(loop.eventLoop())
                        .datagramChannelType(loop.datagramType())
                        .resolvedAddressTypes(key.types())
                        .resolveCache(NoopDnsCache.INSTANCE)
                        .dnsQueryLifecycleObserverFactory(this::observe);
        // Both ways need a socket type; the flag says whether time-outs are retried over TCP.
        builder.socketChannelType(tcp, true);
        builder.queryTimeoutMillis(key.options().queryTimeout().toMillis());
        if (!key.options().equals(DnsResolverOptions.DEFAULT)) {
            var servers = ResolvConf.ofSystem().servers(key.options());
            var addresses =
                    key.options().rotate()
                            ? DnsServerAddresses.rotational(servers)
                            : DnsServerAddresses.sequential(servers);
            builder.nameServerProvider(_ -> addresses.stream());
        }
        if (key.options().noDefaultSearchDomain()) {
            builder.searchDomains(List.of());
        }
        return builder.build();
    }
}
