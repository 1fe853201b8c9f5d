// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.ads.NameResolver.Answer;
import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryEncoder;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One look-up whose questions all go over TCP ({@code use_tcp_for_dns_lookups}), each on a
 * connection of its own: the names that are tried, of each the wanted types, of each server after
 * server. Used once, on the main loop.
 */
final class TcpNameLookup {
    /** c-ares's words. */
    private static final String TIMEOUT = "Timeout while contacting DNS servers";

    private static final String UNREACHABLE = "Could not contact DNS servers";
    private static final int MAX_ID = 0xffff;

    private final NettyMainLoop loop;
    private final List<String> names;
    private final List<DnsRecordType> types;
    private final List<InetSocketAddress> servers;
    private final Duration timeout;
    private final Consumer<Answer> answer;
    private final List<InetAddress> found = new ArrayList<>();
    private String whyEmpty = Answer.NO_DATA;
    private long ttlSeconds = Long.MAX_VALUE;
    private int nameAt;
    private int typeAt;
    private int serverAt;
    private int id;

    /**
     * @param servers in the order of asking, at least one
     * @param answer called once
     */
    TcpNameLookup(
            NettyMainLoop loop,
            List<String> names,
            List<DnsRecordType> types,
            List<InetSocketAddress> servers,
            DnsResolverOptions options,
            Consumer<Answer> answer) {
        this.loop = loop;
        this.names = names;
        this.types = types;
        this.servers = servers;
        this.timeout = options.queryTimeout();
        this.answer = answer;
    }

    void start() {
        var question = new Question();
        new Bootstrap()
                .group(loop.eventLoop())
                .channel(loop.socketType())
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE))
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new TcpDnsQueryEncoder(),
                                                new TcpDnsResponseDecoder(),
                                                question);
                            }
                        })
                .connect(servers.get(serverAt))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        question.end(null, UNREACHABLE);
                    }
                });
    }

    /** A question to one server, until it is answered or given up. */
    private final class Question extends SimpleChannelInboundHandler<DnsResponse> {
        private boolean over;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            id = id + 1 & MAX_ID;
            var query = new DefaultDnsQuery(id, DnsOpCode.QUERY);
            query.setRecursionDesired(true);
            query.setRecord(
                    DnsSection.QUESTION,
                    new DefaultDnsQuestion(names.get(nameAt), types.get(typeAt)));
            context.writeAndFlush(query);
            var timer =
                    context.executor()
                            .schedule(
                                    () -> {
                                        end(null, TIMEOUT);
                                        context.close();
                                    },
                                    timeout.toNanos(),
                                    TimeUnit.NANOSECONDS);
            context.channel().closeFuture().addListener(_ -> timer.cancel(false));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DnsResponse response) {
            if (response.id() == id) {
                end(response, "");
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(null, UNREACHABLE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end(null, UNREACHABLE);
            context.close();
        }

        private void end(@Nullable DnsResponse response, String failure) {
            if (over) {
                return;
            }
            over = true;
            if (response == null) {
                failed(failure);
            } else {
                answered(response);
            }
        }
    }

    private void answered(DnsResponse response) {
        DnsResponseCode code = response.code();
        if (code.equals(DnsResponseCode.NOERROR)) {
            collect(response);
            typeAt++;
            if (typeAt < types.size()) {
                start();
            } else {
                nextName();
            }
        } else if (code.equals(DnsResponseCode.NXDOMAIN)) {
            whyEmpty = Answer.NO_NAME;
            nextName();
        } else {
            failed(NettyNameResolver.words(code));
        }
    }

    private void collect(DnsResponse response) {
        whyEmpty = Answer.NO_DATA;
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord each = response.recordAt(DnsSection.ANSWER, i);
            if (each instanceof DnsRawRecord raw && each.type().equals(types.get(typeAt))) {
                found.add(NettyNameResolver.address(raw.content()));
                ttlSeconds = Math.min(ttlSeconds, each.timeToLive());
            }
        }
    }

    private void nextName() {
        nameAt++;
        if (found.isEmpty() && nameAt < names.size()) {
            typeAt = 0;
            start();
            return;
        }
        Optional<Duration> ttl =
                ttlSeconds == Long.MAX_VALUE
                        ? Optional.empty()
                        : Optional.of(Duration.ofSeconds(ttlSeconds));
        answer.accept(new Answer.Found(found, ttl, whyEmpty));
    }

    /** Another server may know better. */
    private void failed(String words) {
        serverAt++;
        if (serverAt < servers.size()) {
            start();
        } else {
            answer.accept(new Answer.Failed(words));
        }
    }
}
