// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How the xDS server treats its connections. Everything that a client could make grow is bounded
 * here or in {@link StreamLimits}.
 *
 * @param limits of each stream
 * @param streams streams at a time, over all connections, those that wait for admission included;
 *     more are refused with RESOURCE_EXHAUSTED
 * @param streamsPerConnection streams at a time on one connection; a client that needs more waits
 * @param admission how fast new streams are begun
 * @param keepAliveTime how long a silent connection goes unprobed, at least 10 s; with the timeout,
 *     a dead peer is found within a minute
 * @param keepAliveTimeout how long the probe may go unanswered
 * @param maxConnectionAge after which, give or take a tenth by chance, a connection is ended so
 *     that proxies spread over replicas; empty for never
 * @param connectionAgeGrace how long the streams of such a connection go on
 * @param firstRequestTimeout how long a stream may say nothing at all
 * @param stallTimeout how long a client may not read what is due before its stream is ended
 * @param drainTime over which a server that stops ends its streams, and how long it waits for them
 */
public record AdsOptions(
        StreamLimits limits,
        int streams,
        int streamsPerConnection,
        AdmissionRate admission,
        Duration keepAliveTime,
        Duration keepAliveTimeout,
        Optional<Duration> maxConnectionAge,
        Duration connectionAgeGrace,
        Duration firstRequestTimeout,
        Duration stallTimeout,
        Duration drainTime) {
    public static final AdsOptions DEFAULT =
            new AdsOptions(
                    StreamLimits.DEFAULT,
                    20_000,
                    100,
                    AdmissionRate.DEFAULT,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Optional.of(Duration.ofMinutes(30)),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5));

    public AdsOptions {
        StreamLimits.require("streams", streams);
        StreamLimits.require("streamsPerConnection", streamsPerConnection);
        StreamLimits.require("keepAliveTime", keepAliveTime);
        StreamLimits.require("keepAliveTimeout", keepAliveTimeout);
        maxConnectionAge.ifPresent(age -> StreamLimits.require("maxConnectionAge", age));
        StreamLimits.require("connectionAgeGrace", connectionAgeGrace);
        StreamLimits.require("firstRequestTimeout", firstRequestTimeout);
        StreamLimits.require("stallTimeout", stallTimeout);
        StreamLimits.require("drainTime", drainTime);
    }

    /**
     * A bucket of tokens, one for each stream: a reconnecting fleet is let in at this pace, and who
     * comes too early waits without costing more than its connection.
     *
     * @param perSecond streams begun in a second
     * @param burst streams begun at once after a quiet time
     */
    public record AdmissionRate(int perSecond, int burst) {
        public static final AdmissionRate DEFAULT = new AdmissionRate(2_000, 1_000);

        public AdmissionRate {
            StreamLimits.require("perSecond", perSecond);
            StreamLimits.require("burst", burst);
        }
    }

    public AdsOptions withLimits(StreamLimits value) {
        return with(draft -> draft.limits = value);
    }

    public AdsOptions withStreams(int value, int perConnection) {
        return with(draft -> {
            draft.streams = value;
            draft.streamsPerConnection = perConnection;
        });
    }

    public AdsOptions withAdmission(AdmissionRate value) {
        return with(draft -> draft.admission = value);
    }

    public AdsOptions withKeepAlive(Duration time, Duration timeout) {
        return with(draft -> {
            draft.keepAliveTime = time;
            draft.keepAliveTimeout = timeout;
        });
    }

    public AdsOptions withConnectionAge(Optional<Duration> value, Duration grace) {
        return with(draft -> {
            draft.maxConnectionAge = value;
            draft.connectionAgeGrace = grace;
        });
    }

    public AdsOptions withTimeouts(Duration firstRequest, Duration stall) {
        return with(draft -> {
            draft.firstRequestTimeout = firstRequest;
            draft.stallTimeout = stall;
        });
    }

    public AdsOptions withDrainTime(Duration value) {
        return with(draft -> draft.drainTime = value);
    }

    private AdsOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** A copy under way, so that each option is named once and not in every method above. */
    private static final class Draft {
        private StreamLimits limits;
        private int streams;
        private int streamsPerConnection;
        private AdmissionRate admission;
        private Duration keepAliveTime;
        private Duration keepAliveTimeout;
        private Optional<Duration> maxConnectionAge;
        private Duration connectionAgeGrace;
        private Duration firstRequestTimeout;
        private Duration stallTimeout;
        private Duration drainTime;

        private Draft(AdsOptions options) {
            limits = options.limits;
            streams = options.streams;
            streamsPerConnection = options.streamsPerConnection;
            admission = options.admission;
            keepAliveTime = options.keepAliveTime;
            keepAliveTimeout = options.keepAliveTimeout;
            maxConnectionAge = options.maxConnectionAge;
            connectionAgeGrace = options.connectionAgeGrace;
            firstRequestTimeout = options.firstRequestTimeout;
            stallTimeout = options.stallTimeout;
            drainTime = options.drainTime;
        }

        private AdsOptions options() {
            return new AdsOptions(
                    limits,
                    streams,
                    streamsPerConnection,
                    admission,
                    keepAliveTime,
                    keepAliveTimeout,
                    maxConnectionAge,
                    connectionAgeGrace,
                    firstRequestTimeout,
                    stallTimeout,
                    drainTime);
        }
    }
}
