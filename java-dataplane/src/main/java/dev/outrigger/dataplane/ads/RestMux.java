// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.dataplane.config.RestXdsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * REST polling (Envoy's {@code HttpSubscriptionImpl}): the names and the last accepted version go
 * out in a {@code DiscoveryRequest}; 304 says that nothing changed. A refusal is nowhere reported;
 * the same version is asked for again. Main loop only.
 */
final class RestMux implements AdsClient.XdsMux {
    private static final Logger log = LoggerFactory.getLogger(RestMux.class);
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final MainLoop loop;
    private final RestXdsConfig api;
    private final XdsClusterConfig cluster;
    private final RestClient client;
    private final XdsType type;
    private final Node node;
    private final RandomGenerator random;
    private List<String> names = List.of();
    private String version = "";
    private @Nullable ResourceSink sink;
    private @Nullable Runnable cancelQuestion;
    private boolean started;
    private boolean closed;

    RestMux(
            MainLoop loop,
            RestXdsConfig api,
            XdsClusterConfig cluster,
            RestClient client,
            XdsType type,
            Node node,
            RandomGenerator random) {
        this.loop = loop;
        this.api = api;
        this.cluster = cluster;
        this.client = client;
        this.type = type;
        this.node = node;
        this.random = random;
    }

    @Override
    public void start(XdsType started, ResourceSink taker) {
        sink = taker;
        if (type.isWildcard()) {
            begin();
        }
    }

    /** New names go out with the next poll. */
    @Override
    public void request(XdsType requested, Set<String> wanted) {
        names = List.copyOf(new TreeSet<>(wanted));
        if (!names.isEmpty()) {
            begin();
        }
    }

    @Override
    public void pause(XdsType paused) {
        // Polls are not paused.
    }

    @Override
    public void resume(XdsType resumed) {
        // Polls are not paused.
    }

    @Override
    public void close() {
        closed = true;
        if (cancelQuestion != null) {
            cancelQuestion.run();
        }
    }

    private void begin() {
        if (!started) {
            started = true;
            poll();
        }
    }

    private void poll() {
        if (closed) {
            return;
        }
        if (sink != null) {
            sink.onAttempt();
        }
        cancelQuestion =
                client.post(
                        cluster,
                        XdsMethods.restPath(type),
                        question(),
                        api.requestTimeout(),
                        answer -> {
                            cancelQuestion = null;
                            onAnswer(answer);
                            again();
                        });
    }

    private String question() {
        var request =
                DiscoveryRequest.newBuilder()
                        .setVersionInfo(version)
                        .setNode(node)
                        .addAllResourceNames(names)
                        .setTypeUrl(type.typeUrl());
        try {
            return JsonFormat.printer()
                    .omittingInsignificantWhitespace()
                    .preservingProtoFieldNames()
                    .usingTypeRegistry(DiscoveryFile.types())
                    .print(request);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("node with a message of an unknown type", e);
        }
    }

    /** As in Envoy, up to the refresh delay again is added at random. */
    private void again() {
        long delay = Math.max(1, api.refreshDelay().toMillis());
        var _ = loop.schedule(Duration.ofMillis(delay + random.nextLong(delay)), this::poll);
    }

    private void onAnswer(RestClient.Answer answer) {
        ResourceSink taker = sink;
        if (closed || taker == null) {
            return;
        }
        switch (answer) {
            case RestClient.Answer.Failed(var reason) -> failed(taker, reason);
            case RestClient.Answer.Responded(int status, var body) -> {
                if (status == NOT_MODIFIED) {
                    return;
                }
                if (status == OK) {
                    responded(taker, body);
                } else {
                    failed(taker, "status " + status);
                }
            }
        }
    }

    private void failed(ResourceSink taker, String reason) {
        log.debug(
                "REST request failed type={} cluster={} reason={}",
                type.typeUrl(),
                cluster.name(),
                reason);
        taker.onStreamFailure();
    }

    private void responded(ResourceSink taker, String body) {
        var response = DiscoveryResponse.newBuilder();
        try {
            JsonFormat.parser()
                    .ignoringUnknownFields()
                    .usingTypeRegistry(DiscoveryFile.types())
                    .merge(body, response);
        } catch (InvalidProtocolBufferException e) {
            log.warn(
                    "REST config JSON conversion error type={} reason={}",
                    type.typeUrl(),
                    e.getMessage());
            taker.onUnreadable();
            return;
        }
        var resources = new ArrayList<Resource>(response.getResourcesCount());
        for (Any any : response.getResourcesList()) {
            resources.add(ResourceReader.read(any, response.getVersionInfo()));
        }
        if (taker.onState(resources, response.getVersionInfo()).isEmpty()) {
            version = response.getVersionInfo();
        }
    }
}
